// What a node answered, as people read it: tables, details, conversations. Pure; what
// others wrote is made harmless for a terminal.
#pragma once

#include "cli/noun.hpp"
#include "messages/clock.hpp"
#include "runtime/workshop.hpp"

#include <cstddef>
#include <string>

namespace unpod::cli {

/// Where it is shown, and when: times are local, and short when they are near.
struct viewer {
  std::size_t columns = 80;
  wall_ms now = 0;
};

/// "14:03" today, "Nov 21 14:03" this year, else "2025-11-21".
std::string short_time(wall_ms at, wall_ms now);

/// ms since 1970 of "2026-01-31T12:00:00.000Z"; -1 for anything else.
wall_ms time_of(const std::string& iso);

/// A table of the noun's columns, or its words for an empty list.
std::string list_text(const noun& what, const plain_value& rows, const viewer& at);

/// Every member that says something, those of the noun's columns first; inner lists
/// follow as tables, transcripts as talk.
std::string one_text(const noun& what, const plain_value& object, const viewer& at);

/// One event of a call on a line: when, what, and its words or members.
std::string event_text(const plain_value& event, std::size_t columns);

} // namespace unpod::cli
