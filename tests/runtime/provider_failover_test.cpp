// Whole calls whose first voice fails in every way: no word is lost and none comes twice, as the
// sound says that arrived.
#define BOOST_TEST_MODULE provider_failover
#include <boost/test/unit_test.hpp>

#include "tests/runtime/whole_house.hpp"

using namespace fixtures;

BOOST_AUTO_TEST_CASE(a_voice_that_hangs_up_in_mid_sentence_is_taken_up_at_its_word) {
  for (const std::uint64_t after : {1, 7})
    call_goes_well(of("cartesia tts", {fault::close, after, 0ms}));
}

BOOST_AUTO_TEST_CASE(a_voice_that_falls_mute_in_mid_sentence_is_too) {
  for (const std::uint64_t after : {0, 6})
    call_goes_well(of("cartesia tts", {fault::stall, after, 0ms}));
}

BOOST_AUTO_TEST_CASE(half_a_frame_is_survived) {
  call_goes_well(of("cartesia tts", {fault::half_frame, 4, 0ms}));
}

BOOST_AUTO_TEST_CASE(a_voice_that_is_refused_or_late_is_replaced) {
  call_goes_well(of("cartesia tts", {fault::refuse_busy, 0, 0ms}));
  call_goes_well(of("cartesia tts", {fault::slow_handshake, 0, 20s}));
}

/// Several MB in one message, JSON of a hundred thousand levels, text that is none, a MB of
/// what is not base64: that voice is lost, and its caller hears all of it.
BOOST_AUTO_TEST_CASE(a_hostile_voice_is_replaced) {
  for (const auto kind : {fault::oversize, fault::deep, fault::not_utf8, fault::bad_base64})
    BOOST_TEST_CONTEXT(static_cast<int>(kind)) {
      call_goes_well(of("cartesia tts", {kind, 4, 0ms}));
    }
}
