// What does it take to tell a console all actors of a node: read their numbers, put them in order,
// write them as JSON?
// Good: 5,000 as a tree within 100 ms of one core; a console that looks once a second at 4,000,
// which is 500 calls, within 1 % of one: 8 ms.
#include "adapters/api/actor_rows.hpp"
#include "adapters/api/node_view.hpp"

#include <benchmark/benchmark.h>

#include <deque>

namespace {

using namespace unpod;

/// A node with so many calls of eight actors each, all of which have been at work.
struct house {
  explicit house(std::uint64_t actors) {
    constexpr std::uint64_t of_a_call = 8;
    for (std::uint64_t id = 1; id <= actors; ++id) {
      auto& node = nodes.emplace_back();
      node.id = id;
      const bool is_call = id % of_a_call == 2;
      node.parent = id == 1 ? 0 : is_call ? 1 : id - (id + of_a_call - 2) % of_a_call;
      for (int i = 0; i < 50; ++i) {
        node.enqueued.fetch_add(1);
        node.begin(activity_node::clock_ns());
        node.end(activity_node::clock_ns() - 20'000, false);
      }
      registry.add(node, id == 1 ? "node" : is_call ? "call" : "transcriber", {});
      registry.name_child(node.parent, id, "SCL_0VbdkQeoKRIMlLeHGoDCFd");
    }
  }

  std::deque<activity_node> nodes;
  activity_registry registry;
};

void tell(benchmark::State& state, const actor_wish& wish) {
  const house all{static_cast<std::uint64_t>(state.range(0))};
  std::size_t bytes = 0;
  for (auto _ : state) {
    auto text = actors_json(arranged(all.registry.snapshot(), wish),
                            {std::chrono::nanoseconds{activity_node::clock_ns()}, 1});
    benchmark::DoNotOptimize(text.data());
    bytes = text.size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

void tree(benchmark::State& state) {
  tell(state, {});
}
BENCHMARK(tree)->Arg(400)->Arg(4'000)->Arg(5'000)->Unit(benchmark::kMillisecond);

void busiest(benchmark::State& state) {
  actor_wish wish;
  wish.tree = false;
  wish.sort = "rate";
  wish.limit = 500;
  tell(state, wish);
}
BENCHMARK(busiest)->Arg(5'000)->Unit(benchmark::kMillisecond);

/// Added up alone: what the head of every view costs.
void counted(benchmark::State& state) {
  const house all{static_cast<std::uint64_t>(state.range(0))};
  for (auto _ : state)
    benchmark::DoNotOptimize(sums_of(all.registry.snapshot()).waiting);
}
BENCHMARK(counted)->Arg(4'000)->Arg(5'000)->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
