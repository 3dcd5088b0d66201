// What a caller whose providers were killed has heard.
#define BOOST_TEST_MODULE failover_judge
#include <boost/test/unit_test.hpp>

#include "adapters/peers/failover_judge.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t rate_hz = 8'000;
constexpr std::size_t frame = 160; // 20 ms

const auto alphabet = tone_alphabet::numbers();

/// A caller's ear: tones that come frame by frame, each at its time.
struct ear {
  std::vector<heard_frame> frames;
  std::vector<std::int16_t> pcm;

  void hear(const std::string& words, mono_time from, std::size_t without = 0) {
    auto sound = tones_of(words, alphabet, rate_hz);
    sound.resize(sound.size() - without);
    for (std::size_t at = 0; at < sound.size(); at += frame, from += 20ms) {
      const auto samples = std::min(frame, sound.size() - at);
      frames.push_back({from, pcm.size(), samples});
      pcm.insert(pcm.end(), sound.begin() + static_cast<std::ptrdiff_t>(at),
                 sound.begin() + static_cast<std::ptrdiff_t>(at + samples));
    }
  }
  std::string text() const {
    std::string all;
    for (const auto& one : words_of_sound(frames, pcm, rate_hz, alphabet))
      all += (all.empty() ? "" : " ") + one.word;
    return all;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(words_are_heard_where_their_frames_were_played) {
  ear one;
  one.hear("one two", 10s);
  one.hear("three", 12s);
  const auto words = words_of_sound(one.frames, one.pcm, rate_hz, alphabet);
  BOOST_REQUIRE(words.size() == 3u);
  const auto near = [](mono_time a, mono_time b) { return std::max(a - b, b - a) < 40ms; };
  BOOST_TEST(near(words[0].from, 10s));
  BOOST_TEST(near(words[1].from, 10s + 300ms));
  BOOST_TEST(near(words[2].from, 12s));
  BOOST_TEST(near(words[2].to, 12s + 200ms));
}

BOOST_AUTO_TEST_CASE(a_word_that_is_cut_by_silence_is_no_word) {
  ear one;
  one.hear("seven", 1s, 1'520); // 110 ms of it
  one.hear("seven eight", 2s);
  BOOST_TEST(one.text() == "seven eight");
  ear late; // the same sound, one frame of it 300 ms late
  late.hear("seven", 1s);
  for (std::size_t i = 5; i < late.frames.size(); ++i)
    late.frames[i].at += 300ms;
  BOOST_TEST(late.text() == "");
}

BOOST_AUTO_TEST_CASE(lateness_that_a_player_hides_is_no_gap) {
  ear one;
  one.hear("seven eight", 1s);
  for (std::size_t i = 5; i < 8; ++i)
    one.frames[i].at += 40ms;
  BOOST_TEST(one.text() == "seven eight");
}

BOOST_AUTO_TEST_CASE(lost_and_doubled_words_are_counted) {
  const auto losses = [](const char* said, const char* came) {
    const auto both = compare_words(plain_words(said), plain_words(came));
    return std::to_string(both.lost) + "/" + std::to_string(both.doubled);
  };
  BOOST_TEST(losses("one two three", "one two three") == "0/0");
  BOOST_TEST(losses("one two three", "one three") == "1/0");
  BOOST_TEST(losses("one two three", "one two two three") == "0/1");
  BOOST_TEST(losses("one two three", "one four three") == "1/1");
  BOOST_TEST(losses("one two", "two one") == "1/1");
  BOOST_TEST(losses("one two", "") == "2/0");
  BOOST_TEST(losses("", "one") == "0/1");
}

BOOST_AUTO_TEST_CASE(answers_tell_their_longest_silence) {
  std::vector<timed_tone> heard{
    {"one", 1s, 1'200ms}, {"two", 1'300ms, 1'500ms}, {"three", 2s, 2'200ms}, {"four", 9s, 9'200ms}};
  const auto answers = answers_of(heard, {{900ms, 3}, {8s, 1}, {10s, 2}});
  BOOST_REQUIRE(answers.size() == 2u);
  BOOST_TEST((answers[0].longest == 400ms)); // beyond the 100 ms behind every word
  BOOST_TEST((answers[0].from == 1s));
  BOOST_TEST((answers[0].to == 2'200ms));
  BOOST_TEST((answers[1].asked == 8s));
  BOOST_TEST((answers[1].longest == 0ms));
}
