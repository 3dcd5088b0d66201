// Calls: listed, shown, ended, and asked for (contract §1.9). One record is a call here
// and a session in session_routes.cpp.
#include "adapters/api/attachments.hpp"
#include "adapters/api/call_bodies.hpp"
#include "adapters/api/call_endings.hpp"
#include "adapters/api/call_queue_rows.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/number_zones.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/usage_sums.hpp"

#include "messages/json_line.hpp"

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

/// One that waits is shown with its place in the line.
void get_call(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  if (call->status != "pending" || call->due == 0)
    return visit.answer(ok_answer(200, call_json(*call, true, recording_url_of(desk, visit, *call),
                                                 usage_json(*desk->reader, call->id))));
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    if (const auto waits = call_of(at, for_whom))
      for_whom.answer(ok_answer(200, json_line{}
                                       .members_of(call_json(*waits, true))
                                       .whole("queue_position", queue_position_of(at, *waits))
                                       .str()));
  });
}

/// A call that is over is answered as it is, however often it is hung up.
void hang_up_call(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  const auto shown = [desk, visit](const call_record& now) {
    return ok_answer(200, call_json(now, true, recording_url_of(desk, visit, now)));
  };
  if (call->ended > 0)
    return visit.answer(shown(*call));
  end_call_then(desk, visit, *call, shown);
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

/// The zone of the callee: named in the call's data, or told by the number. A pipe with calling
/// hours needs one, unless its hours are in a zone of their own. Mistakes are answered here.
std::optional<std::string> zone_for(const api_desk& desk, const api_visit& visit,
                                    const call_wish& wish, const pipe_record& pipe) {
  if (!wish.zone.empty()) {
    if (!desk->zones || desk->zones(wish.zone, wall_now()))
      return wish.zone;
    visit.answer(error_answer(422, "data.timezone: there is no time zone '" + wish.zone
                                     + "'; one is called like Europe/Berlin"));
    return std::nullopt;
  }
  auto zone = zone_of_number(wish.to_number);
  std::string why;
  const auto hours = read_calling_hours(pipe.calling_hours, why);
  if (!zone.empty() || !hours || !hours->zone.empty())
    return zone;
  visit.answer(error_answer(422, "data.timezone is missing: pipe '" + pipe.id.str()
                                   + "' has calling_hours, and " + wish.to_number
                                   + " does not tell the callee's time zone"));
  return std::nullopt;
}

/// Why this number cannot be dialled, answered here; or the trunk that does.
std::optional<std::string> trunk_for(const api_desk& desk, const api_visit& visit) {
  if (desk->draining()) {
    visit.answer(error_answer(503, "the node takes no new calls: it is being stopped"));
    return std::nullopt;
  }
  if (desk->dial_trunk.empty()) {
    visit.answer(coded_answer(409, "no_trunk",
                              "no trunk can dial this number yet: this node speaks no SIP. With "
                              "--dev or --loopback-calls its synthetic callee answers every call"));
    return std::nullopt;
  }
  const auto waiting = desk->queue ? desk->queue->waiting.load() : 0;
  if (waiting >= desk->bounds.queue.waiting_max) {
    visit.answer(error_answer(503, std::to_string(waiting)
                                     + " calls wait already, the node's limit "
                                       "(queue.waiting_max); try again later"));
    return std::nullopt;
  }
  return desk->dial_trunk;
}

call_record call_from(const api_desk& desk, const api_visit& visit, const call_wish& wish,
                      const pipe_record& pipe) {
  call_record call;
  call.id = call_id{desk->new_id("SCL_")};
  call.project = visit.caller.project;
  call.pipe = pipe.id;
  call.agent = pipe.agent;
  call.direction = "outbound";
  call.to_number = wish.to_number;
  call.instructions = wish.instructions;
  call.data_json = wish.data_json;
  call.created = call.modified = call.due = wall_now();
  return call;
}

/// On disk, record and place in the queue together, before it is answered.
void create_call(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  call_wish wish;
  std::string why;
  if (!read_call(*body, wish, why))
    return visit.answer(error_answer(422, why));
  const auto pipe = pipe_for(desk, visit, wish);
  const auto number = pipe ? number_for(desk, visit, wish, *pipe) : std::nullopt;
  const auto zone = number ? zone_for(desk, visit, wish, *pipe) : std::nullopt;
  const auto trunk = zone ? trunk_for(desk, visit) : std::nullopt;
  if (!trunk)
    return;
  auto call = call_from(desk, visit, wish, *pipe);
  call.from_number = *number;
  call.trunk = *trunk;
  queued_call row;
  row.call = call.id;
  row.project = call.project;
  row.trunk = call.trunk;
  row.from_number = call.from_number;
  row.to_number = call.to_number;
  row.created = call.created;
  row.due = call.due;
  row.pipe = call.pipe;
  row.zone = *zone;
  write_then(desk, visit, {{store_change::what::create, call}, {store_change::what::create, row}},
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
