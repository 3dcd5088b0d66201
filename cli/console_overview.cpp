#include "cli/console_overview.hpp"

#include "cli/actor_view.hpp"
#include "cli/noun_view.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

namespace unpod::cli {

namespace {

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

/// "3 well, 1 unused; open: deepgram"
std::pair<std::string, paint> providers_words(const plain_value& node) {
  std::map<std::string, std::pair<int, std::string>> states;
  auto worst = paint::good;
  for (const auto& one : member_of(node, "providers").items) {
    const auto state = text_of(one, "state");
    auto& [count, names] = states[state];
    ++count;
    names += (names.empty() ? "" : ", ") + text_of(one, "name");
    const auto how = paint_of_provider(state);
    if (how == paint::bad || (how == paint::warn && worst != paint::bad))
      worst = how;
  }
  std::string all;
  for (const auto& [state, who] : states) {
    const auto how = paint_of_provider(state);
    all += (all.empty() ? "" : ", ") + std::to_string(who.first) + " " + state
           + (how == paint::bad || how == paint::warn ? " (" + who.second + ")" : "");
  }
  return {all.empty() ? "none" : all, states.empty() ? paint::plain : worst};
}

/// The limits that are nearest, as many as leave room for the rest.
std::vector<const plain_value*> fullest(const plain_value& limits, std::size_t rows) {
  constexpr std::size_t around = 18; // lines of the view that are no limits
  std::vector<const plain_value*> all;
  for (const auto& one : limits.items)
    if (number_of(one, "most") > 0)
      all.push_back(&one);
  std::stable_sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
    return number_of(*a, "percent") > number_of(*b, "percent");
  });
  all.resize(std::min(all.size(), rows > around + 3 ? rows - around : std::size_t{3}));
  return all;
}

} // namespace

paint paint_of_provider(const std::string& state) {
  return state == "open" || state == "failing"  ? paint::bad
         : state == "closed" || state == "well" ? paint::good
         : state == "unused" || state.empty()   ? paint::plain
                                                : paint::warn;
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
        + text_of(seats, "runners") + (number_of(seats, "runners") == 1 ? " runner" : " runners"),
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
  const auto [health, how] = providers_words(node);
  say("providers", health, how);
  say("process", short_size(number_of(node, "memory_bytes")) + ", "
                   + age_text(number_of(node, "cpu_s")) + " of CPU, "
                   + short_size(number_of(node, "disk_free_bytes")) + " of disk free");
  all.push_back({"", paint::plain});
  all.push_back({"Limits", paint::strong});
  for (const auto* one : fullest(member_of(node, "limits"), size.rows))
    all.push_back(limit_line(*one, size.columns));
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

} // namespace unpod::cli
