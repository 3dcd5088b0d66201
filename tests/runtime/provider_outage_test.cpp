// Whole calls whose first recogniser fails in every way; and what one call learns of an outage,
// the others are spared.
#define BOOST_TEST_MODULE provider_outage
#include <boost/test/unit_test.hpp>

#include "tests/runtime/whole_house.hpp"

#include <atomic>

using namespace fixtures;

// -- recognisers ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_recogniser_that_hangs_up_in_mid_utterance_loses_no_word) {
  for (const std::uint64_t after : {0, 2})
    call_goes_well(of("deepgram stt", {fault::close, after, 0ms}));
}

BOOST_AUTO_TEST_CASE(a_recogniser_that_hears_nothing_is_noticed) {
  call_goes_well(of("deepgram stt", {fault::stall, 0, 0ms}));
}

BOOST_AUTO_TEST_CASE(a_recogniser_that_is_refused_or_late_is_replaced) {
  call_goes_well(of("deepgram stt", {fault::refuse_busy, 0, 0ms}));
  call_goes_well(of("deepgram stt", {fault::slow_handshake, 0, 20s}));
}

BOOST_AUTO_TEST_CASE(a_hostile_recogniser_is_replaced) {
  for (const auto kind : {fault::oversize, fault::deep, fault::not_utf8})
    BOOST_TEST_CONTEXT(static_cast<int>(kind)) {
      call_goes_well(of("deepgram stt", {kind, 1, 0ms}));
    }
}

// -- the node -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_one_call_learns_the_next_ones_are_spared_until_it_works_again) {
  std::atomic<bool> broken{true};
  whole_house on;
  on.open(
    [&](const std::string& service, std::uint64_t) {
      const bool bad = broken && service == "cartesia tts";
      return bad ? provider_fault{fault::refuse_busy, 0, 0ms} : provider_fault{};
    },
    {"Eleven twelve.", "Thirteen."});
  const auto state = [&] { return on.ask_for("/v1/providers/cartesia", "state"); };
  on.call();
  on.say("one");
  BOOST_TEST(on.came("user_turn", "one"));
  BOOST_TEST(on.hears("eleven twelve"));
  BOOST_TEST(state() != "closed");
  const auto spoken = on.ask_for("/v1/providers/cartesia@b", "successes", true);
  on.hang_up();
  on.call();
  on.say("two");
  BOOST_TEST(on.came("user_turn", "two"));
  BOOST_TEST(on.hears("eleven twelve")); // each call has a brain of its own
  const auto spoken_again = on.ask_for("/v1/providers/cartesia@b", "successes", true);
  BOOST_TEST(spoken_again != spoken);
  BOOST_TEST(on.ask_for("/v1/providers/cartesia", "failures_in_a_row", true) == "1");
  on.hang_up();
  broken = false; // the next probe finds out, within seconds
  BOOST_TEST(on.becomes("/v1/providers/cartesia", "state", "closed"));
  on.call();
  on.say("three");
  BOOST_TEST(on.came("user_turn", "three"));
  BOOST_TEST(on.hears("eleven twelve"));
  BOOST_TEST(on.ask_for("/v1/providers/cartesia@b", "successes", true) == spoken_again);
}
