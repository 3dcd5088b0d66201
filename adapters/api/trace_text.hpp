// One traced message as an observer may see it. Pure.
#pragma once

#include "messages/activity_registry.hpp"
#include "messages/clock.hpp"

#include <cstdint>
#include <string>

namespace unpod {

/// A message's text as CAF prints it. Without `words` every text in it that is no id is shown by
/// its length alone, and so is whatever else might be of somebody's words.
std::string shown_fields(const std::string& text, bool words);

/// How one observer sees the messages of one actor.
struct trace_view {
  std::uint64_t about = 0;      // the actor
  std::string receiver, sender; // "call SCL_…"; empty: no actor that is watched
  bool words = false;
  std::chrono::nanoseconds began{0}; // steady_clock
};

std::string trace_json(const traced_message& seen, const trace_view& view, wall_ms at);

} // namespace unpod
