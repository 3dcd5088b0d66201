// How a synthetic callee behaves, from the number that is dialled and the call's data. Pure.
//
//   the number ends in   486 busy    480 nobody answers    603 refused    503 the trunk fails
//   anything else        rings for `ring_ms`, answers, speaks in turn with the agent, hangs up
//
//   data: {"loopback": {"says": ["a table for two", "thank you"], "ring_ms": 800}}
#pragma once

#include "messages/end_reason.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// phrases. 8, of 200 bytes each: what is more is not said.
inline constexpr std::size_t callee_phrases_max = 8;
inline constexpr std::size_t callee_phrase_bytes_max = 200;
/// ms. 30,000: longest ringing that the call's data may ask for.
inline constexpr std::chrono::milliseconds callee_ring_max{30'000};

struct callee_script {
  std::optional<end_reason> refuses; // instead of answering
  std::chrono::milliseconds ring{800};
  std::vector<std::string> says{"hello", "thank you goodbye"};
};

/// Tolerant: what can't be read of the data is as if it were not there.
callee_script callee_script_of(std::string_view number, const std::string& data_json);

} // namespace unpod
