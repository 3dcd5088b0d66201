// Is a provider fit for calls? Pure: time is an argument.
//
//   closed --failures_max in a row--> open --`wait` over--> half open --probe failed--> open (x2)
//      ^------------------------------- any success --------------------------/
//
// Calls go to a closed one only: in the half open state a probe of the node's own tries it,
// never a caller. The wait doubles with each probe that fails, up to `wait_max`.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace unpod {

class circuit_breaker {
public:
  /// failures in a row. 3: one may be chance, three are an outage.
  static constexpr std::uint64_t failures_max = 3;
  /// s until the first probe, and the longest wait between two.
  static constexpr mono_time wait_first = std::chrono::seconds{5};
  static constexpr mono_time wait_max = std::chrono::seconds{60};

  void succeeded() {
    *this = {};
  }

  void failed(mono_time now) {
    if (probing_) {
      wait_ = std::min(2 * wait_, wait_max);
      opened_ = now;
      probing_ = false;
    } else if (++failures_ >= failures_max) {
      opened_ = now;
    }
  }

  bool is_closed() const {
    return failures_ < failures_max;
  }

  /// How long ago it was lost last; 0 when it is closed.
  mono_time open_for(mono_time now) const {
    return is_closed() ? mono_time{0} : now - opened_;
  }

  /// Should it be tried now? True once; the outcome is noted as any other.
  bool takes_probe(mono_time now) {
    if (is_closed() || probing_ || now - opened_ < wait_)
      return false;
    return probing_ = true;
  }

  std::string state(mono_time now) const {
    if (is_closed())
      return "closed";
    return probing_ || now - opened_ >= wait_ ? "half open" : "open";
  }

private:
  std::uint64_t failures_ = 0; // in a row
  bool probing_ = false;
  mono_time opened_{0};
  mono_time wait_ = wait_first;
};

} // namespace unpod
