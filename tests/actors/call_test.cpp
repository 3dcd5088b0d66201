// A CALL in conversation: turns, cutting in, what is said and what is written down.
#define BOOST_TEST_MODULE call
#include <boost/test/unit_test.hpp>

#include "tests/actors/call_fixture.hpp"

using namespace fixtures;

namespace {

/// The numbers under these keys of a flat JSON object.
double number_in(const std::string& json, const std::string& key) {
  const auto at = json.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::stod(json.substr(at + key.size() + 3));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_tests, call_fixture)

BOOST_AUTO_TEST_CASE(a_whole_turn_is_heard_answered_played_and_written_down) {
  begin_joined();
  BOOST_TEST(phase() == "listening");
  say("what time is it");
  BOOST_TEST(phase() == "thinking");
  BOOST_TEST(runner_heard().back() == "state thinking");
  BOOST_TEST(count_of(runner_heard(), "text 1 what time is it") == 1u);
  pass(milliseconds{80});
  answer("It is ten past noon.");
  BOOST_REQUIRE(port->waits_to_play());
  play_bytes(3);
  BOOST_TEST(phase() == "speaking");
  play();
  BOOST_TEST(phase() == "listening");

  const auto call = record();
  BOOST_REQUIRE(call.transcript.size() == 2u);
  BOOST_TEST(call.transcript[0].content == "what time is it");
  BOOST_TEST(call.transcript[0].role == "user");
  BOOST_TEST(call.transcript[1].content == "It is ten past noon.");
  BOOST_TEST(call.transcript[1].turn == 1);
  BOOST_TEST(!call.transcript[1].interrupted);
  const auto& ledger = call.transcript[1].ledger_json;
  double sum = 0;
  for (const auto* part : {"endpoint", "stt", "send", "brain", "speak", "voice", "playout"}) {
    BOOST_TEST(number_in(ledger, part) >= 0);
    sum += number_in(ledger, part);
  }
  BOOST_TEST(sum == number_in(ledger, "total"), boost::test_tools::tolerance(1e-6));
  BOOST_TEST(number_in(ledger, "endpoint") == 500);
  BOOST_TEST(number_in(ledger, "brain") == 100);
  BOOST_TEST(count_of(runner_heard(), "metrics 1") == 1u);
  BOOST_TEST(counted["unpod_turn_seconds"] == 1);

  const lines expected{"state listening", "turn 1 what time is it",     "state thinking",
                       "state speaking",  "reply It is ten past noon.", "state listening"};
  BOOST_TEST(caller == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_first_sample_that_overtakes_the_voices_news_loses_no_ledger) {
  begin_joined();
  say("what time is it");
  manner = voice_manner::is_silent; // its news are told by hand
  answer("Noon.");
  auto& voice = tts.back();
  const std::vector<std::int16_t> sound(5 * samples_per_byte);
  const auto began = now();
  port->play(voice.utterance, sound.data(), sound.size(), 16'000);
  play_bytes(3);
  BOOST_TEST(count_of(runner_heard(), "metrics 1") == 0u);
  caf::send_as(voice.stream, voice.synthesizer, tts_first_byte{voice.utterance, 0, began});
  run();
  BOOST_TEST(count_of(runner_heard(), "metrics 1") == 1u);
  BOOST_TEST(counted["unpod_turn_seconds"] == 1);
}

BOOST_AUTO_TEST_CASE(turns_are_counted_and_each_is_sent_once) {
  begin_joined();
  for (int turn = 1; turn <= 3; ++turn) {
    say("turn");
    answer("Right you are.");
    play();
  }
  BOOST_TEST(count_of(runner_heard(), "text ") == 3u);
  BOOST_TEST(count_of(runner_heard(), "text 3 turn") == 1u);
  BOOST_TEST(record().transcript.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_caller_who_cuts_in_is_heard_first) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10); // "Once upon " and no more
  start_speaking();
  port->voiced = [] { return milliseconds{120}; };
  pass(milliseconds{500});
  BOOST_TEST(phase() == "speaking"); // a cough so far, the VAD's hang-over after it
  port->voiced = [] { return milliseconds{300}; };
  pass(milliseconds{20});
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(port->flushed_to == 1u);
  BOOST_TEST(tts.back().said.back() == "cancel 1");
  stop_speaking();
  words("stop that");
  pass(milliseconds{600});

  const auto& heard = runner_heard();
  const auto cut = place_of(heard, "interrupted 1 Once upon ");
  BOOST_REQUIRE(cut < heard.size());
  BOOST_TEST(cut < place_of(heard, "text 2 stop that"));
  BOOST_TEST(place_of(heard, "state interrupted") < place_of(heard, "text 2 stop that"));
  BOOST_TEST(count_of(caller, "interrupted Once upon ") == 1u);
  answer("Very well.");
  play();
  const auto call = record();
  BOOST_REQUIRE(call.transcript.size() == 4u);
  BOOST_TEST(call.transcript[2].content == "stop that");
  BOOST_TEST(call.transcript[1].content == "Once upon ");
  BOOST_TEST(call.transcript[1].interrupted);
  BOOST_TEST(!call.transcript[1].ledger_json.empty());
  BOOST_TEST(store_data.noted("barge_in_stopped").size() == 1u);
}

BOOST_AUTO_TEST_CASE(two_words_cut_in_before_the_time_is_up) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10);
  start_speaking();
  pass(milliseconds{100});
  recogniser_says(stt_partial{"no wait"});
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(count_of(runner_heard(), "interrupted 1") == 1u);
  BOOST_TEST(count_of(caller, "partial no wait") == 1u);
}

BOOST_AUTO_TEST_CASE(a_noise_that_cut_the_agent_off_is_forgiven) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10);
  start_speaking();
  pass(milliseconds{400});
  BOOST_TEST(phase() == "listening");
  stop_speaking();
  recogniser_says(stt_final{"", 0, sample_now(), {}, now()});
  pass(milliseconds{3'000}); // a second to look, one and a half to forgive
  BOOST_TEST(count_of(runner_heard(), "text ") == 1u);
  BOOST_TEST(store_data.noted("resumed").size() == 1u);
  play();
  const auto call = record();
  BOOST_REQUIRE(call.transcript.size() == 3u);
  BOOST_TEST(call.transcript[2].content == "a time there was a king.");
  BOOST_TEST(!call.transcript[2].interrupted);
}

BOOST_AUTO_TEST_CASE(words_that_cut_the_agent_off_leave_nothing_to_go_on_with) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10);
  start_speaking();
  pass(milliseconds{400});
  recogniser_says(stt_partial{"no"});
  stop_speaking();
  words("no");
  pass(milliseconds{5'000});
  BOOST_TEST(store_data.noted("resumed").empty());
  BOOST_TEST(count_of(runner_heard(), "text ") == 2u);
}

BOOST_AUTO_TEST_CASE(a_noise_while_the_answer_is_awaited_takes_nothing_back) {
  begin_joined();
  say("tell me a story");
  start_speaking();
  pass(milliseconds{600});
  BOOST_TEST(phase() == "thinking");
  stop_speaking();
  recogniser_says(stt_final{"", 0, sample_now(), {}, now()});
  answer("Once upon a time.");
  play();
  BOOST_TEST(record().transcript.back().content == "Once upon a time.");
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u);
}

BOOST_AUTO_TEST_CASE(an_mm_under_the_agents_voice_is_no_turn) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10);
  start_speaking();
  pass(milliseconds{200});
  stop_speaking();
  words("mm");
  pass(milliseconds{600});
  BOOST_TEST(phase() == "speaking");
  play();
  BOOST_TEST(count_of(runner_heard(), "text ") == 1u);
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u);
  BOOST_TEST(store_data.noted("backchannel").size() == 1u);
  BOOST_TEST(record().transcript.back().content == "Once upon a time there was a king.");
}

BOOST_AUTO_TEST_CASE(a_greeting_is_spoken_before_anyone_joins_and_is_not_the_runners) {
  pipe_row.greeting = "Welcome to the desk.";
  begin();
  BOOST_TEST(tts.back().said.front() == "Welcome to the desk.");
  play();
  BOOST_TEST(phase() == "listening");
  join();
  start_speaking();
  pass(cut_in_wait() + milliseconds{50});
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u); // the greeting was over
}

BOOST_AUTO_TEST_CASE(a_greeting_that_is_cut_off_says_nothing_of_the_runner) {
  pipe_row.greeting = "Welcome to the desk.";
  begin_joined();
  play_bytes(8);
  start_speaking();
  pass(cut_in_wait() + milliseconds{50});
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(place_of(runner_heard(), "interrupted 0 ") < runner_heard().size());
  BOOST_TEST(place_of(caller, "interrupted ") < caller.size());
}

BOOST_AUTO_TEST_CASE(a_runner_may_speak_first) {
  begin_joined();
  runner_says(runner_say{"Good morning.", now()});
  play();
  BOOST_TEST(count_of(caller, "reply Good morning.") == 1u);
  BOOST_TEST(phase() == "listening");
  answer("How can I help?");
  play();
  BOOST_TEST(record().transcript.size() == 2u);
  BOOST_TEST(record().transcript[1].content == "How can I help?");
}

BOOST_AUTO_TEST_CASE(deltas_are_spoken_clause_by_clause) {
  begin_joined();
  say("two things");
  runner_says(runner_delta{"Well of course, ", now()});
  runner_says(runner_delta{"the table is booked. And ", now()});
  BOOST_TEST(tts.back().said.size() == 2u);
  runner_says(runner_delta{"more.", now()});
  runner_says(runner_text_end{});
  BOOST_REQUIRE(tts.back().said.size() == 3u);
  BOOST_TEST(port->given_to.size() == 1u); // one utterance
  play();
  BOOST_TEST(record().transcript.back().content
             == "Well of course, the table is booked. And more.");
}

BOOST_AUTO_TEST_CASE(an_end_out_of_turn_stops_the_voice) {
  begin_joined();
  say("tell me a story");
  answer("Once upon a time there was a king.");
  play_bytes(10);
  runner_says(runner_text_end{}); // session.interrupt()
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(port->flushed_to == 1u);
  BOOST_TEST(record().transcript.back().content == "Once upon ");
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u); // its own wish
  runner_says(runner_text_end{});                            // once more changes nothing
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(an_answer_without_words_gives_the_turn_back) {
  begin_joined();
  say("hello");
  runner_says(runner_text_end{});
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(caller.back() == "state listening");
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_only_said_gives_the_turn_back_when_it_was_heard) {
  begin_joined();
  say("hello");
  runner_says(runner_say{"Good morning.", now()}); // no adapter: no end follows
  BOOST_TEST(phase() != "listening");
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(caller.back() == "state listening");
  BOOST_TEST(record().transcript.back().content == "Good morning.");
  BOOST_TEST(!record().transcript.back().interrupted);
  say("and again");
  BOOST_TEST(count_of(runner_heard(), "interrupted") == 0u);
  BOOST_TEST(phase() == "thinking");
}

BOOST_AUTO_TEST_CASE(who_streams_thinks_on_after_a_word_before_the_answer) {
  begin_joined();
  say("hello");
  answer("Good morning.");
  play();
  say("a hard one");
  runner_says(runner_say{"Let me see. ", now()});
  play();
  BOOST_TEST(phase() == "thinking");
  answer("Forty-two.");
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().transcript.back().content == "Let me see. Forty-two.");
}

BOOST_AUTO_TEST_CASE(an_operators_words_are_spoken_and_are_none_of_the_agents) {
  begin_joined();
  say("hello");
  answer("Good morning.");
  const auto said = [&](const char* words) {
    return ask<said_words>(subject, say_words{call_id{"SCL_1"}, words, "KEY_1"});
  };
  BOOST_TEST(bool(said("This call is listened to.")));
  BOOST_TEST(tts.back().said.back() == "This call is listened to.");
  BOOST_TEST(port->given_to.size() == 2u); // an utterance of their own, after the agent's
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().transcript.back().content == "Good morning.");
  BOOST_TEST(bool(said("And once more.")));
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().transcript.back().content == "Good morning.");
  const auto many = std::string(bounds.call.turn_text_bytes_max + 1, 'x');
  BOOST_TEST((refusal_of(said(many.c_str()).error()) == refusal::at_limit));
  say("Goodbye then");
  bridges.back().quits = false;
  tell(subject, hang_up{end_reason::caller_hangup}); // it waits for the runner's goodbye
  BOOST_TEST((refusal_of(said("Too late.").error()) == refusal::conflict));
}

BOOST_AUTO_TEST_CASE(a_filler_is_said_while_the_runner_thinks_and_then_it_thinks_on) {
  begin_joined();
  runner_says(runner_filler{"One moment."});
  say("a hard one");
  pass(milliseconds{2'000});
  BOOST_TEST(tts.back().said.back() == "One moment.");
  play();
  BOOST_TEST(phase() == "thinking");
  answer("Forty-two.");
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().transcript.back().content == "Forty-two.");
  BOOST_TEST(number_in(record().transcript.back().ledger_json, "brain")
             > 2'000); // not the filler's
}

BOOST_AUTO_TEST_CASE(a_runner_that_never_answers_loses_its_turn) {
  begin_joined();
  say("hello");
  pass(seconds{19});
  BOOST_TEST(phase() == "thinking");
  pass(seconds{3});
  BOOST_TEST(phase() == "listening");
  say("are you there");
  BOOST_TEST(count_of(runner_heard(), "text 2 are you there") == 1u);
}

BOOST_AUTO_TEST_CASE(a_turn_waits_for_a_runner_that_has_not_joined) {
  begin();
  say("hello");
  BOOST_TEST(count_of(runner_heard(), "text") == 0u);
  join();
  BOOST_TEST(count_of(runner_heard(), "text 1 hello") == 1u);
}

BOOST_AUTO_TEST_CASE(what_only_partials_told_is_taken_in_the_end) {
  begin_joined();
  start_speaking();
  recogniser_says(stt_partial{"hello there"});
  pass(milliseconds{300});
  stop_speaking();
  pass(milliseconds{600});
  BOOST_TEST(stt.back().finalizes == 1);
  pass(milliseconds{2'500});
  BOOST_TEST(count_of(runner_heard(), "text 1 hello there") == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_without_end_is_bounded) {
  bounds.call.turn_text_bytes_max = 100;
  begin_joined();
  say("go on");
  for (int i = 0; i < 100; ++i)
    runner_says(runner_delta{"ten bytes. ", now()});
  std::uint64_t spoken = 0;
  for (const auto& piece : tts.back().said)
    spoken += piece.size();
  BOOST_TEST(spoken <= 100u);
  runner_says(runner_text_end{});
  play();
  pass(milliseconds{300}); // more than 3 s would have waited: the rest is asked for now
  play();
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(the_runner_is_told_who_calls_and_what_was_attached) {
  pipe_row.runner_agent = agent_id{"other"};
  begin();
  const auto& opening = bridges.back().opening;
  BOOST_TEST(opening.agent.str() == "agent");
  BOOST_TEST(dispatches.back().agent.str() == "other");
  BOOST_TEST(dispatches.back().call_token == opening.call_token);
  BOOST_TEST(!opening.call_token.empty());
  BOOST_TEST(opening.metadata_json.find(R"("data":{"order":7})") != std::string::npos);
  BOOST_TEST(opening.metadata_json.find(R"("user_number":"")") != std::string::npos);
  BOOST_TEST(opening.metadata_json.find(R"("direction":"web")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_recording_is_paused_resumed_and_completed) {
  pipe_row.recording = true;
  begin_joined();
  runner_says(runner_recording{false, "card number"});
  runner_says(runner_recording{true, {}});
  tell(subject, hang_up{});
  const lines expected{"start SCL_1.wav", "pause", "resume", "stop"};
  BOOST_TEST(recording == expected, boost::test_tools::per_element());
  BOOST_TEST(record().recording == "SCL_1.wav");
  expect_ended("caller_hangup");
}

BOOST_AUTO_TEST_CASE(a_recording_that_cannot_begin_is_not_in_the_record) {
  pipe_row.recording = true;
  recording_refused = "the disk is full";
  begin_joined();
  BOOST_TEST(record().recording == "");
  BOOST_REQUIRE(store_data.noted("recording_refused").size() == 1u);
  BOOST_TEST(store_data.noted("recording_refused")[0].find("the disk is full")
             != std::string::npos);
  BOOST_TEST(phase() == "listening"); // the call goes on
  tell(subject, hang_up{});
  expect_ended("caller_hangup");
  BOOST_TEST(record().recording == "");
}

BOOST_AUTO_TEST_CASE(a_brain_this_node_cannot_run_is_named_when_no_runner_is_there) {
  pipe_row.brain_json = R"({"type":"playbook","ref":"PB_1"})";
  answers = {{""}};
  begin();
  BOOST_REQUIRE(store_data.noted("dispatch_failed").size() == 1u);
  BOOST_TEST(store_data.noted("dispatch_failed")[0].find("a brain of type playbook")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_model_is_asked_without_looking_for_a_runner) {
  pipe_row.brain_json = R"({"type":"prompt","ref":"Sell bread."})";
  begin_joined();
  say("two loaves");
  BOOST_TEST(dispatches.empty());
  BOOST_TEST(bridges.back().opening.brain_json == pipe_row.brain_json);
  BOOST_TEST(count_of(runner_heard(), "text 1 two loaves") == 1u);
  answer("With pleasure.");
  play();
  BOOST_TEST(count_of(runner_heard(), "heard With pleasure.") == 1u);
}

BOOST_AUTO_TEST_CASE(a_webhook_is_asked_when_no_runner_is_there) {
  pipe_row.agent_endpoint = "https://brain.example/";
  answers = {{""}};
  begin_joined();
  say("two loaves");
  BOOST_TEST(dispatches.size() == 1u);
  BOOST_TEST(count_of(runner_heard(), "text 1 two loaves") == 1u);
  runner_says(runner_failed{1, "it broke", false});
  BOOST_TEST(tts.back().said.back() == "Sorry.");
  play();
  BOOST_TEST(phase() == "listening");
}

BOOST_AUTO_TEST_CASE(digits_are_counted_and_not_written_down) {
  begin_joined();
  tell(subject, caller_dtmf{"4711"});
  BOOST_REQUIRE(store_data.noted("dtmf").size() == 1u);
  BOOST_TEST(store_data.noted("dtmf")[0].find("4711") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_participant_who_is_not_there_cannot_be_shown_out) {
  begin_joined();
  runner_says(runner_verb{"agent.remove_participant", {}, "SCL_7", {}, {}, {}});
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(store_data.noted("verb_refused").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
