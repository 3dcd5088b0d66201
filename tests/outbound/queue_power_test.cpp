// 10,000 calls wait, 50 may be on the line, and the power goes ten times on the way: each is
// placed exactly once by a trunk that remembers its attempts, at most once by one that does
// not; nobody overtakes within an account, and no gate is ever passed by one too many.
#define BOOST_TEST_MODULE queue_power
#include <boost/test/unit_test.hpp>

#include "actors/call_queue.hpp"
#include "messages/log.hpp"
#include "storage/reader.hpp"
#include "storage/repair.hpp"
#include "storage/rocksdb_backend.hpp"
#include "storage/store.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/storage/fault_file_system.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <set>

using namespace unpod;
using namespace fixtures;

namespace {

constexpr int calls_in_all = 10'000;
constexpr int accounts_in_all = 20;
constexpr int cuts_in_all = 10;
constexpr wall_ms start_wall = 1'700'000'000'000;

/// The telephone network: it outlives the node, and knows what was really dialled.
struct network {
  struct attempt {
    dial_call dial;
    milliseconds ends{0};
    end_reason outcome = end_reason::completed;
    bool answered = false;
    bool over = false;
  };

  const queue_limits& bounds;
  bool remembers;
  bool power = true;
  milliseconds now{0};
  std::map<std::pair<std::string, std::uint64_t>, attempt> attempts;
  std::vector<std::pair<std::string, std::uint64_t>> active;
  std::map<std::string, std::vector<std::string>> order; // of first attempts, by account
  std::map<std::string, std::size_t> accounts, numbers;
  std::set<std::string> unknown; // begun on disk, never dialled, by a trunk without memory
  std::size_t peak = 0, account_peak = 0, number_peak = 0;
  std::size_t answered_at_cuts = 0;

  network(const queue_limits& limits, bool memory) : bounds(limits), remembers(memory) {}

  void place(const dial_call& dial) {
    const auto key = std::make_pair(dial.call.str(), dial.attempt);
    attempt one{dial};
    const auto fate = std::hash<std::string>{}(key.first) / 7 + dial.attempt * 3;
    one.answered = fate % 10 < 7;
    one.outcome = one.answered     ? end_reason::agent_end_call
                  : fate % 10 == 7 ? end_reason::busy
                  : fate % 10 == 8 ? end_reason::no_answer
                                   : end_reason::media_unavailable;
    one.ends = now + milliseconds{300 + fate % 23 * 100};
    BOOST_REQUIRE_MESSAGE(attempts.emplace(key, one).second, "dialled twice: " << key.first);
    active.push_back(key);
    if (dial.attempt == 1)
      order[dial.project].push_back(key.first);
    peak = std::max(peak, active.size());
    account_peak = std::max(account_peak, ++accounts[dial.project]);
    number_peak = std::max(number_peak, ++numbers[dial.from_number]);
  }

  void leave(const attempt& one) {
    --accounts[one.dial.project];
    --numbers[one.dial.from_number];
  }

  /// Every call on the line breaks with the node.
  void lose_power() {
    power = false;
    for (const auto& key : active) {
      auto& one = attempts.at(key);
      answered_at_cuts += one.answered ? 1 : 0;
      one.over = true;
      one.outcome = end_reason::node_lost;
      leave(one);
    }
    active.clear();
  }
};

struct power_fixture : deterministic_system {
  queue_limits bounds = small();
  scratch_folder folder;
  std::shared_ptr<fault_file_system> files =
    std::make_shared<fault_file_system>(folder.path("attic"), 17);
  std::mt19937_64 random{23};
  std::shared_ptr<rocksdb_backend> disk;
  std::shared_ptr<store_engine> engine;
  store_reader_ptr reader;
  services house = std::make_shared<service_book>();
  std::shared_ptr<queue_figures> figures = std::make_shared<queue_figures>();
  std::unique_ptr<network> net;
  store_actor store;
  trunks_actor trunk;
  call_queue_actor queue;
  std::size_t repaired = 0;
  std::size_t steps_to_cut = 0;
  bool cut_between = false;

  static queue_limits small() {
    queue_limits bounds;
    bounds.slots_max = 50;
    bounds.account_calls_max = 8;
    bounds.number_calls_max = 5;
    bounds.trunk_calls_per_s = 0;
    bounds.no_answer_wait = seconds{3};
    bounds.failure_wait = seconds{2};
    return bounds;
  }

  power_fixture() {
    set_log_sink([](auto, auto&, auto&, auto&) {});
  }
  ~power_fixture() {
    shut();
    set_log_sink({});
  }

  wall_ms wall() {
    return start_wall + net->now.count();
  }

  void open() {
    disk = rocksdb_backend::open(folder.path("store"), {}, files);
    repaired += repair(*disk, {}, wall()).calls_ended;
    engine = std::make_shared<store_engine>(disk, store_limits{});
    reader = make_reader(disk, {});
    store = spawn_store(sys, engine);
    trunk = sys.spawn([this](trunks_actor::pointer) -> trunks_actor::behavior_type {
      return {[this](const dial_call& dial) { take(dial); }, [](const drop_dial&) {}};
    });
    house->put(store);
    house->put(trunk);
    queue = sys.spawn(
      call_queue, call_queue_setup{bounds, house, reader, [this] { return wall(); }, {}, figures});
    house->put(queue);
    run();
  }

  void shut() {
    house->clear();
    for (const auto& one : {caf::actor_cast<caf::actor>(queue), caf::actor_cast<caf::actor>(trunk),
                            caf::actor_cast<caf::actor>(store)})
      if (one)
        end(one, caf::exit_reason::kill);
    queue = nullptr, trunk = nullptr, store = nullptr;
    reader.reset();
    engine.reset();
    disk.reset();
  }

  void take(const dial_call& dial) {
    if (!net->power)
      return; // the line is dead: it never left
    const auto known = net->attempts.find({dial.call.str(), dial.attempt});
    if (known != net->attempts.end() && known->second.over)
      return say(
        net->remembers
          ? dial_ended{dial.call, dial.attempt, known->second.outcome, known->second.answered}
          : dial_ended{dial.call, dial.attempt, end_reason::node_lost, false});
    if (dial.resumed && !net->remembers) {
      net->unknown.insert(dial.call.str());
      return say(dial_ended{dial.call, dial.attempt, end_reason::node_lost, false});
    }
    net->place(dial);
    say(dial_ringing{dial.call, dial.attempt});
    if (net->attempts.at({dial.call.str(), dial.attempt}).answered) {
      say(dial_answered{dial.call, dial.attempt});
      write_call(dial, "active");
    }
  }

  template <class Message>
  void say(const Message& message) {
    caf::anon_send(queue, message);
  }

  /// As its CALL does.
  void write_call(const dial_call& dial, const char* status) {
    auto call = find<call_record>(*reader, table::calls, dial.call.str());
    BOOST_REQUIRE(call);
    call->status = status;
    call->attempts = static_cast<std::int64_t>(dial.attempt);
    if (call->status == "completed") {
      call->ended = wall();
      call->end_reason = "agent_end_call";
    }
    engine->post(store_write{{{store_change::what::put, *call}}}, [](const store_answer&) {});
  }

  void end_calls() {
    auto on_line = std::exchange(net->active, {});
    for (const auto& key : on_line) {
      auto& one = net->attempts.at(key);
      if (one.ends > net->now) {
        net->active.push_back(key);
        continue;
      }
      one.over = true;
      net->leave(one);
      if (one.answered)
        write_call(one.dial, "completed");
      say(dial_ended{one.dial.call, one.dial.attempt, one.outcome, one.answered});
    }
  }

  void tick() {
    net->now += milliseconds{100};
    advance(milliseconds{100});
    end_calls();
    run();
    for (int i = 0; i < 3 && !files->is_off(); ++i) {
      engine->step(sys.clock().now().time_since_epoch(), wall());
      if (steps_to_cut > 0 && --steps_to_cut == 0) {
        cut_between = true; // what is on disk as begun was not dialled yet
        return;
      }
      run();
    }
  }

  /// The power will go in the middle of a write, or between a write and what follows it.
  void arm_cut() {
    if (random() % 2 == 0)
      files->cut_after(1 + random() % 30);
    else
      steps_to_cut = 1 + random() % 20;
  }

  void cut() {
    cut_between = false;
    net->lose_power();
    shut();
    files->restore_power();
    net->power = true;
    open();
  }

  static std::string id_of(int i) {
    return "SCL_" + std::to_string(100'000 + i);
  }

  /// As the API writes them, and on disk when it answers.
  void add_all() {
    for (int i = 0; i < calls_in_all; ++i) {
      call_record call;
      call.id = call_id{id_of(i)};
      call.project = "PRJ_" + std::to_string(i % accounts_in_all);
      call.pipe = pipe_id{"PIPE_1"};
      call.direction = "outbound";
      call.created = call.due = start_wall - calls_in_all + i;
      queued_call row;
      row.call = call.id;
      row.project = call.project;
      row.trunk = "T";
      row.from_number = "+1" + std::to_string(i % (2 * accounts_in_all));
      row.created = row.due = call.due;
      row.pipe = call.pipe;
      bool kept = false;
      engine->post(
        store_write{{{store_change::what::create, call}, {store_change::what::create, row}}},
        [&](const store_answer& answer) { kept = answer.why == refusal::none; });
      engine->step(mono_time{1}, wall());
      BOOST_REQUIRE(kept);
    }
  }

  std::uint64_t left() const {
    return figures->waiting + figures->dialling + figures->live;
  }
};

} // namespace

BOOST_DATA_TEST_CASE_F(power_fixture, ten_thousand_calls_drain_through_ten_power_cuts,
                       boost::unit_test::data::make({true, false}), remembers) {
  net = std::make_unique<network>(bounds, remembers);
  open();
  add_all();
  shut();
  open(); // finds them all
  BOOST_TEST(left() == static_cast<std::uint64_t>(calls_in_all));
  int cuts = 0, ticks = 0;
  bool armed = false;
  while (left() > 0) {
    BOOST_REQUIRE(++ticks < 20'000);
    if (!armed && cuts < cuts_in_all
        && net->attempts.size() >= static_cast<std::size_t>(900 * (cuts + 1))) {
      arm_cut();
      armed = true;
    }
    tick();
    if (files->is_off() || cut_between) {
      cut();
      ++cuts;
      armed = false;
    }
  }
  BOOST_TEST(cuts == cuts_in_all);
  BOOST_TEST(reader->list(table::queue, {}).empty());

  std::size_t placed = 0, answered = 0, lost = 0, never = 0;
  for (int i = 0; i < calls_in_all; ++i) {
    const auto id = id_of(i);
    const auto call = find<call_record>(*reader, table::calls, id);
    BOOST_REQUIRE(call);
    BOOST_TEST_INFO_SCOPE(id << " " << call->status << " " << call->end_reason);
    BOOST_REQUIRE(call->ended > 0);
    std::size_t answers = 0, dialled = 0;
    for (std::uint64_t n = 1; n <= 10; ++n)
      if (const auto one = net->attempts.find({id, n}); one != net->attempts.end()) {
        BOOST_REQUIRE(dialled + 1 == n); // no attempt is skipped
        ++dialled;
        answers += one->second.answered ? 1 : 0;
      }
    BOOST_REQUIRE(answers <= 1);
    placed += dialled > 0 ? 1 : 0;
    never += dialled == 0 ? 1 : 0;
    answered += answers;
    lost += call->end_reason == "node_lost" ? 1 : 0;
    if (dialled == 0) { // only without memory, and then the record says so
      BOOST_REQUIRE(!remembers);
      BOOST_REQUIRE(call->end_reason == "node_lost");
      BOOST_REQUIRE(net->unknown.count(id) == 1u);
    }
  }
  BOOST_TEST(placed + never == static_cast<std::size_t>(calls_in_all));
  if (remembers)
    BOOST_TEST(never == 0u);
  BOOST_TEST(never <= static_cast<std::size_t>(cuts_in_all) * bounds.slots_max);
  for (const auto& [account, ids] : net->order)
    BOOST_TEST(std::is_sorted(ids.begin(), ids.end()), "somebody overtook in " << account);
  BOOST_TEST(net->peak == bounds.slots_max);
  BOOST_TEST(net->account_peak <= bounds.account_calls_max);
  BOOST_TEST(net->number_peak <= bounds.number_calls_max);
  BOOST_TEST_MESSAGE((remembers ? "a trunk that remembers: " : "a trunk that does not: ")
                     << placed << " placed, " << never << " never, " << answered << " answered, "
                     << lost << " lost in " << cuts << " cuts, " << net->answered_at_cuts
                     << " of them talking; peaks " << net->peak << "/" << net->account_peak << "/"
                     << net->number_peak << ", " << repaired << " ended by the repair");
}
