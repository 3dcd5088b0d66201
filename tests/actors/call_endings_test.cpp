// How a CALL ends, and what it survives: each end once, with one reason, the seat
// freed, the caller told, nobody left.
#define BOOST_TEST_MODULE call_endings
#include <boost/test/unit_test.hpp>

#include "tests/actors/ending_fixture.hpp"

using namespace fixtures;

BOOST_FIXTURE_TEST_SUITE(endings, ending_fixture)

// -- politely
BOOST_AUTO_TEST_CASE(an_agent_that_hangs_up_is_heard_to_the_end) {
  begin_joined();
  say("bye");
  runner_says(runner_delta{"Goodbye then.", now()});
  runner_says(runner_end_call{"completed"});
  BOOST_TEST(phase() == "ending");
  pass(seconds{1});
  BOOST_TEST(!is_gone());
  play();
  expect_ended("agent_end_call");
  BOOST_TEST(record().transcript.back().content == "Goodbye then.");
  BOOST_TEST(!record().transcript.back().interrupted);
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u);
}

BOOST_AUTO_TEST_CASE(a_goodbye_that_never_ends_is_cut) {
  begin_joined();
  runner_says(runner_say{"A very long goodbye.", now()});
  runner_says(runner_end_call{"completed"});
  pass(seconds{12});
  expect_ended("agent_end_call");
}

BOOST_AUTO_TEST_CASE(an_entrypoint_that_returned_completes_the_call) {
  begin_joined();
  runner_says(runner_say{"That is all.", now()});
  close_bridge(true);
  pass(milliseconds{900});
  BOOST_TEST(!is_gone());
  play();
  pass(milliseconds{200});
  expect_ended("completed");
  BOOST_TEST(record().transcript.back().content == "That is all.");
}

BOOST_AUTO_TEST_CASE(an_entrypoint_that_raised_may_come_back) {
  begin_joined();
  say("hello");
  close_bridge(true);
  pass(milliseconds{200});
  join(2);
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 2u); // told again: it is owed
  pass(seconds{2});
  BOOST_TEST(!is_gone());
  answer("Here again.");
  play();
  BOOST_TEST(record().transcript.back().content == "Here again.");
  BOOST_TEST(bridges.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_entrypoint_that_raises_each_time_loses_the_call) {
  begin_joined();
  close_bridge(true);
  pass(milliseconds{200});
  join(2);
  close_bridge(true);
  pass(milliseconds{400});
  join(3);
  close_bridge(true);
  pass(milliseconds{1'100});
  BOOST_TEST(last_said() == "Sorry.");
  live_on(seconds{3});
  expect_ended("runner_lost");
}

BOOST_AUTO_TEST_CASE(a_hang_up_in_mid_turn_closes_the_runners_turn_first) {
  begin_joined();
  say("tell me");
  runner_says(runner_delta{"Well of course, once ", now()});
  play_bytes(8);
  tell(subject, hang_up{end_reason::caller_hangup});
  const auto& heard = runner_heard();
  BOOST_TEST(count_of(heard, "interrupted 1 Well of ") == 1u);
  BOOST_TEST(heard.back() == "close");
  BOOST_TEST(count_of(caller, "ended") == 1u);
  expect_ended("caller_hangup");
  BOOST_TEST(jobs_ended.size() == 1u);
  BOOST_TEST(record().transcript.back().interrupted);
}

BOOST_AUTO_TEST_CASE(a_second_end_changes_nothing) {
  begin_joined();
  bridges.back().quits = false; // a runner that takes its time
  tell(subject, hang_up{end_reason::api_hangup}, hang_up{end_reason::caller_hangup});
  BOOST_TEST(!is_gone());
  BOOST_TEST(caller.back() == "ended api_hangup"); // at once, whoever dawdles
  kill(leg);
  pass(seconds{4}); // then the leg is taken along
  expect_ended("api_hangup");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_callers_leg_is_a_hang_up) {
  begin_joined();
  end(leg, make_error(end_reason::media_lost));
  BOOST_TEST(is_gone());
  BOOST_TEST(ended_with == "media_lost");
  BOOST_TEST(record().end_reason == "media_lost");
  expect_nobody_left();
}

BOOST_AUTO_TEST_CASE(a_leg_that_is_killed_is_a_hang_up_too) {
  begin_joined();
  kill(leg);
  BOOST_TEST(is_gone());
  BOOST_TEST(ended_with == "caller_hangup");
  expect_nobody_left();
}

// -- by the clock
BOOST_AUTO_TEST_CASE(the_longest_call_ends_with_a_goodbye) {
  pipe_row.max_call_duration_s = 30;
  begin_joined();
  pass(milliseconds{29'500});
  BOOST_TEST(!is_gone());
  pass(seconds{1});
  BOOST_TEST(count_of(tts.back().said, "I am sorry, our time is up.") == 1u);
  live_on(seconds{3});
  expect_ended("max_duration");
}

BOOST_AUTO_TEST_CASE(a_call_in_which_nobody_speaks_is_over) {
  begin_joined();
  pass(seconds{59});
  BOOST_TEST(!is_gone());
  pass(seconds{2});
  expect_ended("idle_timeout");
}

// -- no runner ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(without_a_runner_the_caller_hears_why_and_the_call_ends) {
  answers = {{""}};
  begin();
  BOOST_TEST(last_said() == "Sorry.");
  live_on(seconds{3});
  expect_ended("no_runner");
  BOOST_TEST(store_data.noted("dispatch_failed").size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_serves_is_dialled_when_no_runner_is_registered) {
  answers = {{""}};
  pipe_row.agent_endpoint = "ws://10.0.0.9:8765/x";
  pipe_row.agent_secret = "s3cret";
  begin();
  BOOST_REQUIRE(bridges.size() == 2u);
  BOOST_TEST(bridges.back().opening.serving_url == "ws://10.0.0.9:8765/x");
  BOOST_TEST(bridges.back().opening.agent_secret == "s3cret");
  BOOST_TEST(is_dead(bridges.front().bridge));
  join();
  say("hello");
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 1u);
}

BOOST_AUTO_TEST_CASE(a_runner_that_never_dials_is_replaced) {
  answers = {{"agent#1"}, {"agent#2"}};
  begin();
  pass(seconds{21});
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(dispatches[1].excluded[0].str() == "agent#1");
  BOOST_TEST(jobs_ended[0] == dispatches[0].job.str() + " cancel");
  BOOST_TEST(dispatches[0].job.str() != dispatches[1].job.str());
  BOOST_TEST(dispatches[0].call_token != dispatches[1].call_token);
  join();
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(a_hang_up_before_anyone_answered_calls_the_job_off) {
  answers = {{"", {}, true}};
  begin();
  tell(subject, hang_up{});
  expect_ended("caller_hangup");
  BOOST_REQUIRE(jobs_ended.size() == 1u);
  BOOST_TEST(jobs_ended[0] == dispatches[0].job.str() + " cancel");
}

// -- a runner is lost -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_broken_bridge_is_given_to_another_runner_with_the_history) {
  answers = {{"agent#1"}, {"agent#2"}};
  begin_joined();
  say("my name is Ann");
  answer("Hello Ann.");
  play();
  say("what is my name");
  close_bridge(false);
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(dispatches[1].excluded[0].str() == "agent#1");
  const auto& metadata = bridges.back().opening.metadata_json;
  BOOST_TEST(metadata.find(R"("history":[{"role":"user","content":"my name is Ann"})")
             != std::string::npos);
  BOOST_TEST(metadata.find(R"("order":7)") != std::string::npos);
  join();
  BOOST_TEST(count_of(runner_heard(), "text 2 what is my name") == 1u);
  answer("It is Ann.");
  play();
  BOOST_TEST(record().transcript.back().content == "It is Ann.");
  BOOST_TEST(record().worker == "agent#2");
  BOOST_TEST(count_of(caller, "ended") == 0u);
}

BOOST_AUTO_TEST_CASE(a_bridge_that_closes_before_it_shook_hands_is_given_to_another) {
  begin();
  close_bridge(true); // so does a runner that serves and refuses our signature
  BOOST_TEST(dispatches.size() == 2u);
  BOOST_TEST(!is_gone());
}

BOOST_AUTO_TEST_CASE(a_second_broken_bridge_ends_the_call) {
  answers = {{"agent#1"}, {"agent#2"}};
  begin_joined();
  close_bridge(false);
  join();
  close_bridge(false);
  BOOST_TEST(last_said() == "Sorry.");
  live_on(seconds{3});
  expect_ended("runner_lost");
  BOOST_TEST(jobs_ended.size() == 2u);
  BOOST_TEST(dispatches.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_broken_bridge_without_another_runner_ends_the_call) {
  answers = {{"agent#1"}, {""}};
  begin_joined();
  close_bridge(false);
  live_on(seconds{3});
  expect_ended("runner_lost");
}

BOOST_AUTO_TEST_CASE(what_the_lost_bridge_still_says_is_not_heard) {
  answers = {{"agent#1"}, {"agent#2"}};
  begin_joined();
  bridges.front().quits = false;
  close_bridge(false);
  caf::send_as(bridges.front().bridge, subject, runner_joined{1, now()});
  caf::send_as(bridges.front().bridge, subject, runner_say{"I am still here.", now()});
  caf::send_as(bridges.front().bridge, subject, runner_gone{1006, false, {}});
  run();
  BOOST_TEST(dispatches.size() == 2u);
  BOOST_TEST(last_said().empty());
  say("hello");
  BOOST_TEST(count_of(runner_heard(), "text") == 0u); // nobody joined yet
  join();
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 1u);
}

// -- children die -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_transcriber_that_dies_is_started_again_where_it_was) {
  begin_joined();
  say("hello");
  const auto covered = port->covered;
  BOOST_REQUIRE(covered > 0);
  kill(transcriber());
  BOOST_REQUIRE(stt.size() == 2u);
  BOOST_TEST(stt.back().from == covered);
  crash(transcriber());
  BOOST_REQUIRE(stt.size() == 3u);
  BOOST_TEST(is_dead(stt[0].stream));
  answer("Hi.");
  play();
  say("again");
  BOOST_TEST(count_of(runner_heard(), "text 2 again") == 1u);
  kill(transcriber());
  BOOST_TEST(last_said() == "Sorry.");
  live_on(seconds{3});
  expect_ended("stt_lost");
}

BOOST_AUTO_TEST_CASE(deaths_that_lie_apart_are_forgiven) {
  begin_joined();
  for (int i = 0; i < 4; ++i) {
    kill(transcriber());
    pass(seconds{6});
  }
  BOOST_TEST(!is_gone());
  BOOST_TEST(stt.size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_synthesizer_that_dies_is_started_again) {
  begin_joined();
  say("hello");
  runner_says(runner_delta{"Well of course, my friend. And ", now()});
  kill(synthesizer());
  BOOST_REQUIRE(tts.size() == 2u);
  runner_says(runner_delta{"so on.", now()});
  runner_says(runner_text_end{});
  play();
  BOOST_TEST(phase() == "listening");
  crash(synthesizer());
  answer("Still here.");
  play();
  BOOST_TEST(record().transcript.back().content == "Still here.");
  kill(synthesizer());
  BOOST_TEST(canned_was_played());
  live_on(seconds{2});
  expect_ended("tts_lost");
}

BOOST_AUTO_TEST_CASE(a_synthesizer_that_dies_under_the_greeting_leaves_no_speech_hanging) {
  pipe_row.greeting = "Welcome.";
  begin_joined();
  runner_says(runner_say{"How can I help?", now()});
  kill(synthesizer());
  play();
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(a_synthesizer_that_dies_in_the_apology_is_replaced_by_the_canned_one) {
  answers = {{""}};
  begin();
  kill(synthesizer());
  BOOST_TEST(canned_was_played());
  live_on(seconds{2});
  expect_ended("no_runner");
}

BOOST_AUTO_TEST_CASE(a_bridge_leg_that_dies_gives_the_call_out_anew) {
  begin_joined();
  say("hello");
  kill(bridges.back().bridge);
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(dispatches[1].excluded.empty()); // the runner is not to blame
  BOOST_TEST(jobs_ended.size() == 1u);
  join();
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 1u);
  crash(bridges.back().bridge);
  join();
  kill(bridges.back().bridge);
  live_on(seconds{3});
  expect_ended("runner_lost");
  BOOST_TEST(dispatches.size() == 3u);
  BOOST_TEST(jobs_ended.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_answer_to_a_job_that_was_given_up_is_called_off) {
  answers = {{"", {}, true}, {"agent#2"}};
  begin();
  kill(bridges.back().bridge); // while the first dispatch is under way
  BOOST_TEST(dispatches.size() == 2u);
  join();
  pass(seconds{12}); // the first one's patience is over
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(!is_gone());
}

BOOST_AUTO_TEST_CASE(a_recorder_that_crashes_ends_the_recording_and_not_the_call) {
  pipe_row.recording = true;
  recording_breaks = true;
  begin_joined();
  runner_says(runner_recording{false, "card"});
  BOOST_TEST(recording.back() == "stop"); // completed all the same
  BOOST_TEST(!is_gone());
  tell(subject, hang_up{});
  expect_ended("caller_hangup");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_killed_takes_everyone_along) {
  begin_joined();
  say("hello");
  runner_says(runner_delta{"Well of course, my friend. ", now()});
  kill(subject);
  BOOST_TEST(port->unbinds > 0);
  expect_nobody_left();
}

BOOST_AUTO_TEST_SUITE_END()
