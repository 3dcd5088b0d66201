// ORCHESTRATOR: gives each call to the least loaded runner of its agent.
//
//   dispatch: choose -> reserve -> offer -> accepted: active, answer
//               ^                    |
//               '-- another runner --+ refused or late (at most attempts_max)
//
// A reservation counts before the runner has answered, so a burst is spread
// evenly. A seat is free again at `end_job`, or when the CALL that has it is
// down. Jobs are kept by worker_id: a runner that reconnects keeps its load.
// Children: one RUNNER per registered worker; never restarted, it registers anew.
#pragma once

#include "actors/dispatch_choice.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/orchestrator.hpp"
#include "messages/services.hpp"

#include <caf/typed_response_promise.hpp>

#include <functional>
#include <map>

namespace unpod {

struct orchestrator_setup {
  dispatch_limits bounds;
  services house;
  std::function<std::string(const std::string& prefix)> new_id;
};

struct orchestrator_state {
  using self_pointer = self_of<orchestrator_state, orchestrator_actor>;

  static inline const char* name = "orchestrator";

  explicit orchestrator_state(self_pointer self) : self(self) {}

  caf::result<registered_runner> take_in(const register_runner& request);
  caf::result<dispatched_call> dispatch(const dispatch_call& request);
  void end(const end_job& job);
  void note_standing(const runner_standing& standing);
  void drain(const drain_runner& request);
  runner_list list() const;
  void on_down(const caf::down_msg& down);

  struct runner_entry {
    runner_card card;
    runner_actor runner;
    runner_seats seats;
    bool inherits = false; // its first beat may tell of jobs from before our time
    mono_time beat_at{0};
  };

  /// One dispatch under way.
  struct errand {
    dispatch_call request;
    caf::actor_addr asker;
    caf::typed_response_promise<dispatched_call> reply;
    std::vector<dispatch_candidate> candidates;
    std::uint64_t attempts = 0;
    mono_time begun{0};
  };
  using errand_ptr = std::shared_ptr<errand>;

  /// A seat reserved until it is answered; the RUNNER tells one life of a worker
  /// from the next.
  struct open_offer {
    errand_ptr task;
    worker_id worker;
    caf::actor_addr runner;
  };

  struct live_job {
    worker_id worker;
    caf::actor_addr call;
  };

  void attempt(const errand_ptr& task);
  void offer(const errand_ptr& task, runner_entry& entry);
  void settle(std::uint64_t offer, const job_answer& answer);
  void settle_offers_to(const caf::actor_addr& runner);
  void refuse(const errand_ptr& task);
  bool is_candidate(const runner_entry& entry, const dispatch_call& request) const;
  std::vector<runner_seats> seats_for(const dispatch_call& request) const;
  std::uint64_t jobs_of(const worker_id& worker) const;
  void release(const job_id& job, bool cancel);
  void watch_call(const caf::actor_addr& call);
  mono_time now() const;

  self_pointer self;
  orchestrator_setup setup;
  std::map<worker_id, runner_entry> runners;
  std::map<job_id, live_job> jobs;
  std::map<std::uint64_t, open_offer> offers;
  std::uint64_t offers_made = 0;
  std::map<caf::actor_addr, std::size_t> watched_calls; // jobs per monitored CALL
};

orchestrator_actor::behavior_type orchestrator(orchestrator_state::self_pointer self,
                                               orchestrator_setup setup);

} // namespace unpod
