// The voice profiles of a node as everybody sees them: one list that never changes,
// and another in its place when they are read again.
#pragma once

#include "messages/providers.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace unpod {

using profile_list = std::shared_ptr<const std::vector<voice_profile>>;

/// Copies are one catalogue. Any thread. Whoever reads keeps the list it got for as
/// long as it looks at its profiles.
class profile_catalogue {
public:
  profile_catalogue() : profile_catalogue(std::make_shared<const std::vector<voice_profile>>()) {}

  /// Implicit: a list alone is a catalogue that nobody changes.
  profile_catalogue(profile_list first) : slot_(std::make_shared<slot>()) {
    slot_->now = std::move(first);
  }

  /// Never null.
  profile_list get() const {
    const std::lock_guard lock{slot_->mutex};
    return slot_->now;
  }

  /// From now on this is it; calls that are live keep what they began with.
  void put(profile_list next) const {
    const std::lock_guard lock{slot_->mutex};
    slot_->now = std::move(next);
  }

private:
  struct slot {
    std::mutex mutex;
    profile_list now;
  };
  std::shared_ptr<slot> slot_;
};

} // namespace unpod
