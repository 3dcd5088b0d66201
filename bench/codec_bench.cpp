// What do the codecs cost for a frame of 20 ms, each way, and what stands between a voice and
// them: resampling, and the playout ring? (There is no jitter buffer: callers' audio comes in order
// over WebSockets. The ring is what smooths the way down.)
// Good: µ-law below 0.2 µs, ring below 0.5 µs, resampling below 10 µs, Opus decoding below 20 µs
// and encoding below 60 µs (3 ms of a call-second).
#include "adapters/media/g711.hpp"
#include "adapters/media/opus_codec.hpp"
#include "adapters/media/playout_ring.hpp"
#include "adapters/media/resampler.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>
#include <vector>

namespace {

using namespace unpod;

/// A second of a voice, more or less: vowels that come and go, and no frame like another.
std::vector<std::int16_t> voice(std::uint32_t rate_hz) {
  constexpr double pi = 3.14159265;
  std::vector<std::int16_t> pcm(rate_hz);
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double at_s = static_cast<double>(i) / rate_hz;
    const double loud = 8'000 * (0.6 + 0.4 * std::sin(at_s * 2 * pi * 3));
    pcm[i] = static_cast<std::int16_t>(loud * std::sin(at_s * 2 * pi * (140 + 30 * at_s))
                                       + loud / 3 * std::sin(at_s * 2 * pi * 1'130));
  }
  return pcm;
}

std::size_t frame_of(std::uint32_t rate_hz) {
  return rate_hz / 50;
}

void mulaw_to_linear(benchmark::State& state) {
  const auto pcm = voice(8'000);
  std::string codes(frame_of(8'000), '\0');
  mulaw_encode(pcm.data(), codes.size(), codes.data());
  std::vector<std::int16_t> out(codes.size());
  for (auto _ : state) {
    mulaw_decode(codes.data(), codes.size(), out.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(mulaw_to_linear);

void linear_to_mulaw(benchmark::State& state) {
  const auto pcm = voice(8'000);
  std::string codes(frame_of(8'000), '\0');
  for (auto _ : state) {
    mulaw_encode(pcm.data(), codes.size(), codes.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(linear_to_mulaw);

void opus_encode(benchmark::State& state) {
  const auto rate_hz = static_cast<std::uint32_t>(state.range(0));
  const auto pcm = voice(rate_hz);
  const auto frame = frame_of(rate_hz);
  opus_encoder encoder{rate_hz};
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(encoder.encode(pcm.data() + at, frame));
    at = at + 2 * frame <= pcm.size() ? at + frame : 0;
  }
}
BENCHMARK(opus_encode)->ArgName("rate")->Arg(16'000)->Arg(48'000);

void opus_decode(benchmark::State& state) {
  const auto rate_hz = static_cast<std::uint32_t>(state.range(0));
  const auto pcm = voice(rate_hz);
  const auto frame = frame_of(rate_hz);
  opus_encoder encoder{rate_hz};
  std::vector<std::string> packets;
  for (std::size_t at = 0; at + frame <= pcm.size(); at += frame)
    packets.push_back(encoder.encode(pcm.data() + at, frame));
  opus_decoder decoder{16'000}; // straight to what a recogniser wants
  std::vector<std::int16_t> out(frame_of(48'000) * 6);
  std::size_t number = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
      decoder.decode(packets[number++ % packets.size()], out.data(), out.size()));
}
BENCHMARK(opus_decode)->ArgName("rate")->Arg(16'000)->Arg(48'000);

/// A voice of 24 kHz for a telephone, and a call of 8 kHz for a recogniser of 16.
void resample(benchmark::State& state) {
  const auto from = static_cast<std::uint32_t>(state.range(0));
  const auto pcm = voice(from);
  resampler to{from, static_cast<std::uint32_t>(state.range(1)), resampler::timing::aligned};
  std::vector<std::int16_t> out;
  std::size_t at = 0;
  for (auto _ : state) {
    out.clear();
    to.push(pcm.data() + at, frame_of(from), out);
    benchmark::DoNotOptimize(out.data());
    at = at + 2 * frame_of(from) <= pcm.size() ? at + frame_of(from) : 0;
  }
}
BENCHMARK(resample)->ArgNames({"from", "to"})->Args({24'000, 8'000})->Args({8'000, 16'000});

void playout_ring_frame(benchmark::State& state) {
  const auto pcm = voice(8'000);
  const auto frame = frame_of(8'000);
  playout_ring ring{8'000u * 30};
  ring.append(1, pcm.data(), pcm.size());
  std::vector<std::int16_t> out(frame);
  std::vector<playout_event> events;
  for (auto _ : state) {
    ring.append(1, pcm.data(), frame);
    benchmark::DoNotOptimize(ring.take(out.data(), frame));
    events.clear();
    ring.take_events(events);
  }
}
BENCHMARK(playout_ring_frame);

} // namespace

BENCHMARK_MAIN();
