// A CALL that is handed to another agent, or is refused to be.
#include "actors/call.hpp"

#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/transfer_policy.hpp"

#include <utility>

namespace unpod {

namespace {

constexpr auto default_refusal = "I am sorry, I cannot connect you there.";

/// What stands against a target before anybody is looked for.
caf::error mistake_in(const transfer_call& wish, const std::string& allow) {
  if (wish.kind != "agent") {
    const auto no = number_refusal(allow, wish.target);
    if (!no.empty())
      return make_error(is_phone_number(wish.target) ? refusal::conflict : refusal::invalid, no);
    return make_error(refusal::unavailable, "this node has no telephone line to transfer to");
  }
  if (wish.target.empty())
    return make_error(refusal::invalid, "which agent is the call to be handed to?");
  return {};
}

} // namespace

/// Asked for by the agent or through the API. What the agent says first (and, warm, the
/// announcement) is heard out; the agent of before stays until another has taken the call.
void call_state::hand_over(const transfer_call& wish, bool by_agent, transfer_done done) {
  note("transfer_asked", json_line{}
                           .text("kind", wish.kind)
                           .text("target", wish.target)
                           .text("by", by_agent ? "agent" : "api")
                           .str());
  auto no = mistake_in(wish, setup.pipe.transfer_allow);
  if (!no && is_over())
    no = make_error(refusal::conflict, "the call is ending");
  else if (!no && next)
    no = make_error(refusal::conflict, "the call is being handed over already");
  else if (!no && wish.target == record.agent.str())
    no = make_error(refusal::conflict, "agent '" + wish.target + "' has the call already");
  if (no)
    return refuse_transfer(wish, by_agent, no, done);
  next.emplace();
  next->wish = wish;
  next->by_agent = by_agent;
  next->done = std::move(done);
  next->since = now();
  if (wish.warm && !wish.announcement.empty()) {
    end_text();
    speak(wish.announcement, true, false);
    end_text();
  }
  hand_over_if_quiet();
}

void call_state::hand_over_if_quiet() {
  const bool waits = next && next->job.empty();
  if (waits && (speech.is_silent() || now() - next->since >= setup.kit->bounds.call.farewell_max))
    dispatch_successor();
}

void call_state::dispatch_successor() {
  if (speech.is_silent() && !speech.text().empty())
    close_agent_turn(false, speech.text()); // what was said last is history, too
  next->job = job_id{setup.kit->new_id("JOB_")};
  next->token = setup.kit->new_id("");
  const agent_id agent{next->wish.target};
  json_line handed;
  handed.text("from_agent", record.agent.str());
  if (!next->wish.data_json.empty())
    handed.raw("data", next->wish.data_json);
  handed_json = handed.str();
  // The pairing is there before the offer is sent (contract §3.2).
  next->bridge = adopt_child(self, record.id.str(),
                             setup.kit->open_bridge(self, bridge_listener{self},
                                                    opening_for(next->job, next->token, agent)));
  const auto house = setup.kit->house->get<orchestrator_actor>();
  if (!house)
    return drop_successor(make_error(refusal::unavailable, "the node is starting or stopping"));
  const auto& bounds = setup.kit->bounds.dispatch;
  const auto patience =
    (bounds.ack_wait + seconds{1}) * static_cast<int>(bounds.attempts_max) + seconds{1};
  self
    ->request(
      house, patience,
      dispatch_call{record.id, next->job, runners_of(agent), record.project, next->token, {}})
    .then(
      [this](const dispatched_call& answer) {
        if (next && next->job == answer.job)
          adopt_successor();
        take_runner(answer);
      },
      [this, job = next->job](const caf::error& error) {
        if (next && next->job == job)
          drop_successor(error);
      });
}

/// Whose runners answer for this agent: its own, unless a row of it names others.
agent_id call_state::runners_of(const agent_id& agent) const {
  list_query rows_of_project;
  rows_of_project.project = record.project;
  for (const auto& pipe : list<pipe_record>(*setup.kit->reader, table::pipes, rows_of_project))
    if (pipe.agent == agent && !pipe.runner_agent.empty())
      return pipe.runner_agent;
  return agent;
}

/// The next agent has a runner: it is the call's from now on.
void call_state::adopt_successor() {
  const auto came = *std::exchange(next, std::nullopt);
  if (children.bridge && runner.turn_open)
    self->send(children.bridge, bridge_interrupted{turns, speech.heard(*setup.request.port)});
  recall_turn();
  release_job(false);
  let_bridge_go();
  note("handover",
       json_line{}.text("from_agent", record.agent.str()).text("to_agent", came.wish.target).str());
  count("unpod_handovers_total");
  const auto from = std::exchange(record.agent, agent_id{came.wish.target}).str();
  children.bridge = came.bridge;
  runner.agent = runners_of(record.agent);
  runner.job = came.job;
  runner.token = came.token;
  runner.is_brain = runner.streams = false;
  runner.state = link::dispatching;
  runner.handshakes = 0;
  runner.lost.clear();
  runner.filler.clear();
  runner.since = now();
  ++runner.epoch;
  if (current == phase::speaking && speech.is_silent()) {
    enter(phase::listening);
    show_state("listening");
  }
  save_record({"handover_initiated"}, json_line{}
                                        .text("from_agent", from)
                                        .text("to_agent", came.wish.target)
                                        .text("by", came.by_agent ? "agent" : "api")
                                        .str());
  transferred_call done{std::string{agent_seat} + ":" + came.wish.target, {}};
  if (!came.wish.drop.empty() && !show_out(came.wish.drop, end_reason::api_hangup))
    done.removed = came.wish.drop;
  if (came.done)
    when_saved([answer = came.done, done] { answer(done); });
}

/// The next agent's runner may shake hands before the ORCHESTRATOR's answer is here.
void call_state::take_joined(const runner_joined& event) {
  if (next && next->bridge && self->current_sender() == next->bridge)
    adopt_successor();
  if (is_from_bridge())
    join(event);
}

/// Nobody took over: the agent of before has the call, and the caller is told.
void call_state::drop_successor(const caf::error& why) {
  if (!next)
    return;
  const auto gone = *std::exchange(next, std::nullopt);
  handed_json.clear();
  if (gone.bridge) {
    self->demonitor(gone.bridge.address());
    release_child(self, gone.bridge.address());
    self->send(gone.bridge, bridge_close{});
  }
  if (!gone.job.empty())
    tell_service<orchestrator_actor>(self, setup.kit->house, end_job{gone.job, true});
  refuse_transfer(gone.wish, gone.by_agent, why, gone.done);
}

/// An agent is not told (the wire has no frame for it): the caller hears the refusal. Through
/// the API the caller hears it only when something was announced.
void call_state::refuse_transfer(const transfer_call& wish, bool by_agent, const caf::error& why,
                                 const transfer_done& done) {
  log(log_level::warn, "actors.call", record.id.str(), "transfer refused: " + words_of(why));
  note("transfer_refused", json_line{}
                             .text("kind", wish.kind)
                             .text("target", wish.target)
                             .text("why", words_of(why))
                             .str());
  count("unpod_transfers_refused_total");
  const bool announced = wish.warm && !wish.announcement.empty() && wish.kind == "agent";
  if (!is_over() && (by_agent || announced)) {
    end_text();
    speak(setup.pipe.transfer_refusal.empty() ? default_refusal : setup.pipe.transfer_refusal, true,
          true);
  }
  if (done)
    done(why);
}

} // namespace unpod
