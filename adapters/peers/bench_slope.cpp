#include "adapters/peers/bench_slope.hpp"

#include "adapters/peers/bench_plot.hpp"

#include <algorithm>
#include <cmath>

namespace unpod {

namespace {

constexpr std::size_t steps_least = 3;

} // namespace

calls_growth growth_of(const std::vector<calls_report>& steps, unsigned cores, double full) {
  plot_points cpu, memory;
  for (const auto& step : steps) {
    if (!why_invalid(step.load).empty())
      continue;
    const auto calls = static_cast<double>(step.calls);
    if (const auto& each = step.cpu_us_per_call_second.value)
      cpu.emplace_back(calls, *each * calls);
    if (const auto& each = step.memory_kb_per_call.value)
      memory.emplace_back(calls, *each * calls);
  }
  calls_growth growth;
  growth.steps = cpu.size();
  const auto none = figure::none("fewer than three steps may be believed");
  growth.cpu_us_per_call_second = growth.cpu_r2 = growth.calls_at_full = none;
  growth.memory_kb_per_call = growth.memory_r2 = none;
  if (cpu.size() >= steps_least) {
    const auto fit = fit_line(cpu);
    growth.cpu_us_per_call_second = figure::of(fit.slope);
    growth.cpu_r2 = figure::of(fit.r2);
    if (fit.slope > 0)
      growth.calls_at_full = figure::of(std::floor((full * cores * 1e6 - fit.offset) / fit.slope));
  }
  if (memory.size() >= steps_least) {
    const auto fit = fit_line(memory);
    growth.memory_kb_per_call = figure::of(fit.slope);
    growth.memory_r2 = figure::of(fit.r2);
  }
  return growth;
}

} // namespace unpod
