// Is a provider fit for calls? Pure: time is an argument.
//
//   closed --a call lost it--> open --`wait` over--> half open --probe worked--> closed
//                               ^------probe failed, wait x2------/
//
// Calls go to a closed one only: whether an open one works again is found out by a probe of
// the node's own, never by a caller. One loss is enough, for the first probe follows at once
// and a provider that works is back in a moment. Whoever passes its probes and yet loses calls
// again and again waits ever longer. A slow voice counts less: it is lost after three in a row,
// and so is a provider that nobody can probe.
#pragma once

#include "messages/clock.hpp"
#include "messages/trouble.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace unpod {

class circuit_breaker {
public:
  /// light failures in a row. 3: one may be chance, three are an outage.
  static constexpr std::uint32_t light_max = 3;
  /// times it may be lost and found to work by a probe, with no call that worked between.
  static constexpr std::uint32_t relapses_max = 3;
  /// s until the second probe, and the longest wait between two.
  static constexpr mono_time wait_first = std::chrono::seconds{5};
  static constexpr mono_time wait_max = std::chrono::seconds{60};

  explicit circuit_breaker(bool is_probed = false) : is_probed_(is_probed) {}

  /// A call was served.
  void succeeded() {
    *this = circuit_breaker{is_probed_};
  }

  /// A call lost it. What is no fault of the provider's is passed over.
  void failed(trouble kind, mono_time now) {
    if (kind == trouble::full || kind == trouble::unable)
      return;
    if (is_open_) {
      opened_ = is_probed_ ? opened_ : now;
      return;
    }
    const bool is_light = kind == trouble::slow || !is_probed_;
    if (is_light && ++light_ < light_max)
      return;
    light_ = 0;
    is_open_ = true;
    opened_ = now;
    // Who is busy, or does not take our key, will not be another in a moment.
    const bool says_no = kind == trouble::busy || kind == trouble::key;
    wait_ = relapses_ < relapses_max
              ? (says_no ? wait_first : mono_time{0})
              : std::min(wait_first * (1 << std::min(relapses_ - relapses_max, 5U)), wait_max);
    ++relapses_;
  }

  void probe_worked() {
    is_open_ = probing_ = false;
    light_ = 0;
  }

  void probe_failed(mono_time now) {
    wait_ = wait_ < wait_first ? wait_first : std::min(2 * wait_, wait_max);
    is_open_ = true;
    probing_ = false;
    opened_ = now;
  }

  bool is_closed() const {
    return !is_open_;
  }

  /// How long ago it was lost last; 0 when it is closed.
  mono_time open_for(mono_time now) const {
    return is_open_ ? now - opened_ : mono_time{0};
  }

  /// Should it be tried now? True once; `probe_…` says what came of it.
  bool takes_probe(mono_time now) {
    if (!is_open_ || probing_ || now - opened_ < wait_)
      return false;
    return probing_ = true;
  }

  const char* state(mono_time now) const {
    if (!is_open_)
      return "closed";
    return probing_ || now - opened_ >= wait_ ? "half_open" : "open";
  }

private:
  bool is_probed_;
  bool is_open_ = false, probing_ = false;
  std::uint32_t light_ = 0;    // in a row
  std::uint32_t relapses_ = 0; // since a call was served
  mono_time opened_{0};
  mono_time wait_{0};
};

} // namespace unpod
