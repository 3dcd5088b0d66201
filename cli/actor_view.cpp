#include "cli/actor_view.hpp"

#include "cli/text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace unpod::cli {

namespace {

std::string formatted(const char* pattern, double value) {
  char text[48];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string two(std::uint64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

} // namespace

std::string short_span(double microseconds) {
  if (microseconds <= 0)
    return "";
  if (microseconds < 1'000)
    return formatted("%.0f µs", microseconds);
  if (microseconds < 1e6)
    return formatted(microseconds < 1e5 ? "%.1f ms" : "%.0f ms", microseconds / 1e3);
  return formatted("%.1f s", microseconds / 1e6);
}

std::string short_size(double bytes) {
  static constexpr std::array<const char*, 4> units{"%.1f KB", "%.1f MB", "%.1f GB", "%.1f TB"};
  if (bytes < 1'024)
    return formatted("%.0f B", bytes);
  std::size_t unit = 0;
  for (bytes /= 1'024; bytes >= 1'024 && unit + 1 < units.size(); bytes /= 1'024)
    ++unit;
  return formatted(units[unit], bytes);
}

std::string age_text(double seconds) {
  const auto s = seconds > 0 ? static_cast<std::uint64_t>(seconds) : 0;
  constexpr std::uint64_t minute = 60, hour = 3'600, day = 86'400;
  if (s < minute)
    return std::to_string(s) + " s";
  if (s < hour)
    return std::to_string(s / minute) + ":" + two(s % minute);
  if (s < day)
    return std::to_string(s / hour) + ":" + two(s % hour / minute) + ":" + two(s % minute);
  return std::to_string(s / day) + " d " + two(s % day / hour) + ":" + two(s % hour / minute);
}

double number_of(const plain_value& object, const char* member) {
  const auto* found = object.find(member);
  return found && found->is == plain_value::kind::number ? std::strtod(found->text.c_str(), nullptr)
                                                         : 0;
}

std::string text_of(const plain_value& object, const char* member) {
  const auto* found = object.find(member);
  return found && found->is != plain_value::kind::nothing ? harmless(found->text) : "";
}

std::vector<table_column> actor_columns() {
  return {{"ACTOR", true},         {"ABOUT"},
          {"ID", true, true},      {"STATE"},
          {"WAITING", true, true}, {"MSG/S", true, true},
          {"P50", true, true},     {"P99", true, true},
          {"HANDLED", true, true}, {"SIZE", true, true},
          {"AGE", true, true},     {"TROUBLE"}};
}

void fit_actors(std::vector<table_column>& columns, table_rows& rows, std::size_t width) {
  constexpr std::size_t wide_enough = 120;
  static constexpr std::ptrdiff_t least[] = {9, 8, 6}; // SIZE, HANDLED, P50: from the right
  if (width >= wide_enough)
    return;
  for (const auto at : least) {
    columns.erase(columns.begin() + at);
    for (auto& row : rows)
      row.erase(row.begin() + at);
  }
}

std::string actor_trouble(const plain_value& actor) {
  constexpr double waiting_much = 100, busy_long_ms = 200;
  std::string all;
  const auto add = [&all](const std::string& words) { all += (all.empty() ? "" : ", ") + words; };
  if (const auto* held = actor.find("suspended"); held && held->yes())
    add("suspended");
  if (number_of(actor, "busy_ms") >= busy_long_ms)
    add("busy " + short_span(number_of(actor, "busy_ms") * 1'000));
  if (number_of(actor, "mailbox") >= waiting_much)
    add("falls behind");
  if (const auto restarts = number_of(actor, "restarts"); restarts > 0)
    add(formatted("%.0f", restarts) + (restarts < 2 ? " restart: " : " restarts: ")
        + text_of(actor, "last_exit"));
  return all;
}

std::vector<std::string> actor_cells(const plain_value& actor) {
  const auto waiting = number_of(actor, "mailbox");
  return {std::string(2 * static_cast<std::size_t>(number_of(actor, "level")), ' ')
            + text_of(actor, "kind"),
          text_of(actor, "subject"),
          text_of(actor, "id"),
          text_of(actor, "state"),
          waiting > 0 ? formatted("%.0f", waiting) : "",
          number_of(actor, "per_s") > 0 ? formatted("%.0f", number_of(actor, "per_s")) : "",
          short_span(number_of(actor, "p50_us")),
          short_span(number_of(actor, "p99_us")),
          text_of(actor, "handled"),
          short_size(number_of(actor, "bytes")),
          age_text(number_of(actor, "age_s")),
          actor_trouble(actor)};
}

std::string actors_text(const plain_value& rows, const viewer& at) {
  if (rows.items.empty())
    return "No actors like that.\n";
  table_rows cells;
  for (const auto& actor : rows.items)
    cells.push_back(actor_cells(actor));
  auto columns = actor_columns();
  fit_actors(columns, cells, at.columns);
  return table_text(std::move(columns), std::move(cells), at.columns);
}

std::string death_words(const plain_value& exit, wall_ms now) {
  return short_time(time_of(text_of(exit, "at")), now) + "  " + text_of(exit, "kind") + " "
         + text_of(exit, "subject") + ": " + text_of(exit, "reason");
}

std::string actor_details(const plain_value& one, const viewer& at) {
  const auto can = [&one](const char* member) {
    const auto* found = one.find(member);
    return found && found->yes();
  };
  std::vector<std::pair<std::string, std::string>> lines{
    {"actor", text_of(one, "kind") + " " + text_of(one, "id")},
    {"about", text_of(one, "subject")},
    {"state", text_of(one, "state")},
    {"parent", text_of(one, "parent_id")},
    {"age", age_text(number_of(one, "age_s"))},
    {"messages", text_of(one, "handled") + " handled, " + text_of(one, "mailbox") + " waiting, "
                   + formatted("%.0f a second", number_of(one, "per_s"))},
    {"a message", number_of(one, "p99_us") > 0 ? short_span(number_of(one, "p50_us")) + " (p50), "
                                                   + short_span(number_of(one, "p99_us")) + " (p99)"
                                               : ""},
    {"in handlers", formatted("%.3f s in all", number_of(one, "handler_s"))},
    {"size", short_size(number_of(one, "bytes")) + ", without what it points to"},
    {"trouble", actor_trouble(one)},
    {"may be", std::string{can("can_suspend") ? "suspended, " : ""}
                 + (can("can_kill") ? "killed" : "left alone")}};
  for (auto line = lines.begin(); line != lines.end();)
    line = line->second.empty() ? lines.erase(line) : line + 1;
  return details_text(lines, at.columns);
}

std::string actor_text(const plain_value& one, const viewer& at) {
  auto out = actor_details(one, at);
  if (const auto* children = one.find("children_rows"); children && !children->items.empty())
    out += "\nIts children:\n" + actors_text(*children, at);
  const auto* dead = one.find("children_died");
  if (!dead || dead->items.empty())
    return out;
  out += "\nIts children that died:\n";
  for (const auto& exit : dead->items)
    out += wrapped(death_words(exit, at.now), at.columns, 7) + "\n";
  return out;
}

std::vector<std::string> trace_cells(const plain_value& event) {
  const auto what = text_of(event, "what");
  if (what == "gap")
    return {"", "", "", text_of(event, "lost") + " messages came too fast to be shown"};
  if (what == "end")
    return {"", "", "",
            text_of(event, "why") + ": " + text_of(event, "messages") + " messages, "
              + text_of(event, "lost") + " lost"};
  const bool in = text_of(event, "way") == "in";
  const auto name = text_of(event, in ? "sender_name" : "receiver_name");
  const auto id = text_of(event, in ? "sender" : "receiver");
  return {formatted("%.3f s", number_of(event, "after_ms") / 1'000), in ? "<-" : "->",
          !name.empty()                ? name
          : id.empty() || id == "null" ? "no actor"
                                       : "#" + id,
          text_of(event, "fields")};
}

std::string trace_text(const plain_value& event, const viewer& at) {
  constexpr std::size_t time_columns = 10, name_columns = 28;
  const auto cells = trace_cells(event);
  if (cells[1].empty())
    return cut(cells[3], at.columns) + "\n";
  const auto blanks = time_columns - std::min(time_columns, columns_of(cells[0]));
  return cut(std::string(blanks, ' ') + cells[0] + "  " + cells[1] + " "
               + padded(cut(cells[2], name_columns), name_columns) + "  " + cells[3],
             at.columns)
         + "\n";
}

} // namespace unpod::cli
