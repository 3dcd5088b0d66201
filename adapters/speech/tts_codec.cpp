#include "adapters/speech/tts_codec.hpp"

#include "adapters/media/g711.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace unpod {

const std::vector<std::int16_t>& wire_sound::take(std::string_view bytes) {
  pcm_.clear();
  if (mulaw_) {
    pcm_.resize(bytes.size());
    mulaw_decode(bytes.data(), bytes.size(), pcm_.data());
    return pcm_;
  }
  const auto sample = [](char low, char high) {
    return static_cast<std::int16_t>(static_cast<unsigned char>(low)
                                     | static_cast<unsigned char>(high) << 8);
  };
  if (bytes.empty())
    return pcm_;
  const bool held = std::exchange(held_, false);
  const auto whole = (bytes.size() + (held ? 1 : 0)) / 2;
  pcm_.resize(whole);
  auto* to = pcm_.data();
  if (held) {
    *to++ = sample(half_, bytes.front());
    bytes.remove_prefix(1);
  }
  const auto pairs = bytes.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i)
    to[i] = sample(bytes[2 * i], bytes[2 * i + 1]);
  if (bytes.size() % 2 != 0) {
    half_ = bytes.back();
    held_ = true;
  }
  return pcm_;
}

namespace {

bool same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

} // namespace

std::vector<spoken_word> words_in_text(const std::string& text, const std::vector<wire_word>& words,
                                       std::uint32_t rate_hz) {
  constexpr wire_us longest = 3'600'000'000; // an hour: no piece is longer
  std::vector<spoken_word> found;
  auto from = text.begin();
  for (const auto& word : words) {
    const auto first = std::find_if(word.text.begin(), word.text.end(),
                                    [](unsigned char c) { return !std::isspace(c); });
    if (first == word.text.end())
      continue;
    const auto at = std::search(from, text.end(), first, word.text.end(), same_letter);
    if (at == text.end())
      continue;
    from = at + (word.text.end() - first);
    const auto until = static_cast<std::uint64_t>(std::clamp<wire_us>(word.to, 0, longest));
    auto sample = until * rate_hz / 1'000'000;
    if (!found.empty())
      sample = std::max(sample, found.back().until_sample);
    found.push_back({static_cast<std::uint32_t>(at - text.begin()),
                     static_cast<std::uint32_t>(from - text.begin()), sample});
  }
  return found;
}

} // namespace unpod
