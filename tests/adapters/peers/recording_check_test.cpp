// The judge of recordings: a good call is found good, and each planted fault is
// found and named. Words are bursts of sound here, a recogniser that counts them
// takes the place of the real one.
#define BOOST_TEST_MODULE recording_check
#include <boost/test/unit_test.hpp>

#include "adapters/peers/recording_check.hpp"
#include "adapters/peers/speech_map.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace {

using namespace unpod;

constexpr std::uint32_t rate = 16'000;
constexpr std::size_t ms = rate / 1000;
constexpr std::size_t word_ms = 150, between_ms = 40;

void add_burst(pcm_samples& channel, std::size_t at_ms, std::size_t length_ms) {
  channel.resize(std::max(channel.size(), (at_ms + length_ms) * ms));
  for (std::size_t n = 0; n < length_ms * ms; ++n)
    channel[at_ms * ms + n] =
      static_cast<std::int16_t>(8'000 * std::sin(static_cast<double>(n) * 0.2) + 1);
}

/// Says so many words from there on; returns where they end.
std::size_t say(pcm_samples& channel, std::size_t at_ms, std::size_t words) {
  for (std::size_t n = 0; n < words; ++n)
    add_burst(channel, at_ms + n * (word_ms + between_ms), word_ms);
  return at_ms + words * (word_ms + between_ms) - between_ms;
}

/// Knows the text (the grammar's first phrase) and hears as many words of it as there are bursts.
recognised_words count_words(const std::vector<std::int16_t>& pcm, std::uint32_t hz,
                             const std::string& grammar) {
  const auto from = grammar.find("=\n") + 2;
  auto words = spoken_words(grammar.substr(from, grammar.find('\n', from) - from));
  words.resize(std::min(words.size(), speech_spans(pcm, hz, 10).size()));
  return {joined(words), ""};
}

/// A call with a greeting, three turns, and a barge-in on the second reply.
struct good_call {
  wav_audio audio{rate, {}, {}};
  expected_call expected;
  std::size_t reply_at_ms[3] = {}, caller_at_ms[3] = {}, caller_to_ms[3] = {};

  good_call() {
    expected.greeting = "one two three four";
    expected.turns = {
      {"a table for two", "a table for two", false, "yes of course sir", false, "", -1},
      {"what do you have", "what do you have", false,
       "fish and chips, soup and bread, cake and tea and much more than that", true,
       "fish and chips, soup and", -1},
      {"soup it is", "soup it is", true, "good choice", false, "", -1}};
    expected.decoys = {"none of these", "nor this one"};
    std::size_t now = say(audio.right, 500, 4) + 700;
    for (std::size_t n = 0; n < 3; ++n) {
      caller_at_ms[n] = now;
      now = caller_to_ms[n] = say(audio.left, now, 4);
      expected.turns[n].total_ms = 630;
      now = reply_at_ms[n] = now + 630;
      if (n == 1) { // five words, the last one is cut short while the caller speaks
        say(audio.right, now, 5);
        now += 4 * (word_ms + between_ms);
      } else {
        now = say(audio.right, now, n == 0 ? 4 : 2) + 700;
      }
    }
    audio.left.resize(std::max(audio.left.size(), audio.right.size()) + rate);
    audio.right.resize(audio.left.size());
  }

  recording_report judge() const {
    return check_recording(audio, expected, count_words);
  }

  void silence(pcm_samples& channel, std::size_t from_ms, std::size_t length_ms) {
    std::fill_n(channel.begin() + static_cast<std::ptrdiff_t>(from_ms * ms), length_ms * ms, 0);
  }
};

bool found(const recording_report& report, const std::string& words) {
  std::string all;
  for (const auto& finding : report.findings)
    all += finding + "\n";
  BOOST_TEST_INFO(all);
  return all.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_good_call_is_found_good_and_measured) {
  const good_call call;
  const auto report = call.judge();
  for (const auto& finding : report.findings)
    BOOST_ERROR(finding);
  BOOST_TEST(report.ok());
  BOOST_TEST(std::abs(report.turns.at(0).response_ms - 630) <= 10);
  BOOST_TEST(report.turns.at(2).stop_ms <= 200);
  BOOST_TEST(report.turns.at(1).recognised == "fish and chips soup and");
  BOOST_TEST(report.word_errors == 0u);
  BOOST_TEST(report.words == 4u + 4u + 3u);
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_missing_is_found) {
  good_call call;
  call.silence(call.audio.right, call.reply_at_ms[0], 1'000);
  BOOST_TEST(found(call.judge(), "turn 1: the agent never answered"));
  good_call mute;
  mute.silence(mute.audio.left, mute.caller_at_ms[2], 1'000);
  BOOST_TEST(found(mute.judge(), "2 utterances, the script has 3"));
  good_call ungreeted;
  ungreeted.silence(ungreeted.audio.right, 0, 1'500);
  BOOST_TEST(found(ungreeted.judge(), "greeting: the agent never spoke"));
}

BOOST_AUTO_TEST_CASE(a_gap_of_300_ms_is_found) {
  good_call call;
  const auto at = (call.reply_at_ms[0] + 2 * (word_ms + between_ms)) * ms;
  const pcm_samples gap(260 * ms, 0); // beside the 40 ms that are there
  call.audio.right.insert(call.audio.right.begin() + static_cast<std::ptrdiff_t>(at), gap.begin(),
                          gap.end());
  call.audio.left.insert(call.audio.left.begin() + static_cast<std::ptrdiff_t>(at), gap.begin(),
                         gap.end());
  BOOST_TEST(found(call.judge(), "turn 1: a gap of 300 ms"));
}

BOOST_AUTO_TEST_CASE(talking_over_the_caller_is_found) {
  good_call call;
  add_burst(call.audio.right, call.caller_at_ms[1] + 200, word_ms);
  BOOST_TEST(found(call.judge(), "turn 2: agent and caller speak at once for 1"));
}

BOOST_AUTO_TEST_CASE(an_agent_that_does_not_give_way_is_found) {
  good_call call;
  say(call.audio.right, call.caller_at_ms[2], 6);
  call.audio.right.resize(call.audio.left.size());
  BOOST_TEST(found(call.judge(), "turn 3: the agent fell silent only 1"));
  good_call silent;
  silent.silence(silent.audio.right, silent.caller_at_ms[2] - 400, 1'100);
  silent.expected.turns[1].heard_prefix = "fish and";
  BOOST_TEST(found(silent.judge(), "was to cut in, but the agent was silent"));
}

BOOST_AUTO_TEST_CASE(a_wrong_ledger_is_found) {
  good_call call;
  call.expected.turns[0].total_ms = 600;
  BOOST_TEST(found(call.judge(), "turn 1: the ledger says 600 ms, the recording 6"));
  call.expected.turns[0].total_ms = 615;
  BOOST_TEST(call.judge().ok());
}

BOOST_AUTO_TEST_CASE(a_heard_prefix_that_is_not_true_is_found) {
  good_call longer;
  longer.expected.turns[1].heard_prefix = "fish and chips, soup and bread, cake and";
  BOOST_TEST(found(longer.judge(), "turn 2: the agent's channel says \"fish and chips soup and\""));
  good_call other;
  other.expected.turns[1].heard_prefix = "fish & chips, soup";
  BOOST_TEST(found(other.judge(), "is no prefix of the runner's text"));
}

BOOST_AUTO_TEST_CASE(words_that_were_lost_or_misheard_are_found) {
  good_call call;
  call.silence(call.audio.right, call.reply_at_ms[0] + 3 * (word_ms + between_ms), word_ms);
  BOOST_TEST(found(call.judge(), "it should say \"yes of course sir\""));
  good_call misheard;
  misheard.expected.turns[0].heard = "a table for ten";
  BOOST_TEST(found(misheard.judge(), "understood \"a table for ten\""));
  misheard.expected.exact_hearing = false;
  BOOST_TEST(misheard.judge().ok());
  BOOST_TEST(misheard.judge().word_errors == 1u);
  misheard.expected.turns[0].heard = "";
  BOOST_TEST(found(misheard.judge(), "nothing was understood"));
}

BOOST_AUTO_TEST_CASE(dead_air_is_found) {
  good_call call;
  const auto at = static_cast<std::ptrdiff_t>((call.caller_to_ms[0] + 50) * ms);
  const pcm_samples air(5'000 * ms, 0);
  call.audio.right.insert(call.audio.right.begin() + at, air.begin(), air.end());
  call.audio.left.insert(call.audio.left.begin() + at, air.begin(), air.end());
  BOOST_TEST(found(call.judge(), "turn 1: dead air of 56"));
}

BOOST_AUTO_TEST_CASE(a_recogniser_without_the_words_is_asked_freely) {
  const good_call call;
  std::size_t free_asked = 0;
  const recogniser ear = [&](const auto& pcm, auto hz,
                             const std::string& grammar) -> recognised_words {
    if (!grammar.empty())
      return {"", "unknown word"};
    ++free_asked;
    return {speech_spans(pcm, hz, 10).size() == 2 ? "good choice"
                                                  : "yes of course sir fish chips "
                                                    "soup one two three four and and",
            ""};
  };
  const auto report = check_recording(call.audio, call.expected, ear);
  BOOST_TEST(free_asked == 4u);
  BOOST_TEST(!report.ok());
  BOOST_TEST(!check_recording({rate, {}, {}}, call.expected, ear).ok());
}

BOOST_AUTO_TEST_CASE(grammars_offer_what_would_be_said_if_parts_were_missing) {
  const auto whole = reply_grammar("Yes. Two eggs, please.", 0, {"decoy words"});
  for (const char* phrase : {"    yes two eggs please\n", "| yes\n", "| yes two eggs\n",
                             "| two eggs please\n", "| yes please\n", "| decoy words\n"})
    BOOST_TEST(whole.find(phrase) != std::string::npos, phrase);
  std::string text;
  for (int n = 0; n < 3'000; ++n)
    text += "word, ";
  BOOST_TEST(reply_grammar(text, 1'500, {}).size() < 16u * 1024);
}

BOOST_AUTO_TEST_CASE(wav_files_are_read_back_and_liars_found_out) {
  const wav_audio audio{rate, {1, -2, 3}, {4, 5, -6}};
  std::string why;
  const auto back = read_wav(wav_bytes(audio), why);
  BOOST_REQUIRE_MESSAGE(back.has_value(), why);
  BOOST_TEST(back->left == audio.left);
  BOOST_TEST(back->right == audio.right);
  BOOST_TEST(back->rate_hz == rate);
  const auto bytes = wav_bytes(audio);
  BOOST_TEST(read_wav(bytes.substr(0, bytes.size() - 3), why)->left.size() == 2u);
  for (std::size_t cut = 0; cut < 44; ++cut) {
    why.clear();
    const auto part = read_wav(bytes.substr(0, cut), why);
    BOOST_TEST((part.has_value() || !why.empty()));
  }
  std::mt19937 dice{5};
  for (int round = 0; round < 2'000; ++round) {
    auto bad = bytes;
    for (int n = 0; n < 4; ++n)
      bad[dice() % bad.size()] = static_cast<char>(dice());
    why.clear();
    BOOST_REQUIRE((read_wav(bad, why).has_value() || !why.empty()));
  }
  BOOST_TEST(!read_wav_file("/nonexistent/x.wav", why).has_value());
}
