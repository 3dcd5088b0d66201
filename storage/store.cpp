// See store.hpp.
#include "storage/store.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <mutex>
#include <utility>
#include <variant>
#include <vector>

namespace unpod {

/// One lock, two sides: the store thread puts in, STORE takes all out. The first
/// answer in an empty box wakes STORE; one that is gone is not kept alive by it.
struct answer_box {
  using ticketed = std::pair<std::uint64_t, store_answer>;

  explicit answer_box(caf::actor_addr owner) : owner(std::move(owner)) {}

  void put(std::uint64_t ticket, store_answer answer) {
    {
      const std::lock_guard lock{mutex};
      answers.emplace_back(ticket, std::move(answer));
      if (answers.size() > 1)
        return;
    }
    if (const auto face = caf::actor_cast<store_face>(owner))
      caf::anon_send(face, caf::flush_atom_v);
  }

  std::vector<ticketed> take() {
    const std::lock_guard lock{mutex};
    return std::exchange(answers, {});
  }

  const caf::actor_addr owner;
  std::mutex mutex;
  std::vector<ticketed> answers;
};

store_face::behavior_type store(store_state::self_pointer self,
                                std::shared_ptr<store_engine> engine) {
  self->state.engine = std::move(engine);
  self->state.box = std::make_shared<answer_box>(self->address());
  return {
    [self](const store_write& request) { return self->state.write(request); },
    [self](const consume_token& request) { return self->state.consume(request); },
    [self](const journal_append& event) { self->state.append(event); },
    [self](caf::get_atom) { return self->state.health(); },
    [self](caf::flush_atom) { self->state.flush(); },
  };
}

store_actor spawn_store(caf::actor_system& sys, std::shared_ptr<store_engine> engine) {
  return sys.spawn(store, std::move(engine));
}

store_state::~store_state() {
  for (auto& [ticket, promise] : waiting)
    promise.deliver(make_error(refusal::unavailable, "the store was restarted; whether this was "
                                                     "written is unknown, read it or try again"));
}

caf::typed_response_promise<store_done> store_state::write(const store_write& request) {
  auto promise = self->make_response_promise<store_done>();
  engine->post(request, expect(promise));
  return promise;
}

caf::typed_response_promise<consumed_token> store_state::consume(const consume_token& request) {
  auto promise = self->make_response_promise<consumed_token>();
  engine->post(request, expect(promise));
  return promise;
}

/// The answer goes through the box even when it is there at once: one way for all.
store_done_call store_state::expect(caf::response_promise promise) {
  const auto ticket = ++tickets;
  waiting.emplace(ticket, std::move(promise));
  return [box = box, ticket](store_answer answer) { box->put(ticket, std::move(answer)); };
}

void store_state::append(const journal_append& event) {
  engine->append(event.entry, mono_now());
}

store_health store_state::health() const {
  return engine->health(mono_now());
}

void store_state::flush() {
  for (auto& [ticket, answer] : box->take()) {
    auto asker = waiting.extract(ticket);
    if (asker.empty())
      continue;
    if (answer.why != refusal::none)
      asker.mapped().deliver(make_error(answer.why, std::move(answer.words)));
    else if (answer.token.hash.empty())
      asker.mapped().deliver(store_done{answer.changes});
    else
      asker.mapped().deliver(consumed_token{std::move(answer.token)});
  }
}

} // namespace unpod
