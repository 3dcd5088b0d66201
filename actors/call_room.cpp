// Who takes part in a CALL: others who join its first caller, are moved to it, and leave.
#include "actors/call.hpp"

#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/pipe.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// s. 5: another CALL of this node gives its callers away; it only sends and counts.
constexpr seconds release_wait{5};

bool names_session(const std::string& kind) {
  return kind == "session" || kind == "web" || kind == "webrtc" || kind == "caller";
}

} // namespace

/// Sources are merged one after another, so that the room is never overfull.
struct call_state::merging {
  merge_calls wish;
  std::size_t at = 0;
  merged_calls outcomes;
  std::function<void(const merged_calls&)> done;
};

/// What an agent asks for (contract §3.7). It gets no answer: the wire has none.
void call_state::take_verb(const runner_verb& verb) {
  if (is_over())
    return;
  transfer_call transfer{record.id,         verb.kind,      verb.target, verb.mode == "warm",
                         verb.announcement, verb.data_json, {}};
  const bool adds = verb.verb == "agent.add_participant";
  if (verb.verb == "agent.remove_participant") {
    if (const auto no = show_out(verb.target, end_reason::agent_end_call))
      note("verb_refused", json_line{}.text("verb", verb.verb).text("why", words_of(no)).str());
    return;
  }
  if (verb.verb == "agent.merge" || (adds && names_session(verb.kind))) {
    auto task = std::make_shared<merging>();
    task->wish.sources.push_back(call_id{verb.target});
    return merge_next(task);
  }
  if (verb.verb == "agent.dispatch")
    transfer.kind = agent_seat;
  hand_over(transfer, true, {});
}

caf::result<transferred_call> call_state::transfer(const transfer_call& request) {
  auto reply = self->make_response_promise<transferred_call>();
  hand_over(request, false, [reply](const caf::expected<transferred_call>& done) mutable {
    if (done)
      reply.deliver(*done);
    else
      reply.deliver(done.error());
  });
  return reply;
}

caf::result<opened_call> call_state::take_in(const join_call& request) {
  if (request.project != record.project)
    return make_error(refusal::not_found, "there is no call '" + request.call.str() + "'");
  if (is_over())
    return make_error(refusal::conflict, "call '" + request.call.str() + "' is ending");
  if (guests.size() + 1 >= setup.kit->bounds.call.room_callers_max)
    return make_error(refusal::at_limit, "the call has as many callers as it takes "
                                         "(call.room_callers_max)");
  if (!seat(request.seat))
    return make_error(refusal::unavailable, "the call could not take another caller in");
  return opened_call{call_ear_actor{self}};
}

caf::result<merged_calls> call_state::merge(const merge_calls& request) {
  if (is_over())
    return make_error(refusal::conflict, "session '" + record.id.str() + "' is ending");
  auto reply = self->make_response_promise<merged_calls>();
  auto task = std::make_shared<merging>();
  task->wish = request;
  task->done = [this, reply](const merged_calls& all) {
    when_saved([reply, all]() mutable { reply.deliver(all); });
  };
  merge_next(task);
  return reply;
}

void call_state::merge_next(const std::shared_ptr<merging>& task) {
  if (task->at == task->wish.sources.size()) {
    for (const auto& participant : task->wish.drop)
      show_out(participant, end_reason::api_hangup);
    if (task->done)
      task->done(task->outcomes);
    return;
  }
  const auto source = task->wish.sources[task->at++];
  const auto settle = [this, task, source](std::vector<std::string> moved, std::string error) {
    note(error.empty() ? "merged" : "merge_refused",
         json_line{}.text("source", source.str()).text("why", error).str());
    task->outcomes.outcomes.push_back({source, std::move(moved), std::move(error)});
    merge_next(task);
  };
  const auto pipes = setup.kit->house->get<pipes_actor>();
  if (!pipes || is_over())
    return settle({}, "the call is ending");
  const auto taken = guests.size() + 1;
  const auto most = setup.kit->bounds.call.room_callers_max;
  self
    ->request(pipes, release_wait,
              release_callers{source, record.project, record.id, call_ear_actor{self},
                              most - std::min(most, taken)})
    .then(
      [this, settle](const released_callers& released) {
        std::vector<std::string> moved;
        for (const auto& one : released.seats)
          if (seat(one))
            moved.push_back(one.id);
        settle(std::move(moved), {});
      },
      [settle](const caf::error& error) { settle({}, words_of(error)); });
}

/// The callers are told whose they are before the new call is answered: whatever becomes of
/// it, they hear of it. This call ends; its record says where they went.
caf::result<released_callers> call_state::release(const release_callers& request) {
  if (request.project != record.project)
    return make_error(refusal::not_found, "there is no session '" + request.call.str() + "'");
  if (request.into == record.id)
    return make_error(refusal::invalid, "a session cannot be merged into itself");
  if (is_over())
    return make_error(refusal::conflict, "session '" + request.call.str() + "' is ending");
  released_callers released{guests};
  if (!first_left)
    released.seats.insert(released.seats.begin(),
                          {record.id.str(), setup.request.port, setup.request.leg, false});
  if (released.seats.size() > request.seats_left)
    return make_error(refusal::at_limit, "the room has no place for its callers "
                                         "(call.room_callers_max)");
  tell_callers(caller_moved{request.into, request.to});
  record.room = request.into;
  given_away = true;
  finish(end_reason::transferred);
  return released;
}

caf::result<removed_participant> call_state::remove(const remove_participant& request) {
  if (auto no = show_out(request.participant, end_reason::api_hangup))
    return no;
  auto reply = self->make_response_promise<removed_participant>();
  when_saved(
    [reply, who = request.participant]() mutable { reply.deliver(removed_participant{who}); });
  return reply;
}

/// Nothing is left of one who is shown out but its hang-up; the last caller is not shown out.
caf::error call_state::show_out(const std::string& participant, end_reason why) {
  const auto found = std::find_if(guests.begin(), guests.end(),
                                  [&](const auto& one) { return one.id == participant; });
  const bool is_first = participant == first_caller && !first_left;
  if (!is_first && found == guests.end())
    return make_error(refusal::not_found, "there is no participant '" + participant + "'");
  const bool is_heard = is_first || !found->listen_only;
  if (is_heard && callers_heard() == 1)
    return make_error(refusal::conflict,
                      "'" + participant + "' is the only caller: end the call instead");
  const auto leg = is_first ? setup.request.leg : found->leg;
  self->send(leg, caller_ended{why});
  lose_caller(leg.address());
  return {};
}

/// False when the engine cannot: then the caller is told that this was it.
bool call_state::seat(const room_seat& one) {
  std::string why;
  if (!setup.kit->join_room(setup.request.port, one.port, !one.listen_only, why)) {
    log(log_level::warn, "actors.call", record.id.str(), "a caller could not join: " + why);
    self->send(one.leg, caller_ended{end_reason::media_lost});
    return false;
  }
  guests.push_back(one);
  self->monitor(one.leg);
  note("participant_joined",
       json_line{}.text("participant", one.id).flag("listen_only", one.listen_only).str());
  note_participants();
  self->send(one.leg, caller_state{shown_state.empty() ? "listening" : shown_state});
  return true;
}

bool call_state::is_caller(const caf::actor_addr& leg) const {
  return (!first_left && setup.request.leg.address() == leg)
         || std::any_of(guests.begin(), guests.end(),
                        [&](const auto& one) { return one.leg.address() == leg; });
}

/// One of the callers has gone. False: it was the last who is heard, and the call is over.
bool call_state::lose_caller(const caf::actor_addr& leg) {
  const auto found = std::find_if(guests.begin(), guests.end(),
                                  [&](const auto& one) { return one.leg.address() == leg; });
  const bool is_first = found == guests.end();
  const bool is_heard = is_first || !found->listen_only;
  if (current == phase::closing || (is_heard && callers_heard() == 1))
    return false;
  note("participant_left",
       json_line{}.text("participant", is_first ? first_caller : found->id).str());
  self->demonitor(leg);
  if (is_first)
    first_left = true;
  else
    guests.erase(found);
  note_participants();
  return true;
}

/// From a caller who leaves, or from whoever ends the call for all.
void call_state::take_hang_up(const hang_up& event) {
  const auto sender = caf::actor_cast<caf::actor_addr>(self->current_sender());
  if (!is_caller(sender) || !lose_caller(sender))
    finish(event.reason);
}

/// Callers who are heard; listeners keep no call alive.
std::size_t call_state::callers_heard() const {
  const auto heard =
    std::count_if(guests.begin(), guests.end(), [](const auto& one) { return !one.listen_only; });
  return static_cast<std::size_t>(heard) + (first_left ? 0 : 1);
}

void call_state::note_participants() {
  record.participants = first_left ? agent_seat : std::string{first_caller} + " " + agent_seat;
  for (const auto& guest : guests)
    record.participants += " " + guest.id;
  save_record();
}

} // namespace unpod
