// STORE: the only door to what is kept. It hands requests to the store thread and
// its answers back, and never waits for the disk itself.
//
//   store_write, consume_token --post--> store thread --flush--> answers to the askers
//   journal_append ------------append--> spool
//
// Nothing but the askers' promises is in the actor. When it dies, whoever waits is
// told at once that the outcome is unknown, and a new STORE over the same engine
// goes on where it stopped: the engine keeps its queue and its spool.
#pragma once

#include "messages/observed.hpp"
#include "messages/store.hpp"
#include "storage/store_engine.hpp"

#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <map>
#include <memory>

namespace unpod {

/// The store thread has put answers into the box.
using store_face = store_actor::extend<caf::reacts_to<caf::flush_atom>>;

/// What the store thread leaves for its STORE.
struct answer_box;

struct store_state {
  using self_pointer = self_of<store_state, store_face>;

  static inline const char* name = "store";

  explicit store_state(self_pointer self) : self(self) {}
  ~store_state();

  caf::typed_response_promise<store_done> write(const store_write& request);
  caf::typed_response_promise<consumed_token> consume(const consume_token& request);
  void append(const journal_append& event);
  store_health health() const;
  void flush();

  store_done_call expect(caf::response_promise promise);

  self_pointer self;
  std::shared_ptr<store_engine> engine;
  std::shared_ptr<answer_box> box;
  std::map<std::uint64_t, caf::response_promise> waiting; // by ticket
  std::uint64_t tickets = 0;
};

/// As a child: `spawn_child(self, "", store, engine)`.
store_face::behavior_type store(store_state::self_pointer self,
                                std::shared_ptr<store_engine> engine);

/// Parentless; whoever adopts it monitors it, and spawns another over the same
/// engine when it is down.
store_actor spawn_store(caf::actor_system& sys, std::shared_ptr<store_engine> engine);

} // namespace unpod
