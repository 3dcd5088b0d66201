// What is said between a CALL and the caller's leg: the face of a browser or
// app socket now, of a phone later. Words and states; audio has its own port.
#pragma once

#include "messages/end_reason.hpp"
#include "messages/ids.hpp"
#include "messages/inspect.hpp"
#include "messages/media_port.hpp"
#include "messages/refusal.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace unpod {

/// What the caller seems to be saying; replaces the one before.
struct caller_partial {
  std::string text;
};
UNPOD_MESSAGE(caller_partial, x.text)

/// What the caller said, a whole turn.
struct caller_turn {
  std::string text;
  std::uint64_t turn = 0;
};
UNPOD_MESSAGE(caller_turn, x.text, x.turn)

/// What the agent begins to say now; appends.
struct caller_reply {
  std::string text;
  std::uint64_t turn = 0;
};
UNPOD_MESSAGE(caller_reply, x.text, x.turn)

/// idle, listening, thinking, speaking or interrupted.
struct caller_state {
  std::string state;
};
UNPOD_MESSAGE(caller_state, x.state)

/// Drop what you have buffered: the agent was cut off after these words.
struct caller_interrupted {
  std::string heard;
};
UNPOD_MESSAGE(caller_interrupted, x.heard)

/// The call is over: say so and hang up. The last message.
struct caller_ended {
  end_reason reason = end_reason::internal_error;
};
UNPOD_MESSAGE(caller_ended, x.reason)

/// Command to a CALL, from its leg: DTMF digits the caller pressed (never logged).
struct caller_dtmf {
  std::string digits;
};
UNPOD_OPAQUE_MESSAGE(caller_dtmf)

/// Command to a CALL. Take it down.
struct hang_up {
  end_reason reason = end_reason::caller_hangup;
};
UNPOD_MESSAGE(hang_up, x.reason)

/// What a leg may say to its CALL.
using call_ear_actor = caf::typed_actor<
  // Digits.
  caf::reacts_to<caller_dtmf>,
  // The caller leaves.
  caf::reacts_to<hang_up>>;

/// Your call is another from now on: the one before ends, and you stay.
struct caller_moved {
  call_id call;
  call_ear_actor ear;
};
UNPOD_MESSAGE(caller_moved, x.call)

/// The caller's leg. Its end (down) is the caller's hang-up; its exit reason may be an end_reason.
using caller_leg_actor =
  caf::typed_actor<caf::reacts_to<caller_partial>, caf::reacts_to<caller_turn>,
                   caf::reacts_to<caller_reply>, caf::reacts_to<caller_state>,
                   caf::reacts_to<caller_interrupted>, caf::reacts_to<caller_ended>,
                   caf::reacts_to<caller_moved>>;

/// Command to PIPES. A caller is here: admit the call.
struct open_call {
  pipe_id pipe;
  call_id call;
  std::string project;
  std::string direction = "web";
  std::string user_number;    // the person's, whoever calls whom; empty for the web
  std::string own_number;     // ours; empty for the web
  std::string trunk;          // who carries it; empty for the web
  std::string instructions;   // for the agent, for this call
  wall_ms created = 0;        // outbound: when it was asked for
  std::uint64_t attempts = 0; // outbound: dialled so often
  std::string data_json;      // the token's or creator's metadata; an object
  media_port_ptr port;
  caller_leg_actor leg;
};
UNPOD_MESSAGE(open_call, x.pipe, x.call, x.direction, x.leg)

/// Reply to `open_call`.
struct opened_call {
  call_ear_actor call;
};
UNPOD_MESSAGE(opened_call, x.call)

/// The door a leg knocks at: PIPES.
using call_door_actor = caf::typed_actor<
  // Admits a call, or refuses (not_found, at_limit, draining) in words.
  caf::replies_to<open_call>::with<opened_call>>;

} // namespace unpod
