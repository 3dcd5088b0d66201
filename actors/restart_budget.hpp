// How often a child may be restarted before its parent gives up. Pure: the time
// is an argument.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace unpod {

class restart_budget {
public:
  restart_budget(std::size_t restarts_max, mono_time window)
    : restarts_max_(restarts_max), window_(window) {}

  /// Takes one restart out of the budget; false when none is left.
  bool spend(mono_time now) {
    const auto is_old = [&](mono_time at) { return now - at >= window_; };
    spent_.erase(std::remove_if(spent_.begin(), spent_.end(), is_old), spent_.end());
    if (spent_.size() >= restarts_max_)
      return false;
    spent_.push_back(now);
    return true;
  }

private:
  std::size_t restarts_max_;
  mono_time window_;
  std::vector<mono_time> spent_;
};

} // namespace unpod
