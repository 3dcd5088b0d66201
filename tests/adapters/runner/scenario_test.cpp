// Runners over real sockets: our server, our gate, our actors, and a runner made
// of the WebSocket client.
#define BOOST_TEST_MODULE runner_scenario
#include <boost/test/unit_test.hpp>

#include "adapters/http/route_path.hpp"
#include "adapters/http/server.hpp"
#include "adapters/json/json.hpp"
#include "adapters/runner/bridge_leg.hpp"
#include "adapters/runner/runner_gate.hpp"
#include "adapters/runner/serve_signing.hpp"
#include "messages/register_messages.hpp"
#include "tests/adapters/websocket/dial_record.hpp"

#include <caf/all.hpp>

#include <future>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::dial_record;

namespace {

struct config : caf::actor_system_config, observing {
  config() {
    register_messages(*this);
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
  }
};

/// What the orchestrator and a call hear, for the test to wait on.
struct heard {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<runner_card> cards;
  std::vector<std::string> words;

  void say(std::string word) {
    const std::lock_guard lock{mutex};
    words.push_back(std::move(word));
    changed.notify_all();
  }

  bool wait_for(const std::string& word) {
    std::unique_lock lock{mutex};
    return changed.wait_for(
      lock, 20s, [&] { return std::find(words.begin(), words.end(), word) != words.end(); });
  }
};

/// A node's runner side: one port, a gate, a door, an orchestrator that says yes.
struct node {
  heard events;
  net_threads threads{2};
  config cfg;
  caf::actor_system sys{cfg};
  runner_ear_actor ear = sys.spawn([this]() -> runner_ear_actor::behavior_type {
    return {[this](const job_ack& ack) { events.say("ack " + ack.assign); },
            [this](const runner_beat&) { events.say("beat"); }};
  });
  runner_registry_actor orchestrator = sys.spawn([this]() -> runner_registry_actor::behavior_type {
    return {[this](const register_runner& request) {
      events.cards.push_back(request.card);
      events.say("registered");
      caf::anon_send(request.face, job_assign{job_id{"JOB_1"}, "as1", call_id{"SCL_1"},
                                              request.card.agent, "ws://x", "t"});
      return registered_runner{ear};
    }};
  });
  bridge_listener call = sys.spawn([this]() -> bridge_listener::behavior_type {
    return {
      [](const runner_told&) {},
      [this](const runner_joined& e) { events.say("joined " + std::to_string(e.handshakes)); },
      [this](const runner_delta& e) { events.say("delta " + e.text); },
      [this](const runner_text_end&) { events.say("end"); },
      [this](const runner_say& e) { events.say("say " + e.text); },
      [](const runner_filler&) {},
      [](const runner_recording&) {},
      [](const runner_end_call&) {},
      [](const runner_verb&) {},
      [this](const runner_gone& e) { events.say("gone " + std::to_string(e.code)); },
      [](const runner_usage&) {},
      [](const runner_failed&) {}};
  });
  runner_door_actor door = sys.spawn(runner_door, orchestrator, control_limits{}, feed_limits{});
  std::shared_ptr<bridge_pairings> pairings = std::make_shared<bridge_pairings>();
  std::shared_ptr<runner_gate> gate;
  std::unique_ptr<http_server> server;
  std::vector<std::shared_ptr<dial_record>> records;
  caf::scoped_actor self{sys};

  node() {
    runner_gate::options with;
    with.authorise = [](const http_request& request) -> runner_pass {
      if (request.header("authorization") == "Bearer sk_good")
        return {"PRJ_1", "k", 0, {}};
      return {
        std::nullopt, {}, close_code::bad_credentials, "the API key is not valid for this node"};
    };
    with.door = door;
    with.pairings = pairings;
    gate = std::make_shared<runner_gate>(with);
    server = serve([gate = gate](const std::shared_ptr<ws_upgrade>& upgrade) {
      const auto& path = upgrade->request().path;
      if (path == "/v1/internal/workers")
        gate->on_control_upgrade(upgrade);
      else
        gate->on_bridge_upgrade(upgrade, call_id{path.substr(path.rfind('/') + 1)});
    });
  }

  ~node() {
    server->stop();
    threads.stop();
    for (const auto& record : records)
      record->channel.reset();
    for (const auto& actor : std::vector<caf::actor>{
           caf::actor_cast<caf::actor>(ear), caf::actor_cast<caf::actor>(orchestrator),
           caf::actor_cast<caf::actor>(call), caf::actor_cast<caf::actor>(door)})
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  std::unique_ptr<http_server>
  serve(std::function<void(const std::shared_ptr<ws_upgrade>&)> on_upgrade) {
    auto made = std::make_unique<http_server>(
      threads, http_server_options{},
      http_handler{[](const std::shared_ptr<http_exchange>& exchange) { exchange->answer({}); },
                   std::move(on_upgrade)});
    std::string why;
    BOOST_TEST_REQUIRE(made->start(why), why);
    return made;
  }

  std::string url(const std::string& path) const {
    return "ws://127.0.0.1:" + std::to_string(server->port()) + path;
  }

  std::shared_ptr<dial_record> dial(const std::string& path, const std::string& key = "") {
    dial_options options;
    options.url = url(path);
    if (!key.empty())
      options.headers = {{"Authorization", key}};
    records.push_back(dial_record::dial(threads, options));
    BOOST_TEST_REQUIRE(records.back()->wait_answer());
    BOOST_TEST_REQUIRE(records.back()->channel != nullptr, records.back()->why);
    return records.back();
  }

  bridge_actor spawn_leg(const std::string& serving_url = "") {
    bridge_wiring wiring;
    wiring.pairings = pairings;
    wiring.dial = [this](dial_options options, dial_callback done) {
      dial_websocket(threads, std::move(options), std::move(done));
    };
    bridge_opening opening;
    opening.call = call_id{"SCL_1"};
    opening.job = job_id{"JOB_1"};
    opening.room = "RM_1";
    opening.call_token = "a+b/c==";
    opening.serving_url = serving_url;
    opening.agent_secret = "secret";
    return make_bridge_spawner(wiring)(self.ptr(), call, opening);
  }

  void wait_down(const bridge_actor& leg) {
    self->wait_for(leg);
  }
};

/// Waits for frame number `index` and reads one text of it.
std::string frame_text(dial_record& record, std::size_t index, const char* key) {
  if (!record.wait([&] { return record.texts.size() > index; }))
    return "no such frame";
  std::string why;
  const auto frame = json::parse(record.texts[index], 32, why);
  return frame ? json::text(*frame, key).value_or("-") : why;
}

constexpr auto hello = R"({"event":"hello","protocol_version":2})";

} // namespace

BOOST_FIXTURE_TEST_CASE(a_runner_registers_takes_a_job_and_beats, node) {
  const auto runner = dial("/v1/internal/workers", "Bearer sk_good");
  runner->channel->send_text(
    R"({"type":"register","worker_id":"a#1","capabilities":{"agent_id":"a","max_concurrent":2,)"
    R"("transport":"dial_out"}})");
  BOOST_TEST(frame_text(*runner, 0, "transport_ack") == "dial_out");
  BOOST_TEST_REQUIRE(events.wait_for("registered"));
  BOOST_TEST(events.cards.at(0).project == "PRJ_1");
  BOOST_TEST(events.cards.at(0).public_url == url(""));
  runner->channel->send_text(R"({"type":"heartbeat","active_jobs":0})");
  runner->channel->send_text(
    R"({"type":"job.ack","job_id":"JOB_1","assign_id":"as1","accepted":true,"reason":null})");
  BOOST_TEST(events.wait_for("beat"));
  BOOST_TEST(events.wait_for("ack as1"));
}

BOOST_FIXTURE_TEST_CASE(bad_credentials_are_told_by_4001_after_the_upgrade, node) {
  for (const std::string key : {"", "Bearer sk_bad"}) {
    const auto runner = dial("/v1/internal/workers", key);
    BOOST_TEST_REQUIRE(runner->wait_closed());
    BOOST_TEST(runner->code == close_code::bad_credentials);
    BOOST_TEST(runner->reason == "the API key is not valid for this node");
  }
}

BOOST_FIXTURE_TEST_CASE(a_node_that_stops_sends_runners_elsewhere, node) {
  gate->use_door({});
  const auto runner = dial("/v1/internal/workers", "Bearer sk_good");
  BOOST_TEST_REQUIRE(runner->wait_closed());
  BOOST_TEST(runner->code == close_code::going_away);
}

BOOST_FIXTURE_TEST_CASE(a_frame_that_is_none_closes_1008_with_words, node) {
  const auto runner = dial("/v1/internal/workers", "Bearer sk_good");
  runner->channel->send_text("{");
  BOOST_TEST_REQUIRE(runner->wait_closed());
  BOOST_TEST(runner->code == close_code::policy);
  BOOST_TEST(!runner->reason.empty());
}

BOOST_FIXTURE_TEST_CASE(a_call_is_talked_through_and_hung_up, node) {
  const auto leg = spawn_leg();
  const auto runner = dial("/call/SCL_1?x=1&token=a%2Bb%2Fc%3D%3D");
  runner->channel->send_text(hello);
  BOOST_TEST(frame_text(*runner, 0, "event") == "hello.ack");
  BOOST_TEST(frame_text(*runner, 1, "event") == "call.started");
  BOOST_TEST_REQUIRE(events.wait_for("joined 1"));
  self->send(leg, bridge_user_text{"hi", 1, ""});
  BOOST_TEST(frame_text(*runner, 2, "text") == "hi");
  runner->channel->send_text(R"({"event":"agent.text.delta","text":"Hello"})");
  runner->channel->send_text(R"({"event":"agent.text.end"})");
  BOOST_TEST(events.wait_for("delta Hello"));
  BOOST_TEST(events.wait_for("end"));
  const auto second = dial("/call/SCL_1?token=a%2Bb%2Fc%3D%3D");
  BOOST_TEST_REQUIRE(second->wait_closed());
  BOOST_TEST(second->code == close_code::already_bridged);
  self->send(leg, bridge_close{});
  BOOST_TEST_REQUIRE(runner->wait_closed());
  BOOST_TEST(runner->code == close_code::normal);
  wait_down(leg);
  const auto late = dial("/call/SCL_1?token=a%2Bb%2Fc%3D%3D");
  BOOST_TEST_REQUIRE(late->wait_closed());
  BOOST_TEST(late->code == close_code::not_paired);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_token_is_told_by_4003, node) {
  const auto leg = spawn_leg();
  // '+' in a form is a space: a token that is not encoded is another one.
  for (const std::string query : {"", "?token=", "?token=nope", "?token=a+b/c==", "?token=%zz"}) {
    const auto runner = dial("/call/SCL_1" + query);
    BOOST_TEST_REQUIRE(runner->wait_closed());
    BOOST_TEST(runner->code == close_code::not_paired);
  }
  self->send(leg, bridge_close{});
  wait_down(leg);
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_lost_its_line_may_dial_again, node) {
  const auto leg = spawn_leg();
  for (const std::uint16_t round : {1, 2}) {
    const auto runner = dial("/call/SCL_1?token=a%2Bb%2Fc%3D%3D");
    runner->channel->send_text(hello);
    BOOST_TEST_REQUIRE(events.wait_for("joined " + std::to_string(round)));
    const auto code = static_cast<std::uint16_t>(4'100 + round);
    runner->channel->close(code, "");
    BOOST_TEST_REQUIRE(events.wait_for("gone " + std::to_string(code)));
  }
  self->send(leg, bridge_close{});
  wait_down(leg);
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_serves_is_dialled_with_a_signature_it_can_check, node) {
  const auto query = std::make_shared<std::promise<std::string>>();
  const auto held = std::make_shared<ws_channel_ptr>();
  const auto runner = serve([query, held](const std::shared_ptr<ws_upgrade>& upgrade) {
    query->set_value(upgrade->request().query);
    upgrade->accept("", 1'000'000, [held](const ws_channel_ptr& channel) {
      *held = channel;
      channel->start({[](std::string_view) {}, [](std::string_view) {},
                      [held](std::uint16_t, const std::string&) { held->reset(); }});
      channel->send_text(hello);
      channel->send_text(R"({"event":"agent.say","text":"served"})");
    });
  });
  const auto leg = spawn_leg("ws://127.0.0.1:" + std::to_string(runner->port()) + "/x");
  BOOST_TEST_REQUIRE(events.wait_for("say served"));
  const auto arguments = parse_query(query->get_future().get());
  BOOST_TEST_REQUIRE(arguments.has_value());
  const auto of = [&](const char* name) { return std::string{*arguments->find(name)}; };
  BOOST_TEST(of("signature")
             == serve_signature("secret", call_id{of("session_id")}, job_id{of("job_id")},
                                of("nonce"), std::stoll(of("ts"))));
  self->send(leg, bridge_close{});
  wait_down(leg);
  runner->stop();
}
