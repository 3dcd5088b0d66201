// NODE, the root: each role that dies is started again, with those that fall with
// it; one that dies all the time is given a pause.
#define BOOST_TEST_MODULE house
#include <boost/test/unit_test.hpp>

#include "messages/children.hpp"
#include "messages/limits.hpp"
#include "runtime/house.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <caf/event_based_actor.hpp>

#include <map>

using namespace unpod;

namespace {

struct role_state {
  static inline const char* name = "role";
};
using role_self = caf::stateful_actor<role_state, observed<caf::event_based_actor>>*;

caf::behavior role_actor(role_self) {
  return {[](int) {}};
}

struct house_fixture : fixtures::deterministic_system {
  std::map<std::string, caf::actor> now_playing;
  std::map<std::string, int> lives;
  node_actor subject;

  house_role role(const std::string& name, std::vector<std::string> also = {}) {
    return {name,
            [this, name](node_self* node) {
              ++lives[name];
              now_playing[name] = spawn_child(node, name, role_actor);
              return now_playing[name].address();
            },
            std::move(also)};
  }

  house_fixture() {
    subject = sys.spawn(house_actor,
                        std::vector{role("store"), role("orchestrator", {"runner door", "nobody"}),
                                    role("runner door"), role("pipes")});
    run();
  }
  ~house_fixture() {
    end(subject, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }

  void kill(const std::string& name) {
    end(now_playing[name], caf::exit_reason::kill);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(house_tests, house_fixture)

BOOST_AUTO_TEST_CASE(all_roles_are_started_once) {
  BOOST_TEST(living().size() == 5u);
  for (const auto& [name, count] : lives)
    BOOST_TEST(count == 1);
}

BOOST_AUTO_TEST_CASE(each_role_that_dies_is_started_again_alone) {
  for (const auto* name : {"store", "runner door", "pipes"}) {
    kill(name);
    BOOST_TEST(lives[name] == 2);
    BOOST_TEST(living().size() == 5u);
  }
  BOOST_TEST(lives["orchestrator"] == 1);
}

BOOST_AUTO_TEST_CASE(a_role_that_ends_in_any_way_is_started_again) {
  end(now_playing["store"], caf::sec::runtime_error);
  end(now_playing["store"], caf::exit_reason::user_shutdown);
  BOOST_TEST(lives["store"] == 3);
}

BOOST_AUTO_TEST_CASE(who_was_registered_with_it_falls_with_it) {
  kill("orchestrator");
  BOOST_TEST(lives["orchestrator"] == 2);
  BOOST_TEST(lives["runner door"] == 2);
  BOOST_TEST(lives["pipes"] == 1);
  BOOST_TEST(living().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_role_that_dies_too_often_waits_before_its_next_life) {
  for (std::size_t i = 0; i < node_state::deaths_max; ++i)
    kill("store");
  BOOST_TEST(lives["store"] == 1 + static_cast<int>(node_state::deaths_max));
  BOOST_TEST(living().size() == 5u);
  kill("store");
  BOOST_TEST(living().size() == 4u);
  advance(milliseconds{900});
  BOOST_TEST(living().size() == 4u);
  advance(milliseconds{200});
  BOOST_TEST(living().size() == 5u);
  kill("store"); // still within the ten seconds
  BOOST_TEST(living().size() == 4u);
  advance(seconds{1});
  BOOST_TEST(living().size() == 5u);
  advance(seconds{10});
  kill("store"); // forgiven
  BOOST_TEST(living().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_role_that_waits_is_not_hurt_by_the_fall_of_another) {
  for (std::size_t i = 0; i <= node_state::deaths_max; ++i)
    kill("runner door");
  BOOST_TEST(living().size() == 4u);
  kill("orchestrator"); // takes the door along, which is not there
  BOOST_TEST(living().size() == 4u);
  advance(seconds{1});
  BOOST_TEST(living().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_killed_node_leaves_nobody) {
  end(subject, caf::exit_reason::kill);
  BOOST_TEST(living().empty());
}

BOOST_AUTO_TEST_SUITE_END()
