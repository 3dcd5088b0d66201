// What is said about outbound calls: between the API and the CALL QUEUE, and between
// the CALL QUEUE and the trunks that dial.
//
//   CALL QUEUE --dial_call--> TRUNKS --dial_ringing, dial_answered, dial_ended--> CALL QUEUE
//
// An attempt has a name of its own, (call, attempt): a trunk that is told of it twice dials
// it once, so that a queue which can't know whether its word was heard may say it again.
#pragma once

#include "messages/clock.hpp"
#include "messages/end_reason.hpp"
#include "messages/ids.hpp"
#include "messages/inspect.hpp"
#include "messages/pipe.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <atomic>
#include <cstdint>
#include <string>

namespace unpod {

/// Command. Dial; when the callee answers, open the call at PIPES.
struct dial_call {
  call_id call;
  std::uint64_t attempt = 1;
  std::string trunk;
  std::string project;
  pipe_id pipe;
  std::string from_number;
  std::string to_number;
  std::string instructions;
  std::string data_json;
  wall_ms created = 0;
  /// The attempt may have left before: a trunk that remembers it goes on with it, any other
  /// answers `dial_ended{node_lost}` and dials nobody.
  bool resumed = false;
};
UNPOD_MESSAGE(dial_call, x.call, x.attempt, x.trunk, x.to_number, x.resumed)

/// Command. Give this call up: a callee that rings is let go, a live call is hung up.
struct drop_dial {
  call_id call;
};
UNPOD_MESSAGE(drop_dial, x.call)

/// Event. The callee's phone rings.
struct dial_ringing {
  call_id call;
  std::uint64_t attempt = 0;
};
UNPOD_MESSAGE(dial_ringing, x.call, x.attempt)

/// Event. The callee is there, and a CALL has it.
struct dial_answered {
  call_id call;
  std::uint64_t attempt = 0;
};
UNPOD_MESSAGE(dial_answered, x.call, x.attempt)

/// Event. The attempt is over, the last of it. With `had_call` a CALL writes the record's end.
struct dial_ended {
  call_id call;
  std::uint64_t attempt = 0;
  end_reason reason = end_reason::internal_error;
  bool had_call = false;
};
UNPOD_MESSAGE(dial_ended, x.call, x.attempt, x.reason, x.had_call)

/// The TRUNKS interface: whoever dials.
using trunks_actor = caf::typed_actor<
  // Dials.
  caf::reacts_to<dial_call>,
  // Hangs up.
  caf::reacts_to<drop_dial>>;

/// Event to the CALL QUEUE. One more call of this project was written to the queue.
struct call_queued {
  std::string project;
};
UNPOD_MESSAGE(call_queued, x.project)

/// Query to the CALL QUEUE. Call this call off, whether it waits, rings or talks.
struct cancel_call {
  call_id call;
};
UNPOD_MESSAGE(cancel_call, x.call)

/// Reply. `known`: it is the queue's, and over on disk, or told to hang up.
struct cancelled_call {
  bool known = false;
};
UNPOD_MESSAGE(cancelled_call, x.known)

/// Reply to a status query.
struct queue_status {
  std::uint64_t waiting = 0;
  std::uint64_t dialling = 0; // dialled, not answered yet
  std::uint64_t live = 0;
};
UNPOD_MESSAGE(queue_status, x.waiting, x.dialling, x.live)

/// The CALL QUEUE interface.
using call_queue_actor = caf::typed_actor<
  // How a dialled call gets on.
  caf::reacts_to<dial_ringing>, caf::reacts_to<dial_answered>, caf::reacts_to<dial_ended>,
  // Looks at a project's calls.
  caf::reacts_to<call_queued>,
  // Calls a call off.
  caf::replies_to<cancel_call>::with<cancelled_call>,
  // Places no more calls; those that ring wait for the next start.
  caf::reacts_to<drain_calls>,
  // Reports how full it is.
  caf::replies_to<caf::get_atom>::with<queue_status>>;

/// How full the queue is, for gauges and for the API's brake. The CALL QUEUE writes, any
/// thread reads; it outlives both.
struct queue_figures {
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<std::uint64_t> dialling{0};
  std::atomic<std::uint64_t> live{0};
};

} // namespace unpod
