// The rows of a project's waiting calls, in the order in which they are placed.
#pragma once

#include "adapters/api/desk.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace unpod {

/// rows. 10,000: who stands further back is not counted.
inline constexpr std::size_t queue_rows_max = 10'000;

/// Takes one row after another until `take` says false; true: there are more.
bool for_each_waiting(const api_desk& desk, const std::string& project,
                      const std::function<bool(const queued_call& row)>& take);

/// From 1; 0: it does not wait, or further back than is counted.
std::size_t queue_position_of(const api_desk& desk, const call_record& call);

} // namespace unpod
