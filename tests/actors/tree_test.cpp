// The tree of a live call, as a console sees it, is the one that is drawn (README, "A
// call"); and nobody is left of it when the call is over.
#define BOOST_TEST_MODULE tree
#include <boost/test/unit_test.hpp>

#include "tests/actors/call_fixture.hpp"

#include <map>
#include <set>

using namespace fixtures;

namespace {

struct tree_fixture : call_fixture {
  /// "call > transcriber": each living actor below another that is watched too.
  std::set<std::string> edges() const {
    std::map<std::uint64_t, activity> all;
    for (const auto& one : living())
      all[one.id] = one;
    std::set<std::string> drawn;
    for (const auto& [id, one] : all)
      if (const auto parent = all.find(one.parent); parent != all.end())
        drawn.insert(parent->second.kind + " > " + one.kind);
    return drawn;
  }

  std::optional<activity> only(const std::string& kind) const {
    for (const auto& one : living())
      if (one.kind == kind)
        return one;
    return std::nullopt;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(tree, tree_fixture)

BOOST_AUTO_TEST_CASE(a_live_call_has_its_children_and_nobody_else_has) {
  pipe_row.recording = true;
  begin_joined();
  // Streams and bridges are fakes here, which nobody watches.
  BOOST_TEST(
    edges()
      == (std::set<std::string>{"call > recorder", "call > synthesizer", "call > transcriber"}),
    boost::test_tools::per_element());
  for (const auto& one : living())
    if (one.kind != "call")
      BOOST_TEST(one.subject == "SCL_1", one.kind);
}

BOOST_AUTO_TEST_CASE(a_call_shows_whose_turn_it_is) {
  begin_joined();
  say("two loaves");
  BOOST_TEST(only("call")->state == "thinking");
  answer("With pleasure.");
  play();
  BOOST_TEST(only("call")->state == "listening");
  BOOST_TEST(only("call")->handled > 0u);
  BOOST_TEST(only("call")->mailbox_depth == 0u);
}

BOOST_AUTO_TEST_CASE(a_crash_shows_its_reason_and_its_restart_at_once) {
  begin_joined();
  const auto first = only("transcriber")->id;
  end(caf::actor_cast<caf::actor>(cfg.activities.actor(first)), caf::sec::runtime_error);
  const auto next = only("transcriber");
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST(next->id != first);
  BOOST_TEST(next->restarts == 1u);
  BOOST_TEST(next->last_exit.find("runtime_error") != std::string::npos, next->last_exit);
  BOOST_TEST(cfg.activities.died().at("transcriber") == 1u);
}

BOOST_AUTO_TEST_CASE(who_ends_with_its_parent_is_no_crash_of_its_own) {
  pipe_row.recording = true;
  begin_joined();
  BOOST_TEST(living().size() == 4u);
  end(subject, caf::exit_reason::kill);
  BOOST_TEST(living().empty());
  const auto exits = cfg.activities.exits();
  BOOST_REQUIRE_EQUAL(exits.size(), 1u);
  BOOST_TEST(exits.front().kind == "call");
  BOOST_TEST(cfg.activities.died().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_crash_of_the_parent_is_none_of_its_children_either) {
  begin_joined();
  end(subject, caf::sec::runtime_error);
  BOOST_TEST(living().empty());
  BOOST_REQUIRE_EQUAL(cfg.activities.exits().size(), 1u);
  BOOST_TEST(cfg.activities.exits().front().kind == "call");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_leaves_nobody_and_is_no_crash) {
  begin_joined();
  tell(subject, hang_up{end_reason::caller_hangup});
  close_bridge(true);
  pass(seconds{5});
  BOOST_TEST(living().empty());
  BOOST_TEST(cfg.activities.exits().empty());
}

BOOST_AUTO_TEST_SUITE_END()
