// What the steps of a ramp have in common: is a call's cost the same whatever their number,
// and how many would fill the node. Pure.
#pragma once

#include "adapters/peers/bench_report.hpp"

#include <cstddef>
#include <vector>

namespace unpod {

/// Steps that may be believed, three of them at least, or no figure.
struct calls_growth {
  std::size_t steps = 0;
  figure cpu_us_per_call_second; // the slope: without what the node needs for itself
  figure cpu_r2;
  figure memory_kb_per_call; // the slope
  figure memory_r2;
  /// Calls at which the node would have spent `full` of its cores: extrapolated, not measured.
  figure calls_at_full;
};

/// `cores`: what the node may use; `full`: a share of them.
calls_growth growth_of(const std::vector<calls_report>& steps, unsigned cores, double full);

} // namespace unpod
