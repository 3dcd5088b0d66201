// The vocabulary itself: what is written down, how ends and refusals travel, and
// how a parent holds a child.
#define BOOST_TEST_MODULE vocabulary
#include <boost/test/unit_test.hpp>

#include "messages/children.hpp"
#include "messages/end_reason.hpp"
#include "messages/json_line.hpp"
#include "messages/store.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <caf/event_based_actor.hpp>

#include <set>

using namespace unpod;
using std::chrono::seconds;

namespace {

struct child_state {
  static inline const char* name = "child";
};
using child_self = caf::stateful_actor<child_state, observed<caf::event_based_actor>>*;

caf::behavior child_actor(child_self) {
  return {[](int) {}};
}

struct parent_state {
  static inline const char* name = "parent";
  caf::actor child;
  int downs = 0;
};
using parent_self = caf::stateful_actor<parent_state, observed<caf::event_based_actor>>*;

caf::behavior parent_actor(parent_self self) {
  self->set_down_handler([self](caf::down_msg& down) {
    ++self->state.downs;
    release_child(self, down.source);
  });
  self->state.child = spawn_child(self, "its subject", child_actor);
  return {[self](caf::get_atom) { return self->state.child; },
          [self](caf::put_atom) { return self->state.downs; },
          [self](caf::publish_atom) {
            return self->state.child = spawn_child(self, "its subject", child_actor);
          },
          [](int) {}};
}

struct family : fixtures::deterministic_system {
  caf::actor parent = sys.spawn(parent_actor);
  caf::actor child;

  family() {
    run();
    child = *ask<caf::actor>(parent, caf::get_atom_v);
  }
  ~family() {
    end(parent, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_line_of_json_escapes_what_it_must) {
  BOOST_TEST(json_quoted("a\"b\\c\n\x01\xC3\xA9") == "\"a\\\"b\\\\c\\u000a\\u0001\xC3\xA9\"");
  BOOST_TEST(json_line{}.str() == "{}");
  BOOST_TEST(json_line{}.text("a", "b").whole("n", -3).flag("f", true).number("x", 1.5).str()
             == R"({"a":"b","n":-3,"f":true,"x":1.500})");
  BOOST_TEST(json_line{}.number("x", 0.0 / 0.0 * 0).str() == R"({"x":null})");
}

BOOST_AUTO_TEST_CASE(members_of_an_object_are_taken_over) {
  BOOST_TEST(json_line{}.text("a", "b").members_of(R"( {"c":{"d":1}} )").str()
             == R"({"a":"b","c":{"d":1}})");
  for (const auto* nothing : {"", "{}", "{ \n }", "null"})
    BOOST_TEST(json_line{}.text("a", "b").members_of(nothing).str() == R"({"a":"b"})");
}

BOOST_AUTO_TEST_CASE(an_end_reason_survives_as_an_exit_reason) {
  std::set<std::string> names;
  for (std::size_t i = 1; i < end_reason_names.size(); ++i) {
    const auto reason = static_cast<end_reason>(i);
    BOOST_TEST(static_cast<int>(end_reason_of(make_error(reason))) == static_cast<int>(i));
    names.insert(to_string(reason));
  }
  BOOST_TEST(names.size() == end_reason_names.size() - 1);
  BOOST_TEST(to_string(end_reason::internal_error) == "internal_error");
  const caf::error ours[] = {caf::exit_reason::kill, caf::sec::runtime_error, caf::error{},
                             make_error(refusal::at_limit, "x")};
  for (const auto& exit : ours)
    BOOST_TEST(to_string(end_reason_of(exit)) == "internal_error");
}

BOOST_AUTO_TEST_CASE(a_refusal_carries_its_words) {
  const auto error = make_error(refusal::conflict, "it exists");
  BOOST_TEST((refusal_of(error) == refusal::conflict));
  BOOST_TEST(words_of(error) == "it exists");
  BOOST_TEST((refusal_of(caf::sec::request_timeout) == refusal::unavailable));
  BOOST_TEST(!words_of(caf::sec::request_timeout).empty());
}

BOOST_AUTO_TEST_CASE(the_journal_sorts_as_it_happened) {
  journal_record entry;
  entry.call = call_id{"SCL_1"};
  std::string before;
  for (const std::uint64_t seq : {1u, 9u, 10u, 99u, 100'000u}) {
    entry.seq = seq;
    BOOST_TEST(key_of(entry) > before);
    before = key_of(entry);
  }
  BOOST_TEST(before == "SCL_1/000000100000");
}

BOOST_FIXTURE_TEST_SUITE(parents, family)

BOOST_AUTO_TEST_CASE(a_dead_child_is_news_whatever_it_died_of) {
  end(child, caf::exit_reason::kill);
  BOOST_TEST(*ask<int>(parent, caf::put_atom_v) == 1);
  BOOST_TEST(living().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_dead_parent_leaves_no_child) {
  for (const auto& reason :
       {caf::error{caf::exit_reason::kill}, caf::error{caf::sec::runtime_error}}) {
    family other;
    other.end(other.parent, reason);
    BOOST_TEST(other.living().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_console_sees_both) {
  const auto seen = living();
  BOOST_REQUIRE_EQUAL(seen.size(), 2u);
  BOOST_TEST(seen[1].kind == "child");
  BOOST_TEST(seen[1].subject == "its subject");
  BOOST_TEST(seen[1].parent == parent.id());
  BOOST_TEST(seen[0].handled == 1u);
  BOOST_TEST(seen[0].mailbox_depth == 0u);
  BOOST_TEST(seen[0].p99.count() > 0);
  BOOST_TEST(seen[0].bytes > 0u);
  BOOST_TEST((seen[0].started.count() > 0 && seen[0].last_active >= seen[0].started));
  BOOST_TEST(seen[0].busy_for.count() == 0);
}

BOOST_AUTO_TEST_CASE(who_comes_after_a_dead_child_shows_what_it_died_of) {
  end(child, caf::exit_reason::kill);
  const auto next = *ask<caf::actor>(parent, caf::publish_atom_v);
  const auto seen = cfg.activities.find(next.id());
  BOOST_REQUIRE(seen.has_value());
  BOOST_TEST(seen->restarts == 1u);
  BOOST_TEST(seen->last_exit.find("kill") != std::string::npos, seen->last_exit);
  BOOST_REQUIRE_EQUAL(cfg.activities.exits().size(), 1u);
  BOOST_TEST(cfg.activities.exits()[0].subject == "its subject");
  BOOST_TEST(cfg.activities.died().at("child") == 1u);
  end(next, caf::exit_reason::user_shutdown); // was meant
  BOOST_TEST(cfg.activities.exits().size() == 1u);
  BOOST_TEST(cfg.activities.find(next.id()).has_value() == false);
}

BOOST_AUTO_TEST_CASE(a_suspended_actor_keeps_its_messages_and_still_dies) {
  const seconds long_enough{60};
  BOOST_TEST(cfg.activities.hold(child.id(), actor_hold::suspended, {}, long_enough));
  tell(child, 1, 2);
  auto seen = cfg.activities.find(child.id());
  BOOST_TEST(seen->suspended);
  BOOST_TEST(seen->mailbox_depth == 2u);
  cfg.activities.hold(child.id(), actor_hold::none, {}, long_enough);
  tell(child, nudge_actor{});
  seen = cfg.activities.find(child.id());
  BOOST_TEST(!seen->suspended);
  BOOST_TEST(seen->mailbox_depth == 0u);
  BOOST_TEST(seen->handled == 3u);
  cfg.activities.hold(child.id(), actor_hold::suspended, {}, long_enough);
  end(child, caf::exit_reason::user_shutdown);
  BOOST_TEST(living().size() == 1u);
  BOOST_TEST(!cfg.activities.hold(child.id(), actor_hold::none, {}, long_enough));
}

BOOST_AUTO_TEST_CASE(a_trace_hears_what_comes_in_and_what_was_sent) {
  std::vector<traced_message> heard;
  const auto trace =
    cfg.activities.trace(child.id(), [&](const traced_message& seen) { heard.push_back(seen); });
  tell(child, 5);
  tell(parent, 7);            // of no concern
  tell(child, nudge_actor{}); // nor what the console itself sends
  cfg.activities.end_trace(trace);
  tell(child, 6);
  BOOST_REQUIRE_EQUAL(heard.size(), 1u);
  BOOST_TEST(heard[0].receiver == child.id());
  BOOST_TEST(heard[0].text == "(5)");
  BOOST_TEST(!cfg.activities.tracing());
  for (std::size_t i = 0; i < activity_registry::traces_max; ++i)
    BOOST_TEST(cfg.activities.trace(1, [](const traced_message&) {}) != 0u);
  BOOST_TEST(cfg.activities.trace(1, [](const traced_message&) {}) == 0u);
}

BOOST_AUTO_TEST_CASE(times_of_handlers_are_told_to_within_a_fifth) {
  handler_times times;
  BOOST_TEST(times.quantile(0.5).count() == 0);
  for (int i = 0; i < 98; ++i)
    times.add(10'000);
  times.add(5'000'000);
  times.add(5'000'000);
  BOOST_TEST(std::abs(times.quantile(0.5).count() - 10'000) < 2'000);
  BOOST_TEST(std::abs(times.quantile(0.99).count() - 5'000'000) < 1'000'000);
  times.add(-1);
  times.add(std::int64_t{1} << 60); // beyond the last bucket
}

BOOST_AUTO_TEST_CASE(messages_a_second_are_those_of_the_last_whole_one) {
  constexpr std::int64_t second = 1'000'000'000;
  activity_node node;
  for (int i = 0; i < 30; ++i)
    node.begin(5 * second + i);
  BOOST_TEST(node.read(5 * second + 100).per_s == 0);
  BOOST_TEST(node.read(6 * second + 100).per_s == 30);
  node.begin(6 * second + 200);
  BOOST_TEST(node.read(6 * second + 300).per_s == 30);
  BOOST_TEST(node.read(8 * second).per_s == 0);
}

BOOST_AUTO_TEST_SUITE_END()
