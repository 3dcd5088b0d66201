// What does an entry of a call's journal cost: put into the spool, and its share of a group that is
// written with one sync; to memory, and to RocksDB on this disk?
// Good: below 2 µs into the spool; below 10 µs of CPU written, in groups of 100.
#include "storage/memory_backend.hpp"
#include "storage/rocksdb_backend.hpp"
#include "storage/store_engine.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

namespace {

using namespace unpod;

journal_record entry(std::uint64_t number) {
  return {call_id{"SCL_0VbcAIqKUE2bX0whKSp2TC"}, number, 1'700'000'000'000, "user_turn",
          R"({"turn":1,"text":"I would like to know when you are open on sunday"})"};
}

/// So many entries, then a step that writes them: the time of one entry.
void append(benchmark::State& state, const backend_ptr& disk) {
  const store_limits bounds;
  store_engine engine{disk, bounds};
  const auto group = static_cast<std::uint64_t>(state.range(0));
  auto now = mono_time{1'000'000'000};
  std::uint64_t number = 0;
  for (auto _ : state) {
    for (std::uint64_t n = 0; n < group; ++n)
      engine.append(entry(number++), now);
    now += bounds.journal_sync_every * 2;
    engine.step(now, 1'700'000'000'000);
  }
  if (engine.health(now).journal_dropped + engine.health(now).journal_waiting > 0)
    state.SkipWithError("not all was written");
  state.SetItemsProcessed(static_cast<std::int64_t>(number));
}

void append_to_memory(benchmark::State& state) {
  append(state, std::make_shared<memory_backend>());
}
BENCHMARK(append_to_memory)->ArgName("group")->Arg(100)->Iterations(200);

void append_to_disk(benchmark::State& state) {
  auto folder = (std::filesystem::temp_directory_path() / "journal-bench.XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr)
    return state.SkipWithError("no temporary folder");
  append(state, rocksdb_backend::open(folder + "/store"));
  std::filesystem::remove_all(folder);
}
BENCHMARK(append_to_disk)->ArgName("group")->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime();

/// Into the spool only: what the actor's thread pays.
void spool(benchmark::State& state) {
  store_engine engine{std::make_shared<memory_backend>(), store_limits{}};
  std::uint64_t number = 0;
  for (auto _ : state) // a full spool lets its oldest go, as it would
    engine.append(entry(number++), mono_time{1'000'000'000});
}
BENCHMARK(spool);

} // namespace

BENCHMARK_MAIN();
