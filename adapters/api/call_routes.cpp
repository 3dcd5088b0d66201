// Calls, sessions and transcripts: one record, three ways to look at it
// (contract §1.9, §1.12, §1.13); and session tokens (§4.5).
#include "adapters/api/desk.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// The caller's project's calls, newest first, that `wanted` keeps.
template <class Wanted>
std::vector<call_record> calls_of(const api_desk& desk, const api_visit& visit, Wanted wanted) {
  std::vector<call_record> mine;
  list_query page;
  page.rows_max = desk->bounds.store.list_rows_max;
  page.newest_first = true;
  page.project = visit.caller.project;
  for (auto& call : list<call_record>(*desk->reader, table::calls, page))
    if (wanted(call))
      mine.push_back(std::move(call));
  return mine;
}

std::optional<call_record> call_of(const api_desk& desk, const api_visit& visit) {
  auto call = find<call_record>(*desk->reader, table::calls, visit.part("id"));
  if (!call || call->project != visit.caller.project) {
    visit.answer(error_answer(404, "there is no call or session '" + visit.part("id") + "'"));
    return std::nullopt;
  }
  return call;
}

bool matches(const query_arguments& query, std::string_view name, const std::string& value) {
  const auto wanted = query.find(name);
  return !wanted || *wanted == value;
}

void list_calls(const api_desk& desk, const api_visit& visit) {
  const auto calls = calls_of(desk, visit, [&](const call_record& call) {
    return matches(visit.query, "call_status", call.status)
           && matches(visit.query, "pipe_id", call.pipe.str());
  });
  visit.answer(ok_answer(
    200, json_list(calls, [](const call_record& call) { return call_json(call, false); })));
}

void get_call(const api_desk& desk, const api_visit& visit) {
  if (const auto call = call_of(desk, visit))
    visit.answer(ok_answer(200, call_json(*call, true)));
}

void hang_up_call(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  ask<end_call_done>(desk, visit, desk->house->get<pipes_actor>(),
      end_call{call->id, end_reason::api_hangup},
      [call = *call](const end_call_done&) { return ok_answer(200, call_json(call, true)); });
}

void list_sessions(const api_desk& desk, const api_visit& visit) {
  visit.answer(ok_answer(
    200, json_list(calls_of(desk, visit, [](const call_record&) { return true; }), session_json)));
}

void get_session(const api_desk& desk, const api_visit& visit) {
  if (const auto call = call_of(desk, visit))
    visit.answer(ok_answer(200, session_json(*call)));
}

void end_session(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  ask<end_call_done>(desk, visit, desk->house->get<pipes_actor>(),
      end_call{call->id, end_reason::api_hangup}, [id = call->id](const end_call_done&) {
        return ok_answer(200,
                         json_line{}.text("session_id", id.str()).text("state", "ended").str());
      });
}

void list_transcripts(const api_desk& desk, const api_visit& visit) {
  const auto heard = [](const call_record& call) { return !call.transcript.empty(); };
  visit.answer(ok_answer(200, json_list(calls_of(desk, visit, heard), session_json)));
}

/// The token itself is shown here and nowhere else; its hash is kept.
void create_token(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto wanted = json::text(*body, "pipe_id").value_or("");
  const auto pipe = find<pipe_record>(*desk->reader, table::pipes, wanted);
  if (!pipe || pipe->project != visit.caller.project)
    return visit.answer(error_answer(404, "there is no pipe '" + wanted + "'"));
  const auto* metadata = json::member(*body, "metadata");
  if (metadata && !metadata->IsObject() && !metadata->IsNull())
    return visit.answer(error_answer(422, "metadata must be an object"));
  const auto token = desk->new_token();
  token_record record;
  record.hash = desk->hash_token(token);
  record.project = visit.caller.project;
  record.pipe = pipe->id;
  record.metadata_json = metadata && metadata->IsObject() ? json::dump(*metadata) : "{}";
  record.expires
    = wall_now() + std::chrono::milliseconds{desk->bounds.node.token_life}.count();
  if (record.metadata_json.size() > extra_bytes_max)
    return visit.answer(error_answer(422, "metadata is larger than "
                                            + std::to_string(extra_bytes_max) + " bytes"));
  write_then(desk, visit, {{store_change::what::create, record}},
             ok_answer(201, json_line{}.text("token", token)
                              .raw("expires_at", json_time(record.expires)).str()));
}

} // namespace

std::vector<api_route> call_routes() {
  return {
    {"GET", path_pattern{"v1/calls"}, access::read, list_calls},
    {"GET", path_pattern{"v1/calls/{id}"}, access::read, get_call},
    {"POST", path_pattern{"v1/calls/{id}/hangup"}, access::call, hang_up_call},
    {"POST", path_pattern{"v1/sessions/token"}, access::call, create_token},
    {"GET", path_pattern{"v1/sessions"}, access::read, list_sessions},
    {"GET", path_pattern{"v1/sessions/{id}"}, access::read, get_session},
    {"POST", path_pattern{"v1/sessions/{id}/end"}, access::call, end_session},
    {"GET", path_pattern{"v1/transcripts"}, access::read, list_transcripts},
  };
}

} // namespace unpod
