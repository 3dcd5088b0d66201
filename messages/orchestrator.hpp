// What may be said to the ORCHESTRATOR (which call goes to which runner) and to
// a RUNNER (one registered Agent Runner and its seats).
#pragma once

#include "messages/caller.hpp"
#include "messages/runner.hpp"

#include <string>
#include <vector>

namespace unpod {

/// Query. Find a runner for this call and give it the job.
struct dispatch_call {
  call_id call;
  job_id job; // fresh for each dispatch; its offers differ by `assign`
  agent_id agent;
  std::string project;
  secret_text call_token;          // what the runner must show at the bridge
  std::vector<worker_id> excluded; // runners that were tried or lost
};
UNPOD_MESSAGE(dispatch_call, x.call, x.job, x.agent, x.call_token, x.excluded)

/// How one runner fared in one choice: stored with the call, shown by `call why`.
struct dispatch_candidate {
  worker_id worker;
  std::uint64_t busy = 0; // reserved + active
  std::uint64_t seats = 0;
  std::string verdict; // "chosen", "more loaded", "full", "silent", "tried", …
};
UNPOD_MESSAGE(dispatch_candidate, x.worker, x.busy, x.seats, x.verdict)

/// Reply: the runner that took it. Its seat stays taken until `end_job`, or
/// until the CALL that asked is down.
struct dispatched_call {
  job_id job;
  runner_card runner;
  std::uint64_t attempts = 1;
  std::vector<dispatch_candidate> candidates;
};
UNPOD_MESSAGE(dispatched_call, x.job, x.runner, x.attempts, x.candidates)

/// Command. The job is over; `cancel`: the runner still works on it and must stop.
struct end_job {
  job_id job;
  bool cancel = false;
};
UNPOD_MESSAGE(end_job, x.job, x.cancel)

/// Query to a RUNNER. Offer it this job; the answer comes within `ack_wait`.
struct offer_job {
  job_id job;
  call_id call;
  secret_text call_token;
};
UNPOD_MESSAGE(offer_job, x.job, x.call, x.call_token)

/// Reply: taken or not, and why not.
struct job_answer {
  bool accepted = false;
  std::string reason;
};
UNPOD_MESSAGE(job_answer, x.accepted, x.reason)

/// Event from a RUNNER to the ORCHESTRATOR. May it be given calls?
struct runner_standing {
  worker_id worker;
  bool eligible = false;
  std::uint64_t claimed_jobs = 0; // what its last heartbeat said
  mono_time beat_at{0};
};
UNPOD_MESSAGE(runner_standing, x.worker, x.eligible, x.claimed_jobs)

/// Command. Give a runner no more calls; its live ones go on.
struct drain_runner {
  worker_id worker;
};
UNPOD_MESSAGE(drain_runner, x.worker)

/// One row of `GET /v1/runners`.
struct runner_row {
  runner_card card;
  std::uint64_t active = 0;
  std::uint64_t reserved = 0;
  bool eligible = false;
  bool draining = false;
  double last_beat_age_s = 0;
};
UNPOD_MESSAGE(runner_row, x.card, x.active, x.reserved, x.eligible, x.draining)

/// Query. Which runners are there?
struct list_runners {};
UNPOD_OPAQUE_MESSAGE(list_runners)

struct runner_list {
  std::vector<runner_row> rows;
};
UNPOD_MESSAGE(runner_list, x.rows)

/// The RUNNER interface.
using runner_actor = runner_ear_actor::extend<
  // Offers a job to the runner.
  caf::replies_to<offer_job>::with<job_answer>,
  // Ends a job, and calls it off if the runner is still at it.
  caf::reacts_to<end_job>>;

/// The ORCHESTRATOR interface.
using orchestrator_actor = caf::typed_actor<
  // Takes a runner in, or refuses (refusal::at_limit).
  caf::replies_to<register_runner>::with<registered_runner>,
  // Gives a call to the least loaded runner, or refuses with refusal::no_runner.
  caf::replies_to<dispatch_call>::with<dispatched_call>,
  // Frees a seat.
  caf::reacts_to<end_job>,
  // Notes whether a runner may be chosen.
  caf::reacts_to<runner_standing>,
  // Drains one runner.
  caf::reacts_to<drain_runner>,
  // Lists the runners.
  caf::replies_to<list_runners>::with<runner_list>>;

} // namespace unpod
