// What may be said to PIPES (all Speech Pipes in use) and to a PIPE (one of
// them: its configuration, its admission and its calls).
#pragma once

#include "messages/call.hpp"

#include <string>
#include <vector>

namespace unpod {

/// Query. End this call for this reason; answers whether it was live.
struct end_call {
  call_id call;
  end_reason reason = end_reason::api_hangup;
};
UNPOD_MESSAGE(end_call, x.call, x.reason)

struct end_call_done {
  bool was_live = false;
};
UNPOD_MESSAGE(end_call_done, x.was_live)

/// Event. A call is over; said exactly once per admitted call.
struct call_ended {
  call_id call;
  end_reason reason = end_reason::internal_error;
};
UNPOD_MESSAGE(call_ended, x.call, x.reason)

/// Command. Admit no more calls.
struct drain_calls {};
UNPOD_OPAQUE_MESSAGE(drain_calls)

/// Command. End every live call for this reason.
struct end_all_calls {
  end_reason reason = end_reason::node_draining;
};
UNPOD_MESSAGE(end_all_calls, x.reason)

/// Reply to a status query.
struct pipe_status {
  std::uint64_t calls_live = 0;
  std::uint64_t calls_max = 0;
  bool draining = false;
};
UNPOD_MESSAGE(pipe_status, x.calls_live, x.calls_max, x.draining)

/// The PIPE interface.
using pipe_actor = call_door_actor::extend<
  // Ends one of its calls.
  caf::replies_to<end_call>::with<end_call_done>,
  // Ends all of them.
  caf::reacts_to<end_all_calls>,
  // Reports how full the pipe is.
  caf::replies_to<caf::get_atom>::with<pipe_status>>::extend_with<room_actor>;

/// The PIPES interface.
using pipes_actor = pipe_actor::extend<
  // Closes the door.
  caf::reacts_to<drain_calls>,
  // Counts a call down.
  caf::reacts_to<call_ended>>;

/// Port. Whoever wants to know how calls ended.
using call_listener = caf::typed_actor<caf::reacts_to<call_ended>>;

} // namespace unpod
