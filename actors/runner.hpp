// RUNNER: one registered Agent Runner, behind its control socket's face.
//
//   live --no beat for 1.5 intervals--> silent --beat--> live
//   live, silent --no beat for the TTL, or the face is down--> gone (quit)
//
// An offer is open until its ack or `ack_wait`; an ack that comes later is
// called off at once (contract §2.5). A runner that serves reads nothing after
// `registered`, so its offers are accepted here, unsent (contract §2.6).
// Children: none. The face belongs to NODE; it is monitored.
#pragma once

#include "messages/call_timers.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/orchestrator.hpp"

#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>

namespace unpod {

/// RUNNER as it sees itself: the interface, and its own timers.
using timed_runner = runner_actor::extend<
  // Looks whether the runner is still heard of.
  caf::reacts_to<clock_check>,
  // Gives an offer up.
  caf::reacts_to<ack_check>>;

/// Where a RUNNER reports to: the ORCHESTRATOR, seen from below.
using standing_listener = caf::typed_actor<caf::reacts_to<runner_standing>>;

struct runner_setup {
  runner_card card;
  runner_face_actor face;
  standing_listener parent;
  dispatch_limits bounds;
  std::function<std::string(const std::string& prefix)> new_id;
};

struct runner_state {
  using self_pointer = self_of<runner_state, timed_runner>;

  static inline const char* name = "runner";

  explicit runner_state(self_pointer self) : self(self) {}

  void begin(runner_setup with);
  caf::result<job_answer> offer(const offer_job& job);
  void hear_ack(const job_ack& ack);
  void give_up(const ack_check& due);
  void end(const end_job& job);
  void hear_beat(const runner_beat& beat);
  void check_clock();
  void on_face_down(const caf::down_msg& down);

  void answer(std::uint64_t offer, bool accepted, std::string reason);
  void report(bool eligible);
  milliseconds look_every() const;
  void leave(const std::string& why);

  struct open_offer {
    job_id job;
    std::string assign;
    caf::typed_response_promise<job_answer> reply;
  };

  self_pointer self;
  runner_setup setup;
  std::map<std::uint64_t, open_offer> offers;
  std::uint64_t offers_made = 0;
  std::uint64_t claimed_jobs = 0;
  mono_time last_beat{0};
  bool eligible = true;
};

timed_runner::behavior_type runner(runner_state::self_pointer self, runner_setup setup);

} // namespace unpod
