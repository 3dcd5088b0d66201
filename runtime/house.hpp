// NODE: the root of the supervision tree. It starts the long-lived actors in
// order and starts again whichever of them dies.
//
//   STORE, ACCOUNTANT, PROVIDERS, ORCHESTRATOR, ANALYST, PIPES, WEBHOOKS, CLIENT DOOR,
//   RUNNER DOOR
//
// A role that others registered with takes those down with it (`also`): when the
// ORCHESTRATOR dies, so does the RUNNER DOOR, and every runner connects anew
// (architecture §2: rebuilt from the sockets). Calls go on.
#pragma once

#include "actors/restart_budget.hpp"
#include "messages/inspect.hpp"
#include "messages/observed.hpp"

#include <caf/typed_actor.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace unpod {

/// Timer of NODE. This role's pause after too many deaths is over.
struct revive_role {
  std::uint64_t role = 0;
};
UNPOD_MESSAGE(revive_role, x.role)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::revive_role)

namespace unpod {

using node_actor = caf::typed_actor<
  // Starts a role again.
  caf::reacts_to<revive_role>>;

struct node_state;
using node_self = caf::stateful_actor<node_state, observed<node_actor::base>>;

/// One long-lived actor: its name, how it is started (as an adopted child, its
/// handle put where others find it), and which roles fall with it.
struct house_role {
  std::string name;
  std::function<caf::actor_addr(node_self* self)> start;
  std::vector<std::string> also;
};

struct node_state {
  /// deaths in `window`. 5 in 10 s: then a role waits a second before its next life.
  static constexpr std::size_t deaths_max = 5;
  static constexpr std::chrono::seconds window{10};

  static inline const char* name = "node";

  explicit node_state(node_self* self) : self(self) {}

  void begin(std::vector<house_role> with);
  void start(std::size_t role);
  void on_down(const caf::down_msg& down);

  struct life {
    caf::actor_addr actor;
    restart_budget budget{deaths_max, window};
  };

  node_self* self;
  std::vector<house_role> roles;
  std::vector<life> lives;
};

node_actor::behavior_type house_actor(node_self* self, std::vector<house_role> roles);

} // namespace unpod
