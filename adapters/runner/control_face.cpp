#include "adapters/runner/control_face.hpp"

#include "messages/log.hpp"

namespace unpod {

namespace {

constexpr auto room = "adapters.runner";

/// s. How long the orchestrator may take to answer; it only looks into a table.
constexpr seconds registry_wait{5};

} // namespace

runner_face_self::behavior_type control_face(control_face_state::self_pointer self,
                                             control_face_args args) {
  self->state.begin(std::move(args));
  return {
    [self](const job_assign& job) { self->state.assign(job); },
    [self](const job_cancel& job) { self->state.cancel(job); },
    [self](const close_runner& command) { self->state.close(command); },
    [self](const raw_frame& frame) { self->state.hear(frame); },
    [self](const socket_over& event) { self->state.end(event); },
    [self](const session_tick&) { self->state.look_at_clock(); },
    [self](const use_registry& command) { self->state.change_registry(command); },
  };
}

void control_face_state::begin(control_face_args args) {
  registry = std::move(args.registry);
  session.emplace(args.limits, std::move(args.project), std::move(args.public_url), now());
  self->set_down_handler([this](const caf::down_msg& down) { lose_ear(down); });
  feed_face(args.channel, runner_face_self{self}, 1, args.feed);
  channel = held_channel{std::move(args.channel)};
  set_timer();
}

void control_face_state::assign(const job_assign& job) {
  perform(session->assign(job));
}

void control_face_state::cancel(const job_cancel& job) {
  perform(session->cancel(job));
}

void control_face_state::close(const close_runner& command) {
  channel.release(command.code, command.why);
  self->quit();
}

void control_face_state::hear(const raw_frame& frame) {
  frame.credit->give_back(frame.text.size());
  perform(session->on_frame(frame.text, now()));
}

void control_face_state::end(const socket_over& event) {
  log(log_level::info, room, session->card().worker.str(),
      "control socket closed: " + std::to_string(event.code) + " " + event.reason);
  channel.drop();
  self->quit();
}

void control_face_state::look_at_clock() {
  perform(session->on_tick(now()));
}

void control_face_state::change_registry(const use_registry& command) {
  registry = command.registry;
  if (session->is_live())
    perform(session->lost_ear(now()));
}

void control_face_state::perform(control_session::outputs outputs) {
  for (auto& output : outputs)
    std::visit([this](auto& what) { do_it(what); }, output);
}

void control_face_state::do_it(send_frame& frame) {
  if (channel)
    channel->send_text(std::move(frame.text));
}

/// The SDK takes 4001 and 1008 for good (contract §2.4), so the log must say why.
void control_face_state::do_it(close_socket& how) {
  log(log_level::warn, room, session->card().worker.str(),
      "runner turned away with " + std::to_string(how.code) + ": " + how.why);
  channel.release(how.code, std::move(how.why));
  self->quit();
}

void control_face_state::do_it(enlist_runner& request) {
  register_runner question{std::move(request.card), runner_face_actor{self}};
  self->request(registry, registry_wait, std::move(question))
    .then([this](const registered_runner& reply) { enlisted(reply); },
          [this](const caf::error& error) {
            perform(session->refused(refusal_of(error), words_of(error)));
          });
}

void control_face_state::do_it(runner_beat& beat) {
  self->send(ear, beat);
}

void control_face_state::do_it(job_ack& ack) {
  self->send(ear, std::move(ack));
}

void control_face_state::lose_ear(const caf::down_msg& down) {
  if (!ear || down.source != ear.address())
    return;
  ear = nullptr;
  perform(session->lost_ear(now()));
}

void control_face_state::enlisted(const registered_runner& reply) {
  if (ear)
    self->demonitor(ear.address());
  ear = reply.runner;
  self->monitor(ear);
  log(log_level::info, room, session->card().worker.str(), "runner registered");
  perform(session->enlisted());
}

void control_face_state::set_timer() {
  if (const auto due = session->deadline())
    self->delayed_send(self, *due - now(), session_tick{});
}

mono_time control_face_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
