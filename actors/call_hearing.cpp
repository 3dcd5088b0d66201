// The caller's half of a CALL: from speech events to a turn, and cutting in.
#include "actors/call.hpp"

#include "messages/json_line.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

void call_state::hear_start(const speech_started& event) {
  last_activity = now();
  detector.speech_started(event.at);
  tell("speech_started", "{}");
  look_at_turn(nullptr);
}

void call_state::hear_end(const speech_ended& event) {
  last_activity = now();
  detector.speech_ended(event.sample, event.at);
  tell("speech_ended", "{}");
  look_at_turn(nullptr);
}

void call_state::hear_partial(const heard_partial& event) {
  last_activity = now();
  detector.partial(event.text);
  tell("partial", json_line{}.text("text", event.text).str());
  tell_callers(caller_partial{event.text});
  look_at_turn(nullptr);
}

void call_state::hear_final(const heard_final& event) {
  last_activity = now();
  covered = std::max(covered, event.to);
  detector.final(event.text, event.to, event.at);
  tell("final", json_line{}.text("text", event.text).str());
  look_at_turn(nullptr);
}

void call_state::look_at_turn(const turn_check* due) {
  if (is_over() || (due && due->epoch != check_epoch))
    return;
  const auto at = now();
  consider_cutting_in();
  if (children.transcriber && detector.wants_final(at))
    self->send(children.transcriber, stt_finalize{});
  if (detector.is_over(at)) {
    const auto turn = detector.take_turn(at);
    // Under the agent's voice and too little to cut in: an "mm", not a turn.
    if (current == phase::speaking) {
      note("backchannel", json_line{}.text("text", turn.text).str());
    } else {
      if (current == phase::thinking && runner.turn_open)
        interrupt(); // the question before is the past, be it one word that says so
      take_user_turn(turn);
    }
  }
  if (const auto next = detector.next_check(at))
    self->delayed_send(self, *next - at, turn_check{++check_epoch});
}

/// Against a voice, sound is enough. While the answer is still awaited nothing is to be
/// stopped in a hurry: only words take the question back, a noise does not.
void call_state::consider_cutting_in() {
  detector.voice_lasted(setup.request.port->voiced_for());
  if (detector.has_words(1))
    unheard.clear();
  const bool cuts_in = current == phase::speaking ? detector.cuts_in()
                       : current == phase::thinking
                         ? detector.has_words(turn_bounds.barge_in_min_words)
                         : false;
  if (cuts_in)
    interrupt();
}

void call_state::take_user_turn(const decided_turn& turn) {
  ++turns;
  ledger = {};
  ledger_from = speech.last() + 1;
  ledger.note(turn_ledger::last_speech, turn.last_speech);
  ledger.note(turn_ledger::silence_over, turn.silence_over);
  ledger.note(turn_ledger::words_final, turn.final_at);
  write_down({"user", turn.text, wall_now(), static_cast<std::int64_t>(turns), false, {}, {}});
  note("user_turn", json_line{}.text("text", turn.text).whole("turn", turns).str());
  save_record();
  tell_callers(caller_turn{turn.text, turns});
  count("unpod_turns_total");
  enter(phase::thinking);
  if (runner.state == link::live)
    tell_runner(turns, turn.text);
  else
    runner.waiting.emplace_back(turns, turn.text);
  show_state("thinking");
}

void call_state::tell_runner(std::uint64_t turn, const std::string& text) {
  runner.turn_open = true;
  self->send(children.bridge, bridge_user_text{text, turn, {}});
}

/// The caller cut in: nothing more of this turn is played, said or believed.
void call_state::interrupt() {
  cut_in_at = now();
  const auto heard = speech.heard(*setup.request.port);
  unheard = detector.has_words(1) ? std::string{} : speech.text().substr(heard.size());
  setup.request.port->flush(speech.last());
  if (children.synthesizer)
    self->send(children.synthesizer, speak_cancel{speech.last()});
  note("barge_in", json_line{}.text("heard", heard).whole("turn", turns).str());
  count("unpod_barge_ins_total");
  if (children.bridge && runner.state == link::live)
    self->send(children.bridge, bridge_interrupted{turns, heard});
  tell_callers(caller_interrupted{heard});
  close_agent_turn(true, heard);
  runner.turn_open = false;
  enter(phase::listening);
  show_state("interrupted");
  show_state("listening");
}

/// A cough, a door: the agent was cut off for nothing and goes on with what it had said.
void call_state::resume_if_nothing_was_said() {
  if (unheard.empty() || current != phase::listening
      || detector.quiet_for(now()) < turn_bounds.false_interruption_wait)
    return;
  const auto rest = std::exchange(unheard, {});
  if (!speech.is_silent() || runner.turn_open)
    return; // the runner says something new already
  note("resumed", json_line{}.text("text", rest).whole("turn", turns).str());
  count("unpod_false_interruptions_total");
  speak(rest, true, false);
  end_text();
}

} // namespace unpod
