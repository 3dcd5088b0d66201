// When a voice's rival is asked, and what that costs while nothing is wrong.
#define BOOST_TEST_MODULE voice_patience
#include <boost/test/unit_test.hpp>

#include "actors/rolling_times.hpp"
#include "actors/voice_patience.hpp"

#include <cmath>
#include <random>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

voice_patience of(double p99_ms, bool known = true) {
  return patience_with({p99_ms, known}, 600ms, 900ms);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_wait_is_twice_the_p99_within_bounds) {
  BOOST_TEST((of(100).wait == 600ms));
  BOOST_TEST((of(350).wait == 700ms));
  BOOST_TEST((of(2'000).wait == 900ms));
  BOOST_TEST((of(1e300).wait == 900ms));
  BOOST_TEST((patience_with({-1, false}, 600ms, 900ms).wait == 600ms));
  BOOST_TEST((patience_with({100, true}, 600ms, 500ms).wait == 500ms)); // the most is the most
}

BOOST_AUTO_TEST_CASE(a_rival_is_asked_a_little_above_the_p99) {
  BOOST_TEST((of(120).rival == 200ms)); // its floor
  BOOST_TEST((of(200).rival == 250ms));
}

BOOST_AUTO_TEST_CASE(a_rival_is_asked_after_half_of_the_wait_at_the_latest) {
  BOOST_TEST((of(280).rival == 300ms));
  BOOST_TEST((of(400).rival == 400ms));
  BOOST_TEST((of(5'000).rival == 450ms));
}

BOOST_AUTO_TEST_CASE(where_nothing_is_known_it_is_half_of_the_wait) {
  BOOST_TEST((of(0, false).rival == 300ms));
  BOOST_TEST((of(120, false).rival == 300ms));
  BOOST_TEST((of(400, false).rival == 400ms));
}

/// Healthy voices, each of a habit of its own: how often would two be asked where one would do?
BOOST_AUTO_TEST_CASE(healthy_voices_are_asked_twice_in_few_cases) {
  struct voice {
    double median_ms, spread; // of a lognormal: p99 is median · e^(2.33 · spread)
  };
  for (const auto& one : {voice{120, 0.15}, voice{150, 0.35}, voice{200, 0.25}, voice{90, 0.6}})
    BOOST_TEST_CONTEXT(one.median_ms << " ms, spread " << one.spread) {
      std::mt19937_64 dice{7};
      std::lognormal_distribution<double> first_byte{std::log(one.median_ms), one.spread};
      constexpr int calls = 50, pieces = 40;
      rolling_times node;
      int asked_twice = 0;
      for (int call = 0; call < calls; ++call) {
        const double at_begin = node.percentile(0.99); // what a call is told when it begins
        rolling_times own;
        for (int piece = 0; piece < pieces; ++piece) {
          const bool known = at_begin >= 0 || own.count() >= habit_least;
          const auto patience =
            patience_with({std::max(own.percentile(0.99), at_begin), known}, 600ms, 900ms);
          const auto ms = first_byte(dice);
          asked_twice += ms > static_cast<double>(patience.rival.count());
          own.add(ms);
          node.add(ms);
        }
      }
      BOOST_TEST_MESSAGE(asked_twice << " of " << calls * pieces);
      BOOST_TEST(asked_twice <= calls * pieces * 3 / 100);
    }
}
