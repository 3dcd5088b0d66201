// The streams of the real adapters against the simulated providers: what Deepgram and Cartesia
// do in detail. provider_protocols_test.cpp has every protocol, provider_faults_test.cpp every
// fault.
#define BOOST_TEST_MODULE provider_scenario
#include <boost/test/unit_test.hpp>

#include "tests/adapters/peers/provider_stage.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::stage;
using fault = provider_fault::kind;

BOOST_AUTO_TEST_CASE(deepgram_hears_what_arrived_at_both_rates) {
  for (const std::uint32_t rate : {8'000u, 16'000u}) {
    stage on;
    on.open(rate);
    on.listen("deepgram", 1'000);
    BOOST_TEST(on.book.wait_for("ready deepgram"));
    const auto next = on.say("one two three", 1'000);
    BOOST_TEST(on.book.wait_for("partial one"));
    BOOST_TEST(on.book.wait_for("final one two three @1000 "));
    on.say("forty", next);
    BOOST_TEST(on.book.wait_for("final forty"));
    BOOST_TEST(on.book.count("failed") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_final_comes_when_it_is_asked_for) {
  stage on;
  on.setup.pace.endpointing = 60s;
  on.open(16'000);
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("seven eight", 0);
  (*on.self)->send(on.hearing, stt_finalize{});
  BOOST_TEST(on.book.wait_for("final seven eight"));
}

BOOST_AUTO_TEST_CASE(a_recogniser_that_refuses_stalls_or_closes_is_lost) {
  provider_limits quick;
  quick.dial_wait = 300ms;
  quick.words_wait = 400ms;
  for (const auto kind : {fault::refuse_key, fault::refuse_busy, fault::slow_handshake,
                          fault::stall, fault::half_frame, fault::close}) {
    BOOST_TEST_CONTEXT("fault " << static_cast<int>(kind)) {
      stage on;
      on.open(16'000, {kind, 0, 10'000ms});
      on.listen("deepgram", 0, quick);
      const bool opens = kind == fault::stall || kind == fault::half_frame || kind == fault::close;
      if (opens) {
        BOOST_TEST(on.book.wait_for("ready"));
        on.say("one two three four", 0);
      }
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(on.book.count("final") == 0u);
      BOOST_TEST((on.port->tap() == nullptr));
    }
  }
}

BOOST_AUTO_TEST_CASE(garbage_between_good_frames_is_passed_over) {
  stage on;
  on.open(16'000, {fault::garbage, 0, 0ms});
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("one two three", 0);
  BOOST_TEST(on.book.wait_for("final one two three"));
}

BOOST_AUTO_TEST_CASE(cartesia_speaks_piece_after_piece_at_both_rates) {
  for (const std::uint32_t rate : {8'000u, 16'000u}) {
    stage on;
    on.open(rate);
    on.open_voice("cartesia");
    on.speak("One, two.", 0);
    on.speak("Three four five!", 1);
    on.speak("", 2);
    on.speak("...", 3);
    BOOST_TEST(on.book.wait_for("done 0 2 words " + std::to_string(rate * 6 / 10)));
    BOOST_TEST(on.book.wait_for("done 1 3 words " + std::to_string(rate * 9 / 10)));
    BOOST_TEST(on.book.wait_for("done 2 0 words 0"));
    BOOST_TEST(on.book.wait_for("done 3 0 words 0"));
    BOOST_TEST(on.played() == "one two three four five");
  }
}

BOOST_AUTO_TEST_CASE(a_cancelled_utterance_is_silent_and_the_connection_stays) {
  stage on;
  on.open(16'000);
  on.open_voice("cartesia");
  on.speak("one two three four five six seven eight nine ten", 0, 1);
  BOOST_TEST(on.book.wait_for("first 0"));
  on.port->flush(1);
  (*on.self)->send(on.speaking, tts_cancel{1});
  on.speak("eleven twelve", 0, 2);
  BOOST_TEST(on.book.wait_for("done 0 2 words"));
  BOOST_TEST(on.played(2) == "eleven twelve");
  BOOST_TEST(on.providers->connections()["cartesia tts"] == 1u);
}

BOOST_AUTO_TEST_CASE(a_voice_that_breaks_off_says_how_far_it_came) {
  for (const auto kind : {fault::stall, fault::half_frame, fault::close}) {
    BOOST_TEST_CONTEXT("fault " << static_cast<int>(kind)) {
      provider_limits quick;
      quick.stall_wait = 300ms;
      stage on;
      on.open(16'000, {kind, 8, 0ms}); // six chunks of sound, and two of words
      on.open_voice("cartesia", quick);
      on.speak("one two three four five");
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(on.book.count("done") == 0u);
      const auto words = on.played();
      BOOST_TEST(words.rfind("one two", 0) == 0u, words);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_close_that_is_never_answered_holds_nobody) {
  stage on;
  on.open(16'000, {fault::deaf_to_close, 0, 0ms});
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("one", 0);
  BOOST_TEST(on.book.wait_for("final one"));
}
