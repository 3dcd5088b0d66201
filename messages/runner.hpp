// What is said between a call and its Agent Runner: dispatch over the control
// socket (contract §2), the conversation over the bridge (contract §3). Text
// only. The sockets' faces turn these into frames and back.
#pragma once

#include "messages/clock.hpp"
#include "messages/end_reason.hpp"
#include "messages/ids.hpp"
#include "messages/inspect.hpp"
#include "messages/refusal.hpp"
#include "messages/secret.hpp"
#include "messages/type_ids.hpp"

#include <caf/actor_addr.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace caf {
class local_actor;
}

namespace unpod {

// -- control socket: RUNNER <-> its face ---------------------------------------

/// What a runner said of itself when it registered (contract §2.3).
struct runner_card {
  worker_id worker;
  std::string pool;
  agent_id agent;
  std::string project;     // of the key it came with
  std::uint64_t seats = 0; // max_concurrent, already clamped
  bool dial_out = true;    // else it serves at `serving_url`
  std::string serving_url;
  std::string public_url; // ws(s)://host it used for us: base of bridge_url
  std::string hostname, address, region, deployment;
};
UNPOD_MESSAGE(runner_card, x.worker, x.pool, x.agent, x.seats, x.dial_out)

/// Command to the face. Offer a call to the runner.
struct job_assign {
  job_id job;
  std::string assign; // fresh for each offer; echoed by the ack
  call_id call;
  agent_id agent; // the runner's own handle (contract §2.3, agent_id_mismatch)
  std::string bridge_url;
  secret_text call_token;
};
UNPOD_MESSAGE(job_assign, x.job, x.assign, x.call, x.agent, x.call_token)

/// Command to the face. Call the job off.
struct job_cancel {
  job_id job;
};
UNPOD_MESSAGE(job_cancel, x.job)

/// Event from the face. The runner's answer to an offer.
struct job_ack {
  job_id job;
  std::string assign;
  bool accepted = false;
  std::string reason;
};
UNPOD_MESSAGE(job_ack, x.job, x.assign, x.accepted, x.reason)

/// Event from the face. The runner is alive and says how many jobs it runs.
struct runner_beat {
  std::uint64_t active_jobs = 0;
};
UNPOD_MESSAGE(runner_beat, x.active_jobs)

/// Command to the face. Close the socket: another connection took this worker_id, or the node ends.
struct close_runner {
  std::uint16_t code = 1000;
  std::string why;
};
UNPOD_MESSAGE(close_runner, x.code, x.why)

/// The control socket's face. Its end (down) is the socket's end.
using runner_face_actor = caf::typed_actor<
  // Sends job.assign.
  caf::reacts_to<job_assign>,
  // Sends job.cancel.
  caf::reacts_to<job_cancel>,
  // Closes the socket.
  caf::reacts_to<close_runner>>;

/// The RUNNER interface towards its face (the orchestrator knows more of it).
using runner_ear_actor = caf::typed_actor<
  // The answer to an offer.
  caf::reacts_to<job_ack>,
  // A sign of life.
  caf::reacts_to<runner_beat>>;

/// Command to the ORCHESTRATOR. A runner came; replaces one of the same worker_id.
struct register_runner {
  runner_card card;
  runner_face_actor face;
};
UNPOD_MESSAGE(register_runner, x.card, x.face)

/// Reply: where its beats and acks go.
struct registered_runner {
  runner_ear_actor runner;
};
UNPOD_MESSAGE(registered_runner, x.runner)

// -- bridge: CALL <-> BRIDGE LEG ------------------------------------------------

/// Command. A user's whole turn (never a partial). Turn ids count from 1.
struct bridge_user_text {
  std::string text;
  std::uint64_t turn = 0;
  std::string language; // empty: not said
};
UNPOD_MESSAGE(bridge_user_text, x.text, x.turn)

/// Command. The caller cut in; `heard` is a prefix of the runner's own text.
struct bridge_interrupted {
  std::uint64_t turn = 0;
  std::string heard;
};
UNPOD_MESSAGE(bridge_interrupted, x.turn, x.heard)

/// Command. What the caller heard of the agent's words; goes to brains, which remember.
struct bridge_heard {
  std::string text;
};
UNPOD_MESSAGE(bridge_heard, x.text)

/// Command. idle, listening, thinking, speaking or interrupted (contract §3.6); may be coalesced.
struct bridge_state {
  std::string state;
  std::uint64_t turn = 0;
};
UNPOD_MESSAGE(bridge_state, x.state, x.turn)

/// Command. The turn's metrics (`turn.metrics`, ms; negative: unknown).
struct bridge_metrics {
  std::uint64_t turn = 0;
  double ttfa_ms = -1, asr_ms = -1, llm_ttft_ms = -1, tts_ttfb_ms = -1;
};
UNPOD_MESSAGE(bridge_metrics, x.turn, x.ttfa_ms, x.asr_ms, x.llm_ttft_ms, x.tts_ttfb_ms)

/// Command. Tell the runner why the call is over (contract: an `error` ends its session).
struct bridge_fatal {
  std::string source; // stt, tts, transport, internal
  std::string code;
  std::string message;
};
UNPOD_MESSAGE(bridge_fatal, x.source, x.code, x.message)

/// Command. Close cleanly: the recipe of contract §3.9 (interrupt an open turn,
/// wait for agent.text.end up to clean_close_wait, close 1000), then quit.
struct bridge_close {};
UNPOD_OPAQUE_MESSAGE(bridge_close)

/// The BRIDGE LEG interface.
using bridge_actor = caf::typed_actor<
  // Sends user.text.
  caf::reacts_to<bridge_user_text>,
  // Sends user.interrupted.
  caf::reacts_to<bridge_interrupted>,
  // Adds to the history.
  caf::reacts_to<bridge_heard>,
  // Sends state.
  caf::reacts_to<bridge_state>,
  // Sends turn.metrics.
  caf::reacts_to<bridge_metrics>,
  // Sends error: the runner's session ends.
  caf::reacts_to<bridge_fatal>,
  // Hangs up cleanly.
  caf::reacts_to<bridge_close>>;

/// Event. The runner shook hands (again: `handshakes` counts) and may talk.
struct runner_joined {
  std::uint64_t handshakes = 1;
  mono_time at{0};
};
UNPOD_MESSAGE(runner_joined, x.handshakes, x.at)

/// Event. agent.text.delta.
struct runner_delta {
  std::string text;
  mono_time at{0}; // when the frame arrived
};
UNPOD_MESSAGE(runner_delta, x.text, x.at)

/// Event. agent.text.end.
struct runner_text_end {};
UNPOD_OPAQUE_MESSAGE(runner_text_end)

/// Event. agent.say, sentinels already taken out.
struct runner_say {
  std::string text;
  mono_time at{0};
};
UNPOD_MESSAGE(runner_say, x.text, x.at)

/// Event. The sentinel `__filler:` (contract §6 G13).
struct runner_filler {
  std::string text;
};
UNPOD_MESSAGE(runner_filler, x.text)

/// Event. The sentinels `__recording_pause:` and `__recording_resume` (G14).
struct runner_recording {
  bool on = true;
  std::string reason;
};
UNPOD_MESSAGE(runner_recording, x.on, x.reason)

/// Event. agent.end_call.
struct runner_end_call {
  std::string reason;
};
UNPOD_MESSAGE(runner_end_call, x.reason)

/// Event. A verb about who takes part in the call (contract §3.7); texts that were not said
/// are empty.
struct runner_verb {
  std::string verb;         // "agent.transfer", "agent.merge", …
  std::string kind;         // transfer_type, participant_type
  std::string target;       // a number, an agent, a session, a participant
  std::string mode;         // of a transfer: cold, warm
  std::string announcement; // of a transfer
  std::string data_json;    // of a dispatch: an object for the new agent
};
UNPOD_MESSAGE(runner_verb, x.verb, x.kind, x.mode)

/// Event. The bridge's socket closed; the leg still waits for a redial until told to close.
struct runner_gone {
  std::uint16_t code = 1006;
  bool clean = false; // close 1000 from the runner
  std::string reason;
};
UNPOD_MESSAGE(runner_gone, x.code, x.clean, x.reason)

/// Event. A brain has no answer to this turn, and it is over; `last`: nor to any more.
struct runner_failed {
  std::uint64_t turn = 0;
  std::string why;
  bool last = false;
};
UNPOD_MESSAGE(runner_failed, x.turn, x.why, x.last)

/// Event. A user.text frame was handed to the runner's socket.
struct runner_told {
  std::uint64_t turn = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(runner_told, x.turn, x.at)

/// Event. What an answer cost a model, as its provider counted; from a brain of the node's own.
struct runner_usage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t cached_tokens = 0; // of the prompt
  std::string provider;
  std::string model;
};
UNPOD_MESSAGE(runner_usage, x.prompt_tokens, x.completion_tokens, x.cached_tokens, x.model)

/// What a BRIDGE LEG reports to its CALL.
using bridge_listener = caf::typed_actor<
  caf::reacts_to<runner_told>, caf::reacts_to<runner_joined>, caf::reacts_to<runner_delta>,
  caf::reacts_to<runner_text_end>, caf::reacts_to<runner_say>, caf::reacts_to<runner_filler>,
  caf::reacts_to<runner_recording>, caf::reacts_to<runner_end_call>, caf::reacts_to<runner_verb>,
  caf::reacts_to<runner_gone>, caf::reacts_to<runner_usage>, caf::reacts_to<runner_failed>>;

/// One turn of a conversation, as it was heard.
struct heard_words {
  bool agents = false; // else the caller's
  std::string text;
};

/// What the runner is told of the call when it has shaken hands (contract §3.4, §3.5).
struct bridge_opening {
  call_id call;
  job_id job;
  std::string room;
  agent_id agent;
  std::string voice_profile;
  std::string metadata_json; // the whole `metadata` object of call.started
  secret_text call_token;    // what the runner must show (dial_out)
  std::string serving_url;   // not empty: we dial this runner (serve)
  secret_text agent_secret;  // signs the dial (contract §3.3)
  // Of a brain behind a URL (call_kit::open_brain):
  std::string brain_json;     // of the pipe
  std::string agent_endpoint; // its webhook
  std::string extra_json;     // of the pipe: filler, filler_after_ms
  std::string greeting;       // what the caller was greeted with
  bool speaks_first = false;  // its words open the call
  std::string direction, user_number, data_json, instructions;
  std::vector<heard_words> history; // of a call that had a leg before
};
UNPOD_MESSAGE(bridge_opening, x.call, x.job, x.room, x.agent)

/// Spawns (not links) a BRIDGE LEG that waits for its runner, or dials it.
using bridge_spawner = std::function<bridge_actor(
  caf::local_actor* parent, bridge_listener listener, bridge_opening opening)>;

} // namespace unpod
