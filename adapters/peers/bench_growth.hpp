// What a soak reads of the node every so often, and what it makes of it. Pure.
#pragma once

#include "adapters/peers/bench_plot.hpp"
#include "adapters/peers/bench_sheet.hpp"
#include "messages/clock.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// The node at one moment.
struct growth_sample {
  double at_s = 0;
  double memory_kb = 0, descriptors = 0, actors = 0, calls = 0;
};

/// Samples kept. Default 100,000: two days of one every 2 s.
inline constexpr std::size_t growth_samples_max = 100'000;

/// All `unpod_actors{…}` in a page of /metrics, summed.
double actors_in(std::string_view metrics);

/// Per hour, through the second half: the first one fills caches.
struct growth_slopes {
  figure memory_kb, descriptors, actors;
};
growth_slopes slopes_of(const std::vector<growth_sample>& samples);

/// Memory, descriptors, actors and calls over the minutes.
std::vector<bench_plot> growth_plots(const std::vector<growth_sample>& samples);

/// One call that did not end as it should.
struct failed_call {
  mono_time began{0}, ended{0};
  std::string why;
};

/// Explained: a runner was killed while it lived, and its words are those of a runner lost.
bool is_explained(const failed_call& call, const std::vector<mono_time>& kills);

} // namespace unpod
