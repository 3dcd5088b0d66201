// The agent's half of a CALL: from the runner's text to sound, and what of it
// the caller heard.
#include "actors/call.hpp"

#include "messages/json_line.hpp"
#include "messages/log.hpp"

#include <utility>

namespace unpod {

namespace {

/// What each stage of an answer took, in ms.
std::string ledger_json(const turn_ledger& ledger) {
  json_line times;
  for (std::size_t i = 1; i < turn_ledger::stamps; ++i)
    times.number(turn_ledger::part_names[i], to_ms(ledger.part(turn_ledger::stamp(i))));
  return times.number("total", to_ms(ledger.total())).str();
}

} // namespace

void call_state::take_delta(const runner_delta& event) {
  if (is_over())
    return;
  stamp(turn_ledger::first_delta, event.at);
  runner.turn_open = runner.streams = true;
  if (runner.is_brain)
    runner.filler.clear(); // it was of this turn
  speak(event.text, false, false);
}

/// Whole as it is: no end of a turn is waited for to have said it.
void call_state::take_say(const runner_say& event) {
  if (is_over())
    return;
  stamp(turn_ledger::first_delta, event.at);
  speak(event.text, true, false);
  end_text();
}

/// Ends the runner's turn. Out of turn it means "stop speaking" (contract §6 G15).
void call_state::take_text_end(const runner_text_end&) {
  if (is_over())
    return;
  if (!runner.turn_open)
    return stop_speaking();
  runner.turn_open = false;
  end_text();
  if (speech.is_silent()) {
    close_agent_turn(false, speech.text());
    enter(phase::listening);
    show_state("listening");
  }
}

void call_state::take_filler(const runner_filler& event) {
  runner.filler = event.text;
  say_filler();
}

/// Within the first second nobody misses an answer.
void call_state::say_filler() {
  if (current == phase::thinking && !runner.filler.empty() && now() - phase_since >= seconds{1}
      && speech.is_silent())
    speak(std::exchange(runner.filler, {}), true, true);
}

void call_state::speak(const std::string& text, bool whole, bool ours) {
  if (text.empty() || !children.synthesizer)
    return;
  if (speech.bytes() + text.size() > setup.kit->bounds.call.turn_text_bytes_max) {
    log(log_level::warn, "actors.call", record.id.str(),
        "the agent's turn is over turn_text_bytes_max: the rest is not spoken");
    return;
  }
  last_activity = now();
  const auto utterance = speech.append(text, ours);
  self->send(children.synthesizer, speak_text{utterance, text, whole});
  if (ours)
    end_text();
}

void call_state::end_text() {
  const auto utterance = speech.complete();
  if (utterance != 0 && children.synthesizer)
    self->send(children.synthesizer, speak_end{utterance});
}

/// A filler fills the wait for the answer; the ledger goes on measuring it.
bool call_state::answers_turn(generation utterance) const {
  return utterance >= ledger_from && !speech.is_ours(utterance);
}

void call_state::note_asked(const voice_asked& event) {
  speech.place(event);
  used.tts_characters += event.characters;
  if (answers_turn(event.utterance))
    stamp(turn_ledger::voice_asked, event.at);
}

void call_state::note_used(const provider_used& event) {
  auto& share = used.shares[event.provider];
  share.stt_s += event.stt_s;
  share.tts_characters += static_cast<std::int64_t>(event.tts_characters);
  (event.stt_s > 0 ? used.stt : used.tts) = event.provider;
}

void call_state::note_sounds(const voice_sounds& event) {
  if (answers_turn(event.utterance))
    stamp(turn_ledger::first_byte, event.at);
  if (const auto start = speech.start_of(event.utterance, event.piece))
    setup.request.port->mark(event.utterance, *start);
}

void call_state::note_piece(const voice_piece& event) {
  speech.measure(event);
}

void call_state::note_started(const playout_started& event) {
  last_activity = now();
  if (!speech.has(event.utterance))
    return;
  tell("first_sample",
       json_line{}.whole("turn", turns).flag("own", speech.is_ours(event.utterance)).str());
  if (answers_turn(event.utterance))
    stamp(turn_ledger::first_sample, event.at);
  if (is_over())
    return;
  enter(phase::speaking);
  show_state("speaking");
}

void call_state::note_reached(const playout_reached& event) {
  const auto text = speech.text_at(event.utterance, event.sample);
  if (text.empty())
    return;
  tell("agent_text", json_line{}.text("text", text).whole("turn", turns).str());
  tell_callers(caller_reply{text, turns});
}

void call_state::note_drained(const playout_drained& event) {
  last_activity = now();
  speech.drained(event.utterance);
  if (!speech.is_silent())
    return;
  // A runner without an adapter says its answer and ends no turn: that was it.
  if (!runner.streams && !speech.text().empty())
    runner.turn_open = false;
  if (runner.turn_open) {
    if (current == phase::speaking) { // so far only our filler, or a word before the answer
      enter(phase::thinking);
      show_state("thinking");
    }
    return hand_over_if_quiet();
  }
  close_agent_turn(false, speech.text());
  if (is_over())
    return finish_if_quiet();
  enter(phase::listening);
  show_state("listening");
  hand_over_if_quiet();
}

void call_state::note_flushed(const playout_flushed& event) {
  if (cut_in_at == mono_time{0})
    return;
  // A flush that had nothing left to stop reports a moment before it was asked for.
  const auto took = event.at > cut_in_at ? event.at - cut_in_at : mono_time{0};
  time("unpod_barge_in_stop_seconds", took);
  note("barge_in_stopped", json_line{}.number("ms", to_ms(took)).str());
  cut_in_at = mono_time{0};
}

/// Writes down what the caller heard, and begins the next stretch of speech.
void call_state::close_agent_turn(bool interrupted, const std::string& heard) {
  const bool answered = ledger.is_complete();
  if (!heard.empty() || (answered && interrupted)) {
    write_down({"agent",
                heard,
                wall_now(),
                static_cast<std::int64_t>(turns),
                interrupted,
                {},
                answered ? ledger_json(ledger) : std::string{}});
    note(
      "agent_turn",
      json_line{}.text("heard", heard).flag("interrupted", interrupted).whole("turn", turns).str());
    save_record();
  }
  if (runner.is_brain && children.bridge && !heard.empty())
    self->send(children.bridge, bridge_heard{heard});
  ledger = {};
  speech.begin_turn();
}

/// The media thread's news may overtake those of the voice: whichever completes it reports it.
void call_state::stamp(turn_ledger::stamp which, mono_time when) {
  const bool was_complete = ledger.is_complete();
  ledger.note(which, when);
  if (!was_complete && ledger.is_complete())
    report_ledger();
}

void call_state::report_ledger() {
  tell("ledger", json_line{}.whole("turn", turns).raw("ms", ledger_json(ledger)).str());
  time("unpod_turn_seconds", ledger.total());
  time("unpod_turn_text_seconds",
       ledger.part(turn_ledger::text_sent) + ledger.part(turn_ledger::voice_asked));
  time("unpod_turn_voice_seconds", ledger.part(turn_ledger::first_byte));
  time("unpod_turn_playout_seconds", ledger.part(turn_ledger::first_sample));
  if (children.bridge && runner.state == link::live)
    self->send(children.bridge, bridge_metrics{turns, to_ms(ledger.total()),
                                               to_ms(ledger.part(turn_ledger::words_final)),
                                               to_ms(ledger.part(turn_ledger::first_delta)),
                                               to_ms(ledger.part(turn_ledger::first_byte))});
}

/// Of an operator: no part of the runner's text, so what was heard stays a prefix of that.
caf::result<said_words> call_state::say(const say_words& request) {
  if (is_over())
    return make_error(refusal::conflict, "call '" + request.call.str() + "' is ending");
  if (!children.synthesizer)
    return make_error(refusal::unavailable, "the call has no voice just now; try again");
  if (speech.bytes() + request.text.size() > setup.kit->bounds.call.turn_text_bytes_max)
    return make_error(refusal::at_limit, "the agent says as much already as one turn may hold "
                                         "(call.turn_text_bytes_max); try again later");
  note("operator_said", json_line{}.text("text", request.text).text("by", request.by).str());
  speak(request.text, true, true);
  return said_words{};
}

/// The agent's own wish: silence, and the caller's turn.
void call_state::stop_speaking() {
  if (current != phase::speaking && speech.is_silent())
    return;
  const auto heard = speech.heard(*setup.request.port);
  setup.request.port->flush(speech.last());
  if (children.synthesizer)
    self->send(children.synthesizer, speak_cancel{speech.last()});
  tell_callers(caller_interrupted{heard});
  close_agent_turn(true, heard);
  enter(phase::listening);
  show_state("listening");
}

} // namespace unpod
