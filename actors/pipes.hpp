// PIPES: the door to all Speech Pipes, and the node's admission.
//
//   open --drain_calls--> draining: no new calls, live ones go on
//
// Children: one PIPE per pipe in use; a dead one is forgotten, and the next call
// of that pipe starts a new one.
#pragma once

#include "messages/call_kit.hpp"
#include "messages/observed.hpp"
#include "messages/pipe.hpp"

#include <map>

namespace unpod {

struct pipes_state {
  using self_pointer = self_of<pipes_state, pipes_actor>;

  static inline const char* name = "pipes";

  explicit pipes_state(self_pointer self) : self(self) {}

  caf::result<opened_call> open(const open_call& request);
  caf::result<end_call_done> end(const end_call& request);
  void end_all(const end_all_calls& command);
  void drain();
  void count_down(const call_ended& event);
  pipe_status status() const;
  void on_down(const caf::down_msg& down);

  /// Gives it to the PIPE whose CALL it is about.
  template <class Reply, class Request>
  caf::result<Reply> pass(const Request& request) {
    const auto found = live.find(request.call);
    if (found == live.end())
      return make_error(refusal::not_found, "call '" + request.call.str() + "' is not live");
    return self->delegate(pipes.at(found->second), request);
  }

  self_pointer self;
  call_kit_ptr kit;
  std::map<pipe_id, pipe_actor> pipes;
  std::map<call_id, pipe_id> live; // admitted or asking to be
  bool draining = false;
};

pipes_actor::behavior_type speech_pipes(pipes_state::self_pointer self, call_kit_ptr kit);

} // namespace unpod
