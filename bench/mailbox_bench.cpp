// What does a hop between two actors cost, there and back, on the scheduler a
// node uses; and how much of it is being observed?
//
//   ask_*    a question from outside and its answer: two threads are woken
//   hop_*    one message of two actors that play ball: the CPU time of the process for each;
//            "traced" while somebody traces a third actor
//
// Good: a round trip below 3 µs with two workers; being observed below 0.2 µs for each
// message. `--benchmark_enable_random_interleaving=true --benchmark_repetitions=15` on a
// machine that is busy with other work, and the medians.
#include "messages/observed.hpp"
#include "messages/providers.hpp"
#include "runtime/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace unpod;

struct echo_state {
  static inline const char* name = "echo";
};

/// Counts reports, answers a query: as small as an actor can be.
template <class Self>
provider_actor::behavior_type echo(Self) {
  return {[](const provider_report&) {}, [](const provider_used&) {},
          [](const test_provider&) { return tested_provider{}; },
          [](caf::get_atom) { return provider_health{}; }};
}

provider_actor::behavior_type watched(self_of<echo_state, provider_actor> self) {
  return echo(self);
}

provider_actor::behavior_type
unwatched(caf::stateful_actor<echo_state, provider_actor::base>* self) {
  return echo(self);
}

template <class Function>
void round_trips(benchmark::State& state, Function behaviour) {
  system_config config{2};
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const provider_actor other = system.spawn(behaviour);
  for (auto _ : state)
    self->request(other, caf::infinite, caf::get_atom::value)
      .receive([](const provider_health&) {}, [](const caf::error&) {});
  self->send_exit(other, caf::exit_reason::kill);
}

void ask_observed(benchmark::State& state) {
  round_trips(state, watched);
}
BENCHMARK(ask_observed)->UseRealTime();

void ask_plain(benchmark::State& state) {
  round_trips(state, unwatched);
}
BENCHMARK(ask_plain)->UseRealTime();

struct player_state {
  static inline const char* name = "player";
};

/// Given how often and to whom, it throws the ball back until that was often enough.
template <class Self>
caf::behavior player(Self self) {
  return {[self](std::uint64_t left, const caf::actor& done) {
    if (left == 0)
      self->send(done, left);
    else
      self->send(caf::actor_cast<caf::actor>(self->current_sender()), left - 1, done);
  }};
}

caf::behavior
watched_player(caf::stateful_actor<player_state, observed<caf::event_based_actor>>* self) {
  return player(self);
}

caf::behavior unwatched_player(caf::stateful_actor<player_state, caf::event_based_actor>* self) {
  return player(self);
}

constexpr std::uint64_t hops = 20'000;

template <class Function>
void play(benchmark::State& state, Function behaviour, bool traced) {
  system_config config{2};
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const caf::actor one = system.spawn(behaviour), other = system.spawn(behaviour);
  const auto trace = traced ? config.activities.trace(self->id(), [](const traced_message&) {}) : 0;
  for (auto _ : state) {
    caf::send_as(one, other, hops, caf::actor{self});
    self->receive([](std::uint64_t) {});
  }
  config.activities.end_trace(trace);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * hops));
  for (const auto& player : {one, other})
    self->send_exit(player, caf::exit_reason::kill);
}

void hop_observed(benchmark::State& state) {
  play(state, watched_player, false);
}
BENCHMARK(hop_observed)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void hop_plain(benchmark::State& state) {
  play(state, unwatched_player, false);
}
BENCHMARK(hop_plain)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

void hop_traced(benchmark::State& state) {
  play(state, watched_player, true);
}
BENCHMARK(hop_traced)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
