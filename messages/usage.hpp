// What a call uses up: counted by its CALL, reported by others (contract §1.17), and
// what that costs where the voice profile states a price. Pure.
#pragma once

#include "messages/clock.hpp"
#include "messages/records.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace unpod {

/// What of it one speech provider had.
struct provider_share {
  double stt_s = 0;
  std::int64_t tts_characters = 0;
};

/// What the node itself counted in one call.
struct usage_tally {
  double call_s = 0; // from its beginning to its end
  double stt_s = 0;  // of the caller's audio, as a recogniser heard it
  std::int64_t tts_characters = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;
  std::int64_t cached_tokens = 0;
  double cost_per_min_usd = -1; // negative: not known
  std::string stt, tts, llm, model;
  std::map<std::string, provider_share> shares; // by provider
};

/// The source of what the node itself counted.
inline constexpr const char* own_usage_source = "node";

/// The row that goes into the batch that ends the call.
usage_record usage_of(const call_record& call, const usage_tally& used, wall_ms now);

/// Characters (not bytes) of a text in UTF-8.
std::int64_t characters_of(const std::string& text);

} // namespace unpod
