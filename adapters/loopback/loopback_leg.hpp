// LOOPBACK LEG: one attempt at one synthetic callee, and the callee's side of the call.
//
//   begun --the number refuses--> ended: busy, rejected or a failure of the trunk
//     '--> ringing --rung out--> ended: no answer
//             '--answers--> opening --PIPES admits--> live --caller_ended, hung up--> ended
//   drop_leg: before `live` ended, cancelled; then hung up as by the API
//
// It ends (quits) with why in its exit reason: of category `dial_end` when no CALL had it,
// of `call_end` when one had. Children: none. It monitors its CALL.
#pragma once

#include "adapters/loopback/callee_line.hpp"
#include "adapters/loopback/callee_script.hpp"
#include "messages/caller.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/outbound.hpp"
#include "messages/services.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// From the LEG to its trunk.
struct leg_ringing {
  call_id call;
  std::uint64_t attempt = 0;
};
UNPOD_MESSAGE(leg_ringing, x.call, x.attempt)

/// From the LEG to its trunk. A CALL has it.
struct leg_answered {
  call_id call;
  std::uint64_t attempt = 0;
};
UNPOD_MESSAGE(leg_answered, x.call, x.attempt)

/// Give it up.
struct drop_leg {};
UNPOD_OPAQUE_MESSAGE(drop_leg)

/// From a speech thread. What the callee says can be said.
struct voice_ready {
  std::shared_ptr<const callee_voice> voice;
};
UNPOD_OPAQUE_MESSAGE(voice_ready)

/// From the line. The callee hung up.
struct callee_left {};
UNPOD_OPAQUE_MESSAGE(callee_left)

/// Timer. It has rung for long enough.
struct ring_check {};
UNPOD_OPAQUE_MESSAGE(ring_check)

/// Timer. A CALL went down without a word, and nobody spoke for it.
struct leg_last_words {};
UNPOD_OPAQUE_MESSAGE(leg_last_words)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::leg_ringing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::leg_answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::drop_leg)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::voice_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::callee_left)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::ring_check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::leg_last_words)

namespace unpod {

/// LOOPBACK LEG as it sees itself.
using loopback_leg_actor = caller_leg_actor::extend<
  // Takes the voice.
  caf::reacts_to<voice_ready>,
  // Answers, or has rung in vain.
  caf::reacts_to<ring_check>,
  // Hangs up.
  caf::reacts_to<callee_left>, caf::reacts_to<drop_leg>,
  // Ends what a crashed CALL left behind.
  caf::reacts_to<leg_last_words>>;

/// What the trunk hears of its legs.
using leg_listener = caf::typed_actor<caf::reacts_to<leg_ringing>, caf::reacts_to<leg_answered>>;

/// Renders phrases off every actor's thread, then calls `done` there, once; null: it cannot.
using voice_maker = std::function<void(
  std::vector<std::string> phrases, std::function<void(std::shared_ptr<const callee_voice>)> done)>;

/// What every leg of a node shares.
struct loopback_house {
  services house;
  media_engine* engine = nullptr; // outlives every leg
  std::shared_ptr<caller_pacer> pacer;
  voice_maker make_voice;
  limits bounds;
};

/// An attempt's end before any CALL had it.
inline caf::error make_dial_end(end_reason reason) {
  return {static_cast<std::uint8_t>(reason), caf::atom("dial_end")};
}

struct loopback_leg_state {
  using self_pointer = self_of<loopback_leg_state, loopback_leg_actor>;

  enum class phase { ringing, opening, live };

  static inline const char* name = "loopback_leg";

  explicit loopback_leg_state(self_pointer self) : self(self) {}
  ~loopback_leg_state();

  void begin(leg_listener trunk, dial_call what, loopback_house with);
  void take_voice(const voice_ready& event);
  void check_ring();
  void answer_if_ready();
  void on_opened(const opened_call& reply);
  void on_refused(const caf::error& why);
  void drop();
  void on_left();
  void on_ended(const caller_ended& event);
  void on_moved(const caller_moved& event);
  void on_call_down(const caf::down_msg& down);
  void on_exit(const caf::exit_msg& exit);

  self_pointer self;
  leg_listener trunk;
  dial_call dial;
  loopback_house house;
  callee_script script;
  std::shared_ptr<const callee_voice> voice;
  std::shared_ptr<callee_line> line;
  std::shared_ptr<call_media> media;
  call_ear_actor call;
  phase at = phase::ringing;
  bool rung = false;
  bool dropped = false;
};

loopback_leg_actor::behavior_type loopback_leg(loopback_leg_state::self_pointer self,
                                               leg_listener trunk, dial_call dial,
                                               loopback_house house);

} // namespace unpod
