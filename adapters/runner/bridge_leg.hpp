// BRIDGE LEG: one call's line to its Agent Runner. Waits for the runner's dial, or
// dials one that serves; its state machine is bridge_session. Text only.
//
//   spawned, paired --socket--> session ... --bridge_close--> closed, quits
//
// Children: none. Its parent is the CALL, which adopts it (monitor, one-way link).
// However it dies: its pairing goes, its socket is closed.
#pragma once

#include "adapters/runner/bridge_pairings.hpp"
#include "adapters/runner/bridge_session.hpp"
#include "adapters/websocket/client.hpp"
#include "messages/observed.hpp"

namespace unpod {

/// What every leg of a node shares.
struct bridge_wiring {
  std::shared_ptr<bridge_pairings> pairings;
  websocket_dialer dial; // for runners that serve
  bridge_limits limits;
  wire_limits wire;
  feed_limits feed;
};

/// Pairs each leg before it returns, so that the runner can be told to dial at once.
bridge_spawner make_bridge_spawner(bridge_wiring wiring);

/// BRIDGE LEG as it sees itself.
using bridge_leg_self =
  bridge_actor::extend<caf::reacts_to<bridge_socket>, caf::reacts_to<bridge_undialled>,
                       caf::reacts_to<raw_frame>, caf::reacts_to<socket_over>,
                       caf::reacts_to<session_tick>>;

struct bridge_leg_state {
  using self_pointer = self_of<bridge_leg_state, bridge_leg_self>;

  static inline const char* name = "bridge_leg";

  explicit bridge_leg_state(self_pointer self) : self(self) {}

  void begin(bridge_listener hears, bridge_opening opening, const bridge_wiring& wiring);
  void take(const bridge_socket& socket);
  void hear(const raw_frame& frame);
  void end(const socket_over& event);
  void look_at_clock();
  void dial(const bridge_opening& opening, const bridge_wiring& wiring);

  /// What the CALL says goes to the session as it is.
  template <class Command>
  void tell(const Command& command) {
    settle();
    perform(session->tell(command, now()));
  }

  void settle();
  void perform(bridge_session::outputs outputs);
  void do_it(send_frame& frame);
  void do_it(close_socket& how);
  void do_it(leg_over& end);
  template <class Event>
  void do_it(Event& event) {
    self->send(listener, std::move(event));
  }
  void set_timer();
  mono_time now() const;

  self_pointer self;
  bridge_listener listener;
  std::string about; // the call, for the log
  feed_limits feed;
  held_channel channel;
  std::uint64_t sockets = 0; // the newest is the one in use
  std::optional<bridge_session> session;
  mono_time timer_due = mono_time::max();
};

bridge_leg_self::behavior_type bridge_leg(bridge_leg_state::self_pointer self,
                                          bridge_listener listener, bridge_opening opening,
                                          bridge_wiring wiring);

} // namespace unpod
