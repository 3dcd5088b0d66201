// The console as a value: what was fetched, and how it is looked at. Keys change it, the
// views are made from it; neither needs a terminal or a node.
//
//   keys -> press() -> model, a wish      answers -> take() -> model      model -> screen_of()
//   a trace: stream_of() -> asked for once -> hear() each of its events
#pragma once

#include "cli/screen.hpp"
#include "messages/clock.hpp"
#include "runtime/workshop.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace unpod::cli {

enum class console_view : std::uint8_t {
  overview,
  calls,
  timeline,
  runners,
  providers,
  queues,
  actors,
  trace,
  log,
};

inline constexpr std::array<const char*, 9> view_names{
  "Overview", "Calls", "Timeline", "Runners", "Providers", "Queues", "Actors", "Trace", "Log"};

/// events. 1,000: of a trace; those before them are forgotten.
inline constexpr std::size_t heard_max = 1'000;

/// Keys as the terminal names them; letters are themselves.
namespace key {
inline constexpr int up = 0x10001, down = 0x10002, page_up = 0x10003, page_down = 0x10004,
                     home = 0x10005, end = 0x10006, enter = '\n', escape = 27, backspace = 0x10007,
                     mouse = 0x10008;
} // namespace key

struct console_model {
  std::string url;
  console_view view = console_view::overview;
  wall_ms now = 0;

  std::size_t screen_rows = 0; // of the terminal; 0: not known

  // What came from the node.
  plain_value node;
  std::map<console_view, plain_value> data;
  bool connected = false;
  std::string trouble; // why it does not answer
  wall_ms lost_at = 0;

  // How it is looked at.
  std::string filter;
  bool typing = false; // the filter
  bool frozen = false;
  bool help = false;
  bool mouse = false;           // the console's; else the terminal's own, which selects text
  bool flat = false;            // actors: the busiest first, not the tree
  std::size_t sort = 0;         // of sort_names
  std::set<std::string> folded; // actors whose children are hidden
  std::size_t chosen = 0;       // the row
  std::string call;             // whose timeline
  std::string actor;            // shown alone; empty: all
  std::vector<std::string> way; // the actors it was reached through
  std::string asked;            // a deed that waits for a y
  std::string notice;           // what the last deed came to

  // A trace.
  std::string traced;            // the actor; empty: none
  std::string traced_name;       // "call SCL_…"
  bool named_by_row = false;     // "call": nothing else is known so far
  bool words = false;            // its texts too
  std::uint64_t trace = 0;       // counts traces begun
  std::string trace_end;         // why it is over; empty: it is on
  std::deque<plain_value> heard; // oldest first
};

inline constexpr std::array<const char*, 7> sort_names{"rate",     "mailbox", "p99", "memory",
                                                       "restarts", "busy",    "age"};

/// What a key asks for beyond another look.
struct console_wish {
  bool quit = false;
  bool fetch = false;                // at once, not with the next refresh
  std::optional<node_question> deed; // method and path of what is to be done
};

console_wish press(console_model& model, int key);

/// The mouse on a screen that was shown: a click goes to a view or chooses a row, one on the
/// chosen row goes into it; the wheel moves.
enum class mouse_deed : std::uint8_t { click, wheel_up, wheel_down };
struct mouse_press {
  mouse_deed what = mouse_deed::click;
  std::size_t line = 0, column = 0; // from 0
};
console_wish press(console_model& model, const mouse_press& mouse, const screen& shown);

/// What the current view is made from: a path of the API. Of a long list, no more rows than
/// can be seen until somebody goes further down.
std::string path_of(const console_model& model);

/// How many actors' rows the node could as well read for it: of a few that are shown, all.
std::size_t rows_behind(const console_model& model);

/// As long as this stays as it was, and the path, so does the answer to the path; empty: nothing
/// tells.
std::string mark_of(const console_model& model);

/// An answer to that path, or to `/v1/node`. `deed`: to what a key had asked for.
enum class answer_to : std::uint8_t { view, node, deed };
void take(console_model& model, answer_to what, console_view view, const node_reply& reply);

/// The question whose events are the trace; nothing when there is none.
std::optional<node_question> stream_of(const console_model& model);
/// An event of trace `number`, or its end; of an older one it changes nothing.
void hear(console_model& model, std::uint64_t number, const plain_value& event);
void hear_end(console_model& model, std::uint64_t number, const node_reply& reply);

/// Exactly `size.rows` lines, none wider than `size.columns`.
screen screen_of(const console_model& model, const screen_size& size);

// -- shared by keys and views ------------------------------------------------------

/// One row of the view in hand, with the id that Enter and the deeds mean.
struct console_row {
  std::string id;
  std::vector<std::string> cells;
  paint how = paint::plain;
};

/// The line with the views' names, and how each stands in it.
inline constexpr std::size_t tabs_line = 1;
std::string tab_text(const console_model& model, std::size_t view);

/// The rows that the filter leaves, in the order shown.
std::vector<console_row> rows_of(const console_model& model);

/// Of a view that grows at its end the last row is chosen first, and stays so.
inline bool is_tail(console_view view) {
  return view == console_view::trace || view == console_view::log;
}

/// Which of so many rows is chosen; 0 of none.
inline std::size_t chosen_of(const console_model& model, std::size_t count) {
  const auto at = count == 0 ? 0 : std::min(model.chosen, count - 1);
  return is_tail(model.view) && count > 0 ? count - 1 - at : at;
}

} // namespace unpod::cli
