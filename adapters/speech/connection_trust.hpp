// Are a provider's connections that were open before still good? Where all of its old ones have
// fallen mute and stay open, one call after the other would wait for nothing to find out.
//
//   good --two mute ones, and no old one sounded between--> those older than now are suspect
//
// One slow answer is no proof: of a hundred one is, and every suspicion costs a dial. Any thread.
#pragma once

#include "messages/clock.hpp"

#include <mutex>

namespace unpod {

class connection_trust {
public:
  /// A connection was asked, and made no sound.
  void fell_mute(mono_time now) {
    const std::lock_guard lock{mutex_};
    if (mutes_++ == 0)
      first_ = now;
    if (mutes_ >= mutes_in_a_row)
      suspect_before_ = now;
  }

  /// One that was opened then sounds. What has been dialled since proves nothing of the others.
  void sounds(mono_time opened) {
    const std::lock_guard lock{mutex_};
    if (opened < first_)
      mutes_ = 0;
  }

  /// Those opened before this are better dialled anew.
  mono_time suspect_before() const {
    const std::lock_guard lock{mutex_};
    return suspect_before_;
  }

private:
  /// 2.
  static constexpr int mutes_in_a_row = 2;

  mutable std::mutex mutex_; // guards what follows
  int mutes_ = 0;
  mono_time first_{0}, suspect_before_{0};
};

} // namespace unpod
