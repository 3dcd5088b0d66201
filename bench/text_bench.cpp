// What does the runner's text cost on its way? One delta frame read, one
// user.text written, one answer split into pieces.
// Good: below 2 µs a frame, below 10 µs an answer of 150 bytes.
#include "actors/text_splitter.hpp"
#include "adapters/runner/bridge_frames.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace unpod;

void read_delta(benchmark::State& state) {
  const std::string text = R"({"event":"agent.text.delta","text":"a table by the window "})";
  const limits bounds;
  for (auto _ : state)
    benchmark::DoNotOptimize(
      read_bridge_frame(text, bounds.call.turn_text_bytes_max, bounds.wire.json_depth_max));
}
BENCHMARK(read_delta);

void write_user_text(benchmark::State& state) {
  const bridge_user_text turn{"i would like to book a table for two", 3, {}};
  for (auto _ : state)
    benchmark::DoNotOptimize(user_text_frame(turn));
}
BENCHMARK(write_user_text);

void split_answer(benchmark::State& state) {
  const std::string answer = "With pleasure. We have a table by the window at seven, and another "
                             "one in the garden at half past eight, in case you prefer that.";
  for (auto _ : state) {
    text_splitter splitter{600};
    for (std::size_t at = 0; at < answer.size(); at += 5)
      benchmark::DoNotOptimize(splitter.add(std::string_view{answer}.substr(at, 5)));
    benchmark::DoNotOptimize(splitter.finish());
  }
}
BENCHMARK(split_answer);

} // namespace

BENCHMARK_MAIN();
