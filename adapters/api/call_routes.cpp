// Calls: listed, shown, ended, and asked for (contract §1.9). One record is a call here
// and a session in session_routes.cpp.
#include "adapters/api/attachments.hpp"
#include "adapters/api/call_bodies.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/usage_sums.hpp"

namespace unpod {

namespace {

void list_calls(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    answer_page(
      at, for_whom,
      [&](const call_record& call) {
        return matches(for_whom.query, "call_status", call.status)
               && matches(for_whom.query, "status", call.status)
               && matches(for_whom.query, "direction", call.direction)
               && matches(for_whom.query, "pipe_id", call.pipe.str())
               && matches(for_whom.query, "agent_id", call.agent.str());
      },
      [&](const call_record& call) {
        return call_json(call, false, recording_url_of(at, for_whom, call));
      });
  });
}

void get_call(const api_desk& desk, const api_visit& visit) {
  if (const auto call = call_of(desk, visit))
    visit.answer(ok_answer(200, call_json(*call, true, recording_url_of(desk, visit, *call),
                                          usage_json(*desk->reader, call->id))));
}

/// A call that is over is answered as it is, however often it is hung up.
void hang_up_call(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  auto answer = ok_answer(200, call_json(*call, true, recording_url_of(desk, visit, *call)));
  if (call->ended > 0)
    return visit.answer(std::move(answer));
  ask<end_call_done>(desk, visit, desk->house->get<pipes_actor>(),
                     end_call{call->id, end_reason::api_hangup},
                     [answer](const end_call_done&) { return answer; });
}

/// The pipe a call goes through: the agent's default voice, or a plain pipe of its runners,
/// or the pipe that was named. When there is none, 404 is answered here.
std::optional<pipe_record> pipe_for(const api_desk& desk, const api_visit& visit,
                                    const call_wish& wish) {
  if (wish.agent.empty()) {
    auto pipe = find<pipe_record>(*desk->reader, table::pipes, wish.pipe);
    if (pipe && pipe->project == visit.caller.project)
      return pipe;
    visit.answer(error_answer(404, "pipe_id: there is no pipe '" + wish.pipe + "'"));
    return std::nullopt;
  }
  const auto book = number_book_of(desk, visit.caller.project);
  if (const auto* pipe = book.pipe_of_agent(wish.agent))
    return *pipe;
  visit.answer(error_answer(404, "agent_id: there is no agent '" + wish.agent + "'"));
  return std::nullopt;
}

/// The number the callee sees: the one that was asked for, which must be the project's own,
/// or the pipe's. When there is none, it is answered here.
std::optional<std::string> number_for(const api_desk& desk, const api_visit& visit,
                                      const call_wish& wish, const pipe_record& pipe) {
  if (!wish.from_number.empty()) {
    const auto number = find<number_record>(*desk->reader, table::numbers, wish.from_number);
    if (number && number->project == visit.caller.project && number->status != "disabled")
      return wish.from_number;
    visit.answer(error_answer(422, "from_number '" + wish.from_number
                                     + "' is none of this project's numbers, or disabled"));
    return std::nullopt;
  }
  const auto numbers = pipe_numbers_of(desk, visit.caller.project);
  if (const auto* number = numbers.of(pipe); number && number->status != "disabled")
    return number->number;
  visit.answer(coded_answer(
    400, "no_from_number", "give from_number, or attach a number to pipe '" + pipe.id.str() + "'"));
  return std::nullopt;
}

/// No line leads out of this node yet, and the record says so at once: a call that is
/// answered as pending and never placed would be a lie.
void create_call(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  call_wish wish;
  std::string why;
  if (!read_call(*body, wish, why))
    return visit.answer(error_answer(422, why));
  const auto pipe = pipe_for(desk, visit, wish);
  if (!pipe)
    return;
  const auto number = number_for(desk, visit, wish, *pipe);
  if (!number)
    return;
  call_record call;
  call.id = call_id{desk->new_id("SCL_")};
  call.project = visit.caller.project;
  call.pipe = pipe->id;
  call.agent = pipe->agent;
  call.direction = "outbound";
  call.from_number = *number;
  call.to_number = wish.to_number;
  call.instructions = wish.instructions;
  call.data_json = wish.data_json;
  call.status = "failed";
  call.end_reason = to_string(end_reason::media_unavailable);
  call.created = call.modified = call.ended = wall_now();
  write_then(desk, visit, {{store_change::what::create, call}},
             ok_answer(201, call_json(call, true)));
}

} // namespace

std::vector<api_route> call_routes() {
  return {
    {"GET", path_pattern{"v1/calls"}, access::read, list_calls},
    {"POST", path_pattern{"v1/calls"}, access::call, create_call},
    {"GET", path_pattern{"v1/calls/{id}"}, access::read, get_call},
    {"POST", path_pattern{"v1/calls/{id}/hangup"}, access::call, hang_up_call},
  };
}

} // namespace unpod
