// Words as tones: every one is read back, at both rates, through mu-law, cut anywhere.
#define BOOST_TEST_MODULE coded_tones
#include <boost/test/unit_test.hpp>

#include "adapters/media/g711.hpp"
#include "adapters/media/resampler.hpp"
#include "adapters/media/speech_edges.hpp"
#include "adapters/peers/coded_tones.hpp"
#include "adapters/peers/tone_hearing.hpp"

using namespace unpod;

namespace {

const auto alphabet = tone_alphabet::numbers();

std::string read_back(const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz,
                      std::size_t piece = 331) {
  tone_reader reader{rate_hz};
  std::vector<heard_tone> heard;
  for (std::size_t at = 0; at < pcm.size(); at += piece)
    reader.feed(pcm.data() + at, std::min(piece, pcm.size() - at), heard);
  reader.finish(heard);
  std::string words;
  for (const auto& one : heard)
    words += (words.empty() ? "" : " ") + (one.whole ? alphabet.word_of(one.code) : "-");
  return words;
}

std::string all_words() {
  std::string text;
  for (const auto& word : alphabet.words())
    text += (text.empty() ? "" : " ") + word;
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_word_is_read_back) {
  BOOST_TEST(alphabet.size() == 99u);
  for (const std::uint32_t rate : {8'000u, 16'000u})
    BOOST_TEST(read_back(tones_of(all_words(), alphabet, rate), rate) == all_words());
}

BOOST_AUTO_TEST_CASE(a_telephone_changes_nothing) {
  auto pcm = tones_of(all_words(), alphabet, 8'000);
  for (auto& sample : pcm)
    sample = mulaw_to_linear(linear_to_mulaw(sample));
  BOOST_TEST(read_back(pcm, 8'000) == all_words());
}

BOOST_AUTO_TEST_CASE(nor_does_another_rate) {
  resampler down{16'000, 8'000, resampler::timing::aligned};
  const auto pcm = tones_of(all_words(), alphabet, 16'000);
  std::vector<std::int16_t> narrow;
  down.push(pcm.data(), pcm.size(), narrow);
  BOOST_TEST(read_back(narrow, 8'000) == all_words());
}

BOOST_AUTO_TEST_CASE(half_a_word_is_no_word_and_one_twice_is_two) {
  auto pcm = tones_of("seven", alphabet, 16'000);
  const std::vector<std::int16_t> half(pcm.begin(), pcm.begin() + 1'200);
  BOOST_TEST(read_back(half, 16'000) == "-");
  BOOST_TEST(read_back(tones_of("seven seven", alphabet, 16'000), 16'000) == "seven seven");
  BOOST_TEST(read_back(std::vector<std::int16_t>(16'000), 16'000) == "");
}

BOOST_AUTO_TEST_CASE(an_utterance_ends_with_silence_or_when_asked) {
  tone_hearing hearing{alphabet, 16'000, 0.3, 0.2};
  std::string log;
  hearing.partial = [&](const tone_hearing::segment& one) { log += "(" + one.text() + ")"; };
  hearing.over = [&](const tone_hearing::segment& one) { log += "[" + one.text() + "]"; };
  hearing.feed(tones_of("one two", alphabet, 16'000));
  hearing.feed(std::vector<std::int16_t>(8'000));
  hearing.feed(tones_of("three", alphabet, 16'000));
  hearing.finish();
  hearing.finish();
  BOOST_TEST(log == "(one two)[one two](three)[three][]");
}

BOOST_AUTO_TEST_CASE(a_voice_detector_takes_them_for_speech) {
  for (const std::uint32_t rate : {8'000u, 16'000u}) {
    speech_edges edges{rate, media_limits{}};
    std::vector<std::int16_t> pcm(rate / 2);
    const auto words = tones_of("one two three four five", alphabet, rate);
    pcm.insert(pcm.end(), words.begin(), words.end());
    pcm.resize(pcm.size() + rate);
    std::vector<speech_edge> found;
    edges.feed(pcm.data(), pcm.size(), found);
    BOOST_REQUIRE(found.size() == 2u);
    BOOST_TEST(found[0].started);
    BOOST_TEST(found[0].at >= rate / 2 - rate / 20);
    BOOST_TEST(found[1].at <= rate / 2 + words.size());
    BOOST_TEST(found[1].at + rate / 4 >= rate / 2 + words.size());
  }
}
