// The reference runner on channels and timers that are only lists: what it
// sends, when it comes again, and when it stops.
#define BOOST_TEST_MODULE runner_client
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/peers/runner_client.hpp"

#include <memory>
#include <random>

namespace {

using namespace unpod;

struct fake_channel : ws_channel {
  void start(channel_handler with) override {
    handler = std::move(with);
  }
  void send_text(std::string text) override {
    sent.push_back(std::move(text));
  }
  void send_binary(std::string) override {}
  std::size_t queued_bytes() const override {
    return 0;
  }
  void close(std::uint16_t code, std::string) override {
    closed = code;
  }
  const std::string& peer() const override {
    return name;
  }

  /// The last frame's fields, or "" where there is none.
  std::string last(const char* key) const {
    std::string why;
    const auto frame = sent.empty() ? std::nullopt : json::parse(sent.back(), 8, why);
    return frame ? json::text(*frame, key).value_or("") : "";
  }

  channel_handler handler;
  std::vector<std::string> sent;
  std::uint16_t closed = 0;
  std::string name = "fake";
};

struct wish {
  dial_options options;
  dial_callback done;
};

struct bench {
  explicit bench(runner_settings settings = with_defaults()) {
    settings.news = [this](const runner_news& one) { news.push_back(one); };
    client = std::make_unique<runner_client>(
      settings, [](const call_facts&) { return make_echo_brain(); },
      [this](dial_options options, dial_callback done) {
        dials.push_back({std::move(options), std::move(done)});
      },
      [this](std::chrono::milliseconds after, std::function<void()> work) {
        timers.emplace_back(after.count(), std::move(work));
      });
    client->start();
  }

  static runner_settings with_defaults() {
    runner_settings settings;
    settings.base_url = "http://127.0.0.1:8080";
    settings.api_key = "sk_secret";
    settings.agent = "desk";
    return settings;
  }

  std::shared_ptr<fake_channel> connect() {
    auto channel = std::make_shared<fake_channel>();
    auto dial = std::move(dials.back());
    dials.pop_back();
    dial.done(channel, "");
    return channel;
  }

  std::shared_ptr<fake_channel> registered() {
    auto control = connect();
    control->handler.on_text(
      R"({"type":"registered","heartbeat_interval_s":10,"transport_ack":"dial_out"})");
    return control;
  }

  static std::string assign(const std::string& job, const std::string& agent = "desk") {
    return R"({"type":"job.assign","job_id":")" + job + R"(","call_id":"SCL_1","agent_id":")"
           + agent
           + R"(","bridge_url":"ws://h/call/SCL_1?x=1","call_token":"a+b/c==","assign_id":"as1"})";
  }

  std::shared_ptr<fake_channel> talking(fake_channel& control) {
    control.handler.on_text(assign("J1"));
    auto line = connect();
    line->handler.on_text(hello_ack);
    line->handler.on_text(call_started);
    return line;
  }

  /// Runs the timers that are there now, not those they set.
  void run_timers() {
    auto now = std::move(timers);
    timers.clear();
    for (auto& [after, work] : now)
      work();
  }

  static constexpr const char* hello_ack =
    R"({"event":"hello.ack","protocol_version":2,"call_id":"SCL_1",)"
    R"("session_id":"SCL_1","job_id":"J1","room_id":"R"})";
  static constexpr const char* call_started =
    R"({"event":"call.started","session_id":"SCL_1","job_id":"J1","room_id":"R",)"
    R"("agent_id":"desk","metadata":{"direction":"web","user_number":"+1"}})";

  std::vector<wish> dials;
  std::vector<std::pair<long, std::function<void()>>> timers;
  std::vector<runner_news> news;
  std::unique_ptr<runner_client> client;
};

std::string text_of(const std::vector<std::string>& frames) {
  std::string text, why;
  for (const auto& frame : frames)
    if (const auto document = json::parse(frame, 8, why);
        document && json::text(*document, "event") == std::string{"agent.text.delta"})
      text += *json::text(*document, "text");
  return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_base_url_gives_the_control_url) {
  BOOST_TEST(control_url("http://h:1/") == "ws://h:1/v1/internal/workers");
  BOOST_TEST(control_url("https://h") == "wss://h/v1/internal/workers");
  BOOST_TEST(control_url("h:9") == "wss://h:9/v1/internal/workers");
  BOOST_TEST(control_url("ftp://h").empty());
  BOOST_TEST(control_url("http://").empty());
}

BOOST_AUTO_TEST_CASE(back_off_doubles_and_is_bounded) {
  const runner_limits limits;
  BOOST_TEST(back_off(1, 0.5, limits).count() == 1'000);
  BOOST_TEST(back_off(3, 0.5, limits).count() == 4'000);
  BOOST_TEST(back_off(2, 0.0, limits).count() == 1'000);
  BOOST_TEST(back_off(1'000'000, 1.0, limits).count() == 30'000);
}

BOOST_AUTO_TEST_CASE(it_registers_beats_and_tells) {
  bench b;
  BOOST_TEST(b.dials.at(0).options.url == "ws://127.0.0.1:8080/v1/internal/workers");
  BOOST_TEST(b.dials.at(0).options.headers.at(0).second == "Bearer sk_secret");
  auto control = b.connect();
  BOOST_TEST(control->last("type") == "register");
  BOOST_TEST(control->last("worker_id").size() == std::string{"desk#"}.size() + 8);
  BOOST_TEST(!b.client->wait_registered(std::chrono::milliseconds{0}));
  control->handler.on_text(
    R"({"type":"registered","heartbeat_interval_s":10,"transport_ack":"dial_out"})");
  BOOST_TEST(b.client->wait_registered(std::chrono::milliseconds{0}));
  BOOST_TEST(control->last("type") == "heartbeat");
  const auto beats = control->sent.size();
  BOOST_TEST(b.timers.at(0).first == 10'000);
  b.run_timers();
  BOOST_TEST(control->sent.size() == beats + 1);
}

BOOST_AUTO_TEST_CASE(a_call_is_answered_word_by_word) {
  bench b;
  auto control = b.registered();
  auto line = b.talking(*control);
  BOOST_TEST(b.client->talking() == 1u);
  BOOST_TEST(line->sent.at(0) == bridge_talk::hello());
  BOOST_TEST(line->last("event") == "agent.say");
  line->sent.clear();
  line->handler.on_text(R"({"event":"user.text","text":"two  words","is_final":true})");
  BOOST_TEST(text_of(line->sent) == "You said: two  words");
  BOOST_TEST(line->sent.size() == 5u);
  BOOST_TEST(line->last("event") == "agent.text.end");
}

BOOST_AUTO_TEST_CASE(a_thought_takes_its_time_and_a_newer_turn_or_a_cut_ends_it) {
  auto settings = bench::with_defaults();
  settings.think = std::chrono::milliseconds{70};
  settings.whole_answers = true;
  bench it{settings};
  const auto control = it.registered();
  const auto line = it.talking(*control);
  it.timers.clear();
  line->sent.clear();
  line->handler.on_text(R"({"event":"user.text","text":"first"})");
  BOOST_TEST(line->sent.empty());
  BOOST_REQUIRE(it.timers.size() == 1u);
  BOOST_TEST(it.timers[0].first == 70);
  line->handler.on_text(R"({"event":"user.text","text":"and second"})");
  it.run_timers();
  BOOST_REQUIRE(line->sent.size() == 2u); // the answer whole, and its end
  BOOST_TEST(text_of(line->sent) == "You said: and second");
  line->handler.on_text(R"({"event":"user.text","text":"third"})");
  line->handler.on_text(R"({"event":"user.interrupted","heard_prefix":""})");
  it.run_timers();
  BOOST_TEST(line->sent.size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_token_is_form_encoded_and_the_ack_echoes) {
  bench b;
  auto control = b.registered();
  control->handler.on_text(b.assign("J1"));
  BOOST_TEST(control->last("type") == "job.ack");
  BOOST_TEST(control->last("assign_id") == "as1");
  BOOST_TEST(b.dials.at(0).options.url == "ws://h/call/SCL_1?x=1&token=a%2Bb%2Fc%3D%3D");
  BOOST_TEST(b.dials.at(0).options.headers.empty());
}

BOOST_AUTO_TEST_CASE(a_runner_refuses_what_is_not_for_it_or_too_much) {
  auto settings = bench::with_defaults();
  settings.limits.jobs_max = 1;
  bench b{settings};
  auto control = b.registered();
  control->handler.on_text(b.assign("J1", "other"));
  BOOST_TEST(control->last("reason") == "agent_id_mismatch");
  control->handler.on_text(b.assign("J1"));
  control->handler.on_text(b.assign("J2"));
  BOOST_TEST(control->last("job_id") == "J2");
  BOOST_TEST(control->last("reason") == "at_capacity");
  BOOST_TEST(b.dials.size() == 1u);
  control->handler.on_text(R"({"type":"job.cancel","job_id":"J1"})");
  control->handler.on_text(b.assign("J3"));
  BOOST_TEST(b.dials.size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_interruption_stops_the_stream_with_one_end) {
  auto settings = bench::with_defaults();
  settings.delta_every = std::chrono::milliseconds{10};
  bench b{settings};
  auto control = b.registered();
  auto line = b.talking(*control);
  b.timers.clear();
  line->sent.clear();
  line->handler.on_text(R"({"event":"user.text","text":"a b c d"})");
  b.run_timers();
  BOOST_TEST(text_of(line->sent) == "You said: ");
  line->handler.on_text(R"({"event":"user.interrupted","turn_id":1,"heard_prefix":"You"})");
  BOOST_TEST(line->last("event") == "agent.text.end");
  b.run_timers();
  BOOST_TEST(line->sent.size() == 3u);
  line->handler.on_text(R"({"event":"user.interrupted","turn_id":1,"heard_prefix":"You"})");
  BOOST_TEST(line->sent.size() == 3u); // nothing was streaming: no second end
  BOOST_TEST((b.news.back().what == runner_news::kind::interrupted));
  BOOST_TEST(b.news.back().text == "You");
}

BOOST_AUTO_TEST_CASE(a_bridge_is_tried_three_times_and_then_given_up) {
  bench b;
  auto control = b.registered();
  control->handler.on_text(b.assign("J1"));
  b.timers.clear();
  for (const long pause : {200L, 400L}) {
    b.connect()->handler.on_closed(4003, "");
    BOOST_TEST(b.dials.empty());
    const auto last = b.timers.back().first;
    BOOST_TEST(last == pause);
    b.run_timers();
    BOOST_TEST(b.dials.size() == 1u);
  }
  b.connect()->handler.on_closed(4003, "");
  b.run_timers();
  BOOST_TEST(b.dials.empty());
  BOOST_TEST((b.news.back().what == runner_news::kind::call_over));
}

BOOST_AUTO_TEST_CASE(a_bridge_that_ends_in_mid_call_is_not_dialled_again) {
  bench b;
  auto control = b.registered();
  auto line = b.talking(*control);
  line->handler.on_closed(1000, "");
  b.run_timers();
  BOOST_TEST(b.dials.empty());
  BOOST_TEST(b.client->talking() == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_control_socket_is_dialled_again_and_calls_go_on) {
  bench b;
  auto control = b.registered();
  auto line = b.talking(*control);
  b.timers.clear();
  control->handler.on_closed(1006, "");
  BOOST_TEST(b.timers.size() == 1u);
  b.run_timers();
  BOOST_TEST(b.dials.size() == 1u);
  line->handler.on_text(R"({"event":"user.text","text":"hi"})");
  BOOST_TEST(line->last("event") == "agent.text.end");
  control->handler.on_text(b.assign("J9")); // of the connection that is gone
  BOOST_TEST(b.dials.size() == 1u);
  auto again = b.registered();
  BOOST_TEST(again->last("type") == "heartbeat");
  BOOST_TEST(again->sent.back().find("\"active_jobs\":1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_credentials_end_it_for_good) {
  bench b;
  auto control = b.connect();
  control->handler.on_closed(4001, "bad key");
  BOOST_TEST(b.client->wait_over(std::chrono::milliseconds{0}));
  BOOST_TEST(b.client->why_refused().find("4001") != std::string::npos);
  BOOST_TEST(b.timers.empty());
}

BOOST_AUTO_TEST_CASE(a_node_without_dial_out_is_left) {
  bench b;
  auto control = b.connect();
  control->handler.on_text(R"({"type":"registered","heartbeat_interval_s":10})");
  BOOST_TEST(b.client->wait_over(std::chrono::milliseconds{0}));
  BOOST_TEST(control->closed == 1000);
}

BOOST_AUTO_TEST_CASE(stop_closes_everything_and_nothing_follows) {
  bench b;
  auto control = b.registered();
  auto line = b.talking(*control);
  b.client->stop();
  BOOST_TEST(control->closed == 1001);
  BOOST_TEST(line->closed == 1001);
  const auto sent = control->sent.size();
  b.run_timers();
  BOOST_TEST(!b.client->wait_closed(std::chrono::milliseconds{0}));
  control->handler.on_closed(1001, "");
  line->handler.on_closed(1001, "");
  BOOST_TEST(b.client->wait_closed(std::chrono::milliseconds{0}));
  line->handler.on_text(R"({"event":"user.text","text":"hi"})");
  BOOST_TEST(control->sent.size() == sent);
  BOOST_TEST(b.dials.empty());
}

BOOST_AUTO_TEST_CASE(random_frames_break_only_their_own_socket) {
  std::mt19937 dice{11};
  const std::string pieces[] = {R"({"type":"registered"})",
                                R"({"event":"user.text"})",
                                "[",
                                "{",
                                "null",
                                R"({"type":"job.assign","job_id":7})",
                                R"({"event":7})",
                                "\xff",
                                R"({"event":"hello.ack"})",
                                R"({"type":"job.cancel"})"};
  for (int round = 0; round < 500; ++round) {
    bench b;
    auto control = b.registered();
    auto line = b.talking(*control);
    for (int n = 0; n < 6; ++n)
      line->handler.on_text(pieces[dice() % 10]);
    BOOST_REQUIRE(control->closed == 0);
    control->handler.on_text(b.assign("J2"));
    BOOST_REQUIRE(b.connect() != nullptr);
    for (int n = 0; n < 6; ++n)
      control->handler.on_text(pieces[dice() % 10]);
    BOOST_REQUIRE(control->closed != 0 || b.client->wait_registered(std::chrono::milliseconds{0}));
  }
}

BOOST_AUTO_TEST_CASE(deltas_are_words_and_together_the_text) {
  for (const std::string text : {"", " ", "a", "a b", "  a  b ", "One, two. Three"}) {
    std::string all;
    for (const auto& delta : word_deltas(text)) {
      BOOST_TEST(!delta.empty());
      all += delta;
    }
    BOOST_TEST(all == text);
  }
  BOOST_TEST(word_deltas("One, two. Three").size() == 3u);
}
