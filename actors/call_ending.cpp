// How a CALL ends: politely, with an apology, or at once; always once, always
// with one reason.
#include "actors/call.hpp"

#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/outbox.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

constexpr auto default_apology =
  "I am sorry, something went wrong on our side. Please try again in a moment.";
constexpr auto time_is_up = "I am sorry, our time is up. Goodbye.";

} // namespace

/// Everything that goes by whole seconds.
void call_state::check_clock() {
  const auto& bounds = setup.kit->bounds;
  const auto at = now();
  self->delayed_send(self, seconds{1}, clock_check{});
  if (current == phase::closing)
    return at - phase_since >= bounds.call.clean_close_wait + seconds{2} ? complete() : void();
  if (current == phase::ending)
    return at - phase_since >= bounds.call.farewell_max ? finish(reason) : void();
  forget_silence();
  tell_silence();
  hand_over_if_quiet();
  resume_if_nothing_was_said();
  if (at - begun >= seconds{setup.pipe.max_call_duration_s})
    return apologise(end_reason::max_duration, time_is_up);
  if (runner.state == link::joining && at - runner.since >= bounds.dispatch.pairing_wait)
    return replace_runner("it never dialled the bridge");
  if (current == phase::thinking && at - phase_since >= turn_bounds.think_max
      && runner.state == link::live) {
    // A runner without an adapter owes nothing: the turn goes back to the caller.
    note("no_answer", json_line{}.whole("turn", turns).str());
    runner.turn_open = false;
    if (speech.is_silent() && !speech.text().empty())
      close_agent_turn(false, speech.text());
    enter(phase::listening);
    return show_state("listening");
  }
  say_filler();
  if (at - last_activity >= turn_bounds.idle_max)
    end_after_speech(end_reason::idle_timeout);
}

/// A long silence is in no final, and yet nobody will ask for it again.
void call_state::forget_silence() {
  auto& port = *setup.request.port;
  // A second: three times what may lie before the beginning of speech that is not told yet.
  const auto kept = static_cast<sample_index>(port.rate_hz());
  const auto heard = port.heard_so_far();
  if (detector.is_idle() && heard > covered + kept)
    port.covered_to(covered = heard - kept);
}

/// Observers learn of a silence when it has lasted for whole steps of this many seconds.
void call_state::tell_silence() {
  constexpr std::int64_t step_s = 5;
  const auto quiet = std::chrono::duration_cast<seconds>(now() - last_activity).count();
  if (quiet < step_s)
    silence_told_s = 0;
  else if (quiet / step_s > silence_told_s / step_s)
    tell("silence", json_line{}.whole("seconds", silence_told_s = quiet).str());
}

/// Says sorry, and ends when it was heard.
void call_state::apologise(end_reason why, const std::string& words) {
  if (is_over())
    return;
  runner.turn_open = false;
  setup.request.port->flush(speech.last());
  if (children.synthesizer)
    self->send(children.synthesizer, speak_cancel{speech.last()});
  close_agent_turn(true, speech.heard(*setup.request.port));
  speak(words.empty() ? default_apology : words, true, true);
  end_after_speech(why);
}

std::string call_state::apology() const {
  return setup.pipe.apology.empty() ? default_apology : setup.pipe.apology;
}

/// No voice is left: the recorded apology goes straight to the playout ring.
void call_state::play_canned(end_reason why) {
  if (current == phase::closing)
    return;
  auto& port = *setup.request.port;
  port.flush(speech.last());
  speech.begin_turn();
  if (const auto& canned = setup.kit->apology; canned && !canned->pcm.empty()) {
    const auto utterance = speech.append(" ", true);
    speech.complete();
    port.play(utterance, canned->pcm.data(), canned->pcm.size(), canned->rate_hz);
    port.finish(utterance);
  }
  end_after_speech(why);
}

/// What is queued is still played, up to `farewell_max`; the first reason stands.
void call_state::end_after_speech(end_reason why) {
  if (!is_over()) {
    reason = why;
    enter(phase::ending);
  }
  finish_if_quiet();
}

void call_state::finish_if_quiet() {
  if (current == phase::ending && speech.is_silent())
    finish(reason);
}

/// The end: the caller is told now; the bridge closes by its recipe (contract
/// §3.9), the recording is completed, and then the record is.
void call_state::finish(end_reason why) {
  if (current == phase::closing)
    return;
  if (current != phase::ending) // the first reason stands
    reason = why;
  const auto heard = speech.heard(*setup.request.port);
  if (children.bridge && runner.turn_open)
    self->send(children.bridge, bridge_interrupted{turns, heard});
  setup.request.port->flush(speech.last());
  if (!speech.is_silent())
    close_agent_turn(true, heard);
  enter(phase::closing);
  drop_successor(make_error(refusal::conflict, "the call has ended"));
  if (!given_away)
    tell_callers(caller_ended{reason});
  if (children.bridge)
    self->send(children.bridge, bridge_close{});
  if (children.recorder)
    self->send(children.recorder, stop_recording{});
  release_job(runner.state == link::dispatching || runner.state == link::joining);
  record.ended = wall_now();
  record.end_reason = to_string(reason);
  note("end", json_line{}.text("reason", record.end_reason).whole("turns", turns).str());
  count("unpod_calls_ended_total", "reason=\"" + record.end_reason + "\"");
  quit_if_closed();
}

void call_state::quit_if_closed() {
  if (current == phase::closing && !children.bridge && !children.recorder)
    complete();
}

/// Also when a child did not close in time: it is taken along.
void call_state::complete() {
  const bool never_answered = reason == end_reason::no_runner;
  record.status = never_answered ? "failed" : "completed";
  auto& port = *setup.request.port;
  used.call_s = std::chrono::duration<double>(now() - begun).count();
  used.stt_s = static_cast<double>(port.heard_so_far()) / std::max(port.rate_hz(), 1U);
  used.cost_per_min_usd = setup.profile.cost_per_min_usd;
  if (used.stt.empty() && !setup.profile.stt.empty())
    used.stt = setup.profile.stt.front();
  if (used.tts.empty() && !setup.profile.tts.empty())
    used.tts = setup.profile.tts.front();
  double told_s = 0; // the last recogniser has not told of all it has
  for (const auto& [provider, share] : used.shares)
    told_s += share.stt_s;
  if (!used.stt.empty())
    used.shares[used.stt].stt_s += std::max(0.0, used.stt_s - told_s);
  save_record(ending_events(record, !children.recorder));
  events->close();
  setup.kit->events->keep(events);
  log(log_level::info, "actors.call", record.id.str(), "call ended: " + record.end_reason);
  if (!given_away)
    port.close();
  self->quit(make_error(reason));
}

} // namespace unpod
