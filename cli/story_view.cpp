#include "cli/story_view.hpp"

#include "cli/actor_view.hpp"
#include "cli/text.hpp"

#include <cstdio>

namespace unpod::cli {

namespace {

using kind = plain_value::kind;

constexpr std::size_t time_columns = 10, kind_columns = 18;

std::string seconds_since(const plain_value& row) {
  char text[32];
  std::snprintf(text, sizeof text, "%8.2f  ", number_of(row, "after_ms") / 1'000);
  return text;
}

std::string stage_text(const plain_value& row) {
  const auto* p50 = row.find("p50_ms");
  if (!p50 || p50->is != kind::number)
    return "no figures yet";
  const auto span = [&row](const char* member) {
    const auto text = short_span(number_of(row, member) * 1'000);
    return text.empty() ? std::string{"0"} : text;
  };
  return span("p50_ms") + " (p50), " + span("p95_ms") + " (p95), " + span("p99_ms") + " (p99)";
}

std::string limit_text(const plain_value& one) {
  const auto* most = one.find("most");
  return text_of(one, "used")
         + (most && most->is == kind::number
              ? " of " + text_of(one, "most") + " (" + text_of(one, "percent") + " %)"
              : "");
}

const plain_value& member_of(const plain_value& object, const char* name) {
  static const plain_value none;
  const auto* found = object.find(name);
  return found ? *found : none;
}

std::string store_text(const plain_value& store) {
  const auto* writable = store.find("writable");
  const auto trouble = text_of(store, "trouble");
  return std::string{writable && writable->yes() ? "writable" : "not writable"}
         + (trouble.empty() ? "" : ": " + trouble) + ", " + text_of(store, "journal_waiting")
         + " entries waiting, " + text_of(store, "journal_dropped") + " dropped";
}

} // namespace

std::string event_words(const plain_value& data) {
  std::string all;
  for (const auto& [name, value] : data.members) {
    auto words = harmless(value.text);
    if (value.is == kind::list && !value.items.empty() && value.items.front().is == kind::object) {
      words.clear();
      for (const auto& item : value.items)
        words += (words.empty() ? "[" : "; ") + event_words(item);
      words += "]";
    } else if (value.is == kind::object) {
      words = "(" + event_words(value) + ")";
    }
    words.erase(words.find_last_not_of(' ') + 1);
    if (!words.empty())
      all += (all.empty() ? "" : ", ") + harmless(name) + ": " + words;
  }
  return all;
}

std::string timeline_text(const plain_value& timeline, const viewer& at) {
  std::string out = why_text(timeline, at) + "\n";
  for (const auto& row : member_of(timeline, "rows").items) {
    auto line =
      seconds_since(row) + padded(text_of(row, "kind"), kind_columns)
      + wrapped(event_words(member_of(row, "data")), at.columns, time_columns + kind_columns);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string why_text(const plain_value& timeline, const viewer& at) {
  return wrapped(text_of(timeline, "why"), at.columns, 0) + "\n";
}

std::string node_text(const plain_value& node, const viewer& at) {
  const auto& actors = member_of(node, "actors");
  const auto& seats = member_of(node, "seats");
  std::vector<std::pair<std::string, std::string>> lines{
    {"node", "unpod " + text_of(node, "version") + ", process " + text_of(node, "pid") + ", "
               + text_of(node, "status")},
    {"up",
     age_text(number_of(node, "uptime_s")) + ", " + age_text(number_of(node, "cpu_s")) + " of CPU"},
    {"calls",
     text_of(node, "calls_live") + " now, " + text_of(node, "calls_started") + " since the start"},
    {"runners", text_of(seats, "runners") + ", " + text_of(seats, "busy") + " of "
                  + text_of(seats, "total") + " seats busy"},
    {"memory", short_size(number_of(node, "memory_bytes"))},
    {"disk", short_size(number_of(node, "disk_free_bytes")) + " free"},
    {"store", store_text(member_of(node, "store"))},
    {"media", text_of(node, "media_late_ticks") + " late of " + text_of(node, "media_ticks")
                + " ticks" + (member_of(node, "realtime").yes() ? ", real-time priority" : "")},
    {"actors", text_of(actors, "living") + " live, " + text_of(actors, "messages_waiting")
                 + " messages wait, " + text_of(actors, "died") + " died of something"}};
  auto out = details_text(lines, at.columns);
  lines.clear();
  for (const auto& row : member_of(node, "latencies").items)
    lines.emplace_back("  " + text_of(row, "stage"), stage_text(row));
  out += "\nTimes\n" + details_text(lines, at.columns);
  lines.clear();
  for (const auto& one : member_of(node, "limits").items)
    lines.emplace_back("  " + text_of(one, "name"), limit_text(one));
  out += "\nLimits\n" + details_text(lines, at.columns);
  lines.clear();
  for (const auto& one : member_of(node, "threads").items)
    lines.emplace_back("  " + text_of(one, "name") + " " + text_of(one, "id"),
                       text_of(one, "cpu_s") + " s");
  out += "\nThreads, and the CPU time of each\n" + details_text(lines, at.columns);
  const auto& deaths = member_of(actors, "last_deaths");
  if (deaths.items.empty())
    return out;
  out += "\nActors that died last\n";
  for (const auto& exit : deaths.items)
    out += "  " + padded(short_time(time_of(text_of(exit, "at")), at.now), 7)
           + wrapped(text_of(exit, "kind") + " " + text_of(exit, "subject") + ": "
                       + text_of(exit, "reason"),
                     at.columns, 9)
           + "\n";
  return out;
}

std::string log_line_text(const plain_value& line) {
  auto words = text_of(line, "at");
  words = words.size() > 19 ? words.substr(11, 8) : words;
  words += " " + padded(text_of(line, "level"), 6) + text_of(line, "room");
  if (const auto about = text_of(line, "about"); !about.empty())
    words += " " + about;
  if (const auto actor = text_of(line, "actor"); !actor.empty())
    words += " #" + actor;
  return words + ": " + text_of(line, "words");
}

std::string log_text(const plain_value& lines, const viewer& at) {
  std::string out;
  for (const auto& line : lines.items)
    out += wrapped(log_line_text(line), at.columns, 15) + "\n";
  return out.empty() ? "The log is empty.\n" : out;
}

} // namespace unpod::cli
