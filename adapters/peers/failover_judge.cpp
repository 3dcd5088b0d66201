#include "adapters/peers/failover_judge.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// ms. 150: three quarters of a word; who heard less of it did not hear it.
constexpr std::uint64_t word_ms_least = 150;

mono_time span_of(std::uint64_t samples, std::uint32_t rate_hz) {
  return std::chrono::nanoseconds{samples * 1'000'000'000 / rate_hz};
}

std::uint64_t samples_of(mono_time span, std::uint32_t rate_hz) {
  return static_cast<std::uint64_t>(span.count()) * rate_hz / 1'000'000'000;
}

} // namespace

std::vector<timed_tone> words_of_sound(const std::vector<heard_frame>& frames,
                                       const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz,
                                       const tone_alphabet& alphabet) {
  if (frames.empty())
    return {};
  const auto begin = frames.front().at;
  tone_reader reader{rate_hz};
  std::vector<heard_tone> tones;
  for (const auto& frame : frames) {
    const auto played = begin + span_of(reader.fed(), rate_hz);
    if (frame.at > played + player_slack) {
      const std::vector<std::int16_t> nothing(samples_of(frame.at - played, rate_hz));
      reader.feed(nothing.data(), nothing.size(), tones);
    }
    if (frame.first + frame.samples <= pcm.size())
      reader.feed(pcm.data() + frame.first, frame.samples, tones);
  }
  reader.finish(tones);
  std::vector<timed_tone> words;
  for (const auto& tone : tones)
    if ((tone.to - tone.from) * 1'000 >= word_ms_least * rate_hz
        && static_cast<std::size_t>(tone.code) < alphabet.size())
      words.push_back({alphabet.word_of(tone.code), begin + span_of(tone.from, rate_hz),
                       begin + span_of(tone.to, rate_hz)});
  return words;
}

word_losses compare_words(const std::vector<std::string>& said,
                          const std::vector<std::string>& came) {
  std::vector<std::size_t> above(came.size() + 1, 0), row(came.size() + 1, 0);
  for (const auto& word : said) {
    for (std::size_t i = 0; i < came.size(); ++i)
      row[i + 1] = word == came[i] ? above[i] + 1 : std::max(above[i + 1], row[i]);
    std::swap(above, row);
  }
  const auto common = above.back();
  return {said.size() - common, came.size() - common};
}

std::vector<judged_answer> answers_of(const std::vector<timed_tone>& heard,
                                      const std::vector<std::pair<mono_time, std::size_t>>& said) {
  std::vector<judged_answer> answers;
  std::size_t at = 0;
  for (const auto& [asked, words] : said) {
    judged_answer one;
    one.asked = asked;
    for (; one.words < words && at < heard.size(); ++one.words, ++at) {
      const auto& tone = heard[at];
      if (one.words == 0)
        one.from = tone.from;
      else
        one.longest =
          std::max(one.longest, tone.from - one.to - std::chrono::milliseconds{tone_gap_ms});
      one.to = tone.to;
    }
    if (one.words > 0)
      answers.push_back(one);
  }
  return answers;
}

} // namespace unpod
