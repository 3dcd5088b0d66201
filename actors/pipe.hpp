// PIPE: one Speech Pipe in use, which admits calls and answers for each of them.
//
//   open --end_all_calls, exit message--> closing (quits with its last call)
//
// It holds configuration and counts, nothing that can fail. Configuration is
// read from the store for each call, so a change applies to the next one.
// Children: one CALL per admitted call, never restarted: when one crashes, the
// caller hears the canned apology through the call's own port, and the record is
// closed with internal_error; nobody else notices.
#pragma once

#include "messages/call_kit.hpp"
#include "messages/call_timers.hpp"
#include "messages/observed.hpp"
#include "messages/pipe.hpp"

#include <caf/typed_response_promise.hpp>

#include <map>

namespace unpod {

/// PIPE as it sees itself: the interface, and its own timer.
using timed_pipe = pipe_actor::extend<
  // A crashed call's apology has been played.
  caf::reacts_to<farewell_check>>;

struct pipe_setup {
  pipe_id pipe;
  call_kit_ptr kit;
  call_listener listener;
};

struct pipe_state {
  using self_pointer = self_of<pipe_state, timed_pipe>;

  static inline const char* name = "pipe";

  explicit pipe_state(self_pointer self) : self(self) {}
  ~pipe_state();

  caf::result<opened_call> open(const open_call& request);
  void admit(const open_call& request, const pipe_record& pipe, const voice_profile& profile,
             caf::typed_response_promise<opened_call> reply);
  end_call_done end(const end_call& request);
  void end_all(const end_all_calls& command);
  pipe_status status() const;
  void on_down(const caf::down_msg& down);
  void on_exit(const caf::exit_msg& exit);
  void bury(const open_call& request);
  milliseconds play_canned(const open_call& request) const;
  void play_apology(const open_call& request);
  void quit_if_closed();
  void leave_caller(const farewell_check& due);
  bool is_live(const call_id& call) const;
  /// Gives it to the CALL it is about.
  template <class Reply, class Request>
  caf::result<Reply> pass(const Request& request) {
    for (const auto& [address, live] : calls)
      if (live.request.call == request.call)
        return self->delegate(live.call, request);
    return make_error(refusal::not_found, "call '" + request.call.str() + "' is not live");
  }

  struct entry {
    call_actor call;
    open_call request;
  };

  self_pointer self;
  pipe_setup setup;
  std::map<caf::actor_addr, entry> calls;
  std::map<std::uint64_t, open_call> farewells; // crashed calls whose apology plays
  std::uint64_t farewells_begun = 0;
  std::uint64_t opening = 0; // admitted, its profile being picked
  bool closing = false;
};

timed_pipe::behavior_type speech_pipe(pipe_state::self_pointer self, pipe_setup setup);

} // namespace unpod
