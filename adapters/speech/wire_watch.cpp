#include "adapters/speech/wire_watch.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

void wire_watch::add(std::weak_ptr<watched_wire> wire) {
  {
    const std::lock_guard lock{mutex_};
    wires_.push_back(std::move(wire));
    if (std::exchange(looking_, true))
      return;
  }
  look_later();
}

void wire_watch::look_later() {
  later_(look_every, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->look();
  });
}

void wire_watch::look() {
  std::vector<std::shared_ptr<watched_wire>> living;
  {
    const std::lock_guard lock{mutex_};
    living.reserve(wires_.size());
    const auto gone = [&living](const std::weak_ptr<watched_wire>& wire) {
      auto here = wire.lock();
      return here ? (living.push_back(std::move(here)), false) : true;
    };
    wires_.erase(std::remove_if(wires_.begin(), wires_.end(), gone), wires_.end());
    looking_ = !living.empty();
  }
  const auto now = mono_now();
  for (const auto& wire : living)
    wire->look(now);
  if (!living.empty())
    look_later();
}

} // namespace unpod
