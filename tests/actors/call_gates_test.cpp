// Gates and the retry policy: pure values, with the time as an argument.
#define BOOST_TEST_MODULE call_gates
#include <boost/test/unit_test.hpp>

#include "actors/call_gates.hpp"
#include "actors/retry_policy.hpp"

#include <random>

using namespace unpod;

namespace {

queue_limits small() {
  queue_limits bounds;
  bounds.slots_max = 6;
  bounds.account_calls_max = 4;
  bounds.trunk_calls_max = 5;
  bounds.number_calls_max = 3;
  bounds.trunk_calls_per_s = 0;
  return bounds;
}

constexpr mono_time now{std::chrono::seconds{1}};

} // namespace

BOOST_AUTO_TEST_CASE(each_gate_closes_at_its_own_limit) {
  call_gates gates{small()};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(gates.take({"A", "T", "+1", "P", 0}, now).open);
  BOOST_TEST(!gates.take({"A", "T", "+1", "P", 0}, now).open); // the number
  BOOST_TEST(gates.take({"A", "T", "+2", "P", 0}, now).open);
  BOOST_TEST(!gates.take({"A", "T", "+2", "P", 0}, now).open); // the account
  BOOST_TEST(!gates.take({"B", "T", "+3", "Q", 4}, now).wait.count());
  BOOST_TEST(!gates.take({"B", "T", "+3", "Q", 4}, now).open); // the trunk
  BOOST_TEST(gates.take({"B", "U", "+3", "Q", 0}, now).open);
  BOOST_TEST(!gates.take({"C", "V", "+4", "R", 0}, now).open); // the node
  BOOST_TEST(gates.are_all_taken());
  gates.give_back({"A", "T", "+1", "P", 0});
  BOOST_TEST(gates.take({"C", "V", "+4", "R", 0}, now).open);
}

BOOST_AUTO_TEST_CASE(a_pipe_closes_at_the_limit_it_sets) {
  call_gates gates{small()};
  BOOST_TEST(gates.take({"A", "T", "+1", "P", 1}, now).open);
  BOOST_TEST(!gates.take({"A", "T", "+2", "P", 1}, now).open);
  BOOST_TEST(gates.take({"A", "T", "+2", "Q", 1}, now).open);
}

BOOST_AUTO_TEST_CASE(a_trunk_takes_so_many_calls_a_second_evenly) {
  auto bounds = queue_limits{};
  bounds.trunk_calls_per_s = 4;
  call_gates gates{bounds};
  const gate_key key{"A", "T", "+1", "P", 0};
  BOOST_TEST(gates.take(key, now).open);
  const auto closed = gates.take(key, now);
  BOOST_TEST(!closed.open);
  BOOST_TEST(closed.wait.count() == 250);
  BOOST_TEST(gates.take({"A", "U", "+1", "P", 0}, now).open); // another trunk
  BOOST_TEST(!gates.take(key, now + milliseconds{249}).open);
  BOOST_TEST(gates.take(key, now + milliseconds{250}).open);
  BOOST_TEST(gates.taken() == 3u);
}

BOOST_AUTO_TEST_CASE(no_walk_of_calls_passes_a_limit_or_leaves_a_place_taken) {
  call_gates gates{small()};
  std::mt19937 random{5};
  std::vector<gate_key> live;
  for (int i = 0; i < 20'000; ++i) {
    if (!live.empty() && random() % 2 == 0) {
      const auto at = random() % live.size();
      gates.give_back(live[at]);
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(at));
      continue;
    }
    const gate_key key{"A" + std::to_string(random() % 3), "T" + std::to_string(random() % 2),
                       "+" + std::to_string(random() % 4), "P", 0};
    if (gates.take(key, now).open)
      live.push_back(key);
    const auto of_account = std::count_if(live.begin(), live.end(),
                                          [&](const auto& x) { return x.account == key.account; });
    const auto of_number = std::count_if(live.begin(), live.end(),
                                         [&](const auto& x) { return x.number == key.number; });
    BOOST_REQUIRE(live.size() <= 6);
    BOOST_REQUIRE(of_account <= 4);
    BOOST_REQUIRE(of_number <= 3);
    BOOST_REQUIRE(gates.taken() == live.size());
  }
}

BOOST_AUTO_TEST_CASE(a_busy_callee_is_left_alone_and_a_silent_one_is_called_twice_more) {
  const queue_limits bounds;
  for (const auto never : {end_reason::busy, end_reason::rejected, end_reason::cancelled,
                           end_reason::node_lost, end_reason::internal_error})
    BOOST_TEST(!retry_wait(never, 1, bounds).has_value());
  BOOST_TEST(retry_wait(end_reason::no_answer, 1, bounds)->count() == 120'000);
  BOOST_TEST(retry_wait(end_reason::no_answer, 2, bounds)->count() == 240'000);
  BOOST_TEST(!retry_wait(end_reason::no_answer, 3, bounds).has_value());
  BOOST_TEST(retry_wait(end_reason::media_unavailable, 3, bounds)->count() == 120'000);
  BOOST_TEST(!retry_wait(end_reason::media_unavailable, 4, bounds).has_value());
}
