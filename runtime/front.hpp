// The front of a node: what its one port answers, and who behind it takes over.
//
//   /v1/internal/workers       -> RUNNER DOOR   (control socket, contract §2)
//   /call/{call_id}            -> BRIDGE LEG    (bridge, contract §3)
//   /v1/pipes/{id}/connect     -> CLIENT DOOR   (client audio)
//   everything else            -> the REST API
#pragma once

#include "adapters/client/client_door.hpp"
#include "adapters/http/exchange.hpp"
#include "adapters/runner/runner_gate.hpp"
#include "runtime/brakes.hpp"
#include "runtime/keys.hpp"

#include <memory>
#include <mutex>

namespace unpod {

/// The CLIENT DOOR of the moment; NODE puts a new one here when it restarts it. Any thread.
class client_door_slot {
public:
  void put(client_door_actor door) {
    const std::lock_guard lock{mutex_};
    door_ = std::move(door);
  }
  client_door_actor get() const {
    const std::lock_guard lock{mutex_};
    return door_;
  }

private:
  mutable std::mutex mutex_;
  client_door_actor door_;
};

/// Whose runner this is: the key must be good and have the scope runner. 4001 ends the
/// runner's process, so an address that is only braked hears 1013 and comes again.
runner_pass judge_runner(const key_ring& keys, request_brakes& brakes, const http_request& request);

struct front_setup {
  std::shared_ptr<runner_gate> runners;
  std::shared_ptr<client_door_slot> clients;
  gate_rules gate;
  wire_limits bounds;
};

/// The server's `on_upgrade`. Net threads.
void route_upgrade(const front_setup& front, const std::shared_ptr<ws_upgrade>& upgrade);

} // namespace unpod
