// Rooms: what may be asked of a live CALL about who takes part in it. A call is a
// room of one caller and one agent; others join it, are moved into it, and leave.
//
//   PIPES --by call id--> PIPE --> CALL        each answers, or refuses in words
//
// The agent hears the sum of all callers as its one user (the wire knows no other);
// each caller hears the agent and every other caller, never itself.
#pragma once

#include "messages/caller.hpp"

#include <string>
#include <vector>

namespace unpod {

/// The first caller of a call, as a participant.
inline constexpr const char* first_caller = "caller";
/// The agent of a call, as a participant.
inline constexpr const char* agent_seat = "agent";

/// One caller in a room besides the first.
struct room_seat {
  std::string id; // the call id it came with
  media_port_ptr port;
  caller_leg_actor leg;
  bool listen_only = false; // hears all, is never heard
};
UNPOD_MESSAGE(room_seat, x.id, x.leg, x.listen_only)

/// Query. A client without a call of its own joins this one; answered by `opened_call`.
struct join_call {
  call_id call;
  std::string project; // of its token; another's call is not found
  room_seat seat;
};
UNPOD_MESSAGE(join_call, x.call, x.seat)

/// Query. Hand this call over.
struct transfer_call {
  call_id call;
  std::string kind; // agent, number, human, web
  std::string target;
  bool warm = false;        // announced; cold says nothing
  std::string announcement; // spoken first
  std::string data_json;    // an object for the new agent; may be empty
  std::string drop;         // a participant who leaves when it is done; may be empty
};
UNPOD_MESSAGE(transfer_call, x.call, x.kind, x.target, x.warm, x.drop)

/// Reply: who came, and who left.
struct transferred_call {
  std::string added;
  std::string removed;
};
UNPOD_MESSAGE(transferred_call, x.added, x.removed)

/// Query. Move the callers of these calls into this one; each of them ends with `transferred`.
struct merge_calls {
  call_id call;
  std::vector<call_id> sources;
  std::vector<std::string> drop; // participants who leave when it is done
};
UNPOD_MESSAGE(merge_calls, x.call, x.sources, x.drop)

/// What became of one source.
struct merge_outcome {
  call_id call;
  std::vector<std::string> moved;
  std::string error; // empty: merged
};
UNPOD_MESSAGE(merge_outcome, x.call, x.moved, x.error)

/// Reply to `merge_calls`, in the order asked.
struct merged_calls {
  std::vector<merge_outcome> outcomes;
};
UNPOD_MESSAGE(merged_calls, x.outcomes)

/// Query, from the CALL that takes them. This call gives its callers away and ends.
struct release_callers {
  call_id call;
  std::string project;
  call_id into;
  call_ear_actor to;
  std::uint64_t seats_left = 0; // more callers it cannot take
};
UNPOD_MESSAGE(release_callers, x.call, x.into, x.to, x.seats_left)

struct released_callers {
  std::vector<room_seat> seats;
};
UNPOD_MESSAGE(released_callers, x.seats)

/// Query. This participant leaves; the call goes on while a caller is left.
struct remove_participant {
  call_id call;
  std::string participant;
};
UNPOD_MESSAGE(remove_participant, x.call, x.participant)

struct removed_participant {
  std::string participant;
};
UNPOD_MESSAGE(removed_participant, x.participant)

/// Query, from outside. The agent's voice says this to the callers, after what it is saying.
struct say_words {
  call_id call;
  std::string text;
  std::string by; // id of the key that asked
};
UNPOD_MESSAGE(say_words, x.call, x.text, x.by)

/// Reply: they are on their way to the voice.
struct said_words {};
UNPOD_OPAQUE_MESSAGE(said_words)

/// What PIPES, PIPE and CALL each know of rooms.
using room_actor = caf::typed_actor<
  // A supervisor joins.
  caf::replies_to<join_call>::with<opened_call>,
  // Another agent takes over.
  caf::replies_to<transfer_call>::with<transferred_call>,
  // Two rooms become one.
  caf::replies_to<merge_calls>::with<merged_calls>,
  // The other side of a merge.
  caf::replies_to<release_callers>::with<released_callers>,
  // Someone is shown out.
  caf::replies_to<remove_participant>::with<removed_participant>,
  // An operator has something said.
  caf::replies_to<say_words>::with<said_words>>;

} // namespace unpod
