// RUNNER DOOR: takes accepted control sockets and gives each its face. Holds
// nothing else, so nothing is lost when it is restarted but the sockets, and
// runners come back by themselves.
//
//   runner_socket --below the limit--> RUNNER FACE spawned ... down --> forgotten
//         \--at the limit--> closed 1013
//
// Children: RUNNER FACE, never restarted: it is its socket. Parent: NODE.
#pragma once

#include "adapters/runner/control_face.hpp"

#include <caf/actor_addr.hpp>

#include <functional>
#include <map>
#include <string>

namespace unpod {

/// Event, from a net thread. A runner's socket, accepted and its key checked, not started.
struct runner_socket {
  ws_channel_ptr channel;
  std::string project;
  std::string public_url; // ws(s)://host[:port], base of the bridge URLs it will get
  std::string key = {};   // id of the key it came with
};
UNPOD_OPAQUE_MESSAGE(runner_socket)

/// Command. Keys were written: the sockets of those that may run agents no more are closed
/// (4001). Their calls go on, each on its bridge.
struct recheck_runners {
  std::function<bool(const std::string& key)> may_run; // reads the store, waits for nobody
};
UNPOD_OPAQUE_MESSAGE(recheck_runners)

/// The RUNNER DOOR interface.
using runner_door_actor = caf::typed_actor<
  // A runner is here.
  caf::reacts_to<runner_socket>,
  // The orchestrator is another one now.
  caf::reacts_to<use_registry>,
  // Some keys are none any more.
  caf::reacts_to<recheck_runners>>;

struct runner_door_state {
  using self_pointer = self_of<runner_door_state, runner_door_actor>;

  static inline const char* name = "runner_door";

  explicit runner_door_state(self_pointer self) : self(self) {}

  void admit(const runner_socket& socket);
  void change_registry(const use_registry& command);
  void recheck(const recheck_runners& command);
  void forget(const caf::down_msg& down);
  void close(const caf::exit_msg& exit);

  self_pointer self;
  runner_registry_actor registry;
  control_limits limits;
  feed_limits feed;
  struct guest {
    runner_face_self face;
    std::string key;
  };
  std::map<caf::actor_addr, guest> faces;
  std::function<bool(const std::string& key)> may_run; // of the last recheck
};

runner_door_actor::behavior_type runner_door(runner_door_state::self_pointer self,
                                             runner_registry_actor registry, control_limits limits,
                                             feed_limits feed);

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::runner_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::recheck_runners)
