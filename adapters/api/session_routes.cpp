// Sessions and transcripts: calls, looked at another way (contract §1.12, §1.13); and
// session tokens (§4.5). Who takes part in them: room_routes.cpp.
#include "adapters/api/call_endings.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/usage_sums.hpp"

#include "messages/json_line.hpp"

namespace unpod {

namespace {

/// Sessions that pass the request's filters and this one.
void answer_sessions(const api_desk& desk, const api_visit& visit, const call_filter& wanted) {
  answer_page(
    desk, visit,
    [&](const call_record& call) {
      return wanted(call) && matches(visit.query, "status", session_status(call))
             && matches(visit.query, "pipe_id", call.pipe.str())
             && matches(visit.query, "agent_id", call.agent.str())
             && matches(visit.query, "call_id", call.id.str());
    },
    [&](const call_record& call) {
      return session_json(call, recording_url_of(desk, visit, call));
    });
}

void list_sessions(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    answer_sessions(at, for_whom, [](const call_record&) { return true; });
  });
}

void list_transcripts(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    answer_sessions(at, for_whom, [](const call_record& call) { return !call.transcript.empty(); });
  });
}

void get_session(const api_desk& desk, const api_visit& visit) {
  if (const auto call = call_of(desk, visit))
    visit.answer(ok_answer(200, session_json(*call, recording_url_of(desk, visit, *call),
                                             usage_json(*desk->reader, call->id))));
}

http_response ended_answer(const call_id& id) {
  return ok_answer(200, json_line{}.text("session_id", id.str()).text("state", "ended").str());
}

/// A session that is over stays so: asked twice, the answer is the same.
void end_session(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  if (call->ended > 0)
    return visit.answer(ended_answer(call->id));
  end_call_then(desk, visit, *call,
                [](const call_record& ended) { return ended_answer(ended.id); });
}

/// A token to listen in names a live call of its pipe; else words say what is wrong.
http_response listener_mistake(const api_desk& desk, const api_visit& visit,
                               const json::value& metadata, const pipe_record& pipe) {
  const auto id = json::text(metadata, "call_id").value_or("");
  if (id.empty())
    return error_answer(422, "metadata.call_id is missing: which call is to be listened to?");
  const auto call = find<call_record>(*desk->reader, table::calls, id);
  if (!call || call->project != visit.caller.project)
    return error_answer(404, "there is no call '" + id + "'");
  if (call->pipe != pipe.id)
    return error_answer(422, "call '" + id + "' is on pipe '" + call->pipe.str() + "'");
  if (call->ended > 0)
    return error_answer(409, "call '" + id + "' has ended");
  return {};
}

/// The token itself is shown here and nowhere else; its hash is kept.
void create_token(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto wanted = json::text(*body, "pipe_id").value_or("");
  if (wanted.empty())
    return visit.answer(error_answer(422, "pipe_id is missing: which pipe is the token for?"));
  const auto pipe = find<pipe_record>(*desk->reader, table::pipes, wanted);
  if (!pipe || pipe->project != visit.caller.project)
    return visit.answer(error_answer(404, "there is no pipe '" + wanted + "'"));
  const auto* metadata = json::member(*body, "metadata");
  if (metadata && !metadata->IsObject() && !metadata->IsNull())
    return visit.answer(error_answer(422, "metadata must be an object"));
  if (metadata && metadata->IsObject() && json::flag(*metadata, "listen_only").value_or(false)) {
    auto mistake = listener_mistake(desk, visit, *metadata, *pipe);
    if (!mistake.body.empty())
      return visit.answer(std::move(mistake));
  }
  const auto token = desk->new_token();
  token_record record;
  record.hash = desk->hash_token(token);
  record.project = visit.caller.project;
  record.pipe = pipe->id;
  record.metadata_json = metadata && metadata->IsObject() ? json::dump(*metadata) : "{}";
  record.expires = wall_now() + std::chrono::milliseconds{desk->bounds.node.token_life}.count();
  if (record.metadata_json.size() > extra_bytes_max)
    return visit.answer(
      error_answer(422, "metadata is larger than " + std::to_string(extra_bytes_max) + " bytes"));
  write_then(
    desk, visit, {{store_change::what::create, record}},
    ok_answer(201,
              json_line{}.text("token", token).raw("expires_at", json_time(record.expires)).str()));
}

} // namespace

std::vector<api_route> session_routes() {
  return {
    {"POST", path_pattern{"v1/sessions/token"}, access::call, create_token},
    {"GET", path_pattern{"v1/sessions"}, access::read, list_sessions},
    {"GET", path_pattern{"v1/sessions/{id}"}, access::read, get_session},
    {"POST", path_pattern{"v1/sessions/{id}/end"}, access::call, end_session},
    {"GET", path_pattern{"v1/transcripts"}, access::read, list_transcripts},
  };
}

} // namespace unpod
