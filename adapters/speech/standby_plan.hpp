// When another connection is dialled for those who may need one, and how many there should be.
// Pure: times are arguments.
//
//   may dial --dials()--> resting, `dial_rest` --> may dial
//            --refused, or closed as soon as it was open--> resting, longer each time --> may dial
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace unpod {

struct standby_limits {
  /// calls that one connection stands by for. 16: when a provider fails, all of its calls move,
  /// and those that find none left dial as they would without it.
  std::size_t calls_each = 16;
  /// connections to one address. 4: plans allow as few as five at a time.
  std::size_t each_max = 4;
  /// connections of a node, all providers together. 32.
  std::size_t node_max = 32;
  /// s. 120: then another takes its place. Providers hang up on idle voices after 180 s
  /// (ElevenLabs, as asked for), 5 min (Cartesia) or an hour (Deepgram); pings keep Flux.
  std::chrono::seconds life{120};
  /// ms. 1,000: so long they stay when nobody wants them any more. Who lets go may be about to
  /// take one.
  std::chrono::milliseconds linger{1'000};
  /// ms. 500: between two dials.
  std::chrono::milliseconds dial_rest{500};
  /// s. 1 after the first refusal, then twice as long each time, up to 60.
  std::chrono::milliseconds refused_rest{1'000}, refused_rest_max{60'000};
  /// s. 5: closed sooner than that, and it was a refusal (a wrong key, after the handshake).
  std::chrono::seconds proven_after{5};
  /// messages. 64: a greeting and answers to keep-alives; a peer that says more to nobody is
  /// hung up on.
  std::size_t idle_messages_max = 64;
};

class standby_plan {
public:
  explicit standby_plan(const standby_limits& bounds) : bounds_(bounds) {}

  /// Connections for so many calls.
  std::size_t wanted(std::size_t calls) const {
    return std::min(bounds_.each_max, (calls + bounds_.calls_each - 1) / bounds_.calls_each);
  }
  bool may_dial(mono_time now) const {
    return now >= next_;
  }
  bool is_old(mono_time opened, mono_time now) const {
    return now - opened >= bounds_.life;
  }

  void dials(mono_time now) {
    next_ = now + bounds_.dial_rest;
  }
  void refused(mono_time now) {
    rest_ =
      rest_.count() == 0 ? bounds_.refused_rest : std::min(2 * rest_, bounds_.refused_rest_max);
    next_ = now + rest_;
  }
  /// The peer hung up.
  void lost(mono_time opened, mono_time now) {
    if (now - opened < bounds_.proven_after)
      refused(now);
    else
      worked(opened, now);
  }
  /// A call has it, or it was closed from here.
  void worked(mono_time opened, mono_time now) {
    if (now - opened >= bounds_.proven_after)
      rest_ = std::chrono::milliseconds{0};
  }

private:
  const standby_limits bounds_;
  mono_time next_{0};
  std::chrono::milliseconds rest_{0};
};

} // namespace unpod
