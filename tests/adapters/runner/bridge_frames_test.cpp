// The bridge's frames, and how a dial to a runner that serves is signed.
#define BOOST_TEST_MODULE runner_bridge_frames
#include <boost/test/unit_test.hpp>

#include "adapters/runner/bridge_frames.hpp"
#include "adapters/runner/serve_signing.hpp"

#include <cmath>

using namespace unpod;
using names = std::vector<std::string>;

namespace {

constexpr auto end_frame = R"({"event":"agent.text.end"})";

std::string delta_frame(const std::string& text) {
  return R"({"event":"agent.text.delta","text":")" + text + R"("})";
}

std::string say_frame(const std::string& text) {
  return R"({"event":"agent.say","text":")" + text + R"("})";
}

bridge_opening an_opening() {
  bridge_opening opening;
  opening.call = call_id{"SCL_1"};
  opening.job = job_id{"JOB_1"};
  opening.room = "RM_1";
  opening.agent = agent_id{"my-agent"};
  opening.metadata_json = R"({"direction":"web","user_number":"","data":{"a":1}})";
  return opening;
}

template <class T>
T read_as(const std::string& text) {
  auto frame = read_bridge_frame(text, 1'000, 32);
  BOOST_TEST_REQUIRE(std::holds_alternative<T>(frame), "another kind of frame: " << text);
  return std::get<T>(std::move(frame));
}

} // namespace

// -- frames -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(verbs_are_read) {
  BOOST_TEST(read_as<runner_delta>(delta_frame("Hello")).text == "Hello");
  BOOST_TEST(read_as<runner_say>(say_frame("Moment")).text == "Moment");
  read_as<runner_text_end>(end_frame);
  BOOST_TEST(read_as<runner_end_call>(R"({"event":"agent.end_call","reason":"bye"})").reason
             == "bye");
  BOOST_TEST(read_as<runner_end_call>(R"({"event":"agent.end_call"})").reason.empty());
  for (const std::string verb : {"agent.transfer", "agent.dispatch", "agent.add_participant",
                                 "agent.remove_participant", "agent.merge"}) {
    const auto frame = R"({"event":")" + verb + R"(","target":"+1"})";
    BOOST_TEST(read_as<runner_verb>(frame).verb == verb);
  }
  const auto transfer = read_as<runner_verb>(
    R"({"event":"agent.transfer","target":"billing","transfer_type":"agent","mode":"warm",
        "announcement":"One moment."})");
  BOOST_TEST(transfer.kind == "agent");
  BOOST_TEST(transfer.target == "billing");
  BOOST_TEST(transfer.mode == "warm");
  BOOST_TEST(transfer.announcement == "One moment.");
  BOOST_TEST(read_as<runner_verb>(R"({"event":"agent.transfer","target":7})").kind == "number");
  const auto dispatch = read_as<runner_verb>(
    R"({"event":"agent.dispatch","agent_id":"billing","metadata":{"order":7}})");
  BOOST_TEST(dispatch.target == "billing");
  BOOST_TEST(dispatch.data_json == R"({"order":7})");
  const auto add = read_as<runner_verb>(
    R"({"event":"agent.add_participant","participant_type":"web","config":{"session_id":"SCL_2"}})");
  BOOST_TEST(add.kind == "web");
  BOOST_TEST(add.target == "SCL_2");
  BOOST_TEST(
    read_as<runner_verb>(R"({"event":"agent.add_participant","config":[]})").target.empty());
  BOOST_TEST(
    read_as<runner_verb>(R"({"event":"agent.remove_participant","participant_id":"SCL_3"})").target
    == "SCL_3");
  BOOST_TEST(read_as<runner_verb>(R"({"event":"agent.merge","source_session_id":"SCL_4"})").target
             == "SCL_4");
}

BOOST_AUTO_TEST_CASE(sentinels_are_taken_out_of_say) {
  BOOST_TEST(read_as<runner_filler>(say_frame("__filler:One moment")).text == "One moment");
  const auto pause = read_as<runner_recording>(say_frame("__recording_pause:card number"));
  BOOST_TEST(!pause.on);
  BOOST_TEST(pause.reason == "card number");
  BOOST_TEST(read_as<runner_recording>(say_frame("__recording_resume")).on);
  BOOST_TEST(read_as<runner_say>(say_frame("__recording_resumed")).text == "__recording_resumed");
  BOOST_TEST(read_as<runner_say>(say_frame("a __filler:b")).text == "a __filler:b");
}

BOOST_AUTO_TEST_CASE(what_is_not_a_verb_is_ignored_or_said_in_words) {
  read_as<unknown_verb>(R"({"event":"agent.sing"})");
  read_as<unknown_verb>(R"({"event":"call.started","x":[]})");
  const std::vector<std::string> table{
    "",
    "[]",
    "null",
    "{",
    "\xff",
    R"({"event":1})",
    R"({"type":"hello"})",
    R"({"event":"agent.say"})",
    R"({"event":"agent.text.delta","text":7})",
    R"({"event":"agent.text.delta","text":null})",
    delta_frame(std::string(1'001, 'x')),
    R"({"event":"agent.transfer","target":")" + std::string(1'001, 'x') + R"("})",
    std::string(200, '{'),
    R"({"event":"hello","supported_events":)" + std::string(40, '[')};
  for (const auto& bad : table)
    BOOST_TEST(!read_as<bad_bridge_frame>(bad).why.empty());
}

BOOST_AUTO_TEST_CASE(a_hello_is_intersected_with_what_we_know) {
  const auto hello = read_as<bridge_hello>(
    R"({"event":"hello","supported_events":["state","user.partial",7],"supported_verbs":[]})");
  BOOST_TEST(hello.events == names{"state"}, boost::test_tools::per_element());
  BOOST_TEST(hello.verbs.empty());
  const auto silent = read_as<bridge_hello>(R"({"event":"hello"})");
  BOOST_TEST(silent.events.size() == 7u);
  BOOST_TEST(silent.verbs.size() == 9u);
}

BOOST_AUTO_TEST_CASE(outgoing_frames_are_strict) {
  BOOST_TEST(user_text_frame({"hi", 3, ""})
             == R"({"event":"user.text","text":"hi","is_final":true})");
  BOOST_TEST(user_text_frame({"hi", 3, "hi"})
             == R"({"event":"user.text","text":"hi","is_final":true,"extra":{"language":"hi"}})");
  BOOST_TEST(user_interrupted_frame(2, "so far")
             == R"({"event":"user.interrupted","turn_id":2,"heard_prefix":"so far"})");
  BOOST_TEST(user_interrupted_frame(2, "")
             == R"({"event":"user.interrupted","turn_id":2,"heard_prefix":""})");
  BOOST_TEST(user_interrupted_frame(2, std::nullopt)
             == R"({"event":"user.interrupted","turn_id":2})");
  BOOST_TEST(state_frame({"thinking", 4}) == R"({"event":"state","state":"thinking","turn_id":4})");
  BOOST_TEST(
    error_frame({"stt", "stt.lost", "no recogniser"})
    == R"({"event":"error","severity":"fatal","source":"stt","code":"stt.lost","message":"no recogniser"})");
}

BOOST_AUTO_TEST_CASE(ints_are_ints_and_the_unknown_is_left_out) {
  BOOST_TEST(metric_frame({3, 120.5, -1, -1, -1})
             == R"({"event":"metric","ttfa_ms":121,"turns":3})");
  BOOST_TEST(metric_frame({3, -1, -1, -1, -1}) == R"({"event":"metric","turns":3})");
  BOOST_TEST(
    turn_metrics_frame(call_id{"S"}, {3, 120.5, 10, -1, std::nan("")})
    == R"({"event":"turn.metrics","call_id":"S","turn_id":3,"ttfa_ms":120.5,"asr_ms":10.0})");
}

BOOST_AUTO_TEST_CASE(call_started_carries_metadata_that_is_always_an_object) {
  BOOST_TEST(call_started_frame(an_opening(), 32)
             == R"({"event":"call.started","session_id":"SCL_1","job_id":"JOB_1","room_id":"RM_1",)"
                R"("agent_id":"my-agent","voice_profile_id":null,)"
                R"("metadata":{"direction":"web","user_number":"","data":{"a":1}}})");
  for (const auto* bad : {"", "null", "[1]", "{", "7"}) {
    auto opening = an_opening();
    opening.metadata_json = bad;
    const auto frame = call_started_frame(opening, 32);
    BOOST_TEST(frame.find(R"("metadata":{}})") != std::string::npos);
  }
}

// -- signing ------------------------------------------------------------------

// Computed with Python's hmac, hashlib, base64 and urllib over the rule of contract §3.3.
BOOST_AUTO_TEST_CASE(a_serve_dial_is_signed_as_the_sdk_checks_it) {
  const call_id session{"SCL_1"};
  const job_id job{"JOB_7"};
  constexpr wall_ms now = 1'700'000'000'123;
  BOOST_TEST(serve_signature("s3cr\xe2\x82\xact", session, job, "00FF", now)
             == "RL7JgDMiDpNNrynPkbbzSzHgtj1sqOvaeUv4jHmBllw=");
  BOOST_TEST(signed_serve_url("ws://r:8765/x", "s3cr\xe2\x82\xact", session, job, "00FF", now)
             == "ws://r:8765/x?session_id=SCL_1&job_id=JOB_7&nonce=00FF&ts=1700000000123"
                "&signature=RL7JgDMiDpNNrynPkbbzSzHgtj1sqOvaeUv4jHmBllw%3D");
  BOOST_TEST(signed_serve_url("ws://r/?k=v", "", call_id{"a b/c"}, job, "n", now)
             == "ws://r/?k=v&session_id=a%20b%2Fc&job_id=JOB_7&nonce=n&ts=1700000000123");
}

BOOST_AUTO_TEST_CASE(no_nonce_comes_twice) {
  BOOST_TEST(fresh_nonce().size() == 32u);
  BOOST_TEST(fresh_nonce() != fresh_nonce());
}
