// PROVIDERS: which speech providers a call should try, and in which order.
//
// Profiles come from the node's catalogue as it is when a call begins.
// A profile's order stands, but a provider that failed `failures_max` times in
// a row goes behind the others until it succeeds or `forgiven_after` is over.
// Children: one PROVIDER per configured speech provider, restarted when it dies
// (its counts begin anew).
#pragma once

#include "messages/observed.hpp"
#include "messages/profile_catalogue.hpp"
#include "messages/providers.hpp"

#include "messages/clock.hpp"

#include <map>
#include <memory>
#include <vector>

namespace unpod {

struct providers_setup {
  profile_catalogue profiles;
  std::vector<std::string> providers;
};

struct providers_state {
  using self_pointer = self_of<providers_state, providers_actor>;

  /// failures in a row. 3: one may be chance, three are an outage.
  static constexpr std::uint64_t failures_max = 3;
  /// s. 30: then a call tries it again.
  static constexpr std::chrono::seconds forgiven_after{30};

  static inline const char* name = "providers";

  explicit providers_state(self_pointer self) : self(self) {}

  struct entry {
    provider_actor actor;
    std::uint64_t failures_in_a_row = 0;
    mono_time last_failure{0};
  };

  void begin(providers_setup with);
  caf::result<picked_providers> pick(const pick_providers& request) const;
  void note(const provider_report& report);
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
