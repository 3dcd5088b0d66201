// What does one call's audio cost? Per 20 ms tick, both ways, by encoding; and of
// that the VAD and the codecs alone. No sockets, no threads.
// Good: a µ-law tick below 8 µs (400 µs per call-second), VAD below 2.5 µs a
// frame, Opus below 80 µs (4 ms per call-second).
#include "adapters/media/call_core.hpp"
#include "adapters/media/frame_codec.hpp"
#include "adapters/media/voice_detector.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace unpod;

constexpr auto frame = std::chrono::milliseconds{20};

/// A tone that comes and goes, so that speech begins and ends.
std::vector<std::int16_t> tone(std::uint32_t rate_hz, std::size_t samples) {
  std::vector<std::int16_t> pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double seconds = static_cast<double>(i) / rate_hz;
    const double loud = std::fmod(seconds, 2.0) < 1.2 ? 8'000 : 20;
    pcm[i] = static_cast<std::int16_t>(loud * std::sin(seconds * 2 * 3.14159265 * 220)
                                       * std::sin(seconds * 2 * 3.14159265 * 3));
  }
  return pcm;
}

audio_format format_of(benchmark::State& state) {
  return {static_cast<audio_encoding>(state.range(0)), static_cast<std::uint32_t>(state.range(1))};
}

class counting_sink : public media_sink {
public:
  void frame(std::string bytes) override {
    sent += bytes.size();
  }
  std::size_t sent = 0;
};

/// Full talk both ways: a frame in, a frame out, one tick.
void tick(benchmark::State& state) {
  const auto format = format_of(state);
  media_counters counters;
  call_core core{format, media_limits{}, seconds{15}, counters};
  const auto sink = std::make_shared<counting_sink>();
  core.start(sink);
  const std::uint32_t rate = format.sample_rate == 8'000 ? 8'000 : 16'000;
  const auto pcm = tone(rate, rate * 4);
  const std::size_t step = rate / 50;
  frame_encoder encoder{format};
  std::vector<std::string> frames;
  for (std::size_t at = 0; at + step <= pcm.size(); at += step)
    frames.push_back(encoder.encode(pcm.data() + at, step));
  mono_time now = mono_now();
  std::size_t number = 0;
  for (auto _ : state) {
    const auto which = number++ % frames.size();
    core.up().caller_frame(frames[which], now);
    core.down().play(1, pcm.data() + which * step, step, rate);
    core.up().covered_to(number * step);
    core.tick(now += frame);
  }
  benchmark::DoNotOptimize(sink->sent);
}
BENCHMARK(tick)
  ->ArgNames({"encoding", "rate"})
  ->Args({static_cast<long>(audio_encoding::mulaw), 8'000})
  ->Args({static_cast<long>(audio_encoding::pcm_s16le), 16'000})
  ->Args({static_cast<long>(audio_encoding::opus), 16'000})
  ->Args({static_cast<long>(audio_encoding::opus), 48'000});

void vad_frame(benchmark::State& state) {
  const auto rate = static_cast<std::uint32_t>(state.range(0));
  voice_detector detector{rate};
  const auto pcm = tone(rate, rate * 4);
  const std::size_t step = rate / 100;
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(detector.is_voice(pcm.data() + at));
    at = at + 2 * step <= pcm.size() ? at + step : 0;
  }
}
BENCHMARK(vad_frame)->ArgName("rate")->Arg(8'000)->Arg(16'000);

} // namespace

BENCHMARK_MAIN();
