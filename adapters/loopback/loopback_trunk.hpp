// LOOPBACK TRUNK: plays TRUNKS with synthetic callees inside the node, so that every step of
// an outbound call can be seen and heard without a carrier.
//
//   dial_call --> LOOPBACK LEG --ringing, answered, its end--> CALL QUEUE
//
// It remembers what it has on the line, and nothing else: asked after an attempt that it does
// not know (`resumed`, after a restart), it dials nobody and says `node_lost`.
// Children: a LEG for each attempt on the line.
#pragma once

#include "adapters/loopback/loopback_leg.hpp"

#include <map>

namespace unpod {

/// The trunk's id in records.
inline constexpr const char* loopback_trunk_id = "loopback";

/// LOOPBACK TRUNK as it sees itself.
using loopback_trunk_actor =
  trunks_actor::extend<caf::reacts_to<leg_ringing>, caf::reacts_to<leg_answered>>;

struct loopback_trunk_state {
  using self_pointer = self_of<loopback_trunk_state, loopback_trunk_actor>;

  struct attempt {
    std::uint64_t number = 0;
    loopback_leg_actor leg;
    bool rings = false;
    bool answered = false;
  };

  static inline const char* name = "loopback_trunk";

  explicit loopback_trunk_state(self_pointer self) : self(self) {}

  void dial(const dial_call& command);
  void drop(const drop_dial& command);
  void note_ringing(const leg_ringing& event);
  void note_answered(const leg_answered& event);
  void on_down(const caf::down_msg& down);
  void on_exit(const caf::exit_msg& exit);
  void tell_how_it_is(const call_id& call, const attempt& known);

  template <class Message>
  void tell_queue(Message message) {
    tell_service<call_queue_actor>(self, house.house, std::move(message));
  }

  self_pointer self;
  loopback_house house;
  std::map<call_id, attempt> attempts;
};

loopback_trunk_actor::behavior_type loopback_trunk(loopback_trunk_state::self_pointer self,
                                                   loopback_house house);

} // namespace unpod
