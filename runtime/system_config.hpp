// How CAF is set up for a node: every message known, every actor watched.
#pragma once

#include "messages/observed.hpp"
#include "messages/register_messages.hpp"
#include "runtime/actor_threads.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/thread_hook.hpp>

#include <pthread.h>

namespace unpod {

/// The actors' threads have a name, as the others have: `GET /v1/node` shows what each takes.
struct actor_thread_names : caf::thread_hook {
  void init(caf::actor_system&) override {}
  void thread_started() override {
    pthread_setname_np(pthread_self(), "actors");
  }
  void thread_terminates() override {}
};

struct system_config : caf::actor_system_config, observing {
  explicit system_config(std::size_t workers) {
    register_messages(*this);
    add_thread_hook<actor_thread_names>();
    load<actor_threads>();
    set("scheduler.max-threads", workers);
    // messages. 100: a flooded actor hands its worker on.
    set("scheduler.max-throughput", std::size_t{100});
    set("logger.verbosity", caf::atom("quiet"));
  }
};

} // namespace unpod
