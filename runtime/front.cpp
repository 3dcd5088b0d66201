#include "runtime/front.hpp"

#include "adapters/http/route_path.hpp"
#include "adapters/websocket/channel.hpp"
#include "messages/access.hpp"

#include <string>

namespace unpod {

namespace {

http_response refusal_of_upgrade(int status, const char* detail) {
  http_response response;
  response.status = status;
  response.body = std::string{R"({"detail":")"} + detail + "\"}";
  if (status == 503)
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

} // namespace

runner_pass judge_runner(const key_ring& keys, request_brakes& brakes,
                         const http_request& request) {
  const auto secret = credential_of(request.header("authorization"));
  if (!keys.remembers(secret) && brakes.peer_wait(request.peer).count() > 0)
    return {std::nullopt, {}, close_code::try_again, "too many bad keys came from this address"};
  const auto caller = keys.check(secret);
  if (!caller) {
    if (!secret.empty())
      brakes.peer_failed(request.peer);
    return {
      std::nullopt, {}, close_code::bad_credentials, "the API key is not valid for this node"};
  }
  if (!allows(caller->scopes, caller->node_admin, access::runner))
    return {std::nullopt,
            {},
            close_code::bad_credentials,
            "this API key may not run agents: it needs the scope runner"};
  return {caller->project, caller->key, 0, {}};
}

void route_upgrade(const front_setup& front, const std::shared_ptr<ws_upgrade>& upgrade) {
  static const path_pattern workers{"v1/internal/workers"};
  static const path_pattern bridge{"call/{id}"};
  static const path_pattern client{"v1/pipes/{id}/connect"};
  const auto segments = route_path(upgrade->request().path);
  if (!segments)
    return upgrade->refuse(refusal_of_upgrade(400, "the path is malformed"));
  if (workers.match(*segments))
    return front.runners->on_control_upgrade(upgrade);
  if (const auto caught = bridge.match(*segments))
    return front.runners->on_bridge_upgrade(upgrade, call_id{std::string{(*caught)["id"]}});
  if (const auto caught = client.match(*segments)) {
    if (const auto door = front.clients->get())
      return on_client_upgrade(front.gate, front.bounds, door, upgrade,
                               pipe_id{std::string{(*caught)["id"]}});
    return upgrade->refuse(refusal_of_upgrade(503, "the node is starting or stopping"));
  }
  upgrade->refuse(refusal_of_upgrade(404, "no WebSocket is served here"));
}

} // namespace unpod
