// The last few hundred times of something, and their percentiles. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace unpod {

class rolling_times {
public:
  /// samples kept. 256: enough for a p99, forgotten within minutes under load.
  static constexpr std::size_t kept_max = 256;

  void add(double ms) {
    kept_[added_++ % kept_max] = ms;
  }

  /// Those that are kept.
  std::size_t count() const {
    return std::min(added_, kept_max);
  }

  /// The value at this share (0…1) of the kept ones; negative when there are none.
  double percentile(double share) const {
    const auto all = count();
    if (all == 0)
      return -1;
    std::vector<double> sorted(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(all));
    std::sort(sorted.begin(), sorted.end());
    return sorted[std::min(all - 1, static_cast<std::size_t>(share * static_cast<double>(all)))];
  }

private:
  std::array<double, kept_max> kept_{};
  std::size_t added_ = 0;
};

} // namespace unpod
