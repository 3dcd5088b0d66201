// Who takes part in a session: transfers, merges, and participants who are shown out
// (contract §1.12); and operators, who may have something said.
#include "adapters/api/call_bodies.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"
#include "messages/pipe.hpp"
#include "messages/transfer_policy.hpp"

namespace unpod {

namespace {

/// s. 25: an announcement is heard out before a call is handed over; below `http_answer_wait`.
constexpr std::chrono::seconds hand_over_wait{25};

/// Asks PIPES like `ask`, with more patience.
template <class Reply, class Message, class Then>
void ask_pipes(const api_desk& desk, const api_visit& visit, Message message, Then then) {
  const auto pipes = desk->house->get<pipes_actor>();
  if (!pipes)
    return visit.answer(error_answer(503, "the node is starting or stopping; try again"));
  desk->system->spawn([=](caf::event_based_actor* self) {
    self->request(pipes, hand_over_wait, message)
      .then([visit, then](const Reply& reply) { visit.answer(then(reply)); },
            [visit](const caf::error& error) { visit.answer(refusal_answer(error)); });
  });
}

http_response transferred_answer(const call_id& call, const transferred_call& done,
                                 const std::string& mode) {
  json_line line;
  line.text("session_id", call.str()).text("added_participant_id", done.added);
  line.text("mode", mode);
  if (!done.removed.empty())
    line.text("removed_participant_id", done.removed);
  return ok_answer(200, line.str());
}

std::string texts_json(const std::vector<std::string>& all) {
  return json_list(all, json_quoted);
}

std::string outcome_json(const merge_outcome& one) {
  json_line line;
  line.text("session_id", one.call.str());
  line.text("status", one.error.empty() ? "merged" : "failed");
  line.raw("moved_participant_ids", texts_json(one.moved));
  if (!one.error.empty())
    line.text("error", one.error);
  return line.str();
}

/// A line out: the pipe's list is looked at first, then the truth about lines is told.
http_response number_answer(const api_desk& desk, const call_record& call,
                            const std::string& number) {
  if (!is_phone_number(number))
    return error_answer(422, "to.config.number must be a number in E.164");
  const auto pipe = find<pipe_record>(*desk->reader, table::pipes, call.pipe.str());
  const auto no = number_refusal(pipe ? pipe->transfer_allow : "", number);
  if (!no.empty())
    return coded_answer(403, "transfer_not_allowed", no);
  return error_answer(501, "this node has no telephone line to transfer to; the call goes on");
}

/// A caller of another session comes into this one.
void bring_caller(const api_desk& desk, const api_visit& visit, const call_record& call,
                  const transfer_ask& wish) {
  const auto other = find<call_record>(*desk->reader, table::calls, wish.target);
  if (!other || other->project != visit.caller.project)
    return visit.answer(error_answer(
      422, "to.config.session_id must name a live session, whose caller joins this one"));
  merge_calls merge{call.id, {other->id}, {}};
  if (!wish.drop.empty())
    merge.drop.push_back(wish.drop);
  ask_pipes<merged_calls>(desk, visit, merge, [id = call.id, wish](const merged_calls& merged) {
    const auto& one = merged.outcomes.front();
    if (!one.error.empty())
      return error_answer(409, one.error);
    return transferred_answer(id, {one.moved.empty() ? "" : one.moved.front(), wish.drop},
                              wish.mode);
  });
}

void transfer_session(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  std::string why;
  transfer_ask wish;
  if (!read_transfer(*body, wish, why))
    return visit.answer(error_answer(422, why));
  if (call->ended > 0)
    return visit.answer(error_answer(409, "session '" + call->id.str() + "' has ended"));
  if (wish.type == "livekit")
    return visit.answer(error_answer(501, "this node knows no LiveKit; the call goes on"));
  if (wish.type == "sip")
    return visit.answer(number_answer(desk, *call, wish.target));
  if (wish.type == "webrtc")
    return bring_caller(desk, visit, *call, wish);
  if (wish.target.empty())
    return visit.answer(error_answer(422, "to.config.agent_id is missing: who takes over?"));
  const transfer_call transfer{call->id,          "agent",        wish.target, wish.mode == "warm",
                               wish.announcement, wish.data_json, wish.drop};
  ask_pipes<transferred_call>(desk, visit, transfer,
                              [id = call->id, mode = wish.mode](const transferred_call& done) {
                                return transferred_answer(id, done, mode);
                              });
}

/// What is not there comes first, then what has ended; the rest is each session's own outcome.
void merge_sessions(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  std::string why;
  merge_ask wish;
  if (!read_merge(*body, wish, why))
    return visit.answer(error_answer(422, why));
  std::string ended;
  merge_calls merge;
  for (const auto& id : wish.sessions) {
    const auto call = find<call_record>(*desk->reader, table::calls, id);
    if (!call || call->project != visit.caller.project)
      return visit.answer(error_answer(404, "there is no session '" + id + "'"));
    if (call->ended > 0 && ended.empty())
      ended = id;
    merge.sources.push_back(call->id);
  }
  if (!ended.empty())
    return visit.answer(error_answer(409, "session '" + ended + "' has ended"));
  merge.call = merge.sources.front();
  merge.sources.erase(merge.sources.begin());
  merge.drop = wish.drop;
  ask_pipes<merged_calls>(desk, visit, merge, [id = merge.call](const merged_calls& merged) {
    return ok_answer(200, json_line{}
                            .text("primary_session_id", id.str())
                            .raw("outcomes", json_list(merged.outcomes, outcome_json))
                            .str());
  });
}

void remove_from_session(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  if (call->ended > 0)
    return visit.answer(error_answer(409, "session '" + call->id.str() + "' has ended"));
  ask_pipes<removed_participant>(desk, visit,
                                 remove_participant{call->id, visit.part("participant")},
                                 [](const removed_participant&) { return empty_answer(); });
}

/// bytes. 2,000: two minutes of speech; an operator says a sentence or two.
constexpr std::size_t said_bytes_max = 2'000;

/// `{"text": "…"}`
void say_in_call(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto text = body->IsObject() ? json::text(*body, "text").value_or("") : std::string{};
  if (text.find_first_not_of(" \t\r\n") == text.npos || text.size() > said_bytes_max)
    return visit.answer(error_answer(422, "text must be there, and no longer than "
                                            + std::to_string(said_bytes_max) + " bytes"));
  if (call->ended > 0)
    return visit.answer(error_answer(409, "call '" + call->id.str() + "' has ended"));
  ask_pipes<said_words>(
    desk, visit, say_words{call->id, text, visit.caller.key}, [id = call->id](const said_words&) {
      return ok_answer(
        200, json_line{}.text("call_id", id.str()).text("status", "on its way to the voice").str());
    });
}

} // namespace

std::vector<api_route> room_routes() {
  return {
    {"POST", path_pattern{"v1/calls/{id}/say"}, access::call, say_in_call},
    {"POST", path_pattern{"v1/sessions/merge"}, access::call, merge_sessions},
    {"POST", path_pattern{"v1/sessions/{id}/transfer"}, access::call, transfer_session},
    {"DELETE", path_pattern{"v1/sessions/{id}/participants/{participant}"}, access::call,
     remove_from_session},
  };
}

} // namespace unpod
