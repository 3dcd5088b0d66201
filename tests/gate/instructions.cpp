// What the gate counts, and nothing around it: callgrind collects inside of
// `counted_work` alone (tests/gate/instructions.py runs this under it).
//
//   media_ticks  one call's media, µ-law both ways, without sockets and threads
//   turns        one CALL with its whole family, on the deterministic scheduler
//
// One thread, no clock but the test's: the same code executes the same instructions. Run by
// itself it only checks that what is counted happens.
#define BOOST_TEST_MODULE instructions
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_core.hpp"
#include "adapters/media/frame_codec.hpp"
#include "adapters/runner/bridge_frames.hpp"
#include "tests/actors/call_fixture.hpp"

#include <cmath>

/// Entered and left by name: --toggle-collect=counted_work.
extern "C" __attribute__((noinline)) void counted_work(const std::function<void()>& work) {
  work();
  asm volatile(""); // not the last thing it does, or the call would become a jump
}

namespace {

using namespace unpod;

constexpr std::uint32_t rate_hz = 8'000;
constexpr std::size_t frame_samples = rate_hz / 50; // 20 ms
constexpr auto frame_time = std::chrono::milliseconds{20};
/// Rings and filters have their size and their state; the gate divides by the same numbers.
constexpr std::size_t ticks_before = 200, ticks_counted = 1'000;
constexpr int turns_before = 2, turns_counted = 8;

class counting_sink : public media_sink {
public:
  void frame(std::string bytes) override {
    sent += bytes.size();
  }
  std::size_t sent = 0;
};

class counting_ear : public media_listener {
public:
  void speech_started(sample_index, mono_time) override {
    ++begun;
  }
  void speech_ended(sample_index, mono_time) override {
    ++ended;
  }
  void playout_started(generation, mono_time) override {}
  void playout_reached(generation, std::uint64_t, mono_time) override {}
  void playout_drained(generation, std::uint64_t, mono_time) override {}
  void playout_flushed(generation, std::uint64_t, mono_time) override {}
  int begun = 0, ended = 0;
};

class counting_tap : public audio_tap {
public:
  void audio(sample_index, const std::int16_t*, std::size_t samples) override {
    heard += samples;
  }
  void speech_started(sample_index) override {}
  void speech_ended(sample_index) override {}
  std::size_t heard = 0;
};

/// Four seconds of a voice, more or less: a hum that is cut into syllables, and pauses.
std::vector<std::int16_t> hum() {
  std::vector<std::int16_t> pcm(std::size_t{4} * rate_hz);
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double at_s = static_cast<double>(i) / rate_hz;
    const double loud = std::fmod(at_s, 2.0) < 1.2 ? 8'000 : 20;
    pcm[i] = static_cast<std::int16_t>(loud * std::sin(at_s * 2 * 3.14159265 * 220)
                                       * std::sin(at_s * 2 * 3.14159265 * 3));
  }
  return pcm;
}

/// A call in full talk both ways: a frame in, a frame out, a tick.
struct talking_call {
  const audio_format audio{audio_encoding::mulaw, rate_hz};
  const std::vector<std::int16_t> pcm = hum();
  media_counters counters;
  call_core core{audio, media_limits{}, seconds{15}, counters};
  std::shared_ptr<counting_sink> sink = std::make_shared<counting_sink>();
  std::shared_ptr<counting_ear> ear = std::make_shared<counting_ear>();
  std::shared_ptr<counting_tap> tap = std::make_shared<counting_tap>();
  std::vector<std::string> frames;
  mono_time now{1'000'000'000};
  std::size_t number = 0;

  talking_call() {
    core.listen(ear);
    core.start(sink);
    core.up().bind(tap, 0);
    frame_encoder encoder{audio};
    for (std::size_t at = 0; at + frame_samples <= pcm.size(); at += frame_samples)
      frames.push_back(encoder.encode(pcm.data() + at, frame_samples));
  }

  void tick(std::size_t times) {
    for (; times > 0; --times) {
      const auto which = number++ % frames.size();
      core.up().caller_frame(frames[which], now);
      core.down().play(1, pcm.data() + which * frame_samples, frame_samples, rate_hz);
      core.up().covered_to(number * frame_samples);
      core.tick(now += frame_time);
    }
  }
};

/// A CALL whose runner speaks in frames of the bridge, a few letters at a time.
struct answered_call : fixtures::call_fixture {
  const std::string question = "could you find me a table for two";
  const std::string reply = "With pleasure. We have a table by the window at seven, and another "
                            "one in the garden at half past eight.";
  int taken = 0;
  std::size_t sent_bytes = 0;

  void frame(const std::string& text) {
    const auto read =
      read_bridge_frame(text, bounds.call.turn_text_bytes_max, bounds.wire.json_depth_max);
    if (const auto* delta = std::get_if<runner_delta>(&read))
      runner_says(runner_delta{delta->text, now()});
    else if (std::holds_alternative<runner_text_end>(read))
      runner_says(runner_text_end{});
  }

  void turn() {
    ++taken;
    say(question);
    sent_bytes += user_text_frame({question, static_cast<std::uint64_t>(taken), {}}).size();
    pass(milliseconds{20});
    for (std::size_t at = 0; at < reply.size(); at += 8)
      frame(R"({"event":"agent.text.delta","text":")" + reply.substr(at, 8) + "\"}");
    frame(R"({"event":"agent.text.end"})");
    play();
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(media_ticks) {
  talking_call call;
  call.tick(ticks_before);
  const auto before = call.sink->sent;
  counted_work([&] { call.tick(ticks_counted); });
  BOOST_TEST(call.sink->sent - before == ticks_counted * frame_samples);
  BOOST_TEST(call.tap->heard > ticks_counted * frame_samples);
  BOOST_TEST(call.ear->begun > 0);
  BOOST_TEST(call.ear->ended > 0);
}

BOOST_FIXTURE_TEST_CASE(turns, answered_call) {
  begin_joined();
  for (int i = 0; i < turns_before; ++i)
    turn();
  counted_work([this] {
    for (int i = 0; i < turns_counted; ++i)
      turn();
  });
  BOOST_TEST(taken == turns_before + turns_counted);
  const auto transcript = record().transcript;
  BOOST_REQUIRE(transcript.size() == 2u * static_cast<std::size_t>(taken));
  BOOST_TEST(transcript.back().content == reply);
  BOOST_TEST(!transcript.back().interrupted);
  BOOST_TEST(phase() == "listening");
}
