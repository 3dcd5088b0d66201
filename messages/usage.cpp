// See usage.hpp.
#include "messages/usage.hpp"

#include "messages/json_line.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

usage_record usage_of(const call_record& call, const usage_tally& used, wall_ms now) {
  json_line counters;
  counters.number("call_seconds", used.call_s).number("stt_seconds", used.stt_s);
  counters.whole("tts_characters", used.tts_characters);
  const std::pair<const char*, std::int64_t> tokens[] = {
    {"llm_prompt_tokens", used.prompt_tokens},
    {"llm_completion_tokens", used.completion_tokens},
    {"llm_cached_tokens", used.cached_tokens}};
  for (const auto& [name, count] : tokens)
    if (count > 0)
      counters.whole(name, count);
  json_line providers;
  const std::pair<const char*, const std::string*> who[] = {{"stt_provider", &used.stt},
                                                            {"tts_provider", &used.tts},
                                                            {"llm_provider", &used.llm},
                                                            {"llm_model", &used.model}};
  for (const auto& [name, text] : who)
    if (!text->empty())
      providers.text(name, *text);
  json_line shares;
  for (const auto& [name, share] : used.shares)
    shares.raw(name, json_line{}
                       .number("stt_seconds", share.stt_s)
                       .whole("tts_characters", share.tts_characters)
                       .str());
  json_line body;
  body.raw("counters", counters.str()).raw("providers", providers.str());
  if (!used.shares.empty())
    body.raw("by_provider", shares.str());
  if (used.cost_per_min_usd >= 0)
    body.number("cost_usd", used.cost_per_min_usd * used.call_s / 60);
  usage_record row;
  row.call = call.id;
  row.project = call.project;
  row.agent = call.agent;
  row.source = own_usage_source;
  row.seq = 1;
  row.body_json = body.str();
  row.at = now;
  return row;
}

std::int64_t characters_of(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80; // all but what continues one
  });
}

} // namespace unpod
