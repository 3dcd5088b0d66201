// The bridge without a socket: frames, whose turn it is, what waits, the session,
// and how a dial to a runner that serves is signed.
#define BOOST_TEST_MODULE runner_bridge
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/runner/bridge_session.hpp"
#include "adapters/runner/serve_signing.hpp"
#include "adapters/websocket/channel.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

constexpr auto sdk_hello
  = R"({"event":"hello","protocol_version":2,"supported_events":["user.text","user.interrupted",
  "error","metric","turn.metrics","state","call.started"],"supported_verbs":["agent.text.delta",
  "agent.text.end","agent.say","agent.transfer","agent.end_call","agent.dispatch",
  "agent.add_participant","agent.remove_participant","agent.merge"]})";

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
  opening.call_token = "tok";
  return opening;
}

template <class T>
T read_as(const std::string& text) {
  auto frame = read_bridge_frame(text, 1'000, 32);
  BOOST_TEST_REQUIRE(std::holds_alternative<T>(frame), "another kind of frame: " << text);
  return std::get<T>(std::move(frame));
}

using outputs = bridge_session::outputs;

template <class T>
const T* find_output(const outputs& all) {
  for (const auto& output : all)
    if (const auto* found = std::get_if<T>(&output))
      return found;
  return nullptr;
}

std::uint16_t closed_with(const outputs& all) {
  const auto* close = find_output<close_socket>(all);
  return close ? close->code : 0;
}

/// The `event`s of what is sent.
std::vector<std::string> sent(const outputs& all) {
  std::vector<std::string> events;
  std::string why;
  for (const auto& output : all)
    if (const auto* frame = std::get_if<send_frame>(&output)) {
      const auto read = json::parse(frame->text, 32, why);
      BOOST_TEST_REQUIRE(read.has_value(), why);
      events.push_back(json::text(*read, "event").value_or("?"));
    }
  return events;
}

using names = std::vector<std::string>;

/// A session with the clock in hand; what it wants is in `last`.
struct bridge {
  bridge_limits limits;
  bridge_session session;
  mono_time now{1s};
  outputs last;

  explicit bridge(bridge_limits with = {}, bridge_opening opening = an_opening())
    : limits(with), session(std::move(opening), with) {
  }

  bridge& hear(const std::string& text) {
    last = session.on_frame(text, now, now);
    return *this;
  }

  template <class Command>
  bridge& tell(const Command& command) {
    last = session.tell(command, now);
    return *this;
  }

  bridge& ask(std::uint64_t turn, const std::string& text = "hi") {
    return tell(bridge_user_text{text, turn, ""});
  }

  bridge& tick(mono_time by) {
    now += by;
    last = session.on_tick(now);
    return *this;
  }

  bridge& joined(const std::string& hello = sdk_hello) {
    BOOST_TEST(!session.offer(now));
    return hear(hello);
  }

  std::string heard_delta() const {
    const auto* delta = find_output<runner_delta>(last);
    return delta ? delta->text : "";
  }
};

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
    BOOST_TEST(read_as<runner_verb>(frame).body == frame);
  }
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
    "", "[]", "null", "{", "\xff", R"({"event":1})", R"({"type":"hello"})",
    R"({"event":"agent.say"})", R"({"event":"agent.text.delta","text":7})",
    R"({"event":"agent.text.delta","text":null})", delta_frame(std::string(1'001, 'x')),
    R"({"event":"agent.transfer","target":")" + std::string(1'001, 'x') + R"("})",
    std::string(200, '{'), R"({"event":"hello","supported_events":)" + std::string(40, '[')};
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
  BOOST_TEST(state_frame({"thinking", 4})
             == R"({"event":"state","state":"thinking","turn_id":4})");
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

// -- the handshake ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(hello_is_answered_with_ack_and_call_started_in_this_order) {
  bridge b;
  b.joined();
  BOOST_TEST(sent(b.last) == (names{"hello.ack", "call.started"}),
             boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(find_output<runner_joined>(b.last));
  BOOST_TEST(find_output<runner_joined>(b.last)->handshakes == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_before_the_handshake) {
  bridge b;
  BOOST_TEST(b.ask(1).last.empty());
  BOOST_TEST(!b.session.offer(b.now));
  BOOST_TEST(b.ask(1).last.empty());
  BOOST_TEST(b.tell(bridge_state{"listening", 0}).last.empty());
}

BOOST_AUTO_TEST_CASE(a_runner_that_says_no_hello_is_closed_and_may_dial_again) {
  bridge late;
  BOOST_TEST(!late.session.offer(late.now));
  BOOST_TEST(late.tick(9'999ms).last.empty());
  BOOST_TEST(closed_with(late.tick(1ms).last) == close_code::policy);
  BOOST_TEST(!find_output<runner_gone>(late.last)); // it never was there
  BOOST_TEST(late.session.offer(late.now)->code == close_code::already_bridged);
  BOOST_TEST(late.session.on_closed(1008, "").empty());
  late.joined();
  BOOST_TEST(find_output<runner_joined>(late.last)->handshakes == 1u);
  bridge rude;
  BOOST_TEST(!rude.session.offer(rude.now));
  BOOST_TEST(closed_with(rude.hear(delta_frame("x")).last) == close_code::policy);
}

BOOST_AUTO_TEST_CASE(only_events_the_hello_listed_are_sent) {
  bridge b;
  b.joined(R"({"event":"hello","supported_events":["user.text"]})");
  BOOST_TEST(sent(b.ask(1).last) == names{"user.text"}, boost::test_tools::per_element());
  BOOST_TEST(sent(b.tell(bridge_state{"thinking", 1}).last).empty());
  BOOST_TEST(sent(b.tell(bridge_metrics{1, 1, 1, 1, 1}).last).empty());
  BOOST_TEST(sent(b.tell(bridge_interrupted{1, ""}).last).empty());
  BOOST_TEST(sent(b.tell(bridge_fatal{"stt", "c", "m"}).last).empty());
}

// -- turns --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_turn_goes_out_and_its_words_come_in) {
  bridge b;
  b.joined().ask(1);
  BOOST_TEST(sent(b.last) == names{"user.text"}, boost::test_tools::per_element());
  BOOST_TEST(find_output<runner_told>(b.last)->turn == 1u);
  BOOST_TEST(b.hear(delta_frame("Hel")).heard_delta() == "Hel");
  BOOST_TEST(b.hear(delta_frame("lo")).heard_delta() == "lo");
  BOOST_TEST(find_output<runner_text_end>(b.hear(end_frame).last));
}

BOOST_AUTO_TEST_CASE(late_words_of_an_interrupted_turn_are_dropped_up_to_its_end) {
  bridge b;
  b.joined().ask(1).hear(delta_frame("long"));
  BOOST_TEST(sent(b.tell(bridge_interrupted{1, "lo"}).last) == names{"user.interrupted"},
             boost::test_tools::per_element());
  b.ask(2);
  BOOST_TEST(b.hear(delta_frame("late")).last.empty());
  BOOST_TEST(b.hear(end_frame).last.empty()); // the end of turn 1 is not that of turn 2
  BOOST_TEST(b.hear(delta_frame("new")).heard_delta() == "new");
  BOOST_TEST(find_output<runner_text_end>(b.hear(end_frame).last));
}

BOOST_AUTO_TEST_CASE(an_interruption_between_turns_drops_nothing) {
  bridge b;
  b.joined().ask(1).hear(delta_frame("done")).hear(end_frame);
  b.tell(bridge_interrupted{1, "do"});
  BOOST_TEST(sent(b.last) == names{"user.interrupted"}, boost::test_tools::per_element());
  b.ask(2);
  BOOST_TEST(b.hear(delta_frame("new")).heard_delta() == "new");
}

BOOST_AUTO_TEST_CASE(a_runner_that_never_ends_an_interrupted_turn_does_not_lose_the_next) {
  bridge b;
  b.joined().ask(1).tell(bridge_interrupted{1, ""}).ask(2);
  BOOST_TEST(b.hear(delta_frame("late")).last.empty());
  b.now += 2s;
  BOOST_TEST(b.hear(delta_frame("new")).heard_delta() == "new");
  BOOST_TEST(find_output<runner_text_end>(b.hear(end_frame).last));
}

BOOST_AUTO_TEST_CASE(greetings_extra_ends_and_says_are_tolerated) {
  bridge b;
  b.joined();
  BOOST_TEST(b.hear(delta_frame("Welcome")).heard_delta() == "Welcome");
  BOOST_TEST(find_output<runner_text_end>(b.hear(end_frame).last));
  BOOST_TEST(find_output<runner_text_end>(b.hear(end_frame).last)); // out of turn: a flush
  BOOST_TEST(find_output<runner_say>(b.hear(say_frame("Hm")).last)->text == "Hm");
  b.ask(1).hear(delta_frame("a"));
  BOOST_TEST(find_output<runner_say>(b.hear(say_frame("between")).last));
  BOOST_TEST(b.hear(delta_frame("b")).heard_delta() == "b");
  BOOST_TEST(b.hear(delta_frame("")).last.empty());
  BOOST_TEST(b.hear(R"({"event":"agent.sing"})").last.empty());
  BOOST_TEST(b.hear(sdk_hello).last.empty());
  BOOST_TEST(find_output<runner_end_call>(b.hear(R"({"event":"agent.end_call"})").last));
  BOOST_TEST(find_output<runner_filler>(b.hear(say_frame("__filler:x")).last));
}

BOOST_AUTO_TEST_CASE(a_turn_without_end_is_told_of_and_closed) {
  bridge_limits limits;
  limits.call.turn_text_bytes_max = 10;
  bridge b{limits};
  b.joined().ask(1).hear(delta_frame("123456"));
  b.hear(delta_frame("123456"));
  BOOST_TEST(sent(b.last) == names{"error"}, boost::test_tools::per_element());
  BOOST_TEST(closed_with(b.last) == close_code::policy);
  BOOST_TEST(find_output<runner_gone>(b.last));
}

BOOST_AUTO_TEST_CASE(a_flood_ends_the_bridge) {
  bridge_limits limits;
  limits.burst_frames_max = 2;
  limits.frames_per_second_max = 1;
  bridge b{limits};
  b.joined().hear(end_frame);
  BOOST_TEST(closed_with(b.hear(end_frame).last) == close_code::policy);
  BOOST_TEST(!find_output<runner_gone>(b.last)->clean);
}

// -- hang-up and redial -------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_idle_bridge_is_closed_at_once) {
  bridge b;
  b.joined().ask(1).hear(delta_frame("x")).hear(end_frame);
  const auto done = b.session.close(b.now);
  BOOST_TEST(closed_with(done) == close_code::normal);
  BOOST_TEST(find_output<leg_over>(done));
  BOOST_TEST(sent(done).empty());
}

BOOST_AUTO_TEST_CASE(a_bridge_in_mid_turn_is_interrupted_and_waits_for_the_end) {
  bridge b;
  b.joined().ask(1).hear(delta_frame("x"));
  const auto first = b.session.close(b.now);
  BOOST_TEST(sent(first) == names{"user.interrupted"}, boost::test_tools::per_element());
  BOOST_TEST(closed_with(first) == 0);
  BOOST_TEST(b.hear(delta_frame("late")).last.empty());
  b.hear(end_frame);
  BOOST_TEST(closed_with(b.last) == close_code::normal);
  BOOST_TEST(find_output<leg_over>(b.last));
  BOOST_TEST(b.session.offer(b.now)->code == close_code::not_paired);
}

BOOST_AUTO_TEST_CASE(a_runner_that_ends_no_turn_is_waited_for_half_a_second) {
  bridge b;
  b.joined().ask(1);
  b.session.close(b.now);
  BOOST_TEST((b.session.deadline(b.now) == b.now + 500ms));
  BOOST_TEST(b.tick(499ms).last.empty());
  b.tick(1ms);
  BOOST_TEST(closed_with(b.last) == close_code::normal);
  BOOST_TEST(find_output<leg_over>(b.last));
}

BOOST_AUTO_TEST_CASE(a_turn_that_was_interrupted_already_is_not_interrupted_again) {
  bridge b;
  b.joined().ask(1).tell(bridge_interrupted{1, "x"});
  BOOST_TEST(sent(b.session.close(b.now)).empty());
  BOOST_TEST(find_output<leg_over>(b.hear(end_frame).last));
}

BOOST_AUTO_TEST_CASE(a_redial_is_a_new_handshake_and_there_are_two_of_them) {
  bridge b;
  b.joined();
  BOOST_TEST(b.session.offer(b.now)->code == close_code::already_bridged);
  for (std::uint64_t again = 2; again <= 3; ++again) {
    const auto gone = b.session.on_closed(1011, "boom");
    BOOST_TEST(find_output<runner_gone>(gone)->code == 1011);
    BOOST_TEST(!find_output<runner_gone>(gone)->clean);
    BOOST_TEST(find_output<runner_joined>(b.joined().last)->handshakes == again);
  }
  BOOST_TEST(find_output<runner_gone>(b.session.on_closed(1000, ""))->clean);
  BOOST_TEST(b.session.offer(b.now)->code == close_code::not_paired);
}

BOOST_AUTO_TEST_CASE(a_redialled_bridge_remembers_nothing_of_the_old_turn) {
  bridge b;
  b.joined().ask(1).tell(bridge_interrupted{1, ""}).tell(bridge_state{"thinking", 1});
  b.session.on_closed(1011, "");
  b.joined();
  BOOST_TEST(b.hear(delta_frame("hello again")).heard_delta() == "hello again");
  BOOST_TEST(sent(b.tell(bridge_state{"thinking", 1}).last) == names{"state"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_failed_dial_to_a_runner_that_serves_is_told) {
  auto opening = an_opening();
  opening.serving_url = "ws://r";
  bridge b{{}, opening};
  BOOST_TEST(find_output<runner_gone>(b.session.undialled("nobody there")));
  BOOST_TEST(!b.session.offer(b.now));
  BOOST_TEST(find_output<runner_gone>(b.session.on_closed(1000, ""))); // rejected the signature
}

// -- a runner that does not read ----------------------------------------------

BOOST_AUTO_TEST_CASE(states_and_metrics_are_coalesced_above_half_the_queue) {
  bridge_limits limits;
  limits.unread_frames_max = 8;
  bridge b{limits};
  b.joined().ask(1);
  BOOST_TEST(sent(b.tell(bridge_state{"thinking", 1}).last).size() == 1u); // the fourth waits
  std::size_t all = 10'000;
  b.session.settle(all, b.now);
  BOOST_TEST(b.tell(bridge_state{"speaking", 1}).last.empty());
  BOOST_TEST(b.tell(bridge_state{"idle", 1}).last.empty());
  BOOST_TEST(b.tell(bridge_metrics{1, 5, 1, 1, 1}).last.empty());
  BOOST_TEST(sent(b.ask(2).last) == names{"user.text"}, boost::test_tools::per_element());
  BOOST_TEST((b.session.deadline(b.now) == b.now + 250ms));
  b.session.settle(0, b.now);
  BOOST_TEST(sent(b.tick(250ms).last) == (names{"state", "turn.metrics", "metric"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(states_are_sent_on_change_only) {
  bridge b;
  b.joined();
  BOOST_TEST(sent(b.tell(bridge_state{"listening", 0}).last).size() == 1u);
  BOOST_TEST(b.tell(bridge_state{"listening", 0}).last.empty());
}

BOOST_AUTO_TEST_CASE(frames_and_bytes_for_a_runner_that_does_not_read_are_bounded) {
  bridge_limits limits;
  limits.unread_frames_max = 5;
  bridge by_frames{limits};
  by_frames.joined().ask(1).ask(2).ask(3);
  BOOST_TEST(closed_with(by_frames.last) == 0);
  BOOST_TEST(closed_with(by_frames.ask(4).last) == close_code::policy);
  BOOST_TEST(find_output<runner_gone>(by_frames.last));
  BOOST_TEST(!find_output<runner_told>(by_frames.last));
  bridge by_bytes;
  by_bytes.joined().ask(1, std::string(200'000, 'x'));
  BOOST_TEST(closed_with(by_bytes.last) == 0);
  BOOST_TEST(closed_with(by_bytes.ask(2, std::string(100'000, 'x')).last) == close_code::policy);
}

BOOST_AUTO_TEST_CASE(a_queue_that_stands_for_a_minute_means_the_runner_is_gone) {
  bridge b;
  b.joined();
  b.ask(1, std::string(1'000, 'x'));
  b.session.settle(1'400, b.now);
  BOOST_TEST(b.tick(59s).last.empty());
  b.session.settle(900, b.now); // it read a little
  BOOST_TEST(b.tick(59s).last.empty());
  BOOST_TEST(closed_with(b.tick(1s).last) == close_code::policy);
  BOOST_TEST(find_output<runner_gone>(b.last));
}

BOOST_AUTO_TEST_CASE(unread_frames_are_counted_as_the_channel_writes_them) {
  unread_frames unread;
  for (int i = 0; i < 3; ++i)
    unread.sent(100, 1s);
  unread.settle(300, 1s);
  BOOST_TEST(unread.frames() == 3u);
  unread.settle(150, 2s);
  BOOST_TEST(unread.frames() == 2u);
  BOOST_TEST(unread.bytes() == 150u);
  BOOST_TEST((unread.moved_at() == mono_time{2s}));
  unread.settle(150, 3s);
  BOOST_TEST((unread.moved_at() == mono_time{2s}));
  unread.settle(0, 4s);
  BOOST_TEST(unread.frames() == 0u);
}
