// When a frame may leave: in real time, a little ahead of it, never more than
// lead_max. Ahead is audio sent and not yet rendered by a client that plays at once.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>

namespace unpod {

class pacer {
public:
  /// Half a frame below `lead_max`: speech starts with whole frames, so it runs in the
  /// middle between too early and too late, and a tick may miss by 10 ms either way.
  pacer(mono_time frame, mono_time lead_max)
    : frame_(frame), ahead_max_(std::max(frame, lead_max - frame / 2)) {}

  bool may_send(mono_time now) const {
    return ahead(now) + frame_ <= ahead_max_;
  }

  /// How far ahead of real time we are.
  mono_time ahead(mono_time now) const {
    return std::max(end_ - now, mono_time{0});
  }

  /// A frame left; returns when it is heard: at once, or right behind the one before.
  mono_time sent(mono_time now) {
    const auto begins = std::max(end_, now);
    end_ = begins + frame_;
    return begins;
  }

private:
  mono_time frame_, ahead_max_, end_{0};
};

} // namespace unpod
