// What may be said to WEBHOOKS, which tells a project's webhooks what happened to
// its calls. What is to be told are rows of the store (table::deliveries); who
// writes one says so here, and nothing more: the rows are the truth.
#pragma once

#include "messages/inspect.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace unpod {

/// Event. Deliveries were, or are just being, written: look again soon.
struct deliveries_due {};
UNPOD_OPAQUE_MESSAGE(deliveries_due)

/// Event, from the way out. How one attempt ended.
struct delivery_answered {
  std::string delivery;
  std::int64_t status = 0; // of the answer; 0: none came
  std::string why;         // none came, in words
  bool refused = false;    // by the node's own rules
};
UNPOD_MESSAGE(delivery_answered, x.delivery, x.status, x.why, x.refused)

/// Timer of WEBHOOKS. Something may be due.
struct delivery_check {
  std::uint64_t epoch = 0;
};
UNPOD_MESSAGE(delivery_check, x.epoch)

/// The WEBHOOKS interface.
using webhooks_actor = caf::typed_actor<
  // Looks for what is due.
  caf::reacts_to<deliveries_due>>;

} // namespace unpod
