// What may be said to PROVIDERS (which speech providers a call should use) and
// to a PROVIDER (the health of one). Reports come from the streams' parents.
#pragma once

#include "messages/inspect.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

/// A provider that a voice profile may use, and how.
struct provider_choice {
  std::string provider;
  std::string model;
  std::string voice; // of one that speaks
};

/// A voice profile: who hears and who speaks, first choice first.
struct voice_profile {
  std::string id;
  std::string name;
  std::string description;
  std::string gender;
  std::string language = "en";
  std::vector<std::string> languages; // others it speaks too; empty: only `language`
  std::string quality;
  std::vector<std::string> stt; // those this node can use; all of them when it can use none
  std::vector<std::string> tts;
  std::vector<provider_choice> hearers; // all that were written down, in that order
  std::vector<provider_choice> speakers;
  std::string stt_model;
  std::string tts_model;
  std::string voice;
  double speed = 1.0;
  std::int64_t latency_ms = 0; // of the voice's first byte; negative: not known
  double cost_per_min_usd = 0; // negative: not known
  bool available = true;       // somebody hears and somebody speaks on this node
  std::string missing;         // what this node lacks for all of its providers, in words
};
UNPOD_MESSAGE(voice_profile, x.id, x.name, x.language, x.stt, x.tts, x.voice)

/// Query. In which order should a call of this profile try its providers?
struct pick_providers {
  std::string profile; // id or name
};
UNPOD_MESSAGE(pick_providers, x.profile)

/// Reply: the profile, its lists in the order to try them now.
struct picked_providers {
  voice_profile profile;
};
UNPOD_MESSAGE(picked_providers, x.profile)

/// Event. How a stream of this provider fared.
struct provider_report {
  std::string provider;
  bool ok = true;
  std::string why;           // of a failure
  double first_byte_ms = -1; // of a voice's first piece; negative: not measured
};
UNPOD_MESSAGE(provider_report, x.provider, x.ok, x.why, x.first_byte_ms)

/// Reply to a status query.
struct provider_health {
  std::string provider;
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t failures_in_a_row = 0;
  std::string last_failure;
  double first_byte_p50_ms = -1;
  double first_byte_p99_ms = -1;
};
UNPOD_MESSAGE(provider_health, x.provider, x.successes, x.failures, x.failures_in_a_row)

/// The PROVIDER interface.
using provider_actor = caf::typed_actor<
  // Counts.
  caf::reacts_to<provider_report>,
  // Reports how the provider is.
  caf::replies_to<caf::get_atom>::with<provider_health>>;

/// The PROVIDERS interface.
using providers_actor = caf::typed_actor<
  // Orders a profile's providers, healthy ones first, or refuses (not_found).
  caf::replies_to<pick_providers>::with<picked_providers>,
  // Passes a report on, and remembers who fails.
  caf::reacts_to<provider_report>>;

} // namespace unpod
