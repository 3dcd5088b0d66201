#include "actors/runner.hpp"

#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

timed_runner::behavior_type runner(runner_state::self_pointer self, runner_setup setup) {
  self->state.begin(std::move(setup));
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_face_down(down); });
  return {
    [self](const job_ack& ack) { self->state.hear_ack(ack); },
    [self](const runner_beat& beat) { self->state.hear_beat(beat); },
    [self](const offer_job& job) { return self->state.offer(job); },
    [self](const end_job& job) { self->state.end(job); },
    [self](const clock_check&) { self->state.check_clock(); },
    [self](const ack_check& due) { self->state.give_up(due); },
  };
}

void runner_state::begin(runner_setup with) {
  setup = std::move(with);
  last_beat = self->clock().now().time_since_epoch();
  self->monitor(setup.face);
  self->delayed_send(self, look_every(), clock_check{});
}

/// In ms: half of one second is no whole one.
milliseconds runner_state::look_every() const {
  return milliseconds{setup.bounds.heartbeat} / 2;
}

caf::result<job_answer> runner_state::offer(const offer_job& job) {
  if (!setup.card.dial_out)
    return job_answer{true, "serves"};
  const auto number = ++offers_made;
  auto& open = offers[number];
  open.job = job.job;
  open.assign = setup.new_id("ASG_");
  open.reply = self->make_response_promise<job_answer>();
  self->send(setup.face,
             job_assign{job.job, open.assign, job.call, setup.card.agent,
                        setup.card.public_url + "/call/" + job.call.str(), job.call_token});
  self->delayed_send(self, setup.bounds.ack_wait, ack_check{number});
  return open.reply;
}

void runner_state::hear_ack(const job_ack& ack) {
  const auto open = std::find_if(offers.begin(), offers.end(), [&](const auto& entry) {
    return entry.second.assign == ack.assign;
  });
  if (open != offers.end())
    return answer(open->first, ack.accepted, ack.reason);
  if (ack.accepted)
    self->send(setup.face, job_cancel{ack.job});
}

void runner_state::give_up(const ack_check& due) {
  answer(due.offer, false, "no answer in time");
}

void runner_state::end(const end_job& job) {
  if (job.cancel && setup.card.dial_out)
    self->send(setup.face, job_cancel{job.job});
}

void runner_state::hear_beat(const runner_beat& beat) {
  last_beat = self->clock().now().time_since_epoch();
  claimed_jobs = beat.active_jobs;
  report(true);
}

void runner_state::check_clock() {
  const auto silent_for = self->clock().now().time_since_epoch() - last_beat;
  if (silent_for >= setup.bounds.heartbeat_ttl)
    return leave("no heartbeat for " + std::to_string(setup.bounds.heartbeat_ttl.count()) + " s");
  if (eligible && silent_for >= 3 * look_every())
    report(false);
  self->delayed_send(self, look_every(), clock_check{});
}

void runner_state::on_face_down(const caf::down_msg&) {
  leave("control socket closed");
}

void runner_state::answer(std::uint64_t offer, bool accepted, std::string reason) {
  if (auto open = offers.extract(offer))
    open.mapped().reply.deliver(job_answer{accepted, std::move(reason)});
}

void runner_state::report(bool now_eligible) {
  eligible = now_eligible;
  self->send(setup.parent, runner_standing{setup.card.worker, eligible, claimed_jobs, last_beat});
}

void runner_state::leave(const std::string& why) {
  log(log_level::info, "actors.runner", setup.card.worker.str(), "runner is gone: " + why);
  while (!offers.empty())
    answer(offers.begin()->first, false, "runner is gone");
  self->send(setup.face, close_runner{1001, why});
  self->quit(caf::exit_reason::user_shutdown);
}

} // namespace unpod
