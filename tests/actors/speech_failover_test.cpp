// What a CALL's recognisers and voices do to each other's work when they fail: no word is lost,
// none is said twice, and the slower of two is not heard.
#define BOOST_TEST_MODULE speech_failover
#include <boost/test/unit_test.hpp>

#include "tests/actors/ending_fixture.hpp"

using namespace fixtures;

namespace {

/// The same house, whose providers keep connections ready for those who hold a token.
struct standby_fixture : ending_fixture {
  std::vector<std::pair<std::string, std::weak_ptr<int>>> tokens; // by provider
  lines asked;

  void begin_with_standbys() {
    auto with = std::make_shared<call_kit>(*kit());
    for (auto& [provider, streams] : with->providers)
      streams.stand_by = [this, name = provider](const tts_settings& settings,
                                                 std::uint32_t rate_hz) {
        asked.push_back(name + " " + settings.voice + " " + std::to_string(rate_hz));
        const auto token = std::make_shared<int>();
        tokens.emplace_back(name, token);
        return token;
      };
    subject = sys.spawn(call, call_setup{with, request(), pipe_row, voices});
    self->monitor(subject);
    run();
    join();
  }

  long held(const std::string& provider) const {
    return std::count_if(tokens.begin(), tokens.end(), [&](const auto& one) {
      return one.first == provider && !one.second.expired();
    });
  }
};

} // namespace

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

BOOST_FIXTURE_TEST_SUITE(standbys, standby_fixture)

BOOST_AUTO_TEST_CASE(a_connection_stands_by_for_the_voice_that_would_be_next) {
  voices.speakers = {{"first", "m", "anna"}, {"second", "m", "bob"}};
  begin_with_standbys();
  BOOST_TEST(asked == lines{"second bob 16000"}, boost::test_tools::per_element());
  BOOST_TEST(held("second") == 1);
  say("hello");
  answer("One two three.");
  play();
  BOOST_TEST(asked.size() == 1u);
}

BOOST_AUTO_TEST_CASE(it_moves_on_when_the_voice_is_lost) {
  manner = voice_manner::is_silent;
  begin_with_standbys();
  say("hello");
  answer("One two three.");
  manner = voice_manner::speaks;
  caf::send_as(tts.back().stream, tts.back().synthesizer, tts_failed{"first", "it broke"});
  run();
  BOOST_TEST(held("second") == 0);
  BOOST_TEST(held("first") == 1);
}

BOOST_AUTO_TEST_CASE(it_is_there_while_a_rival_is_tried_and_moves_on_when_that_has_won) {
  manner = voice_manner::is_silent;
  begin_with_standbys();
  say("hello");
  answer("One two three.");
  pass(milliseconds{350});
  BOOST_REQUIRE(tts.size() == 2u);
  BOOST_TEST(held("second") == 1);
  const auto& rival = tts.back();
  const std::vector<std::int16_t> sound(1'600);
  BOOST_TEST(rival.port->play(rival.utterance, sound.data(), sound.size(), 16'000));
  caf::send_as(rival.stream, rival.synthesizer, tts_first_byte{rival.utterance, 0, now()});
  run();
  BOOST_TEST(held("second") == 0);
  BOOST_TEST(held("first") == 1);
}

BOOST_AUTO_TEST_CASE(where_nobody_else_speaks_nothing_stands_by) {
  voices.tts = {"first"};
  begin_with_standbys();
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_CASE(a_call_that_is_over_holds_nothing) {
  begin_with_standbys();
  BOOST_TEST(held("second") == 1);
  end(subject, caf::exit_reason::kill);
  run();
  BOOST_TEST(held("second") == 0);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_voice_known_to_be_quick_is_followed_sooner, ending_fixture) {
  voices.first_byte_p99_ms = {120, -1};
  begin_joined();
  say("hello");
  manner = voice_manner::is_silent;
  answer("One two three.");
  pass(milliseconds{170});
  BOOST_TEST(tts.size() == 1u);
  pass(milliseconds{50});
  BOOST_TEST(tts.size() == 2u);
}
