#include "actors/orchestrator.hpp"

#include "actors/runner.hpp"
#include "messages/children.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

orchestrator_actor::behavior_type orchestrator(orchestrator_state::self_pointer self,
                                               orchestrator_setup setup) {
  self->state.setup = std::move(setup);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  return {
    [self](const register_runner& request) { return self->state.take_in(request); },
    [self](const dispatch_call& request) { return self->state.dispatch(request); },
    [self](const end_job& job) { self->state.end(job); },
    [self](const runner_standing& standing) { self->state.note_standing(standing); },
    [self](const drain_runner& request) { self->state.drain(request); },
    [self](const list_runners&) { return self->state.list(); },
  };
}

caf::result<registered_runner> orchestrator_state::take_in(const register_runner& request) {
  const auto& worker = request.card.worker;
  const auto known = runners.find(worker);
  if (known == runners.end() && runners.size() >= setup.bounds.runners_max)
    return make_error(refusal::at_limit,
                      "the node keeps " + std::to_string(setup.bounds.runners_max)
                        + " runners (dispatch.runners_max); register with another node");
  if (known != runners.end()) {
    // The same process, reconnected: its new socket counts (contract §2.3).
    self->send_exit(known->second.runner, caf::exit_reason::user_shutdown);
    runners.erase(known);
  }
  const auto child = spawn_child(
    self, worker.str(), runner,
    runner_setup{request.card, request.face, standing_listener{self}, setup.bounds, setup.new_id});
  auto& entry = runners[worker];
  entry.card = request.card;
  entry.runner = child;
  entry.inherits = true;
  entry.beat_at = now();
  entry.seats.worker = worker;
  entry.seats.seats = std::min<std::uint64_t>(request.card.seats, setup.bounds.seats_max);
  entry.seats.active = jobs_of(worker);
  entry.seats.idle_since = now();
  return registered_runner{child};
}

caf::result<dispatched_call> orchestrator_state::dispatch(const dispatch_call& request) {
  auto task = std::make_shared<errand>();
  task->request = request;
  task->asker = caf::actor_cast<caf::actor_addr>(self->current_sender());
  task->reply = self->make_response_promise<dispatched_call>();
  task->begun = now();
  attempt(task);
  return task->reply;
}

void orchestrator_state::attempt(const errand_ptr& task) {
  if (task->attempts >= setup.bounds.attempts_max)
    return refuse(task);
  auto choice = choose_runner(seats_for(task->request), task->request.excluded);
  for (auto& candidate : choice.candidates)
    if (task->candidates.size() < candidates_max)
      task->candidates.push_back(std::move(candidate));
  if (!choice.worker)
    return refuse(task);
  ++task->attempts;
  offer(task, runners.at(*choice.worker));
}

void orchestrator_state::offer(const errand_ptr& task, runner_entry& entry) {
  ++entry.seats.reserved;
  const auto offer = ++offers_made;
  offers[offer] = {task, entry.card.worker, entry.runner.address()};
  const auto patience = setup.bounds.ack_wait + seconds{1};
  self
    ->request(entry.runner, patience,
              offer_job{task->request.job, task->request.call, task->request.call_token})
    .then([this, offer](const job_answer& answer) { settle(offer, answer); },
          [this, offer](const caf::error&) {
            settle(offer, {false, "runner is gone"});
          });
}

void orchestrator_state::settle(std::uint64_t offer, const job_answer& answer) {
  const auto open = offers.extract(offer);
  if (!open) // the runner was gone before it answered
    return;
  const auto& [task, worker, offered_to] = open.mapped();
  const auto found = runners.find(worker);
  // A runner that has registered anew in between owes nothing to the offer of before.
  const bool is_same = found != runners.end() && found->second.runner == offered_to;
  if (is_same && found->second.seats.reserved > 0)
    --found->second.seats.reserved;
  if (!answer.accepted || !is_same) {
    task->request.excluded.push_back(worker);
    task->candidates.push_back({worker, 0, 0, "refused: " + answer.reason});
    return attempt(task);
  }
  auto& entry = found->second;
  ++entry.seats.active;
  jobs[task->request.job] = {worker, task->asker};
  watch_call(task->asker);
  const std::chrono::duration<double> took = now() - task->begun;
  tell_service<accountant_actor>(self, setup.house,
                                 time_metric{"unpod_dispatch_seconds", {}, took.count()});
  task->reply.deliver(
    dispatched_call{task->request.job, entry.card, task->attempts, task->candidates});
}

void orchestrator_state::refuse(const errand_ptr& task) {
  const auto& agent = task->request.agent.str();
  std::string words = task->candidates.empty()
                        ? "no runner is registered for agent '" + agent
                            + "': start one with agent_id=\"" + agent + "\""
                        : "no runner of agent '" + agent + "' took the call:";
  for (const auto& candidate : task->candidates)
    words += " " + candidate.worker.str() + " (" + candidate.verdict + ")";
  tell_service<accountant_actor>(self, setup.house,
                                 count_metric{"unpod_dispatch_refused_total", {}});
  task->reply.deliver(make_error(refusal::no_runner, std::move(words)));
}

/// Calls are routed to the agent's own pool; `…@dev` pools are for their developers.
bool orchestrator_state::is_candidate(const runner_entry& entry,
                                      const dispatch_call& request) const {
  return entry.card.agent == request.agent && entry.card.project == request.project
         && entry.card.pool == request.agent.str();
}

std::vector<runner_seats> orchestrator_state::seats_for(const dispatch_call& request) const {
  std::vector<runner_seats> rows;
  for (const auto& [worker, entry] : runners)
    if (is_candidate(entry, request))
      rows.push_back(entry.seats);
  return rows;
}

std::uint64_t orchestrator_state::jobs_of(const worker_id& worker) const {
  return static_cast<std::uint64_t>(std::count_if(
    jobs.begin(), jobs.end(), [&](const auto& entry) { return entry.second.worker == worker; }));
}

void orchestrator_state::end(const end_job& job) {
  release(job.job, job.cancel);
}

void orchestrator_state::release(const job_id& job, bool cancel) {
  auto ended = jobs.extract(job);
  if (!ended)
    return;
  const auto watched = watched_calls.find(ended.mapped().call);
  if (watched != watched_calls.end() && --watched->second == 0) {
    self->demonitor(watched->first);
    watched_calls.erase(watched);
  }
  const auto found = runners.find(ended.mapped().worker);
  if (found == runners.end())
    return;
  auto& seats = found->second.seats;
  if (seats.active > 0 && --seats.active == 0)
    seats.idle_since = now();
  self->send(found->second.runner, end_job{job, cancel});
}

void orchestrator_state::watch_call(const caf::actor_addr& call) {
  if (watched_calls[call]++ == 0)
    self->monitor(call);
}

/// What a runner says it runs beyond what we gave it can only shrink: it is from
/// before our time, and its count is always a little old.
void orchestrator_state::note_standing(const runner_standing& standing) {
  const auto found = runners.find(standing.worker);
  if (found == runners.end() || self->current_sender() != found->second.runner)
    return;
  auto& entry = found->second;
  entry.seats.eligible = standing.eligible;
  entry.beat_at = standing.beat_at;
  const auto surplus =
    standing.claimed_jobs > entry.seats.active ? standing.claimed_jobs - entry.seats.active : 0;
  entry.seats.inherited = entry.inherits ? surplus : std::min(entry.seats.inherited, surplus);
  entry.inherits = false;
}

void orchestrator_state::drain(const drain_runner& request) {
  if (const auto found = runners.find(request.worker); found != runners.end())
    found->second.seats.draining = true;
}

runner_list orchestrator_state::list() const {
  runner_list answer;
  for (const auto& [worker, entry] : runners)
    answer.rows.push_back({entry.card, entry.seats.active + entry.seats.inherited,
                           entry.seats.reserved, entry.seats.eligible, entry.seats.draining,
                           to_ms(now() - entry.beat_at) / 1000});
  return answer;
}

/// A RUNNER that died answers none of its offers.
void orchestrator_state::settle_offers_to(const caf::actor_addr& runner) {
  std::vector<std::uint64_t> lost;
  for (const auto& [offer, open] : offers)
    if (open.runner == runner)
      lost.push_back(offer);
  for (const auto offer : lost)
    settle(offer, {false, "runner is gone"});
}

void orchestrator_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  settle_offers_to(down.source);
  for (auto entry = runners.begin(); entry != runners.end(); ++entry)
    if (entry->second.runner.address() == down.source) {
      runners.erase(entry);
      return;
    }
  watched_calls.erase(down.source);
  std::vector<job_id> orphans;
  for (const auto& [job, live] : jobs)
    if (live.call == down.source)
      orphans.push_back(job);
  for (const auto& job : orphans)
    release(job, true);
}

mono_time orchestrator_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
