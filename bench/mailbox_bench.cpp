// What does a hop between two actors cost, there and back, on the scheduler a
// node uses; and how much of it is being observed?
// Good: below 3 µs with two workers; observation within 10 %.
#include "messages/observed.hpp"
#include "messages/providers.hpp"
#include "runtime/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace unpod;

struct echo_state {
  static inline const char* name = "echo";
};

/// Counts reports, answers a query: as small as an actor can be.
template <class Self>
provider_actor::behavior_type echo(Self) {
  return {[](const provider_report&) {}, [](caf::get_atom) { return provider_health{}; }};
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

} // namespace

BENCHMARK_MAIN();
