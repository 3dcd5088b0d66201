// CLIENT DOOR: lets clients in whose token is good, and holds their legs.
//
//   knock --STORE uses up the token--> accept --socket open--> CLIENT LEG
//     |      a token with `listen_only` and a call_id in its metadata joins that call: it
//     |      hears all and is never heard
//     +-- token bad, used, expired, or for another pipe --> 401, or error and close 4401
//     +-- as many legs as calls_max, or no STORE --> 503, Retry-After
//
// Children: one CLIENT LEG per open socket, never restarted: a client that was
// cut off connects again. Knocks and sockets under way are bounded by the
// server's connections_max, each by its own connection.
#pragma once

#include "adapters/client/client_gate.hpp"
#include "adapters/client/client_leg.hpp"
#include "messages/store.hpp"

#include <caf/actor_addr.hpp>

#include <set>

namespace unpod {

/// s. Default 5: how long the STORE may take to use up a token; longer and the client tries again.
inline constexpr std::chrono::seconds token_wait{5};

/// From the gate, on a net thread. A client waits for the verdict on its token.
struct client_knocked {
  client_knock_ptr knock;
};
UNPOD_OPAQUE_MESSAGE(client_knocked)

/// A socket on its way from the net thread to its leg; dropped on the way, it is closed.
class entered_socket {
public:
  entered_socket(ws_channel_ptr channel, client_entry entry);
  ~entered_socket();

  entered_socket(const entered_socket&) = delete;
  entered_socket& operator=(const entered_socket&) = delete;

  ws_channel_ptr take();
  const client_entry& entry() const {
    return entry_;
  }

private:
  ws_channel_ptr channel_;
  client_entry entry_;
};

/// From the server, on a net thread. The handshake is done.
struct client_entered {
  std::shared_ptr<entered_socket> socket;
};
UNPOD_OPAQUE_MESSAGE(client_entered)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::client_knocked)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::client_entered)

namespace unpod {

/// The CLIENT DOOR interface.
using client_door_actor = caf::typed_actor<
  // Has the token used up, and grants or refuses the handshake.
  caf::reacts_to<client_knocked>,
  // Spawns the leg of an open socket.
  caf::reacts_to<client_entered>>;

struct client_door_state {
  using self_pointer = self_of<client_door_state, client_door_actor>;

  static inline const char* name = "client_door";

  explicit client_door_state(self_pointer self) : self(self) {}

  void check_token(const client_knocked& event);
  void let_in(const client_knock_ptr& knock, const token_record& token);
  void turn_away(const client_knock_ptr& knock, const caf::error& why);
  void spawn_leg(const client_entered& event);
  void on_leg_down(const caf::down_msg& down);
  void on_exit(const caf::exit_msg& exit);

  self_pointer self;
  client_house house;
  std::function<call_id()> new_call;
  std::set<caf::actor_addr> legs;
};

/// `new_call` makes a fresh call id; it is called on the door's thread.
client_door_actor::behavior_type client_door(client_door_state::self_pointer self,
                                             client_house house, std::function<call_id()> new_call);

/// The server's `on_upgrade` for a client: the gate, then the door. Net thread.
void on_client_upgrade(const gate_rules& rules, const wire_limits& bounds,
                       const client_door_actor& door, std::shared_ptr<ws_upgrade> upgrade,
                       const pipe_id& pipe);

} // namespace unpod
