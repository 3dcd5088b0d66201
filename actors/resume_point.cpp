#include "actors/resume_point.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

/// bytes of text a second, as voices speak on average.
constexpr std::uint64_t average_speech = 15;
/// ms. 300: less sound than that is no word.
constexpr std::uint64_t moment_ms = 300;

bool is_sound(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80;
}

/// The next word's first byte: no voice begins with the full stop of the sentence before.
std::size_t next_word(const std::string& text, std::size_t from) {
  while (from < text.size() && !is_sound(text[from]))
    ++from;
  return from;
}

std::size_t end_of_word(const std::string& text, std::size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) == 0)
    ++at;
  return at;
}

} // namespace

resume_point find_resume_point(const std::string& spoken, const std::vector<spoken_word>& words,
                               std::uint64_t got, std::uint32_t rate_hz, bool tells_times) {
  resume_point point;
  if (words.empty() && (tells_times || got * 1'000 < moment_ms * rate_hz)) {
    point.keep = 0;
    return point;
  }
  if (words.empty()) {
    const auto guess = std::min<std::uint64_t>(got * average_speech / rate_hz, spoken.size());
    point.cut = next_word(spoken, end_of_word(spoken, guess));
    return point;
  }
  point.keep = 0;
  for (const auto& word : words) {
    if (word.until_sample > got)
      break;
    point.words.push_back(word);
    point.keep = word.until_sample;
    point.cut = next_word(spoken, std::min<std::size_t>(word.end, spoken.size()));
  }
  return point;
}

} // namespace unpod
