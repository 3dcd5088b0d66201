// STORE: one sync for many, all or nothing, exactly one asker gets a token, and no
// failing disk or dying actor leaves an asker without an answer.
#define BOOST_TEST_MODULE store
#include <boost/test/unit_test.hpp>

#include "messages/log.hpp"
#include "storage/memory_backend.hpp"
#include "storage/open_store.hpp"
#include "storage/reader.hpp"
#include "storage/store.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/storage/sample_records.hpp"

#include <condition_variable>
#include <future>

using namespace unpod;
using namespace fixtures;
using namespace std::chrono_literals;

namespace {

using op = store_change::what;

store_write write_of(op what, stored record) {
  return {{{what, std::move(record)}}};
}

/// The actor on a clock of its own, and a store thread that is the test.
struct store_fixture : deterministic_system {
  std::shared_ptr<memory_backend> disk = std::make_shared<memory_backend>();
  store_limits bounds = make_bounds();
  std::shared_ptr<store_engine> engine = std::make_shared<store_engine>(disk, bounds, small());
  store_reader_ptr reader = make_reader(disk, bounds);
  store_actor subject = spawn_store(sys, engine);
  mono_time now{1s};
  std::vector<std::string> lines;

  store_fixture() {
    set_log_sink([this](auto, auto&, auto&, auto& words) { lines.push_back(words); });
  }

  ~store_fixture() {
    set_log_sink({});
    end(subject, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }

  static store_limits make_bounds() {
    store_limits bounds;
    bounds.journal_spool_max = 3;
    bounds.record_bytes_max = 1'000;
    return bounds;
  }
  static engine_bounds small() {
    engine_bounds own;
    own.queue_max = 100;
    return own;
  }

  /// One turn of the store thread, and the answers on their way.
  void step(wall_ms wall = 0) {
    engine->step(now, wall);
    sched.run();
  }

  template <class Message>
  auto send_request(const Message& message, const store_actor& to) {
    auto pending = self->request(to, caf::infinite, message);
    sched.run();
    return pending;
  }

  template <class Reply, class Pending>
  static caf::expected<Reply> answer_of(Pending& pending) {
    caf::expected<Reply> answer{caf::sec::unexpected_response};
    pending.receive([&](Reply& reply) { answer = std::move(reply); },
                    [&](caf::error& error) { answer = std::move(error); });
    return answer;
  }

  caf::expected<store_done> write(const store_write& request) {
    auto pending = send_request(request, subject);
    step();
    return answer_of<store_done>(pending);
  }

  caf::expected<consumed_token> consume(const std::string& hash, wall_ms at) {
    auto pending = send_request(consume_token{hash, at}, subject);
    step();
    return answer_of<consumed_token>(pending);
  }

  store_health health() {
    return *ask<store_health>(subject, caf::get_atom_v);
  }

  template <class Reply>
  static void expect_refused(const caf::expected<Reply>& answer, refusal why,
                             const std::string& words) {
    BOOST_REQUIRE(!answer);
    BOOST_TEST((refusal_of(answer.error()) == why));
    BOOST_TEST_INFO(words_of(answer.error()));
    BOOST_TEST(words_of(answer.error()).find(words) != std::string::npos);
  }
};

/// A disk that does not answer before it is told to.
struct slow_disk : memory_backend {
  std::mutex mutex;
  std::condition_variable changed;
  bool held = false;
  std::size_t entered = 0;

  disk_result commit(const key_batch& batch) override {
    {
      std::unique_lock lock{mutex};
      ++entered;
      changed.notify_all();
      changed.wait(lock, [this] { return !held; });
    }
    return memory_backend::commit(batch);
  }
  void hold(bool on) {
    const std::lock_guard lock{mutex};
    held = on;
    changed.notify_all();
  }
  bool wait_entered(std::size_t count) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, 30s, [&] { return entered >= count; });
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(store_tests, store_fixture)

BOOST_AUTO_TEST_CASE(an_answered_write_can_be_read) {
  const auto done =
    write({{{op::put, make_pipe("p1", "one")}, {op::put, make_call("c1", "active")}}});
  BOOST_REQUIRE(done);
  BOOST_TEST(done->changes == 2u);
  BOOST_TEST(find<pipe_record>(*reader, table::pipes, "p1")->name == "one");
  BOOST_TEST(find<call_record>(*reader, table::calls, "c1")->status == "active");
  BOOST_TEST(!find<pipe_record>(*reader, table::pipes, "c1").has_value());
  BOOST_TEST(!find<key_record>(*reader, table::keys, "p1").has_value());
  BOOST_REQUIRE(write(write_of(op::erase, make_pipe("p1", ""))));
  BOOST_TEST(!find<pipe_record>(*reader, table::pipes, "p1").has_value());
}

BOOST_AUTO_TEST_CASE(create_refuses_what_exists_and_changes_nothing) {
  BOOST_REQUIRE(write(write_of(op::create, make_pipe("p1", "one"))));
  const auto again =
    write({{{op::put, make_pipe("p2", "two")}, {op::create, make_pipe("p1", "other")}}});
  expect_refused(again, refusal::conflict, "pipe 'p1' exists already");
  BOOST_TEST(find<pipe_record>(*reader, table::pipes, "p1")->name == "one");
  BOOST_TEST(!find<pipe_record>(*reader, table::pipes, "p2").has_value());
}

BOOST_AUTO_TEST_CASE(many_writes_are_one_sync) {
  std::vector<decltype(send_request(store_write{}, subject))> pending;
  for (int i = 0; i < 50; ++i)
    pending.push_back(
      send_request(write_of(op::create, make_pipe("p" + std::to_string(i / 2), "")), subject));
  tell(subject, journal_append{make_entry("c1", 1)});
  BOOST_TEST(disk->syncs() == 0u);
  step();
  BOOST_TEST(disk->syncs() == 1u);
  int done = 0, refused = 0;
  for (auto& one : pending) {
    const auto answer = answer_of<store_done>(one);
    ++(answer ? done : refused);
    if (!answer) // the second of each name: the first was ahead of it in the group
      expect_refused(answer, refusal::conflict, "exists already");
  }
  BOOST_TEST(done == 25);
  BOOST_TEST(refused == 25);
  BOOST_TEST(
    find<journal_record>(*reader, table::journal, key_of(make_entry("c1", 1))).has_value());
}

BOOST_AUTO_TEST_CASE(a_bad_record_is_refused_with_the_limit) {
  auto fat = make_pipe("p1", std::string(2'000, 'x'));
  expect_refused(write(write_of(op::put, fat)), refusal::invalid, "record_bytes_max = 1000");
  expect_refused(write(write_of(op::put, make_pipe("", "x"))), refusal::invalid, "needs an id");
  expect_refused(write(write_of(op::put, make_call("a/b", "active"))), refusal::invalid, "'/'");
  BOOST_TEST(disk->syncs() == 0u);
}

BOOST_AUTO_TEST_CASE(lists_are_pages_in_order) {
  store_write all;
  for (const auto* id : {"a1", "a2", "a3", "b1"})
    all.changes.push_back({op::put, make_pipe(id, "")});
  all.changes.push_back({op::put, make_key("a9")});
  BOOST_REQUIRE(write(all));
  const auto ids = [&](const list_query& query) {
    std::string text;
    for (const auto& pipe : list<pipe_record>(*reader, table::pipes, query))
      text += pipe.id.str() + " ";
    return text;
  };
  BOOST_TEST(ids({}) == "a1 a2 a3 b1 ");
  BOOST_TEST(ids({"a", "", 2, false, {}}) == "a1 a2 ");
  BOOST_TEST(ids({"a", "a2", 2, false, {}}) == "a3 ");
  BOOST_TEST(ids({"", "", 3, true, {}}) == "b1 a3 a2 ");
  BOOST_TEST(ids({"", "a2", 3, true, {}}) == "a1 ");
  BOOST_TEST(ids({"", "", 0, false, {}}) == "");
}

BOOST_AUTO_TEST_CASE(a_project_lists_its_own_rows_only) {
  store_write all;
  for (const auto& [id, project] : {std::pair{"p1", "A"}, {"p2", "B"}, {"p3", "A"}, {"p4", "AB"}}) {
    auto pipe = make_pipe(id, "");
    pipe.project = project;
    all.changes.push_back({op::put, pipe});
  }
  BOOST_REQUIRE(write(all));
  const auto ids = [&](const char* project, bool newest_first = false, const char* after = "") {
    std::string text;
    for (const auto& pipe :
         list<pipe_record>(*reader, table::pipes, {"", after, 10, newest_first, project}))
      text += pipe.id.str() + " ";
    return text;
  };
  BOOST_TEST(ids("A") == "p1 p3 ");
  BOOST_TEST(ids("A", true) == "p3 p1 ");
  BOOST_TEST(ids("A", false, "p1") == "p3 ");
  BOOST_TEST(ids("B") == "p2 ");
  BOOST_TEST(ids("C") == "");
  auto gone = make_pipe("p1", "");
  gone.project = "A";
  BOOST_REQUIRE(write(write_of(op::erase, gone)));
  BOOST_TEST(ids("A") == "p3 ");
}

BOOST_AUTO_TEST_CASE(a_writer_who_read_something_older_is_refused) {
  const auto first = make_pipe("p1", "first"), second = make_pipe("p1", "second");
  BOOST_REQUIRE(write(write_of(op::put, first)));
  BOOST_REQUIRE(write({{{op::put, second, first}}}));
  expect_refused(write({{{op::put, make_pipe("p1", "third"), first}}}), refusal::conflict,
                 "changed meanwhile");
  expect_refused(write({{{op::put, make_pipe("p9", "x"), first}}}), refusal::conflict,
                 "changed meanwhile"); // it went
  BOOST_TEST(find<pipe_record>(*reader, table::pipes, "p1")->name == "second");
}

BOOST_AUTO_TEST_CASE(exactly_one_asker_gets_a_token) {
  BOOST_REQUIRE(write(write_of(op::create, make_token("h1", 1'000))));
  auto first = send_request(consume_token{"h1", 500}, subject);
  auto second = send_request(consume_token{"h1", 500}, subject);
  step();
  const auto got = answer_of<consumed_token>(first);
  BOOST_REQUIRE(got);
  BOOST_TEST(got->token.expires == 1'000);
  BOOST_TEST(!got->token.used);
  expect_refused(answer_of<consumed_token>(second), refusal::unauthorised, "used already");
  const auto restarted = std::make_shared<store_engine>(disk, bounds);
  store_answer later;
  restarted->post(consume_token{"h1", 500}, [&](store_answer answer) { later = answer; });
  restarted->step(now, 0);
  BOOST_TEST((later.why == refusal::unauthorised));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_unknown_or_expired_is_refused) {
  BOOST_REQUIRE(write(write_of(op::create, make_token("h1", 1'000))));
  expect_refused(consume("h1", 1'000), refusal::unauthorised, "expired");
  expect_refused(consume("h2", 1), refusal::unauthorised, "unknown");
  expect_refused(consume("", 1), refusal::unauthorised, "unknown");
  expect_refused(consume(std::string(9'999, 'h'), 1), refusal::unauthorised, "unknown");
}

BOOST_AUTO_TEST_CASE(expired_tokens_go_and_used_ones_stay_until_then) {
  BOOST_REQUIRE(write({{{op::put, make_token("h1", 1'000)}, {op::put, make_token("h2", 2'000)}}}));
  BOOST_REQUIRE(consume("h2", 500));
  now += 61s;
  step(1'500);
  BOOST_TEST(!find<token_record>(*reader, table::tokens, "h1").has_value());
  BOOST_TEST(find<token_record>(*reader, table::tokens, "h2")->used);
  now += 61s;
  step(2'000);
  BOOST_TEST(!find<token_record>(*reader, table::tokens, "h2").has_value());
}

BOOST_AUTO_TEST_CASE(a_failing_disk_refuses_serves_reads_and_heals_by_itself) {
  BOOST_REQUIRE(write(write_of(op::put, make_pipe("p1", "one"))));
  disk->fail_with({disk_result::cause::full, "/var/x: No space left on device"});
  const auto refused = write(write_of(op::put, make_pipe("p1", "two")));
  expect_refused(refused, refusal::disk_full, "free some space");
  BOOST_TEST(words_of(refused.error()).find("/var/x") == std::string::npos);
  expect_refused(consume("h1", 1), refusal::disk_full, "disk is full");
  BOOST_TEST(!health().writable);
  BOOST_TEST(find<pipe_record>(*reader, table::pipes, "p1")->name == "one");
  for (int i = 0; i < 20; ++i, now += 1s)
    step();
  BOOST_TEST(lines.size() == 1u); // said once, not every half second
  disk->fail_with({});
  step(); // with nothing to write
  BOOST_TEST(health().writable);
  BOOST_TEST(lines.size() == 2u);
  BOOST_REQUIRE(write(write_of(op::put, make_pipe("p1", "two"))));
}

BOOST_AUTO_TEST_CASE(each_trouble_has_its_refusal) {
  const auto refusal_for = [&](disk_result::cause cause) {
    disk->fail_with({cause, "x"});
    return refusal_of(write(write_of(op::put, make_pipe("p1", "one"))).error());
  };
  BOOST_TEST((refusal_for(disk_result::cause::full) == refusal::disk_full));
  now += 1s;
  BOOST_TEST((refusal_for(disk_result::cause::read_only) == refusal::disk_full));
  now += 1s;
  BOOST_TEST((refusal_for(disk_result::cause::broken) == refusal::unavailable));
}

BOOST_AUTO_TEST_CASE(the_journal_waits_for_the_disk_and_its_newest_entries_stay) {
  disk->fail_with({disk_result::cause::broken, "x"});
  for (std::uint64_t seq = 1; seq <= 5; ++seq) {
    tell(subject, journal_append{make_entry("c1", seq)});
    step();
  }
  BOOST_TEST(health().journal_waiting == 3u);
  BOOST_TEST(health().journal_dropped == 2u);
  tell(subject, journal_append{make_entry("", 6)}, // no call: nobody could find it
       journal_append{make_entry("c1", 7)});
  BOOST_TEST(health().journal_dropped == 4u);
  disk->fail_with({});
  now += 1s;
  step();
  const auto kept = list<journal_record>(*reader, table::journal, {"c1/", "", 1'000, false, {}});
  BOOST_REQUIRE(kept.size() == 3u);
  BOOST_TEST(kept[0].seq == 4u);
  BOOST_TEST(kept[2].seq == 7u);
  BOOST_TEST(health().journal_waiting == 0u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_full_says_so_at_once) {
  std::vector<decltype(send_request(store_write{}, subject))> pending;
  for (int i = 0; i < 101; ++i)
    pending.push_back(send_request(write_of(op::put, make_pipe("p1", "")), subject));
  expect_refused(answer_of<store_done>(pending.back()), refusal::unavailable, "try again");
  pending.pop_back();
  step();
  for (auto& one : pending)
    BOOST_TEST(static_cast<bool>(answer_of<store_done>(one)));
}

BOOST_AUTO_TEST_CASE(a_killed_store_answers_and_its_successor_goes_on) {
  auto pending = send_request(write_of(op::put, make_pipe("p1", "one")), subject);
  end(subject, caf::exit_reason::kill);
  expect_refused(answer_of<store_done>(pending), refusal::unavailable, "is unknown");
  subject = spawn_store(sys, engine);
  BOOST_REQUIRE(write(write_of(op::put, make_pipe("p2", "two"))));
  BOOST_TEST(find<pipe_record>(*reader, table::pipes, "p1")->name == "one"); // the engine had it
}

BOOST_AUTO_TEST_CASE(a_stopped_engine_refuses_and_has_written_what_waited) {
  auto pending = send_request(write_of(op::put, make_pipe("p1", "one")), subject);
  tell(subject, journal_append{make_entry("c1", 1)});
  engine->stop();
  engine->drain(now, 0);
  run();
  BOOST_TEST(static_cast<bool>(answer_of<store_done>(pending)));
  BOOST_TEST(list<journal_record>(*reader, table::journal, {}).size() == 1u);
  expect_refused(write(write_of(op::put, make_pipe("p2", ""))), refusal::unavailable, "stopping");
  BOOST_TEST(!health().writable);
}

BOOST_AUTO_TEST_SUITE_END()

// -- with its thread -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_comes_while_the_disk_works_is_the_next_group) {
  const auto disk = std::make_shared<slow_disk>();
  const auto running = run_store(disk, {}, 0);
  const auto before = disk->syncs();
  std::promise<void> all_done;
  std::atomic<int> left{101};
  const auto post = [&](int i) {
    running.engine->post(write_of(op::create, make_pipe("p" + std::to_string(i), "")),
                         [&](const store_answer& answer) {
                           BOOST_TEST((answer.why == refusal::none));
                           if (--left == 0)
                             all_done.set_value();
                         });
  };
  disk->hold(true);
  post(0);
  BOOST_REQUIRE(disk->wait_entered(before + 1));
  for (int i = 1; i <= 100; ++i)
    post(i);
  BOOST_TEST(running.engine->health(mono_now() + 6s).trouble.find("not answered")
             != std::string::npos);
  disk->hold(false);
  BOOST_REQUIRE((all_done.get_future().wait_for(30s) == std::future_status::ready));
  BOOST_TEST(disk->syncs() == before + 2u);
  BOOST_TEST(running.reader->list(table::pipes, {}).size() == 101u);
}

BOOST_AUTO_TEST_CASE(the_journal_gets_to_disk_with_nobody_asking) {
  const auto disk = std::make_shared<slow_disk>();
  const auto running = run_store(disk, {}, 0);
  running.engine->append(make_entry("c1", 1), mono_now());
  BOOST_TEST(disk->wait_entered(1));
}

BOOST_AUTO_TEST_CASE(the_thread_writes_what_waits_before_it_ends) {
  const auto disk = std::make_shared<memory_backend>();
  {
    const auto running = run_store(disk, {}, 0);
    for (std::uint64_t seq = 1; seq <= 500; ++seq)
      running.engine->append(make_entry("c1", seq), mono_now());
  }
  BOOST_TEST(make_reader(disk, {})->list(table::journal, {}).size() == 500u);
}
