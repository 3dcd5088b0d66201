// What may be said to PROVIDERS (which speech providers a call should use) and
// to a PROVIDER (the health of one). Reports come from the streams' parents.
#pragma once

#include "messages/inspect.hpp"
#include "messages/trouble.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <array>
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
  /// ms. Of `tts`, in that order, when a call picked them: what the node has measured of
  /// their first sounds (p99); negative: nothing yet.
  std::vector<double> first_byte_p99_ms = {};
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
  trouble kind = trouble::none;
  bool probe = false; // it was the node's own trial, not a call
};
UNPOD_MESSAGE(provider_report, x.provider, x.ok, x.why, x.first_byte_ms, x.probe)

/// Event. What a call used of a provider.
struct provider_used {
  std::string provider;
  double stt_s = 0;                 // s of the caller's audio that it was given
  std::uint64_t tts_characters = 0; // that it was given to speak
};
UNPOD_MESSAGE(provider_used, x.provider, x.stt_s, x.tts_characters)

/// Reply to a status query, and a row of the list.
struct provider_health {
  std::string provider;
  bool hears = false, speaks = false;
  std::string state = "closed"; // of its circuit breaker: closed, open, half_open
  std::uint64_t successes = 0;
  std::uint64_t failures = 0;
  std::uint64_t failures_in_a_row = 0;
  std::array<std::uint64_t, trouble_kinds> by_kind{};
  std::uint64_t probes = 0, probes_failed = 0;
  std::string last_failure;
  double first_byte_p50_ms = -1;
  double first_byte_p99_ms = -1;
  double stt_s = 0;
  std::uint64_t tts_characters = 0;
};
UNPOD_MESSAGE(provider_health, x.provider, x.state, x.successes, x.failures, x.failures_in_a_row)

/// Query. How are all of them?
struct list_providers {};
UNPOD_OPAQUE_MESSAGE(list_providers)

/// Reply, by name.
struct provider_list {
  std::vector<provider_health> rows;
};
UNPOD_MESSAGE(provider_list, x.rows)

/// Query. Try this provider now, as a probe does.
struct test_provider {
  std::string provider;
};
UNPOD_MESSAGE(test_provider, x.provider)

/// Reply. What came of it; of one that neither hears nor speaks behind a socket nothing does.
struct tested_provider {
  std::string provider;
  bool ok = false;
  std::string why; // of a failure
  trouble kind = trouble::none;
  double took_ms = -1; // until all it can do was seen to work
};
UNPOD_MESSAGE(tested_provider, x.provider, x.ok, x.why, x.took_ms)

/// The PROVIDER interface.
using provider_actor = caf::typed_actor<
  // Counts.
  caf::reacts_to<provider_report>,
  // Adds up.
  caf::reacts_to<provider_used>,
  // Probes it, or refuses (not_found) when it cannot be probed.
  caf::replies_to<test_provider>::with<tested_provider>,
  // Reports how the provider is.
  caf::replies_to<caf::get_atom>::with<provider_health>>;

/// The PROVIDERS interface.
using providers_actor = caf::typed_actor<
  // Orders a profile's providers, healthy ones first, or refuses (not_found).
  caf::replies_to<pick_providers>::with<picked_providers>,
  // Passes a report on, and remembers who fails.
  caf::reacts_to<provider_report>,
  // Passes it on.
  caf::reacts_to<provider_used>,
  // Asks each of them.
  caf::replies_to<list_providers>::with<provider_list>,
  // Passes it on, or refuses (not_found).
  caf::replies_to<test_provider>::with<tested_provider>>;

} // namespace unpod
