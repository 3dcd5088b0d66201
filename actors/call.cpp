#include "actors/call.hpp"

#include "actors/recorder.hpp"
#include "actors/synthesizer.hpp"
#include "actors/transcriber.hpp"
#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/outbox.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// Turns what the media thread sees into messages. Holds the CALL weakly: the
/// port outlives a dead call for as long as its apology plays.
class media_ear : public media_listener {
public:
  explicit media_ear(caf::actor_addr call) : call_(std::move(call)) {}

  void speech_started(sample_index sample, mono_time at) override {
    tell(unpod::speech_started{sample, at});
  }
  void speech_ended(sample_index sample, mono_time at) override {
    tell(unpod::speech_ended{sample, at});
  }
  void playout_started(generation utterance, mono_time at) override {
    tell(unpod::playout_started{utterance, at});
  }
  void playout_reached(generation utterance, std::uint64_t sample, mono_time at) override {
    tell(unpod::playout_reached{utterance, sample, at});
  }
  void playout_drained(generation utterance, std::uint64_t samples, mono_time at) override {
    tell(unpod::playout_drained{utterance, samples, at});
  }
  void playout_flushed(generation utterance, std::uint64_t samples, mono_time at) override {
    tell(unpod::playout_flushed{utterance, samples, at});
  }

private:
  template <class Message>
  void tell(Message message) {
    if (const auto call = caf::actor_cast<call_actor>(call_))
      caf::anon_send(call, std::move(message));
  }

  caf::actor_addr call_;
};

/// What a bridge says, when it is the bridge of the moment.
template <class Message>
auto from_bridge(call_state& state, void (call_state::*handler)(const Message&)) {
  return [&state, handler](const Message& x) {
    if (state.is_from_bridge())
      (state.*handler)(x);
  };
}

/// s. 5: below what the API waits for an answer; what was done is answered all the same.
constexpr seconds save_wait{5};

milliseconds own_or(std::int64_t own_ms, milliseconds node_default) {
  return own_ms > 0 ? milliseconds{own_ms} : node_default;
}

} // namespace

timed_call::behavior_type call(call_state::self_pointer self, call_setup setup) {
  auto& state = self->state;
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  state.begin(std::move(setup));
  return {
    [&state](const speech_started& x) { state.hear_start(x); },
    [&state](const speech_ended& x) { state.hear_end(x); },
    [&state](const playout_started& x) { state.note_started(x); },
    [&state](const playout_reached& x) { state.note_reached(x); },
    [&state](const playout_drained& x) { state.note_drained(x); },
    [&state](const playout_flushed& x) { state.note_flushed(x); },
    [&state](const heard_partial& x) { state.hear_partial(x); },
    [&state](const heard_final& x) { state.hear_final(x); },
    [&state](const hearing_lost& x) { state.lose_hearing(x.why); },
    [&state](const voice_asked& x) { state.note_asked(x); },
    [&state](const voice_sounds& x) { state.note_sounds(x); },
    [&state](const voice_piece& x) { state.note_piece(x); },
    [&state](const speaking_lost& x) { state.lose_voice(x.why); },
    [&state](const provider_used& x) { state.note_used(x); },
    [&state](const runner_joined& x) { state.take_joined(x); },
    from_bridge(state, &call_state::take_delta),
    from_bridge(state, &call_state::take_text_end),
    from_bridge(state, &call_state::take_say),
    from_bridge(state, &call_state::take_filler),
    from_bridge(state, &call_state::take_recording),
    from_bridge(state, &call_state::take_end_call),
    from_bridge(state, &call_state::take_verb),
    from_bridge(state, &call_state::take_usage),
    from_bridge(state, &call_state::lose_bridge),
    from_bridge(state, &call_state::told),
    from_bridge(state, &call_state::fail_turn),
    [&state](const caller_dtmf& x) { state.take_dtmf(x); },
    [&state](const hang_up& x) { state.take_hang_up(x); },
    [&state](caf::get_atom) { return state.status(); },
    [&state](const join_call& x) { return state.take_in(x); },
    [&state](const transfer_call& x) { return state.transfer(x); },
    [&state](const merge_calls& x) { return state.merge(x); },
    [&state](const release_callers& x) { return state.release(x); },
    [&state](const remove_participant& x) { return state.remove(x); },
    [&state](const say_words& x) { return state.say(x); },
    [&state](const turn_check& x) { state.look_at_turn(&x); },
    [&state](const phase_check& x) { state.check_redial(x); },
    [&state](const clock_check&) { state.check_clock(); },
  };
}

/// However it dies, its port goes silent; PIPE plays the apology of a crashed
/// call through the same port, and closes it.
call_state::~call_state() {
  if (setup.request.port)
    setup.request.port->unbind_any();
}

void call_state::begin(call_setup with) {
  setup = std::move(with);
  const auto& bounds = setup.kit->bounds;
  events = setup.kit->events->line(setup.request.call, *setup.kit->reader);
  begun = last_activity = phase_since = now();
  turn_bounds = bounds.turn;
  turn_bounds.end_of_turn_silence =
    own_or(setup.pipe.end_of_turn_silence_ms, turn_bounds.end_of_turn_silence);
  turn_bounds.barge_in_min_speech =
    own_or(setup.pipe.barge_in_min_speech_ms, turn_bounds.barge_in_min_speech);
  detector = turn_detector{turn_bounds};
  restarts = {bounds.call.restarts_max, bounds.call.restart_window};

  record.id = setup.request.call;
  record.project = setup.request.project;
  record.pipe = setup.pipe.id;
  record.agent = setup.pipe.agent;
  runner.agent = setup.pipe.runner_agent.empty() ? setup.pipe.agent : setup.pipe.runner_agent;
  record.direction = setup.request.direction;
  const bool outbound = record.direction == "outbound";
  record.from_number = outbound ? setup.request.own_number : setup.request.user_number;
  record.to_number = outbound ? setup.request.user_number : setup.request.own_number;
  record.trunk = setup.request.trunk;
  record.instructions = setup.request.instructions;
  record.attempts = static_cast<std::int64_t>(setup.request.attempts);
  record.data_json = setup.request.data_json;
  record.status = "active";
  record.created = record.started = wall_now();
  if (setup.request.created > 0)
    record.created = setup.request.created;
  if (setup.pipe.recording)
    record.recording = record.id.str() + ".wav";

  self->monitor(setup.request.leg);
  setup.request.port->listen(std::make_shared<media_ear>(self->address()));
  if (setup.pipe.recording)
    children.recorder =
      spawn_child(self, record.id.str(), recorder,
                  recorder_setup{record.id, setup.kit, setup.request.port, record.recording});
  spawn_transcriber();
  spawn_synthesizer();
  note("started", json_line{}
                    .text("pipe", record.pipe.str())
                    .text("direction", record.direction)
                    .text("profile", setup.profile.id)
                    .str());
  save_record({"call_started"});
  count("unpod_calls_started_total");
  if (!setup.pipe.greeting.empty())
    speak(setup.pipe.greeting, true, true);
  dispatch();
  self->delayed_send(self, seconds{1}, clock_check{});
}

void call_state::spawn_transcriber() {
  stt_settings settings;
  settings.language = setup.profile.language;
  settings.model = setup.profile.stt_model;
  settings.grammar = setup.pipe.stt_grammar;
  children.transcriber =
    spawn_child(self, record.id.str(), transcriber,
                transcriber_setup{record.id, setup.kit, hearing_listener{self}, setup.request.port,
                                  setup.profile.stt, settings, covered, setup.profile.hearers});
}

void call_state::spawn_synthesizer() {
  children.synthesizer =
    spawn_child(self, record.id.str(), synthesizer,
                synthesizer_setup{record.id, setup.kit, speaking_listener{self}, setup.request.port,
                                  setup.profile.tts,
                                  tts_settings{setup.profile.language, setup.profile.voice,
                                               setup.profile.speed, setup.profile.tts_model},
                                  setup.profile.speakers, setup.profile.first_byte_p99_ms});
}

/// What a child's death means (architecture §2). A child that says why in an
/// end_reason has used up its own budget.
void call_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  const auto is = [&](const auto& child) { return child && child.address() == down.source; };
  // A plain quit has no category at all, and may not be asked for one.
  const auto said = [&](caf::atom_value category) {
    return down.reason && down.reason.category() == category;
  };
  if (is_caller(down.source))
    return lose_caller(down.source)
             ? void()
             : finish(said(caf::atom("call_end")) ? end_reason_of(down.reason)
                                                  : end_reason::caller_hangup);
  if (next && is(next->bridge))
    return drop_successor(make_error(refusal::unavailable, "the bridge for the next agent broke"));
  if (is(children.recorder)) {
    children.recorder = nullptr;
    if (said(caf::atom("refusal")))
      forget_recording(words_of(down.reason));
    return quit_if_closed();
  }
  if (is(children.bridge)) {
    children.bridge = nullptr;
    return current == phase::closing ? quit_if_closed() : is_over() ? void() : lose_leg();
  }
  const bool killed = down.reason && down.reason == caf::exit_reason::kill;
  const auto why = killed ? "it was killed" : "it died of " + self->system().render(down.reason);
  if (is(children.transcriber)) {
    children.transcriber = nullptr;
    is_over() ? void() : lose_hearing(why);
  } else if (is(children.synthesizer)) {
    children.synthesizer = nullptr;
    current == phase::closing || said(caf::atom("call_end")) ? void() : lose_voice(why);
  }
}

/// It never began: there is no file that the record could name.
void call_state::forget_recording(const std::string& why) {
  record.recording.clear();
  note("recording_refused", json_line{}.text("why", why).str());
  save_record();
}

/// One that was replaced may still be talking.
bool call_state::is_from_bridge() const {
  return children.bridge && self->current_sender() == children.bridge;
}

void call_state::lose_hearing(const std::string& why) {
  log(log_level::warn, "actors.call", record.id.str(), "hearing is lost: " + why);
  note("hearing_lost", json_line{}.text("why", why).str());
  if (children.transcriber) // it gave up itself, and quits
    return apologise(end_reason::stt_lost, setup.pipe.apology);
  restarts.spend(now()) ? spawn_transcriber() : apologise(end_reason::stt_lost, setup.pipe.apology);
}

void call_state::lose_voice(const std::string& why) {
  log(log_level::warn, "actors.call", record.id.str(), "the voice is lost: " + why);
  note("voice_lost", json_line{}.text("why", why).str());
  if (is_over() || children.synthesizer || !restarts.spend(now()))
    return play_canned(end_reason::tts_lost);
  spawn_synthesizer();
  if (!speech.is_silent()) {
    // The words it had are lost with it: what is in the ring is played, the rest is not said.
    end_text();
    for (generation one = 1; one <= speech.last(); ++one)
      if (speech.has(one))
        setup.request.port->finish(one);
  }
}

void call_state::take_dtmf(const caller_dtmf& digits) {
  last_activity = now();
  note("dtmf", json_line{}.whole("digits", digits.digits.size()).str());
}

call_status call_state::status() const {
  static constexpr const char* names[] = {"listening", "thinking", "speaking", "ending", "closing"};
  return {record.id, record.pipe, names[static_cast<int>(current)], runner.worker.str(), turns};
}

void call_state::enter(phase next) {
  static constexpr const char* names[] = {"listening", "thinking", "speaking", "ending", "closing"};
  current = next;
  self->show_phase(names[static_cast<std::size_t>(next)]);
  phase_since = now();
}

/// States go out only on change (contract §3.6).
void call_state::show_state(const char* state) {
  if (shown_state == state || is_over())
    return;
  shown_state = state;
  tell("state", json_line{}.text("state", state).whole("turn", turns).str());
  tell_callers(caller_state{state});
  if (children.bridge && runner.state == link::live)
    self->send(children.bridge, bridge_state{state, turns});
}

void call_state::note(const char* kind, std::string body) {
  const auto at = wall_now();
  const auto seq = events->post(kind, body, at);
  tell_service<store_actor>(self, setup.kit->house,
                            journal_append{{record.id, seq, at, kind, std::move(body)}});
}

void call_state::tell(const char* kind, std::string body) {
  events->post(kind, std::move(body), wall_now());
}

/// Beyond the limit the journal still has every turn.
void call_state::write_down(turn_record turn) {
  if (record.transcript.size() < setup.kit->bounds.store.transcript_turns_max)
    record.transcript.push_back(std::move(turn));
}

/// The whole record each time, grouped by the store; nobody waits for it.
void call_state::save_record() {
  save_record({});
}

void call_state::save_record(const std::vector<std::string>& happened, const std::string& extra) {
  record.modified = wall_now();
  const auto& kit = *setup.kit;
  std::vector<store_change> changes{{store_change::what::put, record}};
  if (!happened.empty())
    for (auto& row : deliveries_of({*kit.reader, kit.bounds.webhooks, kit.new_id, record.modified},
                                   record, happened, extra))
      changes.push_back(std::move(row));
  const bool to_be_told = changes.size() > 1;
  const bool over = record.status == "completed" || record.status == "failed";
  if (over) {
    changes.push_back({store_change::what::put, usage_of(record, used, record.modified)});
    for (auto& row : analysis_of(*kit.reader, record))
      changes.push_back(std::move(row));
  }
  if (const auto store = kit.house->get<store_actor>())
    caf::anon_send(store, store_write{std::move(changes)});
  if (to_be_told)
    tell_service<webhooks_actor>(self, kit.house, deliveries_due{});
  if (over)
    tell_service<analyst_actor>(self, kit.house, analyse_call{record.id});
}

/// The store takes our writes in order: when this one is done, so are those before it.
void call_state::when_saved(std::function<void()> then) {
  const auto store = setup.kit->house->get<store_actor>();
  if (!store || is_over())
    return then();
  record.modified = wall_now();
  self->request(store, save_wait, store_write{{{store_change::what::put, record}}})
    .then([then](const store_done&) { then(); }, [then](const caf::error&) { then(); });
}

void call_state::count(const char* metric, const std::string& labels) {
  tell_service<accountant_actor>(self, setup.kit->house, count_metric{metric, labels});
}

void call_state::time(const char* metric, mono_time took) {
  tell_service<accountant_actor>(
    self, setup.kit->house, time_metric{metric, {}, std::chrono::duration<double>(took).count()});
}

mono_time call_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
