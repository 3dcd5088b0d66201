// PROVIDER: how one speech provider is doing, over all calls of the node, and the probes
// that bring it back.
//
//   closed --a call lost it--> open --wait--> probing --all streams work--> closed
//                               ^---one fails, or none in time---/    (circuit_breaker.hpp)
//
// A probe opens a stream of each kind the profiles use it for: a recogniser that gets ready,
// a voice that makes a sound of one word. What comes of it is a report like any other.
// Children: the streams of a probe.
#pragma once

#include "actors/circuit_breaker.hpp"
#include "actors/rolling_times.hpp"
#include "messages/call_timers.hpp"
#include "messages/observed.hpp"
#include "messages/profile_catalogue.hpp"
#include "messages/providers.hpp"
#include "messages/services.hpp"
#include "messages/speech.hpp"

namespace unpod {

struct provider_setup {
  std::string name;
  speech_provider streams;    // with neither kind: it is never probed
  profile_catalogue profiles; // where a probe finds a model and a voice
  providers_actor parent;     // gets the outcome of a probe
  services house;             // for the ACCOUNTANT; may be null
  circuit_breaker breaker{};  // as it is: of one that died before it, open perhaps
};

/// PROVIDER as it sees itself: the interface, its probe's streams and its timer.
using probing_provider =
  provider_actor::extend<caf::reacts_to<stt_ready>, caf::reacts_to<stt_partial>,
                         caf::reacts_to<stt_final>, caf::reacts_to<stt_failed>,
                         caf::reacts_to<tts_first_byte>, caf::reacts_to<tts_piece_done>,
                         caf::reacts_to<tts_failed>, caf::reacts_to<clock_check>>;

/// What a report does to a breaker, here and in PROVIDERS.
void take_report(circuit_breaker& breaker, const provider_report& report, mono_time now);

struct provider_state {
  using self_pointer = self_of<provider_state, probing_provider>;

  static inline const char* name = "provider";

  explicit provider_state(self_pointer self) : self(self) {}
  ~provider_state();

  /// The probe that is on, if one is.
  struct trial {
    mono_time begun{0}, ends{0};           // `ends` 0: none is on
    std::vector<caf::actor> streams;       // that are open
    std::vector<caf::actor> not_yet_known; // of these, those of which nothing is known
    std::vector<caf::typed_response_promise<tested_provider>> asked_by;
  };

  void begin(provider_setup with);
  void note(const provider_report& report);
  void note(const provider_used& used);
  caf::result<tested_provider> test();
  void look();
  void worked(const caf::strong_actor_ptr& stream);
  void failed(const std::string& why, trouble kind);
  void on_down(const caf::down_msg& down);
  provider_health health() const;

  bool can_be_probed() const;
  void begin_probe();
  void end_probe(bool ok, const std::string& why, trouble kind);
  void look_again();
  template <class Handle>
  void adopt(const Handle& stream);
  mono_time now() const;

  self_pointer self;
  provider_setup setup;
  provider_health counts;
  rolling_times first_bytes;
  circuit_breaker breaker{};
  bool looking = false;
  trial probe;
};

probing_provider::behavior_type provider(provider_state::self_pointer self, provider_setup setup);

} // namespace unpod
