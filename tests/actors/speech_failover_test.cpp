// What a CALL's recognisers and voices do to each other's work when they fail: no word is lost,
// none is said twice, and the slower of two is not heard.
#define BOOST_TEST_MODULE speech_failover
#include <boost/test/unit_test.hpp>

#include "tests/actors/ending_fixture.hpp"

using namespace fixtures;

BOOST_FIXTURE_TEST_SUITE(failover, ending_fixture)

BOOST_AUTO_TEST_CASE(a_recogniser_that_fails_is_followed_by_the_next) {
  begin_joined();
  start_speaking();
  pass(milliseconds{200});
  recogniser_says(stt_failed{"first", "quota"});
  BOOST_REQUIRE(stt.size() == 2u);
  stop_speaking();
  words("hello");
  pass(milliseconds{600});
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 1u);
  BOOST_TEST(is_dead(stt.front().stream));
  kill(stt.back().stream); // words came, so it counts from here
  BOOST_REQUIRE(stt.size() == 3u);
  crash(stt.back().stream);
  BOOST_REQUIRE(stt.size() == 4u);
  crash(stt.back().stream); // the third within ten seconds that heard nothing
  live_on(seconds{3});
  expect_ended("stt_lost");
  BOOST_TEST(stt.size() == 4u);
}

BOOST_AUTO_TEST_CASE(no_recogniser_at_all_ends_the_call) {
  voices.stt = {"unknown"};
  begin();
  live_on(seconds{3});
  expect_ended("stt_lost");
}

BOOST_AUTO_TEST_CASE(a_voice_that_fails_is_followed_by_the_next_and_no_word_is_lost) {
  manner = voice_manner::is_silent;
  begin_joined();
  say("hello");
  answer("One two three.");
  BOOST_TEST(!port->waits_to_play());
  manner = voice_manner::speaks;
  pass(seconds{1}); // no first byte
  BOOST_REQUIRE(tts.size() == 2u);
  BOOST_TEST(tts.back().said.back() == "One two three.");
  play();
  BOOST_TEST(record().transcript.back().content == "One two three.");
  BOOST_TEST(is_dead(tts.front().stream));
}

BOOST_AUTO_TEST_CASE(a_voice_that_breaks_off_is_not_repeated) {
  begin_joined();
  say("hello");
  manner = voice_manner::breaks_off;
  runner_says(runner_delta{"Well of course, my friend. ", now()});
  manner = voice_manner::speaks;
  runner_says(runner_delta{"And more.", now()});
  runner_says(runner_text_end{});
  play();
  BOOST_TEST(count_of(tts.back().said, "Well") == 0u);
  BOOST_TEST(record().transcript.back().content.find("Well of course,") == 0u);
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(what_a_broken_voice_did_not_say_the_next_one_says) {
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three four.");
  const auto& first = tts.back();
  const generation utterance = 1;
  const std::vector<std::int16_t> sound(20'000);
  first.port->play(utterance, sound.data(), sound.size(), 16'000);
  caf::send_as(first.stream, first.synthesizer, tts_first_byte{utterance, 0, now()});
  run();
  manner = voice_manner::speaks;
  caf::send_as(first.stream, first.synthesizer,
               tts_failed{"first", "it broke", utterance, 0, {{0, 3, 8'000}, {4, 7, 16'000}}});
  run();
  BOOST_REQUIRE(tts.size() == 2u);
  BOOST_TEST(tts.back().said.back() == "three four.");
  // Half a word was forgotten; between the voices is a breath of 60 ms.
  BOOST_TEST(port->given(utterance) == 16'000 + 960 + 11 * samples_per_byte);
  BOOST_TEST(!first.port->play(utterance, sound.data(), sound.size(), 16'000));
  play();
  BOOST_TEST(record().transcript.back().content == "One two three four.");
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(a_slow_voice_is_overtaken_and_never_heard_again) {
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three.");
  pass(milliseconds{250});
  BOOST_TEST(tts.size() == 1u);
  manner = voice_manner::speaks;
  pass(milliseconds{100}); // half of the wait is over
  BOOST_REQUIRE(tts.size() == 2u);
  BOOST_TEST(tts.back().said.back() == "One two three.");
  const std::int16_t late[10] = {};
  BOOST_TEST(!tts.front().port->play(1, late, 10, 16'000));
  play();
  BOOST_TEST(record().transcript.back().content == "One two three.");
  BOOST_TEST(is_dead(tts.front().stream));
}

BOOST_AUTO_TEST_CASE(a_voice_stream_that_is_killed_is_followed_by_the_next) {
  manner = voice_manner::is_silent;
  begin_joined();
  runner_says(runner_say{"Good morning.", now()});
  manner = voice_manner::speaks;
  kill(tts.back().stream);
  BOOST_REQUIRE(tts.size() == 2u);
  BOOST_TEST(tts.back().said.back() == "Good morning.");
  play();
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(no_voice_at_all_ends_the_call_with_the_canned_apology) {
  manner = voice_manner::is_silent;
  begin_joined();
  say("hello");
  answer("One two three.");
  pass(seconds{8}); // the first is given up at once, the next ones after 3 s
  BOOST_TEST(canned_was_played());
  live_on(seconds{2});
  expect_ended("tts_lost");
}

BOOST_AUTO_TEST_CASE(a_slow_voice_that_nobody_can_replace_is_waited_for) {
  voices.tts = {"first"};
  manner = voice_manner::is_silent;
  begin_joined();
  say("hello");
  answer("One two three.");
  pass(milliseconds{2'500});
  BOOST_REQUIRE(tts.size() == 1u);
  const auto& voice = tts.front();
  const std::vector<std::int16_t> sound(14 * samples_per_byte);
  BOOST_TEST(voice.port->play(voice.utterance, sound.data(), sound.size(), 16'000));
  caf::send_as(voice.stream, voice.synthesizer, tts_first_byte{voice.utterance, 0, now()});
  caf::send_as(voice.stream, voice.synthesizer,
               tts_piece_done{voice.utterance, 0, sound.size(), {}});
  run();
  play();
  BOOST_TEST(record().transcript.back().content == "One two three.");
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(slow_voices_after_a_broken_one_do_not_end_the_call) {
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three.");
  caf::send_as(tts.front().stream, tts.front().synthesizer, tts_failed{"first", "it broke"});
  run();
  pass(seconds{2}); // both are slow now: more than twice what a voice is given
  BOOST_TEST(phase() == "thinking");
  manner = voice_manner::speaks;
  pass(seconds{2});
  play();
  BOOST_TEST(record().transcript.back().content == "One two three.");
}

BOOST_AUTO_TEST_CASE(a_partial_is_not_shown_again_by_the_next_recogniser) {
  begin_joined();
  start_speaking();
  recogniser_says(stt_partial{"one two"});
  const auto shown = count_of(caller, "partial");
  recogniser_says(stt_failed{"first", "it closed"});
  BOOST_REQUIRE(stt.size() == 2u);
  recogniser_says(stt_partial{"one"});
  recogniser_says(stt_partial{"one two"});
  BOOST_TEST(count_of(caller, "partial") == shown);
  recogniser_says(stt_partial{"one two three"});
  BOOST_TEST(count_of(caller, "partial") == shown + 1);
}

BOOST_AUTO_TEST_CASE(a_final_that_covers_nothing_new_is_dropped) {
  begin_joined();
  start_speaking();
  pass(seconds{2});
  recogniser_says(stt_final{"one two", 0, 16'000, {}, now()});
  recogniser_says(stt_failed{"first", "it closed"});
  BOOST_REQUIRE(stt.size() == 2u);
  BOOST_TEST(stt.back().from == 16'000u); // bound behind the last final
  recogniser_says(stt_final{"two", 8'000, 16'000, {}, now()});
  stop_speaking();
  recogniser_says(stt_final{"three", 16'000, sample_now(), {}, now()});
  pass(seconds{1});
  std::string told;
  for (const auto& line : runner_heard())
    if (line.rfind("text ", 0) == 0)
      told += line.substr(6);
  BOOST_TEST(told == " one two three");
}

BOOST_AUTO_TEST_CASE(how_long_a_voice_may_take_is_what_the_node_has_measured) {
  voices.first_byte_p99_ms = {400, -1}; // so 800 ms, and a rival after 400
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three.");
  pass(milliseconds{370});
  BOOST_TEST(tts.size() == 1u);
  pass(milliseconds{50});
  BOOST_TEST(tts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_rival_that_fails_is_followed_by_a_fresh_voice_of_the_first) {
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three.");
  pass(milliseconds{350});
  BOOST_REQUIRE(tts.size() == 2u);
  manner = voice_manner::speaks;
  caf::send_as(tts.back().stream, tts.back().synthesizer, tts_failed{"second", "busy"});
  run();
  BOOST_REQUIRE(tts.size() == 3u);
  BOOST_TEST(tts.back().said.back() == "One two three.");
  play();
  BOOST_TEST(record().transcript.back().content == "One two three.");
}

BOOST_AUTO_TEST_CASE(a_voice_that_dies_before_it_could_say_that_it_sounds_is_taken_up_too) {
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three four.");
  const generation utterance = 1;
  const std::vector<std::int16_t> sound(8'000);
  tts.back().port->play(utterance, sound.data(), sound.size(), 16'000);
  manner = voice_manner::speaks;
  kill(tts.back().stream);
  BOOST_REQUIRE(tts.size() == 2u);
  // Half a second is in the ring; of a voice that tells no times it counts as "One two".
  BOOST_TEST(tts.back().said.back() == "three four.");
}

BOOST_AUTO_TEST_CASE(a_cancelled_answer_leaves_the_voice_alive) {
  begin_joined();
  say("hello");
  answer("One two three four five six seven.");
  play_bytes(8);
  start_speaking();
  pass(cut_in_wait() + milliseconds{50});
  BOOST_TEST(tts.size() == 1u);
  BOOST_TEST(!is_dead(tts.back().stream));
  BOOST_TEST(count_of(tts.back().said, "cancel") == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
