// Slopes, curves and explanations.
#include "adapters/peers/bench_growth.hpp"

#include <algorithm>
#include <cstdlib>

namespace unpod {

namespace {

constexpr std::size_t fit_least = 5; // samples, for a slope that says anything
constexpr double hour_s = 3'600, minute_s = 60;

using member = double growth_sample::*;

plot_points points_of(const std::vector<growth_sample>& samples, member what, std::size_t from,
                      double unit_s) {
  plot_points points;
  for (auto i = from; i < samples.size(); ++i)
    points.emplace_back(samples[i].at_s / unit_s, samples[i].*what);
  return points;
}

figure slope_of(const std::vector<growth_sample>& samples, member what) {
  const auto points = points_of(samples, what, samples.size() / 2, hour_s);
  if (points.size() < fit_least)
    return figure::none("too short for a slope");
  return figure::of(fit_line(points).slope);
}

} // namespace

double actors_in(std::string_view metrics) {
  constexpr std::string_view name = "unpod_actors{";
  double all = 0;
  for (std::size_t at = 0; at < metrics.size();) {
    const auto end = std::min(metrics.find('\n', at), metrics.size());
    const std::string line{metrics.substr(at, end - at)};
    const auto value = line.rfind("} ");
    if (line.compare(0, name.size(), name) == 0 && value != std::string::npos)
      all += std::strtod(line.c_str() + value + 2, nullptr);
    at = end + 1;
  }
  return all;
}

growth_slopes slopes_of(const std::vector<growth_sample>& samples) {
  return {slope_of(samples, &growth_sample::memory_kb),
          slope_of(samples, &growth_sample::descriptors),
          slope_of(samples, &growth_sample::actors)};
}

std::vector<bench_plot> growth_plots(const std::vector<growth_sample>& samples) {
  const auto panel = [&](const char* title, const char* unit, member what) {
    return bench_plot{title, "minutes", unit, {{title, points_of(samples, what, 0, minute_s)}}};
  };
  return {panel("resident memory", "KB", &growth_sample::memory_kb),
          panel("descriptors", "", &growth_sample::descriptors),
          panel("actors", "", &growth_sample::actors), panel("calls", "", &growth_sample::calls)};
}

bool is_explained(const failed_call& call, const std::vector<mono_time>& kills) {
  const bool lost = call.why.find("runner_lost") != std::string::npos
                    || call.why.find("no_runner") != std::string::npos;
  return lost && std::any_of(kills.begin(), kills.end(), [&](mono_time kill) {
           return call.began <= kill && kill <= call.ended;
         });
}

} // namespace unpod
