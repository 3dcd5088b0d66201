// PROVIDERS: which speech providers a call should try, and in which order.
//
// Profiles come from the node's catalogue as it is when a call begins.
// A profile's order stands, but a provider whose breaker is open goes behind the others
// until it works again: a probe found out, or a call that had no other. One that nobody
// can probe is tried again when `forgiven_after` is over.
// Children: one PROVIDER per configured speech provider, restarted when it dies
// (its counts begin anew).
#pragma once

#include "actors/circuit_breaker.hpp"
#include "actors/rolling_times.hpp"
#include "messages/clock.hpp"
#include "messages/observed.hpp"
#include "messages/profile_catalogue.hpp"
#include "messages/providers.hpp"
#include "messages/services.hpp"
#include "messages/speech.hpp"

#include <map>
#include <memory>
#include <vector>

namespace unpod {

struct providers_setup {
  profile_catalogue profiles;
  std::vector<std::string> providers;
  std::map<std::string, speech_provider> streams = {}; // for probes
  services house = {};                                 // for the ACCOUNTANT; may be null
};

struct providers_state {
  using self_pointer = self_of<providers_state, providers_actor>;

  /// s. 30: then a call tries it again.
  static constexpr std::chrono::seconds forgiven_after{30};

  static inline const char* name = "providers";

  explicit providers_state(self_pointer self) : self(self) {}

  struct entry {
    provider_actor actor;
    circuit_breaker breaker{};
    rolling_times first_bytes{}; // ms
  };

  void begin(providers_setup with);
  caf::result<picked_providers> pick(const pick_providers& request) const;
  void note(const provider_report& report);
  void note(const provider_used& used);
  caf::result<provider_list> list();
  caf::result<tested_provider> test(const test_provider& request);
  void on_down(const caf::down_msg& down);
  void start(const std::string& provider_name);
  void order(std::vector<std::string>& names) const;

  self_pointer self;
  providers_setup setup;
  std::map<std::string, entry> known;
};

providers_actor::behavior_type speech_providers(providers_state::self_pointer self,
                                                providers_setup setup);

} // namespace unpod
