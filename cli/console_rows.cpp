// What the console's views are tables of: one row for each call, runner, actor, line.
#include "cli/console_model.hpp"

#include "cli/actor_view.hpp"
#include "cli/story_view.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace unpod::cli {

namespace {

using kind = plain_value::kind;

bool yes(const plain_value& row, const char* member) {
  const auto* found = row.find(member);
  return found && found->yes();
}

std::string when(const plain_value& row, const char* member, wall_ms now) {
  const auto at = time_of(text_of(row, member));
  return at < 0 ? "" : short_time(at, now);
}

console_row call_row(const plain_value& call, wall_ms now) {
  const auto status = text_of(call, "status");
  const auto end = text_of(call, "end_reason");
  const bool lost = end.find("lost") != end.npos || end == "internal_error" || end == "no_runner";
  const auto began = time_of(text_of(call, "started_at"));
  const auto length = status == "active" && began > 0 ? static_cast<double>(now - began) / 1'000
                                                      : number_of(call, "duration_s");
  return {text_of(call, "call_id"),
          {text_of(call, "call_id"), status, end, when(call, "started_at", now), age_text(length),
           text_of(call, "from_number"), text_of(call, "agent_id"), text_of(call, "worker_id")},
          lost                 ? paint::bad
          : status == "active" ? paint::good
                               : paint::plain};
}

console_row runner_row_of(const plain_value& runner) {
  const auto busy = number_of(runner, "active_jobs") + number_of(runner, "reserved");
  const auto seats = number_of(runner, "max_concurrent");
  const bool silent = !yes(runner, "eligible");
  const std::string state = yes(runner, "draining") ? "draining"
                            : silent                ? "silent"
                            : busy >= seats         ? "full"
                                                    : "free";
  char beat[32];
  std::snprintf(beat, sizeof beat, "%.1f s", number_of(runner, "last_heartbeat_age_s"));
  return {text_of(runner, "worker_id"),
          {text_of(runner, "worker_id"), text_of(runner, "agent_id"), state,
           text_of(runner, "active_jobs"), text_of(runner, "reserved"),
           text_of(runner, "max_concurrent"), beat, text_of(runner, "hostname"),
           text_of(runner, "transport")},
          silent                                   ? paint::bad
          : state == "full" || state == "draining" ? paint::warn
                                                   : paint::plain};
}

console_row profile_row(const plain_value& profile) {
  const bool there = yes(profile, "available");
  return {text_of(profile, "profile_id"),
          {text_of(profile, "name"), text_of(profile, "stt_provider"),
           text_of(profile, "tts_provider"), text_of(profile, "language"), there ? "yes" : "no",
           there ? "" : "lacks " + text_of(profile, "missing")},
          there ? paint::good : paint::dim};
}

console_row actor_row_of(const plain_value& actor, bool folded) {
  auto cells = actor_cells(actor);
  if (folded)
    cells[0] += " +" + text_of(actor, "children");
  const auto trouble = actor_trouble(actor);
  const bool dying = number_of(actor, "restarts") > 0;
  return {text_of(actor, "id"), std::move(cells),
          !trouble.empty()        ? (dying ? paint::bad : paint::warn)
          : yes(actor, "matches") ? paint::plain
                                  : paint::dim};
}

console_row log_row(const plain_value& line) {
  const auto level = text_of(line, "level");
  return {text_of(line, "about"),
          {log_line_text(line)},
          level == "error"   ? paint::bad
          : level == "warn"  ? paint::warn
          : level == "debug" ? paint::dim
                             : paint::plain};
}

console_row event_row(const plain_value& event) {
  char after[32];
  std::snprintf(after, sizeof after, "%.2f", number_of(event, "after_ms") / 1'000);
  const auto what = text_of(event, "kind");
  const auto* data = event.find("data");
  const bool bad = what.find("lost") != what.npos || what.find("failed") != what.npos
                   || what == "no_answer" || what == "runner_gone";
  return {"",
          {after, what, data ? event_words(*data) : ""},
          bad                   ? paint::bad
          : what == "barge_in"  ? paint::warn
          : what == "ledger"    ? paint::dim
          : what == "user_turn" ? paint::strong
                                : paint::plain};
}

console_row trace_row(const plain_value& event) {
  const auto way = text_of(event, "way");
  const auto other = text_of(event, way == "in" ? "sender" : "receiver");
  return {other == "null" ? "" : other, trace_cells(event),
          way.empty()    ? paint::warn
          : way == "out" ? paint::dim
                         : paint::plain};
}

/// Of queues an empty one is said to be empty, so that the column they are about is there.
console_row queue_row(const plain_value& actor) {
  constexpr std::size_t waiting = 4; // of actor_columns
  auto row = actor_row_of(actor, false);
  if (row.cells[waiting].empty())
    row.cells[waiting] = "0";
  return row;
}

/// Rows below a folded actor are left out.
std::vector<console_row> tree_rows(const console_model& model, const plain_value& rows) {
  std::vector<console_row> all;
  double hidden_below = -1;
  for (const auto& actor : rows.items) {
    const auto level = number_of(actor, "level");
    if (hidden_below >= 0 && level > hidden_below)
      continue;
    const bool folded = model.folded.count(text_of(actor, "id")) > 0;
    hidden_below = folded ? level : -1;
    all.push_back(actor_row_of(actor, folded && number_of(actor, "children") > 0));
  }
  return all;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool has_filter(const console_row& row, const std::string& filter) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const std::string& cell) {
    return lower(cell).find(filter) != std::string::npos;
  });
}

std::vector<console_row> all_rows(const console_model& model) {
  std::vector<console_row> all;
  if (model.view == console_view::trace) {
    std::transform(model.heard.begin(), model.heard.end(), std::back_inserter(all), trace_row);
    return all;
  }
  const auto found = model.data.find(model.view);
  if (found == model.data.end())
    return all;
  const auto& data = found->second;
  const bool alone = model.view == console_view::actors && !model.actor.empty();
  if (model.view == console_view::actors && !alone && !model.flat)
    return tree_rows(model, data);
  const auto* inner = data.find(alone ? "children_rows" : "rows");
  for (const auto& item : inner ? inner->items : data.items)
    switch (model.view) {
      case console_view::calls:
        all.push_back(call_row(item, model.now));
        break;
      case console_view::timeline:
        all.push_back(event_row(item));
        break;
      case console_view::runners:
        all.push_back(runner_row_of(item));
        break;
      case console_view::providers:
        all.push_back(profile_row(item));
        break;
      case console_view::queues:
        all.push_back(queue_row(item));
        break;
      case console_view::actors:
        all.push_back(actor_row_of(item, false));
        break;
      case console_view::log:
        all.push_back(log_row(item));
        break;
      case console_view::overview:
      case console_view::trace:
        break;
    }
  return all;
}

} // namespace

std::vector<console_row> rows_of(const console_model& model) {
  auto all = all_rows(model);
  if (model.filter.empty())
    return all;
  const auto wanted = lower(model.filter);
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const console_row& row) { return !has_filter(row, wanted); }),
            all.end());
  return all;
}

} // namespace unpod::cli
