// How many frames or bytes a runner may send for long: a token bucket. What passes
// it is forwarded to actors whose mailboxes have no bound of their own.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace unpod {

/// Pure; time only moves forward.
class frame_budget {
public:
  frame_budget(std::uint32_t burst, std::uint32_t per_second)
    : burst_(burst), per_second_(per_second), left_(burst) {}

  /// `cost` more at `now`. False: too many.
  bool take(mono_time now, std::size_t cost = 1) {
    if (now > last_) {
      const std::chrono::duration<double> passed = now - last_;
      left_ = std::min<double>(burst_, left_ + passed.count() * per_second_);
      last_ = now;
    }
    const auto wanted = static_cast<double>(cost);
    if (left_ < wanted)
      return false;
    left_ -= wanted;
    return true;
  }

private:
  double burst_;
  double per_second_;
  double left_;
  mono_time last_{0};
};

} // namespace unpod
