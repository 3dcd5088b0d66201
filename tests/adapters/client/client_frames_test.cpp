// The client protocol's frames and session, as tables: no socket, no actor.
#define BOOST_TEST_MODULE client_frames
#include <boost/test/unit_test.hpp>

#include "adapters/client/client_session.hpp"

#include <random>

using namespace unpod;

namespace {

constexpr std::size_t depth_max = 32;

std::optional<client_frame> read(const std::string& text, frame_fault& fault) {
  return read_client_frame(text, depth_max, fault);
}

std::string fault_of(const std::string& text) {
  frame_fault fault;
  return read(text, fault) ? "none" : fault.code;
}

template <class Frame>
Frame read_as(const std::string& text) {
  frame_fault fault;
  const auto frame = read(text, fault);
  BOOST_REQUIRE_MESSAGE(frame, text + ": " + fault.message);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<Frame>(*frame), text);
  return std::get<Frame>(*frame);
}

template <class Step>
Step expect(const client_step& step) {
  BOOST_REQUIRE(std::holds_alternative<Step>(step));
  return std::get<Step>(step);
}

using phase = client_session::phase;

bool is(const client_session& session, phase wanted) {
  return session.now() == wanted;
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_frames_tests)

BOOST_AUTO_TEST_CASE(start_says_the_format_and_has_a_default) {
  const audio_format usual;
  BOOST_TEST((read_as<start_frame>(R"({"type":"start"})").audio == usual));
  BOOST_TEST((read_as<start_frame>(R"({"type":"start","audio":null})").audio == usual));
  BOOST_TEST((read_as<start_frame>(R"({"type":"start","audio":{}})").audio == usual));
  const audio_format opus{audio_encoding::opus, 48'000};
  BOOST_TEST((read_as<start_frame>(
                R"({"type":"start","audio":{"encoding":"opus","sample_rate":48000},"x":[1]})")
                .audio
              == opus));
  const audio_format wide{audio_encoding::pcm_s16le, 24'000};
  BOOST_TEST(
    (read_as<start_frame>(R"({"audio":{"sample_rate":24000.0},"type":"start"})").audio == wide));
}

BOOST_AUTO_TEST_CASE(the_other_frames_are_read) {
  BOOST_TEST(read_as<playback_frame>(R"({"type":"playback","played_ms":1240.7})").played_ms
             == 1'240u);
  BOOST_TEST(read_as<playback_frame>(R"({"type":"playback","played_ms":1e300})").played_ms
             == played_ms_max);
  BOOST_TEST(read_as<dtmf_frame>(R"({"type":"dtmf","digits":"12*#AD"})").digits == "12*#AD");
  BOOST_TEST(read_as<mute_frame>(R"({"type":"mute","on":true})").on);
  read_as<end_frame>(R"({"type":"end"})");
}

BOOST_AUTO_TEST_CASE(what_is_no_frame_is_refused_with_a_word) {
  const std::string deep(40, '[');
  const std::vector<std::pair<std::string, std::string>> table{
    {"", "bad_json"},
    {"{\"type\":\"start\"", "bad_json"},
    {"[]", "bad_json"},
    {"{\"type\":\"end\"} x", "bad_json"},
    {"{\"type\":\"\xff\"}", "bad_json"},
    {"{\"type\":\"end\",\"a\":" + deep, "bad_json"},
    {"{}", "bad_frame"},
    {R"({"type":7})", "bad_frame"},
    {R"({"type":"hello"})", "unknown_type"},
    {R"({"type":"start","audio":"opus"})", "bad_frame"},
    {R"({"type":"start","audio":{"encoding":"mp3"}})", "unsupported_audio"},
    {R"({"type":"start","audio":{"encoding":4}})", "unsupported_audio"},
    {R"({"type":"start","audio":{"sample_rate":44100}})", "unsupported_audio"},
    {R"({"type":"start","audio":{"sample_rate":-8000}})", "unsupported_audio"},
    {R"({"type":"start","audio":{"sample_rate":"16000"}})", "unsupported_audio"},
    {R"({"type":"start","audio":{"sample_rate":1e99}})", "unsupported_audio"},
    {R"({"type":"playback"})", "bad_frame"},
    {R"({"type":"playback","played_ms":-1})", "bad_frame"},
    {R"({"type":"playback","played_ms":"1"})", "bad_frame"},
    {R"({"type":"dtmf","digits":""})", "bad_frame"},
    {R"({"type":"dtmf","digits":"1 2"})", "bad_frame"},
    {R"({"type":"dtmf","digits":12})", "bad_frame"},
    {R"({"type":"dtmf","digits":")" + std::string(33, '1') + "\"}", "bad_frame"},
    {R"({"type":"mute"})", "bad_frame"},
    {R"({"type":"mute","on":1})", "bad_frame"},
  };
  for (const auto& [text, code] : table)
    BOOST_TEST(fault_of(text) == code, text);
}

BOOST_AUTO_TEST_CASE(frames_to_the_client_have_the_fields_of_the_protocol) {
  const call_id call{"SCL_1"};
  BOOST_TEST(started_frame(call, {audio_encoding::mulaw, 8'000}, std::chrono::milliseconds{20})
             == R"({"type":"started","session_id":"SCL_1","call_id":"SCL_1",)"
                R"("audio":{"encoding":"mulaw","sample_rate":8000,"frame_ms":20}})");
  BOOST_TEST(user_partial_frame("he\"y") == R"({"type":"user_partial","text":"he\"y"})");
  BOOST_TEST(user_turn_frame("hi", 3) == R"({"type":"user_turn","text":"hi","turn_id":3})");
  BOOST_TEST(agent_reply_frame("yo", 3) == R"({"type":"agent_reply","text":"yo","turn_id":3})");
  BOOST_TEST(state_frame("thinking") == R"({"type":"state","state":"thinking"})");
  BOOST_TEST(interrupted_frame("") == R"({"type":"interrupted","heard_prefix":""})");
  BOOST_TEST(error_frame("a", "b", true)
             == R"({"type":"error","code":"a","message":"b","fatal":true})");
  BOOST_TEST(ended_frame(end_reason::completed) == R"({"type":"ended","reason":"completed"})");
}

BOOST_AUTO_TEST_CASE(close_words_fit_a_control_frame_and_cut_no_character) {
  BOOST_TEST(close_words("short") == "short");
  std::string umlauts = "x";
  for (int i = 0; i < 100; ++i)
    umlauts += "\xc3\xbc";
  BOOST_TEST(close_words(umlauts).size() == 123u);
  BOOST_TEST(close_words("x" + umlauts).size() == 122u);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_frames_or_faults_never_more) {
  std::mt19937 random{4711};
  const std::string seed = R"({"type":"start","audio":{"encoding":"opus","sample_rate":48000}})";
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = seed;
    for (auto hits = random() % 6; hits > 0; --hits)
      text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % 8 == 0 ? random() % text.size() : text.size());
    const auto code = fault_of(text);
    BOOST_REQUIRE(!code.empty());
    refused += code != "none";
  }
  BOOST_TEST(refused > 5'000u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_session_tests)

BOOST_AUTO_TEST_CASE(a_call_goes_its_way) {
  client_session session{wire_limits{}};
  const audio_format mulaw{audio_encoding::mulaw, 8'000};
  BOOST_TEST((expect<open_media_step>(session.frame(start_frame{mulaw})).audio == mulaw));
  BOOST_TEST(is(session, phase::opening));
  expect<no_step>(session.audio());
  expect<no_step>(session.start_due());
  BOOST_TEST(session.opened());
  BOOST_TEST(is(session, phase::live));
  BOOST_TEST(!session.opened());
  BOOST_TEST(expect<rendered_step>(session.frame(playback_frame{40})).played_ms == 40u);
  BOOST_TEST(expect<mute_step>(session.frame(mute_frame{true})).on);
  BOOST_TEST(expect<digits_step>(session.frame(dtmf_frame{"1"})).digits == "1");
  BOOST_TEST(session.end());
  BOOST_TEST(!session.end());
  expect<no_step>(session.frame(dtmf_frame{"1"}));
  BOOST_TEST(!session.closed());
  BOOST_TEST(is(session, phase::closed));
}

BOOST_AUTO_TEST_CASE(audio_before_start_has_the_default_format) {
  client_session session{wire_limits{}};
  BOOST_TEST((expect<open_media_step>(session.audio()).audio == audio_format{}));
  expect<no_step>(session.audio());
  const auto fault = expect<fault_step>(session.frame(start_frame{}));
  BOOST_TEST(fault.code == "already_started");
  BOOST_TEST(fault.fatal);
  BOOST_TEST(fault.close == 1008);
  BOOST_TEST(is(session, phase::ending));
}

BOOST_AUTO_TEST_CASE(each_fault_ends_a_session_once) {
  const std::vector<std::pair<std::string, std::function<client_step(client_session&)>>> table{
    {"not_started", [](auto& x) { return x.frame(mute_frame{true}); }},
    {"not_started", [](auto& x) { return x.frame(dtmf_frame{"1"}); }},
    {"start_timeout", [](auto& x) { return x.start_due(); }},
    {"bad_json",
     [](auto& x) {
       return x.bad_frame({"bad_json", "no"});
     }},
    {"bad_audio", [](auto& x) { return x.audio(), x.bad_audio(); }},
    {"too_many_frames", [](auto& x) { return x.audio(), x.flooded(); }},
    {"already_started",
     [](auto& x) { return x.frame(start_frame{}), x.opened(), x.frame(start_frame{}); }},
  };
  for (const auto& [code, input] : table) {
    client_session session{wire_limits{}};
    BOOST_TEST(expect<fault_step>(input(session)).code == code);
    BOOST_TEST(is(session, phase::ending));
    for (const auto& [later, again] : table)
      BOOST_TEST(std::holds_alternative<no_step>(again(session)), later);
    BOOST_TEST(!session.opened());
    BOOST_TEST(!session.end());
  }
}

BOOST_AUTO_TEST_CASE(a_lenient_node_forgives_as_many_bad_frames_as_it_says) {
  wire_limits bounds;
  bounds.bad_frames_max = 3;
  client_session session{bounds};
  BOOST_TEST(!expect<fault_step>(session.bad_frame({"bad_json", "no"})).fatal);
  BOOST_TEST(!expect<fault_step>(session.frame(mute_frame{})).fatal);
  BOOST_TEST(is(session, phase::awaiting));
  BOOST_TEST(expect<fault_step>(session.bad_frame({"bad_json", "no"})).fatal);
}

BOOST_AUTO_TEST_CASE(a_client_may_leave_at_any_time) {
  client_session early{wire_limits{}};
  expect<leave_step>(early.frame(end_frame{}));
  BOOST_TEST(!early.closed());
  client_session cut{wire_limits{}};
  cut.audio();
  BOOST_TEST(cut.closed());
  BOOST_TEST(!cut.closed());
  BOOST_TEST(!cut.opened());
}

BOOST_AUTO_TEST_CASE(a_close_code_says_whether_the_client_meant_it) {
  for (const int code : {1000, 1001, 1005, 3000, 4999})
    BOOST_TEST(
      (end_reason_of_close(static_cast<std::uint16_t>(code)) == end_reason::caller_hangup));
  for (const int code : {1002, 1006, 1007, 1008, 1009, 1011})
    BOOST_TEST((end_reason_of_close(static_cast<std::uint16_t>(code)) == end_reason::media_lost));
}

BOOST_AUTO_TEST_SUITE_END()
