// RUNNER FACE: the actor behind one control socket. Frames in, the RUNNER told;
// commands of the RUNNER in, frames out. Its state machine is control_session.
//
//   register -> (asks the registry) -> registered -> beats and acks to the RUNNER
//   socket closed -> quits; whoever monitors it sees the runner go
//
// Children: none. Its parent is the RUNNER DOOR. Dead, it leaves no open socket.
#pragma once

#include "adapters/runner/control_session.hpp"
#include "adapters/runner/socket_feed.hpp"
#include "messages/observed.hpp"
#include "messages/runner.hpp"

#include <caf/typed_actor.hpp>

namespace unpod {

/// What a face needs of the ORCHESTRATOR; `orchestrator_actor` converts to it.
using runner_registry_actor =
  caf::typed_actor<caf::replies_to<register_runner>::with<registered_runner>>;

/// Command. The ORCHESTRATOR was restarted: this is it now. Live runners register again.
struct use_registry {
  runner_registry_actor registry;
};
UNPOD_OPAQUE_MESSAGE(use_registry)

/// The face as it sees itself.
using runner_face_self =
  runner_face_actor::extend<caf::reacts_to<raw_frame>, caf::reacts_to<socket_over>,
                            caf::reacts_to<session_tick>, caf::reacts_to<use_registry>>;

struct control_face_args {
  ws_channel_ptr channel; // not started
  std::string project;    // of the key it came with
  std::string public_url; // ws(s)://host the runner used
  runner_registry_actor registry;
  control_limits limits;
  feed_limits feed;
};

struct control_face_state {
  using self_pointer = self_of<control_face_state, runner_face_self>;

  static inline const char* name = "runner_face";

  explicit control_face_state(self_pointer self) : self(self) {}

  void begin(control_face_args args);
  void assign(const job_assign& job);
  void cancel(const job_cancel& job);
  void close(const close_runner& command);
  void hear(const raw_frame& frame);
  void end(const socket_over& event);
  void look_at_clock();
  void change_registry(const use_registry& command);

  void perform(control_session::outputs outputs);
  void do_it(send_frame& frame);
  void do_it(close_socket& how);
  void do_it(enlist_runner& request);
  void do_it(runner_beat& beat);
  void do_it(job_ack& ack);
  void lose_ear(const caf::down_msg& down);
  void enlisted(const registered_runner& reply);
  void set_timer();
  mono_time now() const;

  self_pointer self;
  held_channel channel;
  runner_registry_actor registry;
  runner_ear_actor ear;
  std::optional<control_session> session;
};

runner_face_self::behavior_type control_face(control_face_state::self_pointer self,
                                             control_face_args args);

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::use_registry)
