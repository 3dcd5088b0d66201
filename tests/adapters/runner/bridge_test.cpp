// The bridge without a socket: the handshake, whose turn it is, redials, and what
// waits for a runner that does not read.
#define BOOST_TEST_MODULE runner_bridge
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/runner/bridge_session.hpp"
#include "adapters/websocket/channel.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

constexpr auto sdk_hello =
  R"({"event":"hello","protocol_version":2,"supported_events":["user.text","user.interrupted",
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
    : limits(with), session(std::move(opening), with) {}

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
  b.joined().ask(1).hear(delta_frame("123456")).hear(end_frame);
  BOOST_TEST(b.hear(delta_frame("123456")).heard_delta() == "123456"); // another turn
  BOOST_TEST(b.ask(2).hear(delta_frame("123456")).heard_delta() == "123456");
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
