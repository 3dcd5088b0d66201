// One look at all wires, on a timer that the test turns.
#define BOOST_TEST_MODULE wire_watch
#include <boost/test/unit_test.hpp>

#include "adapters/speech/wire_watch.hpp"

#include <deque>

using namespace unpod;

namespace {

struct counting_wire : watched_wire {
  void look(mono_time) override {
    ++looks;
  }
  int looks = 0;
};

struct clockwork {
  std::deque<std::function<void()>> due;
  std::shared_ptr<wire_watch> watch =
    std::make_shared<wire_watch>([this](std::chrono::milliseconds, std::function<void()> work) {
      due.push_back(std::move(work));
    });

  void turn() {
    const auto work = std::move(due.front());
    due.pop_front();
    work();
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(every_wire_is_looked_at_by_one_timer_until_it_is_gone, clockwork) {
  const auto one = std::make_shared<counting_wire>();
  auto two = std::make_shared<counting_wire>();
  watch->add(two);
  watch->add(one);
  BOOST_TEST(due.size() == 1u);
  turn();
  turn();
  BOOST_TEST(one->looks == 2);
  BOOST_TEST(two->looks == 2);
  two.reset();
  turn();
  BOOST_TEST(one->looks == 3);
  BOOST_TEST(due.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(without_wires_no_timer_runs, clockwork) {
  auto one = std::make_shared<counting_wire>();
  watch->add(one);
  one.reset();
  turn();
  BOOST_TEST(due.empty());
  one = std::make_shared<counting_wire>();
  watch->add(one);
  BOOST_TEST(due.size() == 1u);
  turn();
  BOOST_TEST(one->looks == 1);
}

BOOST_FIXTURE_TEST_CASE(a_timer_may_outlive_the_watch, clockwork) {
  const auto one = std::make_shared<counting_wire>();
  watch->add(one);
  watch.reset();
  turn();
  BOOST_TEST(one->looks == 0);
}
