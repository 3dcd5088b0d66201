// Whose turn it is on a bridge, as far as frames tell (contract §3.7, §3.8): is the
// runner in the middle of one, and is what it still says of a turn that was cut off?
//
//   idle --user.text, or a delta--> open --agent.text.end--> idle
//   open --user.interrupted--> discarding --agent.text.end, or discard_max--> idle or open
//
// Tolerant as it must be: runners send no end, or one too many.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace unpod {

/// Pure; time comes in.
class turn_gate {
public:
  /// `discard_max`: the SDK ends an interrupted turn at once; a runner that never does
  /// must not lose its next turn. `stale_after`: a turn without a sign is over.
  turn_gate(mono_time discard_max, mono_time stale_after)
    : discard_max_(discard_max), stale_after_(stale_after) {}

  /// A user.text was sent.
  void asked(mono_time now) {
    expire(now);
    if (now - last_sign_ > stale_after_)
      owed_ = 0;
    owed_ = std::min(owed_ + 1, owed_max);
    last_sign_ = now;
  }

  /// A delta came. False: it belongs to an interrupted turn, drop it.
  bool delta(mono_time now) {
    expire(now);
    last_sign_ = now;
    if (discarding(now))
      return false;
    speaking_ = true;
    return true;
  }

  /// An end came. False: it ends the interrupted turn, keep it to yourself.
  bool ended(mono_time now) {
    expire(now);
    last_sign_ = now;
    const bool ours = !discarding(now);
    discard_until_ = mono_time{0};
    owed_ = std::max(owed_ - 1, 0);
    speaking_ = false;
    return ours;
  }

  /// A user.interrupted was sent.
  void interrupted(mono_time now) {
    expire(now);
    if (!is_open())
      return; // no end follows between turns
    discard_until_ = now + discard_max_;
    speaking_ = false;
    owed_ = std::max(owed_, 1); // its end is still to come
  }

  /// The runner may be in the middle of a turn.
  bool is_open() const {
    return owed_ > 0 || speaking_;
  }

  bool discarding(mono_time now) const {
    return now < discard_until_;
  }

  /// A new handshake: nothing of the old one counts.
  void reset() {
    owed_ = 0;
    speaking_ = false;
    discard_until_ = mono_time{0};
  }

private:
  /// The interrupted turn's end never came: don't wait for it any longer.
  void expire(mono_time now) {
    if (discard_until_ == mono_time{0} || now < discard_until_)
      return;
    discard_until_ = mono_time{0};
    owed_ = std::max(owed_ - 1, 0);
  }

  /// turns. The SDK queues user.texts; more than these make no difference here.
  static constexpr int owed_max = 64;

  mono_time discard_max_;
  mono_time stale_after_;
  mono_time last_sign_{0};
  mono_time discard_until_{0};
  int owed_ = 0; // user.texts without an end
  bool speaking_ = false;
};

} // namespace unpod
