// The console's views as lines: a bar, the names of the views, the view itself, and what
// the keys do here.
#include "cli/console_model.hpp"

#include "cli/actor_view.hpp"
#include "cli/noun_view.hpp"
#include "cli/story_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace unpod::cli {

namespace {

using kind = plain_value::kind;

/// percent. 80: of a limit; from here on it is near.
constexpr double near_percent = 80;

const plain_value& member_of(const plain_value& object, const char* name) {
  static const plain_value none;
  const auto* found = object.find(name);
  return found ? *found : none;
}

std::string bar_text(const console_model& model) {
  auto text = " unpod " + text_of(model.node, "version") + "  " + harmless(model.url);
  if (!model.connected)
    return text + "  no answer"
           + (model.lost_at > 0
                ? " for " + age_text(static_cast<double>(model.now - model.lost_at) / 1'000)
                : "");
  text += "  " + text_of(model.node, "status") + ", up "
          + age_text(number_of(model.node, "uptime_s")) + "  calls "
          + text_of(model.node, "calls_live");
  return text + (model.frozen ? "  FROZEN" : "");
}

std::string tabs_text(const console_model& model) {
  std::string all;
  for (std::size_t i = 0; i < view_names.size(); ++i) {
    const bool here = static_cast<std::size_t>(model.view) == i;
    all += (i == 0 ? "" : " ") + std::to_string(i + 1) + (here ? "[" : " ") + view_names[i]
           + (here ? "]" : "");
  }
  return all;
}

/// The last line: a question, the filter being typed, or the keys that matter here.
screen_line foot(const console_model& model) {
  if (!model.asked.empty())
    return {"Really " + model.asked + "? y / any other key", paint::warn};
  if (model.typing)
    return {"/" + model.filter + "_   Enter keeps it, Esc clears it", paint::strong};
  if (!model.notice.empty())
    return {model.notice, paint::strong};
  std::string keys = "? help  q quit  / filter  space freeze";
  switch (model.view) {
    case console_view::calls:
      keys += "  Enter timeline  h hang up";
      break;
    case console_view::runners:
      keys += "  d drain";
      break;
    case console_view::actors:
      keys = "? help  q quit  / filter  Enter in  Esc out  f fold  t top  o sort  s r x";
      break;
    case console_view::queues:
      keys += "  Enter shows the actor";
      break;
    default:
      break;
  }
  return {(model.filter.empty() ? "" : "[/" + model.filter + "]  ") + keys, paint::dim};
}

screen lines_of(const std::string& text, paint how = paint::plain) {
  screen all;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    all.push_back({text.substr(at, end - at), how});
    at = end + 1;
  }
  return all;
}

void add(screen& to, screen more) {
  to.insert(to.end(), more.begin(), more.end());
}

const plain_value* stage_of(const plain_value& node, const char* name) {
  for (const auto& row : member_of(node, "latencies").items)
    if (text_of(row, "stage") == name)
      return &row;
  return nullptr;
}

std::string p95_text(const plain_value& node, const char* stage) {
  const auto* row = stage_of(node, stage);
  const auto p95 = row ? number_of(*row, "p95_ms") : 0;
  return p95 > 0 ? short_span(p95 * 1'000) : "-";
}

/// "limits.calls_max  ########........  412 of 500 (82 %)"
screen_line limit_line(const plain_value& one, std::size_t columns) {
  const auto percent = std::min(number_of(one, "percent"), 100.0);
  const auto wide = columns > 100 ? std::size_t{40} : std::size_t{20};
  const auto full = static_cast<std::size_t>(percent / 100 * static_cast<double>(wide));
  char end[64];
  std::snprintf(end, sizeof end, "%s of %s (%.0f %%)", text_of(one, "used").c_str(),
                text_of(one, "most").c_str(), percent);
  return {"  " + padded(text_of(one, "name"), 26) + std::string(full, '#')
            + std::string(wide - full, '.') + "  " + end,
          percent >= near_percent ? paint::warn : paint::plain};
}

screen overview(const console_model& model, const screen_size& size) {
  const auto& node = model.node;
  const auto& seats = member_of(node, "seats");
  const auto& actors = member_of(node, "actors");
  const auto& store = member_of(node, "store");
  const auto late = number_of(node, "media_late_ticks");
  const auto died = number_of(actors, "died");
  const bool writable = member_of(store, "writable").yes();
  screen all;
  const auto say = [&](const std::string& name, const std::string& words,
                       paint how = paint::plain) {
    all.push_back({"  " + padded(name, 12) + words, how});
  };
  say("calls", text_of(node, "calls_live") + " now, " + text_of(node, "calls_started") + " begun, "
                 + text_of(node, "turns") + " turns, " + text_of(node, "barge_ins") + " cut-ins");
  say("seats",
      text_of(seats, "busy") + " of " + text_of(seats, "total") + " busy, "
        + text_of(seats, "runners") + " runners",
      number_of(seats, "runners") == 0 ? paint::warn : paint::plain);
  say("p95", "dispatch " + p95_text(node, "dispatch") + ", turn " + p95_text(node, "turn")
               + ", voice " + p95_text(node, "voice") + ", pacing " + p95_text(node, "pacing"));
  say("media",
      text_of(node, "media_late_ticks") + " late of " + text_of(node, "media_ticks") + " ticks"
        + (member_of(node, "realtime").yes() ? ", real-time" : ""),
      late > 0 ? paint::warn : paint::good);
  say("store",
      (writable ? "writable, " : "NOT writable: " + text_of(store, "trouble") + ", ")
        + text_of(store, "journal_waiting") + " entries waiting",
      writable ? paint::good : paint::bad);
  say("actors", text_of(actors, "living") + " live, " + text_of(actors, "messages_waiting")
                  + " messages wait, " + text_of(actors, "per_s") + " a second");
  say("process", short_size(number_of(node, "memory_bytes")) + ", "
                   + age_text(number_of(node, "cpu_s")) + " of CPU, "
                   + short_size(number_of(node, "disk_free_bytes")) + " of disk free");
  all.push_back({"", paint::plain});
  all.push_back({"Limits", paint::strong});
  for (const auto& one : member_of(node, "limits").items)
    if (number_of(one, "most") > 0)
      all.push_back(limit_line(one, size.columns));
  all.push_back({"", paint::plain});
  all.push_back({died > 0 ? "Actors that died last (" + text_of(actors, "died") + " in all)"
                          : "No actor died of anything.",
                 died > 0 ? paint::strong : paint::good});
  for (const auto& exit : member_of(actors, "last_deaths").items)
    all.push_back({"  " + padded(short_time(time_of(text_of(exit, "at")), model.now), 8)
                     + text_of(exit, "kind") + " " + text_of(exit, "subject") + ": "
                     + text_of(exit, "reason"),
                   paint::bad});
  return all;
}

std::vector<table_column> columns_of(const console_model& model) {
  switch (model.view) {
    case console_view::calls:
      return {{"CALL", true},         {"STATUS", true}, {"END", true}, {"STARTED", true},
              {"LENGTH", true, true}, {"FROM"},         {"AGENT"},     {"WORKER"}};
    case console_view::timeline:
      return {{"AFTER", true, true}, {"WHAT", true}, {"SAYS"}};
    case console_view::runners:
      return {{"RUNNER", true},
              {"AGENT"},
              {"STATE", true},
              {"ACTIVE", true, true},
              {"OFFERED", false, true},
              {"SEATS", true, true},
              {"HEARD", true, true},
              {"HOST"},
              {"WAY"}};
    case console_view::providers:
      return {{"PROFILE", true}, {"EAR"}, {"VOICE"}, {"LANGUAGE"}, {"USABLE", true}, {"WHY NOT"}};
    case console_view::queues:
    case console_view::actors:
      return actor_columns();
    case console_view::log:
    case console_view::overview:
      break;
  }
  return {{""}};
}

std::string empty_words(const console_model& model) {
  if (!model.filter.empty())
    return "Nothing has \"" + model.filter + "\" in it. Esc clears the filter.";
  if (model.data.count(model.view) == 0)
    return model.view == console_view::timeline && model.call.empty()
             ? "Choose a call in 2 Calls and press Enter."
             : "Waiting for the node …";
  switch (model.view) {
    case console_view::calls:
      return "No calls yet.";
    case console_view::runners:
      return "No runner is registered. `unpod runner --agent-id ID --echo` is one to try.";
    case console_view::log:
      return "The log is empty.";
    default:
      return "Nothing here.";
  }
}

/// The rows that fit, with the chosen one among them.
screen table_lines(const console_model& model, const screen_size& size, std::size_t room) {
  auto rows = rows_of(model);
  if (rows.empty())
    return {{"  " + empty_words(model), paint::dim}};
  const auto chosen = std::min(model.chosen, rows.size() - 1);
  const auto shown = room > 1 ? room - 1 : 1;
  const auto from = chosen >= shown ? chosen - shown + 1 : 0;
  const auto to = std::min(from + shown, rows.size());
  table_rows cells;
  for (auto i = from; i < to; ++i)
    cells.push_back(std::move(rows[i].cells));
  auto columns = columns_of(model);
  if (model.view == console_view::actors || model.view == console_view::queues)
    fit_actors(columns, cells, size.columns);
  auto all = lines_of(table_text(std::move(columns), std::move(cells), size.columns));
  if (!all.empty())
    all.front().how = paint::strong;
  for (std::size_t i = 1; i < all.size() && from + i - 1 < to; ++i)
    all[i].how = from + i - 1 == chosen ? paint::chosen : rows[from + i - 1].how;
  return all;
}

screen timeline(const console_model& model, const screen_size& size, std::size_t room) {
  const auto found = model.data.find(console_view::timeline);
  if (found == model.data.end())
    return table_lines(model, size, room);
  auto all = lines_of(why_text(found->second, {size.columns, model.now}));
  constexpr std::size_t why_lines_max = 8;
  all.resize(std::min({all.size(), why_lines_max, room / 2}));
  all.push_back({"", paint::plain});
  add(all, table_lines(model, size, room > all.size() ? room - all.size() : 2));
  return all;
}

screen log_lines(const console_model& model, const screen_size& size, std::size_t room) {
  const auto rows = rows_of(model);
  if (rows.empty())
    return {{"  " + empty_words(model), paint::dim}};
  screen all;
  const auto from = rows.size() > room ? rows.size() - room : 0;
  for (auto i = from; i < rows.size(); ++i)
    all.push_back({cut(rows[i].cells.front(), size.columns), rows[i].how});
  return all;
}

screen help_lines() {
  static constexpr const char* words[] = {
    "1 … 8      Overview, Calls, Timeline, Runners, Providers, Queues, Actors, Log",
    "up down    choose a row (j k, page up, page down, home, end)",
    "Enter      into it: a call's timeline, an actor and its children",
    "Esc        back out; clears the filter",
    "/          only rows with these letters; Enter keeps it, Esc clears it",
    "space      freeze what is shown; again: go on",
    "h          Calls: hang up                 (asks first)",
    "d          Runners: drain                 (asks first)",
    "t          Actors: the tree, or the busiest first",
    "o          the busiest by rate, mailbox, p99, memory, restarts, busy, age",
    "f          Actors: fold or unfold what is below",
    "s r        Actors: suspend, resume        (asks first)",
    "x          Actors: kill                   (asks first)",
    "?          this",
    "q          out",
    "",
    "It looks again every second or more, and goes on by itself when a node was away.",
    "Any key goes back."};
  screen all;
  for (const auto* line : words)
    all.push_back({line, paint::plain});
  return all;
}

screen body(const console_model& model, const screen_size& size, std::size_t room) {
  if (model.help)
    return help_lines();
  const auto found = model.data.find(model.view);
  switch (model.view) {
    case console_view::overview:
      return model.node.is == kind::object ? overview(model, size)
                                           : screen{{"  Waiting for the node …", paint::dim}};
    case console_view::timeline:
      return timeline(model, size, room);
    case console_view::log:
      return log_lines(model, size, room);
    case console_view::actors:
      if (!model.actor.empty() && found != model.data.end())
        return lines_of(actor_text(found->second, {size.columns, model.now}));
      break;
    default:
      break;
  }
  return table_lines(model, size, room);
}

} // namespace

screen screen_of(const console_model& model, const screen_size& size) {
  constexpr std::size_t around = 4; // bar, tabs, a blank line, foot
  screen all{{bar_text(model), model.connected ? paint::bar : paint::bad},
             {tabs_text(model), paint::dim},
             {"", paint::plain}};
  const auto room = size.rows > around ? size.rows - around : 1;
  if (!model.connected && !model.trouble.empty())
    all[2] = {model.trouble + "  Trying again …", paint::bad};
  else if (model.view == console_view::actors && model.flat && model.actor.empty())
    all[2] = {std::string{"The busiest first, by "} + sort_names[model.sort], paint::dim};
  auto inside = body(model, size, room);
  inside.resize(room);
  add(all, std::move(inside));
  all.push_back(foot(model));
  all.resize(size.rows);
  for (auto& line : all)
    line.text = cut(line.text, size.columns);
  return all;
}

} // namespace unpod::cli
