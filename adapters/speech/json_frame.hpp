// What every provider's JSON has in common: a frame that is an object, times in several
// units, errors in words. Pure, and forgiving: what is missing or of another type says nothing.
#pragma once

#include "adapters/json/json.hpp"
#include "adapters/speech/stt_codec.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace unpod {

/// The frame as an object; nothing for a binary frame or anything else.
inline std::optional<json::document> object_frame(bool text, std::string_view bytes) {
  std::string why;
  auto frame = text ? json::parse(bytes, provider_json_depth_max, why) : std::nullopt;
  if (frame && !frame->IsObject())
    return std::nullopt;
  return frame;
}

/// A time in this unit (1: us, 1,000: ms, 1,000,000: s); 0 for what is none.
inline wire_us us_of(std::optional<double> value, double unit) {
  constexpr double day_us = 86'400.0 * 1'000'000;
  if (!value || !std::isfinite(*value) || *value <= 0)
    return 0;
  return static_cast<wire_us>(std::min(*value * unit, day_us));
}
inline constexpr double in_seconds = 1'000'000, in_ms = 1'000;

inline std::string text_of(const json::value& object, const char* key) {
  return json::text(object, key).value_or("");
}

/// The array under `key`; null when there is none.
inline const json::value* list_of(const json::value& object, const char* key) {
  const auto* found = json::member(object, key);
  return found && found->IsArray() ? found : nullptr;
}

/// Words as objects `{word, start, end}` under these names; those without times are passed over.
inline std::vector<wire_word> words_of(const json::value& object, const char* list,
                                       const char* word, double unit) {
  constexpr rapidjson::SizeType words_max = 4'000;
  std::vector<wire_word> words;
  const auto* all = list_of(object, list);
  for (rapidjson::SizeType i = 0; all && i < std::min(all->Size(), words_max); ++i) {
    const auto& one = (*all)[i];
    const auto from = json::number(one, "start"), to = json::number(one, "end");
    if (auto text = json::text(one, word); text && from && to)
      words.push_back({std::move(*text), us_of(from, unit), us_of(to, unit)});
  }
  return words;
}

inline stt_news failed_news(std::string_view words) {
  stt_news news;
  news.what = stt_news::kind::failed;
  news.why = "it says: " + provider_words(words);
  return news;
}
inline stt_news ready_news() {
  stt_news news;
  news.what = stt_news::kind::ready;
  return news;
}
inline stt_news partial_news(std::string text) {
  stt_news news;
  news.text = std::move(text);
  return news;
}
inline stt_news final_news(std::string text, wire_us from, wire_us to,
                           std::vector<wire_word> words = {}) {
  return {stt_news::kind::final, std::move(text), from, to, std::move(words), {}};
}

} // namespace unpod
