// The LOOPBACK LEG's behaviour.
#include "adapters/loopback/loopback_leg.hpp"

#include "messages/log.hpp"

#include <caf/send.hpp>

#include <utility>

namespace unpod {

namespace {

/// s. 10: how long PIPES may take to admit a call.
constexpr seconds open_wait{10};

} // namespace

loopback_leg_actor::behavior_type loopback_leg(loopback_leg_state::self_pointer self,
                                               leg_listener trunk, dial_call dial,
                                               loopback_house house) {
  auto& state = self->state;
  self->set_down_handler([&state](caf::down_msg& down) { state.on_call_down(down); });
  self->set_exit_handler([&state](caf::exit_msg& exit) { state.on_exit(exit); });
  state.begin(std::move(trunk), std::move(dial), std::move(house));
  return {
    [](const caller_partial&) {},
    [](const caller_turn&) {},
    [&state](const caller_reply& x) {
      if (state.line)
        state.line->heard_words(x.text);
    },
    [&state](const caller_state& x) {
      if (state.line)
        state.line->told_state(x.state);
    },
    [](const caller_interrupted&) {},
    [&state](const caller_ended& event) { state.on_ended(event); },
    [&state](const caller_moved& event) { state.on_moved(event); },
    [&state](const voice_ready& event) { state.take_voice(event); },
    [&state](const ring_check&) { state.check_ring(); },
    [&state](const callee_left&) { state.on_left(); },
    [&state](const drop_leg&) { state.drop(); },
    [self](const leg_last_words&) { self->quit(make_error(end_reason::internal_error)); },
  };
}

loopback_leg_state::~loopback_leg_state() {
  if (line)
    line->stop();
  if (media)
    media->leave();
}

void loopback_leg_state::begin(leg_listener from, dial_call what, loopback_house with) {
  trunk = std::move(from);
  dial = std::move(what);
  house = std::move(with);
  script = callee_script_of(dial.to_number, dial.data_json);
  const auto refuses = script.refuses;
  if (refuses && *refuses != end_reason::no_answer)
    return self->send(self, ring_check{}); // at once, and without a ring
  self->send(trunk, leg_ringing{dial.call, dial.attempt});
  const milliseconds ring_max = house.bounds.queue.ring_max;
  if (script.ring > ring_max)
    script.refuses = end_reason::no_answer;
  self->delayed_send(self, script.refuses ? ring_max : script.ring, ring_check{});
  if (script.refuses)
    return;
  const auto leg = self->address();
  house.make_voice(script.says, [leg](std::shared_ptr<const callee_voice> made) {
    if (const auto alive = caf::actor_cast<loopback_leg_actor>(leg))
      caf::anon_send(alive, voice_ready{std::move(made)});
  });
}

void loopback_leg_state::take_voice(const voice_ready& event) {
  if (!event.voice)
    return self->quit(make_dial_end(end_reason::media_unavailable));
  voice = event.voice;
  answer_if_ready();
}

void loopback_leg_state::check_ring() {
  if (script.refuses)
    return self->quit(make_dial_end(*script.refuses));
  rung = true;
  answer_if_ready();
}

void loopback_leg_state::answer_if_ready() {
  if (at != phase::ringing || !rung || !voice)
    return;
  const auto door = caf::actor_cast<call_door_actor>(house.house->get<pipes_actor>());
  if (!door)
    return self->quit(make_dial_end(end_reason::cancelled));
  at = phase::opening;
  media = house.engine->open({audio_encoding::pcm_s16le, voice->rate_hz});
  const auto leg = self->address();
  line = std::make_shared<callee_line>(voice, media, [leg] {
    if (const auto alive = caf::actor_cast<loopback_leg_actor>(leg))
      caf::anon_send(alive, callee_left{});
  });
  open_call request;
  request.pipe = dial.pipe;
  request.call = dial.call;
  request.project = dial.project;
  request.direction = "outbound";
  request.user_number = dial.to_number;
  request.own_number = dial.from_number;
  request.trunk = dial.trunk;
  request.instructions = dial.instructions;
  request.created = dial.created;
  request.attempts = dial.attempt;
  request.data_json = dial.data_json;
  request.port = media;
  request.leg = caf::actor_cast<caller_leg_actor>(self);
  self->request(door, open_wait, std::move(request))
    .then([this](const opened_call& reply) { on_opened(reply); },
          [this](const caf::error& why) { on_refused(why); });
}

void loopback_leg_state::on_opened(const opened_call& reply) {
  call = reply.call;
  at = phase::live;
  self->monitor(call);
  self->send(trunk, leg_answered{dial.call, dial.attempt});
  line->start(*house.pacer);
  if (dropped)
    drop();
}

/// The callee answered, and there is no CALL for it: it is not rung a second time.
void loopback_leg_state::on_refused(const caf::error& why) {
  log(log_level::warn, "adapters.loopback", dial.call.str(),
      "the callee answered, and the call was refused: " + words_of(why));
  const bool stopping = refusal_of(why) == refusal::draining;
  self->quit(make_dial_end(stopping ? end_reason::cancelled : end_reason::internal_error));
}

void loopback_leg_state::drop() {
  dropped = true;
  if (at == phase::ringing)
    return self->quit(make_dial_end(end_reason::cancelled));
  if (call)
    self->send(call, hang_up{end_reason::api_hangup});
}

void loopback_leg_state::on_left() {
  if (call)
    self->send(call, hang_up{end_reason::caller_hangup});
  self->quit(make_error(end_reason::caller_hangup));
}

void loopback_leg_state::on_ended(const caller_ended& event) {
  self->quit(make_error(event.reason));
}

void loopback_leg_state::on_moved(const caller_moved& event) {
  if (call)
    self->demonitor(call.address());
  call = event.ear;
  self->monitor(call);
}

/// PIPE may still play the apology of a crashed CALL, and says `caller_ended` then.
void loopback_leg_state::on_call_down(const caf::down_msg& down) {
  if (!call || down.source != call.address())
    return;
  call = nullptr;
  const auto reason = end_reason_of(down.reason);
  if (reason == end_reason::internal_error)
    self->delayed_send(self, house.bounds.call.farewell_max, leg_last_words{});
  else
    self->quit(make_error(reason));
}

void loopback_leg_state::on_exit(const caf::exit_msg&) {
  if (call)
    self->send(call, hang_up{end_reason::node_draining});
  self->quit(call ? make_error(end_reason::node_draining) : make_dial_end(end_reason::cancelled));
}

} // namespace unpod
