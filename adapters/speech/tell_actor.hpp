// From a thread to an actor that may be gone by then.
#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace unpod {

template <class Message>
void tell_actor(const caf::actor_addr& to, Message&& message) {
  if (const auto living = caf::actor_cast<caf::actor>(to))
    caf::anon_send(living, std::forward<Message>(message));
}

} // namespace unpod
