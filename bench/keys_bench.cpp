// What does it cost to know whose key a request came with? Remembered, looked up in
// RocksDB and hashed, and braked.
// Good: below 1 µs when remembered, so that 20,000 requests a second take 2 % of a core.
#include "runtime/brakes.hpp"
#include "runtime/keys.hpp"
#include "storage/reader.hpp"
#include "storage/record_codec.hpp"
#include "storage/rocksdb_backend.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

namespace {

using namespace unpod;

/// A store with one key, gone with the bench.
struct key_house {
  std::string folder = make_folder();
  minted_key key = mint_key(1);
  std::unique_ptr<key_ring> ring;

  key_house() {
    const std::shared_ptr<rocksdb_backend> disk = rocksdb_backend::open(folder + "/store");
    key.record.org = default_org;
    key.record.project = default_project;
    key_batch batch;
    for (const auto& change : missing_accounts(*make_reader(disk, {}), 1))
      add(batch, change.record);
    add(batch, key.record);
    if (!disk->commit(batch).ok())
      std::abort();
    key_ring_setup with;
    with.reader = make_reader(disk, {});
    ring = std::make_unique<key_ring>(std::move(with));
  }
  ~key_house() {
    ring.reset();
    std::filesystem::remove_all(folder);
  }

  static void add(key_batch& batch, const stored& record) {
    const auto which = table_of(record);
    const auto id = std::visit([](const auto& x) { return key_of(x); }, record);
    const auto place = place_of(which);
    batch.push_back({place.where, place.prefix + id, encode_record(record)});
  }
  static std::string make_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "keys-bench.XXXXXX").string();
    return mkdtemp(pattern.data());
  }
};

void remembered_key(benchmark::State& state) {
  const key_house house;
  for (auto _ : state)
    benchmark::DoNotOptimize(house.ring->check(house.key.text.reveal()));
}
BENCHMARK(remembered_key);

void looked_up_key(benchmark::State& state) {
  const key_house house;
  for (auto _ : state) {
    house.ring->forget();
    benchmark::DoNotOptimize(house.ring->check(house.key.text.reveal()));
  }
}
BENCHMARK(looked_up_key);

void braked_key(benchmark::State& state) {
  api_limits bounds;
  bounds.key_rate_per_s = 1'000'000;
  bounds.key_burst = 1'000'000;
  request_brakes brakes{bounds};
  for (auto _ : state)
    benchmark::DoNotOptimize(brakes.key_wait("0123456789ab"));
}
BENCHMARK(braked_key);

} // namespace

BENCHMARK_MAIN();
