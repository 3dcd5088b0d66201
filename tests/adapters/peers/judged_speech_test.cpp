// The judge with real voices and a real ear: the built-in script, spoken by flite
// into a recording, is understood word by word, and what is missing is missed.
#define BOOST_TEST_MODULE judged_speech
#include <boost/test/unit_test.hpp>

#include "adapters/peers/demo.hpp"
#include "adapters/peers/words.hpp"
#include "adapters/speech/recognise.hpp"
#include "adapters/speech/voice.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>

namespace {

using namespace unpod;

constexpr std::size_t ms = voice_rate_hz / 1000;

struct studio {
  net_threads threads{1};
  demo_tools tools = make_demo_tools(threads);
  talk_script script = built_in();

  static talk_script built_in() {
    std::string why;
    return *parse_script(built_in_script(), why);
  }

  /// A voice's sound without the quiet before and after it.
  static pcm_samples trimmed(pcm_samples pcm) {
    const auto spans = speech_spans(pcm, voice_rate_hz, 1'000);
    BOOST_REQUIRE(spans.size() == 1u);
    return {pcm.begin() + static_cast<std::ptrdiff_t>(spans[0].from),
            pcm.begin() + static_cast<std::ptrdiff_t>(spans[0].to)};
  }

  static std::size_t put(pcm_samples& channel, std::size_t at, const pcm_samples& sound) {
    channel.resize(std::max(channel.size(), at + sound.size()));
    std::copy(sound.begin(), sound.end(), channel.begin() + static_cast<std::ptrdiff_t>(at));
    return at + sound.size();
  }

  pcm_samples caller(const std::string& text) const {
    std::uint32_t rate = 0;
    return trimmed(tools.speak(text, rate));
  }

  static pcm_samples agent(const std::string& text) {
    return trimmed(synthesise(text, "slt").pcm);
  }
};

/// The script as a perfect node would play it: 600 ms to each answer, and a barge-in
/// that silences the agent 350 ms after it began.
struct perfect_call {
  wav_audio audio{voice_rate_hz, {}, {}};
  expected_call expected;
  std::size_t cut_at = 0, reply_at = 0, reply_to = 0;

  explicit perfect_call(const studio& s, std::uint64_t seed) {
    const auto turns = cast(s.script, seed);
    expected.greeting = s.script.greeting;
    expected.decoys = s.script.decoys;
    auto now = studio::put(audio.right, 300 * ms, studio::agent(s.script.greeting)) + 500 * ms;
    for (std::size_t n = 0; n < turns.size(); ++n) {
      now = studio::put(audio.left, now, s.caller(turns[n].says)) + 600 * ms;
      auto reply = studio::agent(turns[n].reply);
      expected_turn turn{
        turns[n].says, turns[n].says, turns[n].cue.barge_in, turns[n].reply, false, "", 600};
      if (n + 1 < turns.size() && turns[n + 1].cue.barge_in) {
        reply.resize(2'950 * ms);
        turn.cut_off = true;
        turn.heard_prefix = heard_of(turns[n].reply, 2'950 * ms);
        studio::put(audio.right, now, reply);
        now += 2'600 * ms;
      } else {
        reply_at = now;
        reply_to = studio::put(audio.right, now, reply);
        now = reply_to + 500 * ms;
      }
      expected.turns.push_back(turn);
    }
    audio.left.resize(std::max(audio.left.size(), audio.right.size()) + voice_rate_hz);
    audio.right.resize(audio.left.size());
  }

  /// Words of the reply whose sound is over by then, as the runner wrote them.
  static std::string heard_of(const std::string& reply, std::size_t samples) {
    const auto sound = synthesise(reply, "slt");
    const auto lead = speech_spans(sound.pcm, voice_rate_hz, 1'000).at(0).from;
    std::string heard;
    for (const auto& word : sound.words)
      if (word.until_sample <= lead + samples)
        heard = reply.substr(0, word.end);
    return heard;
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

BOOST_FIXTURE_TEST_CASE(every_phrase_is_told_from_every_decoy, studio) {
  const auto grammar = grammar_of(script);
  for (const auto& turn : script.turns)
    for (const auto& way : turn.ways) {
      auto pcm = caller(way);
      pcm.insert(pcm.begin(), 300 * ms, 0);
      pcm.resize(pcm.size() + 300 * ms);
      const auto heard = tools.recognise(pcm, voice_rate_hz, grammar);
      BOOST_TEST(heard.why == "");
      BOOST_TEST(plain(heard.text) == plain(way));
    }
}

BOOST_FIXTURE_TEST_CASE(perfect_calls_are_found_perfect, studio) {
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const perfect_call call{*this, seed};
    const auto report = check_recording(call.audio, call.expected, tools.recognise);
    for (const auto& finding : report.findings)
      BOOST_ERROR("seed " << seed << ": " << finding);
    BOOST_TEST(report.turns.at(1).stop_ms > 200);
    BOOST_TEST(report.turns.at(1).stop_ms < 400);
  }
}

BOOST_FIXTURE_TEST_CASE(a_reply_without_its_second_half_is_missed, studio) {
  perfect_call call{*this, 0};
  std::fill(call.audio.right.begin()
              + static_cast<std::ptrdiff_t>((call.reply_at + call.reply_to) / 2),
            call.audio.right.end(), 0);
  BOOST_TEST(found(check_recording(call.audio, call.expected, tools.recognise),
                   "it should say \"thank you for calling we look"));
}

BOOST_FIXTURE_TEST_CASE(another_reply_is_not_taken_for_the_right_one, studio) {
  perfect_call call{*this, 0};
  auto& reply = call.expected.turns[2].reply;
  reply = "We are closed today, and tomorrow as well. Sorry.";
  BOOST_TEST(found(check_recording(call.audio, call.expected, tools.recognise),
                   "it should say \"we are closed today"));
}

BOOST_FIXTURE_TEST_CASE(more_heard_than_was_played_is_found, studio) {
  perfect_call call{*this, 0};
  auto& turn = call.expected.turns[0];
  turn.heard_prefix = turn.reply.substr(0, turn.reply.find("garden"));
  BOOST_TEST(found(check_recording(call.audio, call.expected, tools.recognise),
                   "turn 1: the agent's channel says"));
}
