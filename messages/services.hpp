// The long-lived actors by role. A supervisor that restarts one puts the new
// handle here; whoever needs one asks each time and never keeps it.
#pragma once

#include "messages/accountant.hpp"
#include "messages/analyst.hpp"
#include "messages/orchestrator.hpp"
#include "messages/outbound.hpp"
#include "messages/pipe.hpp"
#include "messages/providers.hpp"
#include "messages/store.hpp"
#include "messages/webhooks.hpp"

#include <memory>
#include <mutex>
#include <tuple>
#include <utility>

namespace unpod {

/// Any thread. A role that is not there (yet, or any more) is a null handle.
class service_book {
public:
  template <class Handle>
  void put(Handle handle) {
    const std::lock_guard lock{mutex_};
    std::get<Handle>(roles_) = std::move(handle);
  }

  template <class Handle>
  Handle get() const {
    const std::lock_guard lock{mutex_};
    return std::get<Handle>(roles_);
  }

  /// Lets every actor go; a system cannot end while one is held.
  void clear() {
    const std::lock_guard lock{mutex_};
    roles_ = {};
  }

private:
  mutable std::mutex mutex_;
  std::tuple<store_actor, accountant_actor, orchestrator_actor, providers_actor, pipes_actor,
             webhooks_actor, analyst_actor, call_queue_actor, trunks_actor>
    roles_;
};

using services = std::shared_ptr<service_book>;

/// Tells whoever plays this role now.
template <class Handle, class Self, class Message>
void tell_service(Self* self, const services& book, Message message) {
  if (const auto role = book->get<Handle>())
    self->send(role, std::move(message));
}

} // namespace unpod
