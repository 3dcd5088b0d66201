// BRAIN LEG: one call's line to a brain behind a URL, where a runner's BRIDGE LEG would be.
// Its state machine is brain_session; the way out is a port it was given.
//
//   spawned --begins--> joined ... asks, answers ... --bridge_close--> quits
//
// Children: none. Its parent is the CALL, which adopts it (monitor, one-way link).
// However it dies: what it asks is aborted.
#pragma once

#include "adapters/llm/brain_session.hpp"
#include "messages/observed.hpp"
#include "messages/outgoing.hpp"

#include <memory>

namespace unpod {

/// Event of the way out. The head of an answer.
struct answer_head {
  std::uint64_t number = 0;
  int status = 0;
  std::string content_type;
};
UNPOD_MESSAGE(answer_head, x.number, x.status)

/// Event of the way out. A piece of an answer.
struct answer_piece {
  std::uint64_t number = 0;
  std::string bytes;
  mono_time at{0};
};
UNPOD_MESSAGE(answer_piece, x.number)

/// Event of the way out. The end of an answer.
struct answer_end {
  std::uint64_t number = 0;
  outgoing_result result;
  mono_time at{0};
};
UNPOD_MESSAGE(answer_end, x.number)

/// Timer of the leg.
struct brain_tick {};
UNPOD_OPAQUE_MESSAGE(brain_tick)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::answer_head)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::answer_piece)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::answer_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::brain_tick)

namespace unpod {

/// What every leg of a node shares.
struct brain_wiring {
  outgoing_http_ptr outgoing;
  llm_settings node;
  brain_limits bounds;
  std::size_t json_depth_max = 32;
};

bridge_spawner make_brain_spawner(brain_wiring wiring);

/// BRAIN LEG as it sees itself.
using brain_leg_self =
  bridge_actor::extend<caf::reacts_to<answer_head>, caf::reacts_to<answer_piece>,
                       caf::reacts_to<answer_end>, caf::reacts_to<brain_tick>>;

struct brain_leg_state {
  using self_pointer = self_of<brain_leg_state, brain_leg_self>;

  static inline const char* name = "brain_leg";

  explicit brain_leg_state(self_pointer self) : self(self) {}
  ~brain_leg_state();

  void begin(bridge_listener hears, bridge_opening opening, const brain_wiring& wiring);
  void perform(brain_session::outputs outputs);
  void do_it(send_ask& ask);
  void do_it(drop_ask& drop);
  void do_it(brain_over& end);
  template <class Event>
  void do_it(Event& event) {
    self->send(listener, std::move(event));
  }
  void set_timer();
  mono_time now() const;

  self_pointer self;
  bridge_listener listener;
  std::string about; // the call, for the log
  outgoing_http_ptr outgoing;
  std::shared_ptr<outgoing_exchange> exchange; // of the newest ask
  std::optional<brain_session> session;
  mono_time timer_due = mono_time::max();
};

brain_leg_self::behavior_type brain_leg(brain_leg_state::self_pointer self,
                                        bridge_listener listener, bridge_opening opening,
                                        const brain_wiring& wiring);

} // namespace unpod
