// A nudge: what wakes an actor so that it looks again at the messages it was kept from.
#pragma once

#include "messages/inspect.hpp"
#include "messages/type_ids.hpp"

namespace unpod {

/// Event to any actor; `observed<>` takes it, the actor's behaviour never sees it.
struct nudge_actor {};
UNPOD_OPAQUE_MESSAGE(nudge_actor)

} // namespace unpod
