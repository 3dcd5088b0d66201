// A random load on an engine, and what must be true of the store after it was cut
// off anywhere: what was acknowledged is there, none twice, none half.
#pragma once

#include "storage/reader.hpp"
#include "storage/store_engine.hpp"
#include "tests/storage/sample_records.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace fixtures {

/// What a client knows of one thing it wrote: the value that was acknowledged last,
/// and those it tried since, any of which may be there.
struct known_value {
  std::string acknowledged; // empty: none
  std::set<std::string> tried;

  bool allows(const std::string& found) const {
    return found == acknowledged || tried.count(found) != 0;
  }
  void settle(const std::string& found) {
    acknowledged = found;
    tried.clear();
  }
};

class write_load {
public:
  explicit write_load(std::uint64_t seed) : random_(seed) {}

  std::size_t acknowledged() const {
    return acknowledged_;
  }

  /// Posts some requests and has the engine write them as one group.
  void run(const std::shared_ptr<store_engine>& engine, mono_time now) {
    const auto journal_from = journal_next_;
    for (auto n = 1 + random_() % 6; n > 0; --n)
      post_one(*engine);
    for (auto n = random_() % 3; n > 0; --n)
      engine->append(make_entry("c-journal", ++journal_next_), now);
    engine->step(now, 0);
    const auto health = engine->health(now);
    if (health.writable && health.journal_waiting == 0 && journal_next_ > journal_from)
      journal_kept_ = journal_next_;
  }

  /// Reads everything, and takes what it finds for settled.
  void check(const store_reader& reader, store_engine& engine) {
    check_sets(reader);
    check_calls(reader);
    check_tokens(reader, engine);
    check_journal(reader);
  }

private:
  static constexpr std::size_t sets = 20;

  void post_one(store_engine& engine) {
    switch (random_() % 4) {
      case 0:
        return put_set(engine);
      case 1:
        return create_call(engine);
      case 2:
        return mint(engine);
      default:
        return consume(engine);
    }
  }

  /// Three records of three spaces that always change together.
  void put_set(store_engine& engine) {
    const auto name = std::to_string(random_() % sets);
    const auto value = std::to_string(++nonce_) + std::string(random_() % 2'000, 'x');
    auto call = make_call("c-set-" + name, "active");
    call.instructions = value;
    auto key = make_key("k-set-" + name);
    key.name = value;
    auto& known = sets_[name];
    known.tried.insert(value);
    engine.post(store_write{{{store_change::what::put, make_pipe("p-set-" + name, value)},
                             {store_change::what::put, std::move(call)},
                             {store_change::what::put, std::move(key)}}},
                [this, &known, value](const store_answer& answer) {
                  if (answer.why == refusal::none)
                    known.acknowledged = value, ++acknowledged_;
                });
  }

  void create_call(store_engine& engine) {
    // Often an id that was tried before, as a client does that got no answer.
    const auto id = "c-new-" + std::to_string(random_() % (3 + calls_.size()));
    const auto value = std::to_string(++nonce_);
    auto call = make_call(id, "completed");
    call.instructions = value;
    auto& known = calls_[id];
    known.tried.insert(value);
    engine.post(store_write{{{store_change::what::create, std::move(call)}}},
                [this, &known, value, id](const store_answer& answer) {
                  if (answer.why == refusal::conflict)
                    known.tried.erase(value);
                  if (answer.why != refusal::none)
                    return;
                  BOOST_TEST(known.acknowledged.empty(), "created twice: " << id);
                  known.acknowledged = value;
                  ++acknowledged_;
                });
  }

  void mint(store_engine& engine) {
    const auto hash = "t" + std::to_string(++nonce_);
    engine.post(store_write{{{store_change::what::create, make_token(hash, 1'000'000)}}},
                [this, hash](const store_answer& answer) {
                  if (answer.why == refusal::none)
                    tokens_[hash] = token_state::fresh, ++acknowledged_;
                });
  }

  void consume(store_engine& engine) {
    if (tokens_.empty())
      return;
    const auto chosen = std::next(tokens_.begin(), static_cast<long>(random_() % tokens_.size()));
    engine.post(consume_token{chosen->first, 1}, [this, chosen](const store_answer& answer) {
      if (answer.why == refusal::none) {
        BOOST_TEST((chosen->second != token_state::used), "consumed twice: " << chosen->first);
        chosen->second = token_state::used;
        ++acknowledged_;
      } else if (answer.why != refusal::unauthorised && chosen->second == token_state::fresh) {
        chosen->second = token_state::in_doubt;
      }
    });
  }

  void check_sets(const store_reader& reader) {
    for (auto& [name, known] : sets_) {
      const auto pipe = find<pipe_record>(reader, table::pipes, "p-set-" + name);
      const auto call = find<call_record>(reader, table::calls, "c-set-" + name);
      const auto key = find<key_record>(reader, table::keys, "k-set-" + name);
      BOOST_TEST((pipe.has_value() == call.has_value() && pipe.has_value() == key.has_value()),
                 "half a write: set " << name);
      const auto found = pipe ? pipe->name : "";
      if (pipe && call && key)
        BOOST_TEST((call->instructions == found && key->name == found),
                   "half a write: set " << name);
      BOOST_TEST(known.allows(found), "lost: set " << name);
      known.settle(found);
    }
  }

  void check_calls(const store_reader& reader) {
    for (auto& [id, known] : calls_) {
      const auto call = find<call_record>(reader, table::calls, id);
      const auto found = call ? call->instructions : "";
      if (known.acknowledged.empty())
        BOOST_TEST((found.empty() || known.tried.count(found) != 0), "not ours: " << id);
      else
        BOOST_TEST(found == known.acknowledged, "lost or written over: " << id);
      known.settle(found);
    }
  }

  void check_tokens(const store_reader& reader, store_engine& engine) {
    for (auto& [hash, state] : tokens_) {
      const auto token = find<token_record>(reader, table::tokens, hash);
      BOOST_TEST(token.has_value(), "lost: token " << hash);
      if (!token)
        continue;
      if (state != token_state::in_doubt)
        BOOST_TEST(token->used == (state == token_state::used), "token " << hash);
      state = token->used ? token_state::used : token_state::fresh;
    }
    for (const auto& [hash, state] : tokens_)
      if (state == token_state::used)
        engine.post(consume_token{hash, 1}, [](const store_answer& answer) {
          BOOST_TEST((answer.why == refusal::unauthorised));
        });
    engine.step(mono_time{0}, 0);
  }

  void check_journal(const store_reader& reader) {
    std::set<std::uint64_t> seen;
    list_query query{"c-journal/", "", 1'000, false, {}};
    for (;;) {
      const auto page = list<journal_record>(reader, table::journal, query);
      for (const auto& entry : page) {
        BOOST_TEST(seen.insert(entry.seq).second, "twice: entry " << entry.seq);
        BOOST_TEST(entry.body == make_entry("c-journal", entry.seq).body);
        query.after = key_of(entry);
      }
      if (page.empty())
        break;
    }
    for (auto seq = journal_checked_ + 1; seq <= journal_kept_; ++seq)
      BOOST_TEST(seen.count(seq) == 1u, "lost: entry " << seq);
    journal_checked_ = journal_kept_ = journal_next_; // what was not kept stays away
  }

  enum class token_state { fresh, used, in_doubt };

  std::mt19937_64 random_;
  std::uint64_t nonce_ = 0;
  std::size_t acknowledged_ = 0;
  std::map<std::string, known_value> sets_;
  std::map<std::string, known_value> calls_;
  std::map<std::string, token_state> tokens_;
  std::uint64_t journal_next_ = 0;
  std::uint64_t journal_kept_ = 0;    // all up to here were synced
  std::uint64_t journal_checked_ = 0; // those of earlier rounds
};

} // namespace fixtures
