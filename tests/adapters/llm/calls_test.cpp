// Calls with a brain behind a URL: a turn, a cut, a slow one, a failing one; the wire is
// real, the caller's ear and the voice are not.
#define BOOST_TEST_MODULE llm_calls
#include <boost/test/unit_test.hpp>

#include "tests/adapters/llm/call_with_brain.hpp"

using namespace unpod;
using fixtures::answer_with;
using fixtures::call_with_brain;
using fixtures::model_stream;
using fixtures::open_head;
using fixtures::raw_http_server;

namespace {

/// What a server was asked, in order.
struct asked_bodies {
  std::mutex mutex;
  std::vector<std::string> all;

  std::string add(const std::string& body) {
    const std::lock_guard lock{mutex};
    all.push_back(body);
    return body;
  }
  std::string at(std::size_t n) {
    const std::lock_guard lock{mutex};
    return n < all.size() ? all[n] : "";
  }
  std::size_t count() {
    const std::lock_guard lock{mutex};
    return all.size();
  }
};

bool holds(const std::string& text, const std::string& words) {
  BOOST_TEST_INFO(text);
  return text.find(words) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_webhook_answers_a_call, call_with_brain) {
  asked_bodies asked;
  raw_http_server server{[&](auto& peer) {
    do {
      asked.add(peer.body);
      peer.send(answer_with(R"({"text":"We open at nine."})", "application/json"));
    } while (peer.read_request()); // the connection is kept
  }};
  begin_at(server.url("/hook"));
  for (int turn = 1; turn <= 3; ++turn) {
    say("when do you open");
    BOOST_TEST(until([&] {
      return fixtures::count_of(tts.back().said, "We open at nine.")
             == static_cast<std::size_t>(turn);
    }));
    run();
    play();
    BOOST_TEST(until([&] {
      play();
      return phase() == "listening";
    }));
  }
  BOOST_TEST(server.connections() == 1);
  BOOST_TEST(holds(asked.at(0), R"("text":"when do you open")"));
  BOOST_TEST(holds(asked.at(2), R"("turn_number":3)"));
  BOOST_TEST(holds(asked.at(0), R"("data":{"order":7})"));
  tell(subject, hang_up{end_reason::caller_hangup});
  expect_ended("caller_hangup");
  BOOST_TEST(record().transcript.size() == 6U);
  BOOST_TEST(record().transcript.back().content == "We open at nine.");
  BOOST_TEST(jobs_ended.size() <= 1U);
}

BOOST_FIXTURE_TEST_CASE(a_models_words_are_spoken_as_they_stream, call_with_brain) {
  std::promise<void> go_on;
  asked_bodies asked;
  raw_http_server server{[&](auto& peer) {
    asked.add(peer.head + peer.body);
    peer.send(open_head("text/event-stream")
              + "data: {\"choices\":[{\"delta\":{\"content\":"
                "\"We open at nine. \"}}]}\n\n");
    go_on.get_future().wait();
    peer.send(model_stream({"Come in."}));
  }};
  bounds.brain.quiet = seconds{5};
  begin_with(R"({"type":"endpoint","ref":")" + server.url("/chat")
             + R"(","cfg":{"model":"m","api_key":"sk-1"}})");
  say("when do you open");
  BOOST_TEST(until([&] { return has_said("We open at nine."); }));
  BOOST_TEST(!has_said("Come in."));
  go_on.set_value();
  BOOST_TEST(until([&] { return has_said("Come in."); }));
  BOOST_TEST(holds(asked.at(0), "Authorization: Bearer sk-1"));
  BOOST_TEST(dispatches.empty());
  tell(subject, hang_up{end_reason::caller_hangup});
  expect_ended("caller_hangup");
}

BOOST_FIXTURE_TEST_CASE(cutting_in_hangs_up_on_the_brain_and_it_learns_what_was_heard,
                        call_with_brain) {
  std::promise<bool> left;
  asked_bodies asked;
  raw_http_server server{[&](auto& peer) {
    asked.add(peer.body);
    if (asked.count() > 1)
      return (void)peer.send(open_head("text/event-stream") + model_stream({"Fine."}));
    peer.send(
      open_head("text/event-stream")
      + "data: {\"choices\":[{\"delta\":{\"content\":\"We open at nine. And then\"}}]}\n\n");
    left.set_value(peer.hang_up_seen());
  }};
  bounds.brain.quiet = seconds{10};
  node_model = {server.url("/chat"), "m", ""};
  begin_with(R"({"type":"prompt","ref":"Bake."})");
  say("when do you open");
  BOOST_TEST(until([&] { return has_said("We open at nine."); }));
  run();
  play_bytes(8); // "We open "
  start_speaking();
  pass(cut_in_wait() + milliseconds{100});
  BOOST_TEST(left.get_future().get());
  stop_speaking();
  words("stop");
  pass(milliseconds{800});
  BOOST_TEST(until([&] { return asked.count() == 2; }));
  BOOST_TEST(holds(asked.at(1), R"({"role":"assistant","content":"We open)"));
  BOOST_TEST(asked.at(1).find("nine") == std::string::npos);
  BOOST_TEST(until([&] { return has_said("Fine."); }));
  tell(subject, hang_up{end_reason::caller_hangup});
  expect_ended("caller_hangup");
}

BOOST_FIXTURE_TEST_CASE(a_slow_brain_is_bridged_with_a_filler, call_with_brain) {
  raw_http_server server{[&](auto& peer) { peer.hang_up_seen(); }};
  bounds.brain.first_byte = seconds{60};
  pipe_row.extra_json = R"({"brain_filler":"One moment."})";
  begin_at(server.url());
  say("when do you open");
  pass(milliseconds{1'000});
  BOOST_TEST(!has_said("One moment."));
  pass(milliseconds{1'000});
  BOOST_TEST(has_said("One moment."));
  tell(subject, hang_up{end_reason::caller_hangup});
  expect_ended("caller_hangup");
  BOOST_TEST(record().transcript.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_failing_brain_is_apologised_for_and_may_get_better, call_with_brain) {
  std::atomic<int> asked{0};
  raw_http_server server{[&](auto& peer) {
    if (++asked <= 2)
      return (void)peer.send(answer_with("no", "text/plain", "500 Oops"));
    peer.send(answer_with("Here we are."));
  }};
  begin_at(server.url());
  say("when do you open");
  BOOST_TEST(until([&] { return has_said("Sorry."); }));
  BOOST_TEST(asked == 2);
  run();
  play();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(counted["unpod_brain_failures_total"] == 1);
  say("hello");
  BOOST_TEST(until([&] { return has_said("Here we are."); }));
  tell(subject, hang_up{end_reason::caller_hangup});
  expect_ended("caller_hangup");
}

BOOST_FIXTURE_TEST_CASE(a_brain_that_stays_dead_ends_the_call_with_an_apology, call_with_brain) {
  raw_http_server server{[&](auto&) {}};
  begin_at(server.url());
  say("when do you open");
  BOOST_TEST(until([&] { return has_said("Sorry."); }));
  run();
  play();
  say("hello");
  BOOST_TEST(until([&] {
    play();
    return is_gone();
  }));
  expect_ended("runner_lost");
}

BOOST_FIXTURE_TEST_CASE(a_brain_inside_is_never_asked, call_with_brain) {
  way_out.rules.loopback = false;
  raw_http_server server{[&](auto& peer) { peer.send(answer_with("secret")); }};
  begin_at(server.url());
  say("when do you open");
  BOOST_TEST(until([&] {
    play();
    return is_gone();
  }));
  expect_ended("runner_lost");
  BOOST_TEST(server.connections() == 0);
  BOOST_TEST(!has_said("secret"));
}

BOOST_FIXTURE_TEST_CASE(a_prompt_without_a_model_ends_the_call_with_words, call_with_brain) {
  begin_with(R"({"type":"prompt","ref":"Bake."})");
  BOOST_TEST(until([&] {
    play();
    return is_gone();
  }));
  expect_ended("no_runner");
  BOOST_TEST(holds(store_data.noted("brain_failed").at(0), "llm.url"));
}

BOOST_FIXTURE_TEST_CASE(a_call_that_ends_hangs_up_on_its_brain, call_with_brain) {
  std::promise<bool> left;
  raw_http_server server{[&](auto& peer) { left.set_value(peer.hang_up_seen()); }};
  bounds.brain.first_byte = seconds{60};
  begin_at(server.url());
  say("when do you open");
  BOOST_TEST(until([&] { return server.connections() == 1; }));
  tell(subject, hang_up{end_reason::caller_hangup});
  BOOST_TEST(left.get_future().get());
  expect_ended("caller_hangup");
}
