// What a bench reads and works out, pure: figures that may be missing with a
// reason, Prometheus text, and the picker that dispatch is compared with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

/// A measured number, or why there is none. Never a guess.
struct figure {
  std::optional<double> value;
  std::string missing; // words, when there is no value

  static figure of(double number) {
    return {number, {}};
  }
  static figure none(std::string why) {
    return {std::nullopt, std::move(why)};
  }
};

/// `p` in 0..1 of these values, nearest rank; `why` when there are none.
figure percentile_figure(const std::vector<double>& values, double p, const std::string& why);

/// The sample called `name` (without labels) in Prometheus text.
std::optional<double> metric_in(std::string_view text, std::string_view name);

/// A histogram's buckets: upper bound (infinity is the last), and how many are at or below it.
using told_histogram = std::vector<std::pair<double, double>>;

/// The one called `name`, without labels of its own; empty when it isn't there.
told_histogram histogram_in(std::string_view text, const std::string& name);

/// What was added between two readings; `before` may be empty: the histogram is new.
told_histogram histogram_since(const told_histogram& before, const told_histogram& after);

/// `p` in 0..1, as if values were spread evenly within their bucket; a value in the open
/// bucket counts as its lower bound. In the unit of the bounds.
figure histogram_quantile(const told_histogram& told, double p);

/// The runners' jobs after a burst given out by chance, weighted by the seats each had free
/// when last heard of, which was before the burst. Same seed, same answer.
std::vector<std::size_t> weighted_random_burst(std::size_t runners, std::size_t jobs,
                                               std::size_t seats, std::uint64_t seed);

/// Most minus least; 0 for none.
std::size_t spread_of(const std::vector<std::size_t>& jobs);

/// "AMD EPYC 7B13, 2 cores, 7.8 GB, Linux 6.1.0": of this machine.
std::string describe_hardware();

} // namespace unpod
