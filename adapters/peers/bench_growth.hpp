// What the steps of a ramp have in common: is a call's cost the same whatever their number,
// and how many would fill the node. Pure.
#pragma once

#include "adapters/peers/bench_report.hpp"

#include <cstddef>
#include <vector>

namespace unpod {

/// y = at_zero + slope * x, by least squares; `r2` is 1 where the points lie on the line.
struct line_fit {
  double slope = 0, at_zero = 0, r2 = 0;
};

/// Needs three points of different x.
std::optional<line_fit> fit_line(const std::vector<std::pair<double, double>>& points);

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
