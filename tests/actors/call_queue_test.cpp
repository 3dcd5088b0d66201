// CALL QUEUE on the deterministic clock, with a scripted trunk and a store in a map: who is
// placed when, what is called off, what is dialled again, and what a restart makes of it.
#define BOOST_TEST_MODULE call_queue
#include <boost/test/unit_test.hpp>

#include "actors/call_queue.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/fixtures/fake_store.hpp"

using namespace fixtures;
using namespace unpod;

namespace {

constexpr wall_ms start_wall = 1'700'000'000'000; // Tuesday, 22:13 UTC

struct queue_fixture : deterministic_system {
  queue_limits bounds;
  fake_store stored;
  services house = std::make_shared<service_book>();
  std::shared_ptr<queue_figures> figures = std::make_shared<queue_figures>();
  std::vector<dial_call> dials;
  std::vector<std::string> drops;
  bool pipes_full = false;
  event_board_ptr board; // null: nobody is told
  int ids = 0;
  store_actor store =
    sys.spawn([this]() -> store_actor::behavior_type { return stored.behavior(); });
  trunks_actor trunk = spawn_trunk();
  pipes_actor pipes = spawn_pipes();
  call_queue_actor queue;

  queue_fixture() {
    bounds.trunk_calls_per_s = 0;
    house->put(store);
    house->put(trunk);
    house->put(pipes);
    pipe_record pipe;
    pipe.id = pipe_id{"PIPE_1"};
    pipe.project = "P";
    stored.records->put(pipe);
  }

  ~queue_fixture() {
    house->clear();
    for (const auto& one : {caf::actor_cast<caf::actor>(store), caf::actor_cast<caf::actor>(trunk),
                            caf::actor_cast<caf::actor>(pipes)})
      end(one, caf::exit_reason::kill);
    if (queue)
      end(queue, caf::exit_reason::kill);
  }

  trunks_actor spawn_trunk() {
    return sys.spawn([this]() -> trunks_actor::behavior_type {
      return {[this](const dial_call& dial) { dials.push_back(dial); },
              [this](const drop_dial& drop) { drops.push_back(drop.call.str()); }};
    });
  }

  pipes_actor spawn_pipes() {
    return sys.spawn([this]() -> pipes_actor::behavior_type {
      return {
        [](const open_call&) -> caf::result<opened_call> {
          return make_error(refusal::draining, "a fake");
        },
        [](const end_call&) { return end_call_done{}; },
        [](const end_all_calls&) {},
        [this](caf::get_atom) {
          return pipe_status{pipes_full ? 5u : 0u, 5, false};
        },
        [](const join_call&) { return opened_call{}; },
        [](const transfer_call&) { return transferred_call{}; },
        [](const merge_calls&) { return merged_calls{}; },
        [](const release_callers&) { return released_callers{}; },
        [](const remove_participant&) { return removed_participant{}; },
        [](const say_words&) { return said_words{}; },
        [](const drain_calls&) {},
        [](const call_ended&) {},
      };
    });
  }

  wall_ms wall() {
    return start_wall
           + std::chrono::duration_cast<milliseconds>(sys.clock().now().time_since_epoch()).count();
  }

  void begin() {
    call_queue_setup setup{bounds,
                           house,
                           stored.records,
                           [this] { return wall(); },
                           [](const std::string& zone, wall_ms) {
                             return zone == "Asia/Kolkata"
                                      ? std::optional{std::chrono::minutes{330}}
                                      : std::nullopt;
                           },
                           figures};
    if (board) {
      setup.events = board;
      setup.new_id = [this](const std::string& prefix) { return prefix + std::to_string(++ids); };
    }
    queue = sys.spawn(call_queue, std::move(setup));
    house->put(queue);
    run();
    advance(milliseconds{1}); // its first look
  }

  void restart() {
    end(queue, caf::exit_reason::kill);
    begin();
    advance(seconds{1});
  }

  /// As the API writes a call.
  void add(const std::string& id, const std::string& project = "P", const std::string& zone = {}) {
    call_record call;
    call.id = call_id{id};
    call.project = project;
    call.pipe = pipe_id{"PIPE_1"};
    call.direction = "outbound";
    call.created = call.due = wall();
    queued_call row;
    row.call = call.id;
    row.project = project;
    row.trunk = "loopback";
    row.from_number = "+1";
    row.to_number = "+2";
    row.created = row.due = call.due;
    row.pipe = call.pipe;
    row.zone = zone;
    stored.records->put(call);
    stored.records->put(row);
    if (queue)
      tell(queue, call_queued{project});
  }

  void ends(std::size_t dial, end_reason reason, bool had_call = false) {
    tell(queue, dial_ended{dials[dial].call, dials[dial].attempt, reason, had_call});
  }
  void answers(std::size_t dial) {
    tell(queue, dial_ringing{dials[dial].call, dials[dial].attempt},
         dial_answered{dials[dial].call, dials[dial].attempt});
  }

  call_record call(const std::string& id) {
    return find<call_record>(*stored.records, table::calls, id).value_or(call_record{});
  }
  std::size_t rows() {
    return stored.records->list(table::queue, {}).size();
  }
  queue_status status() {
    queue_status found;
    auto pending = self->request(queue, caf::infinite, caf::get_atom::value);
    run();
    pending.receive([&](const queue_status& x) { found = x; },
                    [](const caf::error&) { BOOST_ERROR("no answer"); });
    return found;
  }
  std::string dialled() {
    std::string all;
    for (const auto& dial : dials)
      all += (all.empty() ? "" : " ") + dial.call.str();
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_queue_tests, queue_fixture)

BOOST_AUTO_TEST_CASE(a_call_is_on_disk_as_begun_before_it_is_dialled) {
  begin();
  stored.refuses = refusal::disk_full;
  add("SCL_1");
  BOOST_TEST(dials.empty());
  stored.refuses = refusal::none;
  advance(seconds{1});
  BOOST_REQUIRE(dials.size() == 1u);
  BOOST_TEST(dials[0].attempt == 1u);
  BOOST_TEST(!dials[0].resumed);
  queued_call row;
  row.call = call_id{"SCL_1"};
  row.begun = true;
  BOOST_TEST(stored.records->find(table::queue, key_of(row)).has_value());
  BOOST_TEST(rows() == 1u);
  BOOST_TEST(call("SCL_1").attempts == 1);
}

BOOST_AUTO_TEST_CASE(ringing_is_shown_and_an_answered_call_is_its_calls_to_end) {
  begin();
  add("SCL_1");
  tell(queue, dial_ringing{dials[0].call, 1});
  BOOST_TEST(call("SCL_1").status == "ringing");
  tell(queue, dial_answered{dials[0].call, 1});
  BOOST_TEST(status().live == 1u);
  ends(0, end_reason::caller_hangup, true);
  BOOST_TEST(rows() == 0u);
  BOOST_TEST(call("SCL_1").status == "ringing"); // the CALL's to write
  BOOST_TEST(status().live == 0u);
}

BOOST_AUTO_TEST_CASE(an_accounts_calls_keep_their_order_and_accounts_take_turns) {
  bounds.slots_max = 1;
  for (int i = 1; i <= 3; ++i)
    add("SCL_A" + std::to_string(i), "A");
  for (int i = 1; i <= 2; ++i)
    add("SCL_B" + std::to_string(i), "B");
  begin();
  for (std::size_t i = 0; i < 5; ++i) {
    BOOST_REQUIRE(dials.size() == i + 1);
    ends(i, end_reason::busy);
  }
  BOOST_TEST(dialled() == "SCL_A1 SCL_B1 SCL_A2 SCL_B2 SCL_A3");
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_account_waits_and_holds_nobody_else_up) {
  bounds.account_calls_max = 1;
  begin();
  add("SCL_1", "A"), add("SCL_2", "A"), add("SCL_3", "B");
  BOOST_TEST(dialled() == "SCL_1 SCL_3");
  BOOST_TEST(status().waiting == 1u);
  BOOST_TEST(figures->waiting == 1u);
  ends(0, end_reason::busy);
  BOOST_TEST(dialled() == "SCL_1 SCL_3 SCL_2");
}

BOOST_AUTO_TEST_CASE(the_pace_of_a_trunk_is_kept_without_an_event) {
  bounds.trunk_calls_per_s = 2;
  begin();
  add("SCL_1"), add("SCL_2"), add("SCL_3");
  BOOST_TEST(dials.size() == 1u);
  advance(milliseconds{500});
  BOOST_TEST(dials.size() == 2u);
  advance(milliseconds{499});
  BOOST_TEST(dials.size() == 2u);
  advance(milliseconds{1});
  BOOST_TEST(dials.size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_full_node_gets_no_calls_until_there_is_room) {
  pipes_full = true;
  add("SCL_1");
  begin();
  dials.clear(); // the first look is taken before the node has answered
  advance(seconds{1});
  add("SCL_2");
  advance(seconds{5});
  BOOST_TEST(dials.empty());
  pipes_full = false;
  advance(seconds{2});
  BOOST_TEST(dialled() == "SCL_2");
}

BOOST_AUTO_TEST_CASE(no_answer_is_tried_twice_more_and_a_busy_callee_never) {
  begin();
  add("SCL_1"), add("SCL_2");
  ends(1, end_reason::busy);
  BOOST_TEST(call("SCL_2").status == "failed");
  BOOST_TEST(call("SCL_2").end_reason == "busy");
  ends(0, end_reason::no_answer);
  BOOST_TEST(call("SCL_1").status == "pending");
  BOOST_TEST(call("SCL_1").last_failure == "no_answer");
  BOOST_TEST(call("SCL_1").due == wall() + 120'000);
  BOOST_TEST(status().waiting == 1u);
  advance(seconds{119});
  BOOST_TEST(dials.size() == 2u);
  advance(seconds{1});
  BOOST_REQUIRE(dials.size() == 3u);
  BOOST_TEST(dials[2].attempt == 2u);
  ends(2, end_reason::no_answer);
  advance(seconds{240});
  BOOST_REQUIRE(dials.size() == 4u);
  ends(3, end_reason::no_answer);
  BOOST_TEST(call("SCL_1").end_reason == "no_answer");
  BOOST_TEST(call("SCL_1").attempts == 3);
  BOOST_TEST(call("SCL_1").ended > 0);
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_waiting_call_is_called_off_without_a_dial) {
  bounds.slots_max = 1;
  begin();
  add("SCL_1"), add("SCL_2"), add("SCL_3");
  const auto done = ask<cancelled_call>(queue, cancel_call{call_id{"SCL_2"}});
  BOOST_REQUIRE(done);
  BOOST_TEST(done->known);
  BOOST_TEST(call("SCL_2").status == "cancelled");
  BOOST_TEST(call("SCL_2").end_reason == "cancelled");
  ends(0, end_reason::busy);
  BOOST_TEST(dialled() == "SCL_1 SCL_3");
  BOOST_TEST(status().waiting == 0u);
  BOOST_TEST(!ask<cancelled_call>(queue, cancel_call{call_id{"SCL_2"}})->known);
  BOOST_TEST(!ask<cancelled_call>(queue, cancel_call{call_id{"SCL_9"}})->known);
}

BOOST_AUTO_TEST_CASE(a_ringing_call_is_dropped_and_a_live_one_is_hung_up_by_its_trunk) {
  begin();
  add("SCL_1"), add("SCL_2");
  answers(1);
  BOOST_TEST(ask<cancelled_call>(queue, cancel_call{call_id{"SCL_2"}})->known);
  auto pending = self->request(queue, caf::infinite, cancel_call{call_id{"SCL_1"}});
  run();
  BOOST_TEST((drops == std::vector<std::string>{"SCL_2", "SCL_1"}));
  ends(0, end_reason::cancelled);
  pending.receive([](const cancelled_call& x) { BOOST_TEST(x.known); },
                  [](const caf::error&) { BOOST_ERROR("no answer"); });
  BOOST_TEST(call("SCL_1").status == "cancelled");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_called_off_while_it_is_begun_is_never_dialled) {
  begin();
  stored.refuses = refusal::unavailable;
  add("SCL_1");
  auto pending = self->request(queue, caf::infinite, cancel_call{call_id{"SCL_1"}});
  run();
  stored.refuses = refusal::none;
  advance(seconds{1});
  pending.receive([](const cancelled_call& x) { BOOST_TEST(x.known); },
                  [](const caf::error&) { BOOST_ERROR("no answer"); });
  BOOST_TEST(dials.empty());
  BOOST_TEST(call("SCL_1").status == "cancelled");
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_restart_asks_after_what_had_begun_and_places_what_waits) {
  bounds.slots_max = 1;
  begin();
  add("SCL_1"), add("SCL_2");
  restart();
  BOOST_REQUIRE(dials.size() == 2u);
  BOOST_TEST(dials[1].call.str() == "SCL_1");
  BOOST_TEST(dials[1].attempt == 1u);
  BOOST_TEST(dials[1].resumed);
  ends(1, end_reason::node_lost); // a trunk that remembers nothing
  BOOST_TEST(call("SCL_1").status == "failed");
  BOOST_TEST(call("SCL_1").end_reason == "node_lost");
  BOOST_TEST(dialled() == "SCL_1 SCL_1 SCL_2");
  BOOST_TEST(!dials[2].resumed);
}

BOOST_AUTO_TEST_CASE(what_a_call_wrote_before_the_restart_stands) {
  begin();
  add("SCL_1");
  auto over = call("SCL_1");
  over.status = "completed";
  over.end_reason = "agent_end_call";
  over.ended = wall();
  stored.records->put(over);
  restart();
  ends(1, end_reason::node_lost);
  BOOST_TEST(call("SCL_1").end_reason == "agent_end_call");
  BOOST_TEST(rows() == 0u);
}

BOOST_AUTO_TEST_CASE(a_dead_trunk_is_asked_after_what_it_had) {
  begin();
  add("SCL_1");
  end(trunk, caf::exit_reason::kill);
  trunk = spawn_trunk();
  house->put(trunk);
  advance(seconds{1});
  BOOST_REQUIRE(dials.size() == 2u);
  BOOST_TEST(dials[1].resumed);
}

BOOST_AUTO_TEST_CASE(without_a_trunk_everything_waits) {
  house->put(trunks_actor{});
  begin();
  add("SCL_1");
  advance(seconds{3});
  BOOST_TEST(status().waiting == 1u);
  house->put(trunk);
  advance(seconds{1});
  BOOST_TEST(dials.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stop_lets_ringing_callees_go_until_the_next_start) {
  begin();
  add("SCL_1");
  const auto due = call("SCL_1").created;
  advance(seconds{1});
  tell(queue, drain_calls{});
  BOOST_TEST(drops.size() == 1u);
  ends(0, end_reason::cancelled);
  BOOST_TEST(call("SCL_1").status == "pending");
  BOOST_TEST(call("SCL_1").due == due); // its place in line
  BOOST_TEST(call("SCL_1").attempts == 0);
  advance(seconds{5});
  BOOST_TEST(dials.size() == 1u);
  restart();
  BOOST_TEST(dials.size() == 2u);
}

BOOST_AUTO_TEST_CASE(calling_hours_are_those_of_the_callee) {
  auto pipe = *find<pipe_record>(*stored.records, table::pipes, "PIPE_1");
  pipe.calling_hours = "daily 09:00-18:00";
  stored.records->put(pipe);
  begin();
  add("SCL_1", "P", "Asia/Kolkata"); // 03:43 there
  add("SCL_2");                      // no zone: 22:13 UTC
  BOOST_TEST(dials.empty());
  BOOST_TEST(call("SCL_1").status == "pending");
  BOOST_TEST(call("SCL_1").due == 1'700'019'000'000); // 03:30 UTC
  BOOST_TEST(call("SCL_1").attempts == 0);
  BOOST_TEST(call("SCL_2").due == 1'700'038'800'000); // 09:00 UTC
  for (int i = 0; i < 320; ++i)
    advance(seconds{60});
  BOOST_TEST(dialled() == "SCL_1");
}

BOOST_AUTO_TEST_CASE(a_call_that_no_call_actor_had_is_told_of_as_any_other) {
  webhook_record hook;
  hook.id = "WHK_1";
  hook.project = "P";
  hook.url = "https://a.example/";
  stored.records->put(hook);
  board = std::make_shared<event_board>();
  begin();
  add("SCL_1");
  const auto line = board->line(call_id{"SCL_1"}, *stored.records);
  ends(0, end_reason::busy);
  const auto rows = list<delivery_record>(*stored.records, table::deliveries, {});
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].event == "call_failed");
  const auto seen = line->read(0, 10'000);
  BOOST_TEST(seen.over);
  BOOST_REQUIRE(seen.events.size() == 1u);
  BOOST_TEST(seen.events[0].body == R"({"reason":"busy"})");
  BOOST_TEST(list<journal_record>(*stored.records, table::journal, {}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_queued_call_without_a_record_goes) {
  begin();
  queued_call row;
  row.call = call_id{"SCL_7"};
  row.project = "P";
  row.due = wall();
  stored.records->put(row);
  tell(queue, call_queued{"P"});
  BOOST_TEST(rows() == 0u);
  BOOST_TEST(dials.empty());
}

BOOST_AUTO_TEST_CASE(a_long_queue_is_read_by_windows) {
  bounds.window_rows = 3;
  bounds.slots_max = 2;
  for (int i = 100; i < 150; ++i)
    add("SCL_" + std::to_string(i));
  begin();
  for (std::size_t i = 0; i < 50; ++i) {
    BOOST_REQUIRE(dials.size() > i);
    BOOST_REQUIRE(dials[i].call.str() == "SCL_" + std::to_string(100 + i));
    ends(i, end_reason::rejected);
  }
  BOOST_TEST(rows() == 0u);
  BOOST_TEST(status().waiting == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
