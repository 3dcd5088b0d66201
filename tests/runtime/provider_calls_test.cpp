// Whole calls through a node whose recogniser and voice are behind sockets: what the caller
// says in tones reaches the runner as words, and its answer comes back as tones.
#define BOOST_TEST_MODULE provider_calls
#include <boost/test/unit_test.hpp>

#include "tests/runtime/whole_house.hpp"

using namespace fixtures;

BOOST_AUTO_TEST_CASE(a_call_is_heard_and_spoken_by_providers_behind_sockets) {
  whole_house on;
  on.open(nullptr, {"Eleven twelve thirteen.", "Forty fifty."});
  on.call();
  on.say("one two three");
  BOOST_TEST(on.came("user_turn", "one two three"));
  BOOST_TEST(on.hears("eleven twelve thirteen"));
  on.say("nine");
  BOOST_TEST(on.came("user_turn", "nine"));
  BOOST_TEST(on.hears("eleven twelve thirteen forty fifty"));
  BOOST_TEST(on.connections(0, "deepgram stt") == 1u);
  BOOST_TEST(on.connections(0, "cartesia tts") == 1u);
}

BOOST_AUTO_TEST_CASE(a_telephones_call_is_too) {
  whole_house on;
  on.open(nullptr, {"Eleven twelve thirteen."});
  on.call(audio_encoding::mulaw, 8'000);
  on.say("one two three");
  BOOST_TEST(on.came("user_turn", "one two three"));
  BOOST_TEST(on.hears("eleven twelve thirteen"));
}

BOOST_AUTO_TEST_CASE(who_cuts_in_is_heard_and_no_connection_is_lost_by_it) {
  whole_house on;
  on.open(nullptr, {"Eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen "
                    "twenty thirty forty.",
                    "Fifty."});
  on.call();
  on.say("one two");
  BOOST_TEST(on.came("user_turn", "one two"));
  BOOST_TEST(on.came("state", "speaking"));
  on.say("three four five");
  BOOST_TEST(on.came("interrupted"));
  BOOST_TEST(on.came("user_turn", "three four five"));
  const auto until = mono_now() + deadline;
  while (on.heard().find("fifty") == std::string::npos && mono_now() < until)
    on.came("state"); // it has; another look
  BOOST_TEST(on.heard().find("fifty") != std::string::npos);
  BOOST_TEST(on.heard().find("forty") == std::string::npos);
  BOOST_TEST(on.connections(0, "cartesia tts") == 1u);
  BOOST_TEST(on.connections(0, "deepgram stt") == 1u);
}
