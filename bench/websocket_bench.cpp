// What does a caller's WebSocket frame cost without its socket (ws_wire), read and written, for 20
// ms of µ-law (160 bytes), of PCM (640) and for a word of control? Good: below 0.3 µs: the kernel's
// part of a frame is 3 to 6.
#include "adapters/http/ws_wire.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace {

using namespace unpod;

constexpr std::size_t message_max = 64 * 1024;

/// As a client sends it: masked.
std::string masked_frame(std::size_t size) {
  std::string frame{"\x82"};
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(size >> 8);
    frame += static_cast<char>(size & 0xff);
  }
  const std::string mask = "\x12\x34\x56\x78";
  frame += mask;
  for (std::size_t i = 0; i < size; ++i)
    frame += static_cast<char>(static_cast<char>(i) ^ mask[i % 4]);
  return frame;
}

void read_caller_frame(benchmark::State& state) {
  const auto frame = masked_frame(static_cast<std::size_t>(state.range(0)));
  ws_reader reader{message_max};
  std::string bytes;
  std::size_t read = 0;
  for (auto _ : state) {
    bytes = frame; // it is unmasked in place; a copy of some ns
    reader.feed(bytes.data(), bytes.size());
    for (auto item = reader.next(); item.is != ws_item::what::nothing; item = reader.next())
      read += item.bytes.size();
  }
  if (read != static_cast<std::size_t>(state.iterations() * state.range(0)))
    state.SkipWithError("not all was read");
}
BENCHMARK(read_caller_frame)->Arg(30)->Arg(160)->Arg(640);

void write_caller_frame(benchmark::State& state) {
  const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
  std::string out;
  for (auto _ : state) {
    char head[10];
    out.clear();
    out.append(head, write_ws_head(head, ws_opcode::binary, payload.size())).append(payload);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_caller_frame)->Arg(160)->Arg(640);

} // namespace

BENCHMARK_MAIN();
