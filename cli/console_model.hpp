// The console as a value: what was fetched, and how it is looked at. Keys change it, the
// views are made from it; neither needs a terminal or a node.
//
//   keys -> press() -> model, a wish      answers -> take() -> model      model -> screen_of()
#pragma once

#include "cli/screen.hpp"
#include "messages/clock.hpp"
#include "runtime/workshop.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
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
  log,
};

inline constexpr std::array<const char*, 8> view_names{"Overview",  "Calls",  "Timeline", "Runners",
                                                       "Providers", "Queues", "Actors",   "Log"};

/// Keys as the terminal names them; letters are themselves.
namespace key {
inline constexpr int up = 0x10001, down = 0x10002, page_up = 0x10003, page_down = 0x10004,
                     home = 0x10005, end = 0x10006, enter = '\n', escape = 27, backspace = 0x10007;
} // namespace key

struct console_model {
  std::string url;
  console_view view = console_view::overview;
  wall_ms now = 0;

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
  bool flat = false;            // actors: the busiest first, not the tree
  std::size_t sort = 0;         // of sort_names
  std::set<std::string> folded; // actors whose children are hidden
  std::size_t chosen = 0;       // the row
  std::string call;             // whose timeline
  std::string actor;            // shown alone; empty: all
  std::string asked;            // a deed that waits for a y
  std::string notice;           // what the last deed came to
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

/// What the current view is made from: a path of the API.
std::string path_of(const console_model& model);

/// An answer to that path, or to `/v1/node`. `deed`: to what a key had asked for.
enum class answer_to : std::uint8_t { view, node, deed };
void take(console_model& model, answer_to what, console_view view, const node_reply& reply);

/// Exactly `size.rows` lines, none wider than `size.columns`.
screen screen_of(const console_model& model, const screen_size& size);

// -- shared by keys and views ------------------------------------------------------

/// One row of the view in hand, with the id that Enter and the deeds mean.
struct console_row {
  std::string id;
  std::vector<std::string> cells;
  paint how = paint::plain;
};

/// The rows that the filter leaves, in the order shown.
std::vector<console_row> rows_of(const console_model& model);

} // namespace unpod::cli
