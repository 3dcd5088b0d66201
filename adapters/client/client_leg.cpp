// The CLIENT LEG's behaviour.
#include "adapters/client/client_leg.hpp"

#include "messages/log.hpp"
#include "messages/pipe.hpp"

#include <caf/send.hpp>

#include <utility>

namespace unpod {

client_leg_actor::behavior_type client_leg(client_leg_state::self_pointer self,
                                           ws_channel_ptr channel, client_entry entry,
                                           client_house house) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_call_down(down); });
  self->set_exit_handler([self](caf::exit_msg& exit) { self->state.on_exit(exit); });
  self->state.begin(std::move(channel), std::move(entry), house);
  return {
    [self](const caller_partial& x) { self->state.tell(user_partial_frame(x.text)); },
    [self](const caller_turn& x) { self->state.tell(user_turn_frame(x.text, x.turn)); },
    [self](const caller_reply& x) { self->state.tell(agent_reply_frame(x.text, x.turn)); },
    [self](const caller_state& x) { self->state.tell(state_frame(x.state)); },
    [self](const caller_interrupted& x) { self->state.tell(interrupted_frame(x.heard)); },
    [self](const caller_ended& event) { self->state.on_ended(event); },
    [self](const caller_moved& event) { self->state.on_moved(event); },
    [self](const line_begun& event) { self->state.ask_for_call(event); },
    [self](const line_digits& event) { self->state.pass_digits(event); },
    [self](const line_gone& event) { self->state.on_gone(event); },
    [self](const start_check&) { self->state.line->start_due(); },
    [self](const silence_check&) { self->state.check_silence(); },
    [self](const last_words_check&) { self->state.check_last_words(); },
  };
}

client_leg_state::~client_leg_state() {
  if (line)
    line->abandon();
}

void client_leg_state::begin(ws_channel_ptr channel, client_entry whose, const client_house& with) {
  entry = std::move(whose);
  house = with;
  line = std::make_shared<client_line>(std::move(channel), *house.engine, entry.home, house.bounds,
                                       entry.call.str());
  const auto leg = caf::actor_cast<client_leg_actor>(self);
  line_events events;
  events.begun = [leg](audio_format audio, std::shared_ptr<call_media> media) {
    caf::anon_send(leg, line_begun{audio, std::move(media)});
  };
  events.digits = [leg](std::string digits) {
    caf::anon_send(leg, line_digits{std::move(digits)});
  };
  events.gone = [leg](end_reason why) { caf::anon_send(leg, line_gone{why}); };
  line->start(std::move(events));
  self->delayed_send(self, house.bounds.wire.client_start_wait, start_check{});
  watch_silence();
}

void client_leg_state::ask_for_call(const line_begun& event) {
  const auto door = caf::actor_cast<call_door_actor>(house.house->get<pipes_actor>());
  if (!door)
    return on_refused(make_error(refusal::unavailable, "the node takes no calls yet; try again"));
  const auto opened = [this, audio = event.audio](const opened_call& reply) {
    on_opened(reply, audio);
  };
  const auto refused = [this](const caf::error& why) { on_refused(why); };
  if (!entry.joins.empty()) {
    const room_seat seat{entry.call.str(), event.media, caf::actor_cast<caller_leg_actor>(self),
                         true};
    self
      ->request(house.house->get<pipes_actor>(), open_call_wait,
                join_call{entry.joins, entry.project, seat})
      .then(opened, refused);
    return;
  }
  open_call request;
  request.pipe = entry.pipe;
  request.call = entry.call;
  request.project = entry.project;
  request.data_json = entry.metadata_json;
  request.port = event.media;
  request.leg = caf::actor_cast<caller_leg_actor>(self);
  self->request(door, open_call_wait, std::move(request)).then(opened, refused);
}

void client_leg_state::on_opened(const opened_call& reply, const audio_format& audio) {
  call = reply.call;
  self->monitor(call);
  if (!line->opened(entry.joins.empty() ? entry.call : entry.joins, audio))
    return; // the client has just gone; its line_gone hangs up
  admitted = true;
  for (auto& frame : std::exchange(early_frames, {}))
    line->say(std::move(frame));
  if (!early_digits.empty())
    self->send(call, caller_dtmf{std::exchange(early_digits, {})});
}

void client_leg_state::on_refused(const caf::error& why) {
  const auto told = told_of(why);
  const auto words = words_of(why);
  log(log_level::info, "adapters.client", entry.call.str(), "call refused: " + told.code);
  line->end(error_frame(told.code, words, true), told.close, told.code + ": " + words);
  self->quit();
}

/// `started` is the first frame a client gets.
void client_leg_state::tell(std::string frame) {
  if (admitted)
    line->say(std::move(frame));
  else if (early_frames.size() < line_credit_max)
    early_frames.push_back(std::move(frame));
}

void client_leg_state::pass_digits(const line_digits& event) {
  line->credit();
  if (call)
    self->send(call, caller_dtmf{event.digits});
  else if (early_digits.size() < line_credit_max)
    early_digits += event.digits;
}

void client_leg_state::on_gone(const line_gone& event) {
  leave(event.reason);
}

void client_leg_state::on_ended(const caller_ended& event) {
  finish(event.reason, close_code::normal);
}

/// Two calls became one: the one before ends without a word about it.
void client_leg_state::on_moved(const caller_moved& event) {
  if (call)
    self->demonitor(call.address());
  call = event.ear;
  self->monitor(call);
  log(log_level::info, "adapters.client", entry.call.str(), "moved to " + event.call.str());
  tell(moved_frame(event.call));
}

void client_leg_state::on_call_down(const caf::down_msg& down) {
  if (!call || down.source != call.address())
    return;
  call = nullptr;
  orphaned = end_reason_of(down.reason);
  const bool crashed = orphaned == end_reason::internal_error;
  if (crashed)
    self->delayed_send(self, house.bounds.call.farewell_max, last_words_check{});
  else
    finish(orphaned, close_code::normal);
}

/// The node stops. (A kill passes by here; then, and when its door broke, the state's end
/// closes all.)
void client_leg_state::on_exit(const caf::exit_msg& exit) {
  if (exit.reason == caf::exit_reason::remote_link_unreachable)
    return self->quit(exit.reason);
  if (call)
    self->send(call, hang_up{end_reason::node_draining});
  finish(end_reason::node_draining, close_code::going_away);
}

void client_leg_state::check_silence() {
  const auto frames = line->frames();
  silent_checks = frames == frames_seen ? silent_checks + 1 : 0;
  frames_seen = frames;
  if (silent_checks < silence_checks || !entry.joins.empty()) // a listener may say nothing
    return watch_silence();
  line->end(error_frame("silent", "nothing came from the client for too long", true),
            close_code::policy, "silent: nothing came for too long");
  leave(end_reason::media_lost);
}

void client_leg_state::check_last_words() {
  finish(orphaned, close_code::normal);
}

/// A timer holds its receiver: the shorter, the sooner an ended leg is gone.
void client_leg_state::watch_silence() {
  const auto whole =
    std::chrono::duration_cast<std::chrono::milliseconds>(house.bounds.media.silent_client_max);
  self->delayed_send(self, whole / silence_checks, silence_check{});
}

/// The client is the one who ended it. A CALL that is still being opened hears of
/// it by this leg's down.
void client_leg_state::leave(end_reason reason) {
  if (call)
    self->send(call, hang_up{reason});
  self->quit(make_error(reason));
}

void client_leg_state::finish(end_reason reason, std::uint16_t code) {
  line->end(ended_frame(reason), code, to_string(reason));
  self->quit(make_error(reason));
}

refused_entry told_of(const caf::error& why) {
  if (why.category() != caf::atom("refusal"))
    return {"internal_error", close_code::internal_error};
  switch (refusal_of(why)) {
    case refusal::not_found:
      return {"pipe_not_found", close_code::policy};
    case refusal::at_limit:
      return {"node_busy", close_code::try_again};
    case refusal::draining:
      return {"node_draining", close_code::try_again};
    case refusal::no_runner:
      return {"no_runner", close_code::try_again};
    case refusal::unavailable:
    case refusal::disk_full:
      return {"unavailable", close_code::try_again};
    default:
      return {"refused", close_code::policy};
  }
}

} // namespace unpod
