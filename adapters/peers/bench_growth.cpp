#include "adapters/peers/bench_growth.hpp"

#include <cmath>

namespace unpod {

namespace {

constexpr std::size_t points_least = 3;

} // namespace

std::optional<line_fit> fit_line(const std::vector<std::pair<double, double>>& points) {
  if (points.size() < points_least)
    return std::nullopt;
  const auto count = static_cast<double>(points.size());
  double x_mean = 0, y_mean = 0;
  for (const auto& [x, y] : points) {
    x_mean += x / count;
    y_mean += y / count;
  }
  double xx = 0, xy = 0, yy = 0;
  for (const auto& [x, y] : points) {
    xx += (x - x_mean) * (x - x_mean);
    xy += (x - x_mean) * (y - y_mean);
    yy += (y - y_mean) * (y - y_mean);
  }
  if (xx == 0)
    return std::nullopt;
  line_fit fit;
  fit.slope = xy / xx;
  fit.at_zero = y_mean - fit.slope * x_mean;
  fit.r2 = yy == 0 ? 1 : xy * xy / (xx * yy);
  return fit;
}

calls_growth growth_of(const std::vector<calls_report>& steps, unsigned cores, double full) {
  std::vector<std::pair<double, double>> cpu, memory;
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
  if (const auto fit = fit_line(cpu)) {
    growth.cpu_us_per_call_second = figure::of(fit->slope);
    growth.cpu_r2 = figure::of(fit->r2);
    if (fit->slope > 0)
      growth.calls_at_full =
        figure::of(std::floor((full * cores * 1e6 - fit->at_zero) / fit->slope));
  }
  if (const auto fit = fit_line(memory)) {
    growth.memory_kb_per_call = figure::of(fit->slope);
    growth.memory_r2 = figure::of(fit->r2);
  }
  return growth;
}

} // namespace unpod
