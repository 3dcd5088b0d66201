// RUNNER GATE: what the router does with the WebSocket upgrades of Agent Runners.
// Lets everybody in, so that whoever must go hears why in a close code: an HTTP
// error makes the SDK try for ever (contract §0.5, §6 G27).
//
//   control: accept -> key good, scope runner -> RUNNER DOOR      else -> close 4001
//   bridge:  accept -> token good -> BRIDGE LEG     token bad, call over -> close 4003
//
// Called on net threads; never blocks.
#pragma once

#include "adapters/http/exchange.hpp"
#include "adapters/runner/bridge_pairings.hpp"
#include "adapters/runner/runner_door.hpp"
#include "messages/limits.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace unpod {

/// Whose runner it is that knocks; without a project: why it is none, and the close code
/// that tells its SDK whether to come again.
struct runner_pass {
  std::optional<std::string> project = std::nullopt;
  std::string key = {}; // its id
  std::uint16_t code = 0;
  std::string why = {};
};

/// Looks at the `Authorization` of a control socket's request. Any net thread; may read
/// the store, must not wait.
using runner_authoriser = std::function<runner_pass(const http_request& request)>;

class runner_gate {
public:
  struct options {
    /// ws(s)://host[:port] given to runners (`--public-url`), no slash at its end; empty: what each
    /// one used itself.
    std::string public_url;
    runner_authoriser authorise;
    runner_door_actor door;
    std::shared_ptr<bridge_pairings> pairings;
    wire_limits limits;
  };

  explicit runner_gate(options with);

  /// The door was restarted: this is it now; null: the node stops, runners get 1001. Any thread.
  void use_door(runner_door_actor door);

  /// Keys were written: runners of those that may run agents no more are closed. Any thread.
  void recheck(std::function<bool(const std::string& key)> may_run) const;

  /// `/v1/internal/workers` (contract §2.1).
  void on_control_upgrade(const std::shared_ptr<ws_upgrade>& upgrade) const;

  /// `/call/<session_id>?token=…` (contract §3.1, §3.2).
  void on_bridge_upgrade(const std::shared_ptr<ws_upgrade>& upgrade, const call_id& call) const;

private:
  runner_door_actor door() const;

  options with_; // all but the door never change
  mutable std::mutex mutex_;
};

/// The base a runner reached us by: scheme and Host of its own request.
std::string public_url_of(const http_request& request);

/// `<public_url>/call/<session_id>`: the bridge_url of a job; its token travels beside it.
std::string bridge_url(const std::string& public_url, const call_id& call);

} // namespace unpod
