#include "adapters/runner/runner_gate.hpp"

#include "adapters/http/route_path.hpp"
#include "adapters/runner/serve_signing.hpp"
#include "messages/log.hpp"

namespace unpod {

namespace {

constexpr auto room = "adapters.runner";

/// bytes. A token of ours is shorter by far.
constexpr std::size_t token_bytes_max = 512;

std::string token_of(const http_request& request) {
  const auto query = parse_query(request.query);
  const auto token = query ? query->find("token") : std::nullopt;
  return token && token->size() <= token_bytes_max ? std::string{*token} : std::string{};
}

} // namespace

runner_gate::runner_gate(options with) : with_(std::move(with)) {}

void runner_gate::use_door(runner_door_actor door) {
  const std::lock_guard lock{mutex_};
  with_.door = std::move(door);
}

runner_door_actor runner_gate::door() const {
  const std::lock_guard lock{mutex_};
  return with_.door;
}

void runner_gate::recheck(std::function<bool(const std::string& key)> may_run) const {
  if (const auto to = door())
    caf::anon_send(to, recheck_runners{std::move(may_run)});
}

void runner_gate::on_control_upgrade(const std::shared_ptr<ws_upgrade>& upgrade) const {
  const auto& request = upgrade->request();
  auto url = with_.public_url.empty() ? public_url_of(request) : with_.public_url;
  auto opened = [door = door(), pass = with_.authorise(request), url = std::move(url),
                 peer = request.peer](const ws_channel_ptr& channel) {
    if (!channel)
      return;
    if (pass.project && !door)
      return turn_away(channel, close_code::going_away, "this node is stopping");
    if (pass.project)
      return caf::anon_send(door, runner_socket{channel, *pass.project, url, pass.key});
    log(log_level::warn, room, peer,
        "runner closed with " + std::to_string(pass.code) + ": " + pass.why);
    turn_away(channel, pass.code, pass.why);
  };
  upgrade->accept("", with_.limits.runner_message_bytes_max, std::move(opened),
                  2 * with_.limits.runner_queue_bytes_max);
}

void runner_gate::on_bridge_upgrade(const std::shared_ptr<ws_upgrade>& upgrade,
                                    const call_id& call) const {
  const auto& request = upgrade->request();
  auto opened = [pairings = with_.pairings, token = token_of(request), call,
                 peer = request.peer](const ws_channel_ptr& channel) {
    if (!channel)
      return;
    if (const auto leg = pairings->find(call, token))
      return caf::anon_send(leg, bridge_socket{std::make_shared<offered_channel>(channel)});
    log(log_level::warn, room, peer, "bridge without a pairing closed with 4003");
    turn_away(channel, close_code::not_paired, "no call waits for this token");
  };
  upgrade->accept("", with_.limits.runner_message_bytes_max, std::move(opened),
                  2 * with_.limits.runner_queue_bytes_max);
}

std::string public_url_of(const http_request& request) {
  return (request.secure ? "wss://" : "ws://") + std::string{request.header("host")};
}

std::string bridge_url(const std::string& public_url, const call_id& call) {
  return public_url + "/call/" + url_encode(call.str());
}

} // namespace unpod
