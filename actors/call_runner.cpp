// A CALL and its Agent Runner: getting one, losing one, getting another.
#include "actors/call.hpp"

#include "messages/brain.hpp"
#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"

#include <utility>

namespace unpod {

namespace {

/// Does this endpoint name a runner that serves (contract §2.6)?
bool is_served(const std::string& endpoint) {
  return endpoint.rfind("ws://", 0) == 0 || endpoint.rfind("wss://", 0) == 0;
}

std::string candidates_json(const std::vector<dispatch_candidate>& candidates) {
  std::string rows;
  for (const auto& row : candidates)
    rows += (rows.empty() ? "" : ",")
            + json_line{}
                .text("worker_id", row.worker.str())
                .whole("busy", row.busy)
                .whole("seats", row.seats)
                .text("verdict", row.verdict)
                .str();
  return "[" + rows + "]";
}

} // namespace

void call_state::dispatch() {
  // A call that was handed over has a runner's agent, whatever the pipe's brain is.
  if (is_model_brain(setup.pipe.brain_json) && record.agent == setup.pipe.agent)
    return open_brain();
  runner.state = link::dispatching;
  runner.job = job_id{setup.kit->new_id("JOB_")};
  runner.token = setup.kit->new_id("");
  runner.handshakes = 0;
  runner.since = now();
  // The pairing is there before the offer is sent (contract §3.2).
  open_bridge({});
  const auto house = setup.kit->house->get<orchestrator_actor>();
  if (!house)
    return miss_runner(make_error(refusal::unavailable, "the node is starting or stopping"));
  const auto& bounds = setup.kit->bounds.dispatch;
  const auto patience =
    (bounds.ack_wait + seconds{1}) * static_cast<int>(bounds.attempts_max) + seconds{1};
  self
    ->request(
      house, patience,
      dispatch_call{record.id, runner.job, runner.agent, record.project, runner.token, runner.lost})
    .then([this](const dispatched_call& answer) { take_runner(answer); },
          [this, job = runner.job](const caf::error& error) {
            if (job == runner.job)
              miss_runner(error);
          });
}

/// The bridge of before closes by its recipe (contract §3.9); nobody waits for it.
void call_state::let_bridge_go() {
  if (!children.bridge)
    return;
  self->demonitor(children.bridge.address());
  release_child(self, children.bridge.address());
  self->send(std::exchange(children.bridge, nullptr), bridge_close{});
}

void call_state::open_bridge(const std::string& serving_url) {
  open_leg(setup.kit->open_bridge, serving_url);
}

/// A brain behind a URL is asked turn by turn: no runner is looked for, no job is kept.
void call_state::open_brain() {
  release_job(true);
  runner.is_brain = true;
  runner.state = link::joining;
  runner.since = now();
  open_leg(setup.kit->open_brain, {});
}

void call_state::open_leg(const bridge_spawner& open, const std::string& serving_url) {
  let_bridge_go();
  auto opening = opening_for(runner.job, runner.token, record.agent);
  opening.serving_url = serving_url;
  children.bridge =
    adopt_child(self, record.id.str(), open(self, bridge_listener{self}, std::move(opening)));
}

/// The words so far; turns that still wait for an answer are told apart.
std::vector<heard_words> call_state::history() const {
  auto left = record.transcript.size();
  for (auto waiting = runner.waiting.size();
       waiting > 0 && left > 0 && record.transcript[left - 1].role == "user"; --waiting)
    --left;
  std::vector<heard_words> words;
  for (std::size_t i = 0; i < left; ++i)
    words.push_back({record.transcript[i].role == "agent", record.transcript[i].content});
  return words;
}

bridge_opening call_state::opening_for(const job_id& job, const secret_text& token,
                                       const agent_id& agent) const {
  bridge_opening opening;
  opening.call = record.id;
  opening.job = job;
  opening.room = "RM_" + record.id.str();
  opening.agent = agent;
  opening.voice_profile = setup.profile.id;
  opening.metadata_json = opening_metadata(agent);
  opening.call_token = token;
  opening.agent_secret = setup.pipe.agent_secret;
  opening.brain_json = setup.pipe.brain_json;
  opening.agent_endpoint = setup.pipe.agent_endpoint;
  opening.extra_json = setup.pipe.extra_json;
  opening.greeting = setup.pipe.greeting;
  opening.speaks_first =
    setup.pipe.greeting.empty() && setup.pipe.first_speaker == "agent" && record.transcript.empty();
  opening.direction = record.direction;
  opening.user_number = record.from_number;
  opening.data_json = record.data_json;
  opening.instructions = record.instructions;
  opening.history = history();
  return opening;
}

/// `metadata` of call.started (contract §3.5): `user_number` always, `data`
/// always an object; a runner that takes over finds the words so far in it.
std::string call_state::opening_metadata(const agent_id& agent) const {
  json_line data;
  data.members_of(record.data_json);
  if (!record.transcript.empty()) {
    std::string history;
    for (const auto& turn : record.transcript)
      history += (history.empty() ? "" : ",")
                 + json_line{}.text("role", turn.role).text("content", turn.content).str();
    data.raw("history", "[" + history + "]");
  }
  if (!handed_json.empty())
    data.raw("handover", handed_json);
  json_line metadata;
  metadata.text("direction", record.direction).text("user_number", setup.request.user_number);
  if (!setup.request.own_number.empty())
    metadata.text("from_number", record.from_number).text("to_number", record.to_number);
  metadata.text("agent_id", agent.str()).text("pipe_id", record.pipe.str());
  metadata.text("project_id", record.project).raw("data", data.str());
  if (!record.instructions.empty())
    metadata.text("instructions", record.instructions);
  return metadata.str();
}

void call_state::take_runner(const dispatched_call& answer) {
  if (is_over() || answer.job != runner.job) { // too late
    tell_service<orchestrator_actor>(self, setup.kit->house, end_job{answer.job, true});
    return;
  }
  if (runner.state == link::dispatching)
    runner.state = link::joining;
  runner.found = true;
  time("unpod_dispatch_seconds", now() - runner.since);
  runner.since = now();
  runner.worker = answer.runner.worker;
  record.worker = answer.runner.worker.str();
  note("dispatch", json_line{}
                     .text("worker_id", record.worker)
                     .whole("attempts", answer.attempts)
                     .raw("candidates", candidates_json(answer.candidates))
                     .str());
  if (!answer.runner.dial_out)
    open_bridge(answer.runner.serving_url);
}

/// Nobody took it. A pipe whose own endpoint is a runner that serves is dialled.
void call_state::miss_runner(const caf::error& error) {
  if (is_over())
    return;
  // With a brain of another kind it is no runner that is missing.
  auto words = missing_brain_words(setup.pipe.brain_json, runner.agent.str());
  if (words.empty() || refusal_of(error) != refusal::no_runner)
    words = words_of(error);
  note("dispatch_failed", json_line{}.text("why", words).str());
  if (is_webhook(setup.pipe.agent_endpoint))
    return open_brain();
  if (is_served(setup.pipe.agent_endpoint) && runner.lost.empty()) {
    runner.state = link::joining;
    runner.since = now();
    return open_bridge(setup.pipe.agent_endpoint);
  }
  log(log_level::warn, "actors.call", record.id.str(), words);
  runner.state = link::lost;
  apologise(runner.found ? end_reason::runner_lost : end_reason::no_runner, setup.pipe.apology);
}

void call_state::join(const runner_joined& event) {
  if (is_over())
    return;
  runner.found = true;
  runner.state = link::live;
  runner.handshakes = event.handshakes;
  ++runner.epoch;
  time("unpod_runner_join_seconds",
       event.at > runner.since ? event.at - runner.since : mono_time{0});
  note("runner_joined", json_line{}.whole("handshakes", event.handshakes).str());
  if (shown_state.empty())
    show_state("listening");
  while (!runner.waiting.empty()) {
    const auto [turn, text] = std::move(runner.waiting.front());
    runner.waiting.pop_front();
    tell_runner(turn, text);
  }
}

void call_state::told(const runner_told& event) {
  if (event.turn == turns)
    stamp(turn_ledger::text_sent, event.at);
}

/// Queued speech is played on; the pairing stays for a moment, for the SDK
/// closes 1000 also when an entrypoint raised, and redials (architecture §5).
void call_state::lose_bridge(const runner_gone& event) {
  if (is_over())
    return;
  note("runner_gone", json_line{}.whole("code", event.code).flag("clean", event.clean).str());
  recall_turn();
  if (!event.clean)
    return replace_runner("its connection broke");
  if (runner.handshakes == 0) // one that serves refuses a signature so (contract §3.3)
    return replace_runner("it hung up without a handshake");
  runner.state = link::redialling;
  self->delayed_send(self, setup.kit->bounds.call.redial_wait, phase_check{++runner.epoch});
}

/// A turn the runner owes an answer to is told again, to whoever comes.
void call_state::recall_turn() {
  const bool owed_answer = current == phase::thinking && runner.turn_open;
  runner.turn_open = false;
  end_text();
  if (owed_answer && !record.transcript.empty() && record.transcript.back().role == "user")
    runner.waiting.emplace_back(turns, record.transcript.back().content);
}

/// The leg died, not the runner: the call is given out anew, to it or to another.
void call_state::lose_leg() {
  log(log_level::warn, "actors.call", record.id.str(), "the bridge leg died");
  note("leg_lost", "{}");
  recall_turn();
  release_job(true);
  if (!restarts.spend(now()))
    return apologise(end_reason::runner_lost, setup.pipe.apology);
  dispatch();
}

void call_state::check_redial(const phase_check& due) {
  if (is_over() || due.epoch != runner.epoch || runner.state != link::redialling)
    return;
  runner.state = link::lost;
  // The third close without a redial is an entrypoint that raised each time.
  if (runner.handshakes > setup.kit->bounds.call.redials_max)
    apologise(end_reason::runner_lost, setup.pipe.apology);
  else
    end_after_speech(end_reason::completed);
}

/// Another runner, once, with the history; then the apology.
void call_state::replace_runner(const std::string& why) {
  log(log_level::warn, "actors.call", record.id.str(), "runner is replaced: " + why);
  if (is_over())
    return;
  release_job(true);
  if (!runner.lost.empty())
    return apologise(runner.found ? end_reason::runner_lost : end_reason::no_runner,
                     setup.pipe.apology);
  runner.lost.push_back(runner.worker);
  runner.turn_open = false;
  count("unpod_runners_replaced_total");
  dispatch();
}

void call_state::take_end_call(const runner_end_call& event) {
  note("agent_end_call", json_line{}.text("reason", event.reason).str());
  runner.turn_open = false;
  end_text();
  end_after_speech(end_reason::agent_end_call);
}

void call_state::take_recording(const runner_recording& wish) {
  note(wish.on ? "recording_resumed" : "recording_paused",
       json_line{}.text("reason", wish.reason).str());
  if (children.recorder)
    self->send(children.recorder, wish);
}

/// What its answers cost, of a brain that knows.
void call_state::take_usage(const runner_usage& event) {
  used.prompt_tokens += event.prompt_tokens;
  used.completion_tokens += event.completion_tokens;
  used.cached_tokens += event.cached_tokens;
  used.llm = event.provider;
  used.model = event.model;
  tell("tokens", json_line{}
                   .whole("prompt", event.prompt_tokens)
                   .whole("completion", event.completion_tokens)
                   .text("model", event.model)
                   .str());
}

/// The brain has no answer, whatever was tried: the caller hears that, and may go on.
void call_state::fail_turn(const runner_failed& event) {
  if (is_over())
    return;
  log(log_level::warn, "actors.call", record.id.str(), "the brain failed: " + event.why);
  note("brain_failed",
       json_line{}.whole("turn", event.turn).text("why", event.why).flag("last", event.last).str());
  count("unpod_brain_failures_total");
  runner.filler.clear();
  if (event.last)
    return apologise(runner.found ? end_reason::runner_lost : end_reason::no_runner,
                     setup.pipe.apology);
  if (event.turn != turns || (event.turn > 0 && !runner.turn_open))
    return; // the caller has gone on
  runner.turn_open = false;
  end_text();
  speak(apology(), true, true);
}

void call_state::release_job(bool cancel) {
  if (!runner.job.empty())
    tell_service<orchestrator_actor>(self, setup.kit->house,
                                     end_job{std::exchange(runner.job, {}), cancel});
}

} // namespace unpod
