// Where log lines go: stderr, one line an event, for people or as JSON (spdlog).
//
//   2026-11-21T14:03:05.120Z warn  actors.call SCL_… #42: words
//   {"at":"…","level":"warn","room":"actors.call","about":"SCL_…","call_id":"SCL_…","actor":42,
//    "words":"…"}
#pragma once

#include "messages/log_book.hpp"
#include "runtime/settings.hpp"

#include <memory>
#include <string>

namespace unpod {

/// The book that the process writes its log into: levels can be set in it, and the last
/// lines read. Never null.
std::shared_ptr<log_book> the_log_book();

/// From now on; replaces what was set before.
void start_logging(const node_settings& settings);

/// One line as it is written after its time and level. Pure.
std::string line_for_people(const log_line& line);
std::string line_as_json(const log_line& line);

} // namespace unpod
