// The console's views as lines: a bar, the names of the views, the view itself, and what
// the keys do here.
#include "cli/console_model.hpp"
#include "cli/console_overview.hpp"

#include "cli/actor_view.hpp"
#include "cli/noun_view.hpp"
#include "cli/story_view.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <utility>

namespace unpod::cli {

namespace {

using kind = plain_value::kind;

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
  for (std::size_t view = 0; view < view_names.size(); ++view)
    all += tab_text(model, view);
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
      keys = model.filter.empty()
               ? "? help q quit / filter  Enter in Esc out  f fold t top o sort  m trace  s r x"
               : "? help q quit  Enter in Esc out  f fold t top o sort  m trace";
      break;
    case console_view::queues:
      keys += "  Enter in  m trace";
      break;
    case console_view::trace:
      keys += "  m again  w words  Esc back";
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
    case console_view::trace:
      return {{"AFTER", true, true}, {"", true}, {"WITH"}, {"MESSAGE"}};
    case console_view::log:
    case console_view::overview:
      break;
  }
  return {{""}};
}

std::string empty_words(const console_model& model) {
  if (!model.filter.empty())
    return "Nothing has \"" + model.filter + "\" in it. Esc clears the filter.";
  if (model.view == console_view::trace)
    return model.traced.empty() ? "Choose an actor in 7 Actors and press m: its messages are shown "
                                  "for a minute."
                                : "No messages so far.";
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
  const auto chosen = chosen_of(model, rows.size());
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
  for (std::size_t i = 1; i < all.size() && from + i - 1 < to; ++i) {
    all[i].row = from + i - 1;
    all[i].how = all[i].row == chosen ? paint::chosen : rows[all[i].row].how;
  }
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

/// What an actor is, then its children, of whom one is chosen.
screen actor_alone(const console_model& model, const plain_value& actor, const screen_size& size,
                   std::size_t room) {
  auto all = lines_of(actor_details(actor, {size.columns, model.now}));
  const auto& dead = member_of(actor, "children_died").items;
  constexpr std::size_t dead_max = 3; // shown here; `unpod actor show` has all of them
  for (auto i = dead.size() > dead_max ? dead.size() - dead_max : 0; i < dead.size(); ++i)
    all.push_back({"died      " + death_words(dead[i], model.now), paint::bad});
  // A few of its children are always in sight.
  constexpr std::size_t children_least = 4;
  all.resize(std::min(all.size(), room > children_least ? room - children_least : room));
  if (member_of(actor, "children_rows").items.empty())
    return all;
  all.push_back({"", paint::plain});
  add(all, table_lines(model, size, room > all.size() ? room - all.size() : 2));
  return all;
}

/// What waits where, then the mailboxes.
screen queues(const console_model& model, const screen_size& size, std::size_t room) {
  screen all;
  for (const auto& one : member_of(model.node, "queues").items)
    all.push_back({"  " + padded(text_of(one, "name"), 32) + text_of(one, "used")
                     + (number_of(one, "most") > 0 ? " of " + text_of(one, "most") : ""),
                   number_of(one, "percent") >= near_percent ? paint::warn : paint::plain});
  if (!all.empty())
    all.push_back({"", paint::plain});
  add(all, table_lines(model, size, room > all.size() ? room - all.size() : 2));
  return all;
}

/// How each provider does, then the profiles that use them.
screen providers(const console_model& model, const screen_size& size, std::size_t room) {
  table_rows rows;
  std::vector<paint> hows;
  const auto ms = [](const plain_value& one, const char* member) {
    return short_span(number_of(one, member) * 1'000);
  };
  for (const auto& one : member_of(model.node, "providers").items) {
    const auto state = text_of(one, "state");
    rows.push_back({text_of(one, "name"), state, text_of(one, "successes"),
                    text_of(one, "failures"), text_of(one, "failures_in_a_row"),
                    text_of(one, "last_failure"), ms(one, "first_byte_p50_ms"),
                    ms(one, "first_byte_p99_ms")});
    hows.push_back(paint_of_provider(state));
  }
  if (rows.empty())
    return table_lines(model, size, room);
  auto all = lines_of(table_text({{"PROVIDER", true},
                                  {"STATE", true},
                                  {"WELL", true, true},
                                  {"FAILED", true, true},
                                  {"IN ROW", true, true},
                                  {"LAST FAILURE"},
                                  {"P50", true, true},
                                  {"P99", true, true}},
                                 std::move(rows), size.columns));
  all.front().how = paint::strong;
  for (std::size_t i = 1; i < all.size(); ++i)
    all[i].how = hows[i - 1];
  all.resize(std::min(all.size(), std::max<std::size_t>(room / 2, 2)));
  all.push_back({"", paint::plain});
  add(all, table_lines(model, size, room > all.size() ? room - all.size() : 2));
  return all;
}

screen trace(const console_model& model, const screen_size& size, std::size_t room) {
  if (model.traced.empty())
    return table_lines(model, size, room);
  std::size_t messages = 0;
  double lost = 0;
  for (const auto& event : model.heard) {
    messages += text_of(event, "what") == "message" ? 1 : 0;
    lost += text_of(event, "what") == "gap" ? number_of(event, "lost") : 0;
  }
  screen all{{"Messages of " + (model.traced_name.empty() ? "actor" : model.traced_name) + " #"
                + model.traced + (model.words ? ", with words" : "") + ": "
                + std::to_string(messages)
                + (lost > 0 ? ", " + std::to_string(static_cast<long>(lost)) + " lost" : "")
                + (model.trace_end.empty() ? ", it goes on" : "; " + model.trace_end),
              model.trace_end.empty() ? paint::good : paint::dim}};
  add(all, table_lines(model, size, room > 1 ? room - 1 : 1));
  return all;
}

screen log_lines(const console_model& model, const screen_size& size, std::size_t room) {
  const auto rows = rows_of(model);
  if (rows.empty())
    return {{"  " + empty_words(model), paint::dim}};
  screen all;
  const auto chosen = chosen_of(model, rows.size());
  const auto last = std::min(rows.size(), std::max(chosen + 1, room));
  const auto to = model.chosen == 0 ? rows.size() : last;
  const auto from = to > room ? to - room : 0;
  for (auto i = from; i < to; ++i)
    all.push_back({cut(rows[i].cells.front(), size.columns),
                   i == chosen && model.chosen > 0 ? paint::chosen : rows[i].how, i});
  return all;
}

screen help_lines() {
  static constexpr const char* words[] = {
    "1 … 9      Overview Calls Timeline Runners Providers Queues Actors Trace Log",
    "up down    choose a row (j k, page up, page down, home, end)",
    "Enter      into it: a call's timeline, an actor and its children",
    "Esc        back out; clears the filter",
    "/          only rows with these letters; Enter keeps it, Esc clears it",
    "space      freeze what is shown; again: go on",
    "h d        Calls: hang up; Runners: drain (asks first)",
    "t          Actors: the tree, or the busiest first",
    "o          the busiest by rate, mailbox, p99, memory, restarts, busy, age",
    "f          Actors: fold or unfold what is below",
    "m          Actors: show the messages of one for a minute; Trace: again",
    "w          Trace: with the words that were said, or without",
    "s r        Actors: suspend, resume        (asks first)",
    "x          Actors: kill                   (asks first)",
    "M          the mouse: click a view's name or a row, wheel; again: as before",
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
    case console_view::trace:
      return trace(model, size, room);
    case console_view::queues:
      return queues(model, size, room);
    case console_view::providers:
      return providers(model, size, room);
    case console_view::actors:
      if (!model.actor.empty() && found != model.data.end())
        return actor_alone(model, found->second, size, room);
      break;
    default:
      break;
  }
  return table_lines(model, size, room);
}

} // namespace

std::string tab_text(const console_model& model, std::size_t view) {
  // All of them in 80 columns.
  const bool here = static_cast<std::size_t>(model.view) == view;
  return (view == 0 ? "" : " ") + std::to_string(view + 1) + (here ? "[" : "") + view_names[view]
         + (here ? "]" : "");
}

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
