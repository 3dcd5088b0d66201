// A client's call over a real socket, a real server and real media; only the
// STORE and the CALL behind the door are small. The system ends only when every
// actor of it has.
#define BOOST_TEST_MODULE client_scenario
#include <boost/test/unit_test.hpp>

#include "adapters/client/client_door.hpp"
#include "adapters/http/server.hpp"
#include "adapters/json/json.hpp"
#include "adapters/websocket/client.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/register_messages.hpp"

#include <caf/all.hpp>

#include <condition_variable>
#include <future>
#include <random>
#include <set>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

constexpr auto deadline = 30s; // only fails; nothing is timed by it

/// What threads tell the test: a list that can be waited for.
class notebook {
public:
  void note(const std::string& line) {
    {
      const std::lock_guard lock{mutex_};
      lines_.push_back(line);
    }
    changed_.notify_all();
  }

  bool wait_for(const std::string& beginning, std::size_t times = 1) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, deadline, [&] {
      std::size_t seen = 0;
      for (const auto& line : lines_)
        seen += line.rfind(beginning, 0) == 0;
      return seen >= times;
    });
  }

  std::string all() const {
    const std::lock_guard lock{mutex_};
    std::string text;
    for (const auto& line : lines_)
      text += line + "\n";
    return text;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

/// Notes that the caller's audio arrived.
struct noting_tap : audio_tap {
  notebook& book;
  std::uint64_t samples = 0;

  explicit noting_tap(notebook& to) : book(to) {}
  void audio(sample_index, const std::int16_t*, std::size_t count) override {
    samples += count;
    if (samples >= 3'200)
      book.note("tap has 200 ms");
  }
  void speech_started(sample_index) override {}
  void speech_ended(sample_index) override {}
};

struct scenario_config : caf::actor_system_config {
  scenario_config() {
    register_messages(*this);
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

call_ear_actor::behavior_type small_call(call_ear_actor::pointer self, open_call request,
                                         notebook* book) {
  self->monitor(request.leg);
  self->set_down_handler([self](caf::down_msg&) { self->quit(); });
  request.port->bind(std::make_shared<noting_tap>(*book), 0);
  request.port->play(1, std::vector<std::int16_t>(3'200, 2'000).data(), 3'200, 16'000);
  request.port->finish(1);
  self->send(request.leg, caller_state{"speaking"});
  return {[self, book, request](const caller_dtmf& x) {
            book->note("digits " + x.digits);
            self->send(request.leg, caller_ended{end_reason::completed});
          },
          [book](const hang_up& x) { book->note("hang_up " + to_string(x.reason)); }};
}

struct node_fixture {
  notebook house;
  scenario_config cfg;
  caf::actor_system sys{cfg};
  std::unique_ptr<media_engine> engine = make_media_engine({});
  net_threads net{1};
  gate_rules rules;
  client_house shared;
  store_actor store;
  pipes_actor pipes;
  client_door_actor door;
  std::unique_ptr<http_server> server;

  node_fixture() {
    shared.house = std::make_shared<service_book>();
    shared.engine = engine.get();
    spawn_house();
    shared.house->put(store);
    shared.house->put(pipes);
    rules.pipe_exists = [](const pipe_id& pipe) { return pipe.str() == "PIPE_1"; };
    rules.hash = [](std::string_view token) { return "#" + std::string{token}; };
    auto next = std::make_shared<int>(0);
    door =
      sys.spawn(client_door, shared, [next] { return call_id{"SCL_" + std::to_string(++*next)}; });
    http_handler handler;
    handler.on_upgrade = [this](std::shared_ptr<ws_upgrade> upgrade) {
      const auto path = upgrade->request().path; // /v1/pipes/{id}/connect
      const pipe_id pipe{path.substr(10, path.find('/', 10) - 10)};
      on_client_upgrade(rules, shared.bounds.wire, door, std::move(upgrade), pipe);
    };
    server = std::make_unique<http_server>(net, http_server_options{}, std::move(handler));
    std::string why;
    BOOST_REQUIRE_MESSAGE(server->start(why), why);
  }

  ~node_fixture() {
    server->stop();
    net.stop();
    for (const auto& end : {caf::actor_cast<caf::actor>(door), caf::actor_cast<caf::actor>(store),
                            caf::actor_cast<caf::actor>(pipes)})
      caf::anon_send_exit(end, caf::exit_reason::user_shutdown);
    shared.house->clear();
    door = nullptr;
    store = nullptr;
    pipes = nullptr;
    sys.await_all_actors_done();
  }

  void spawn_house() {
    auto used = std::make_shared<std::set<std::string>>();
    store = sys.spawn([used]() -> store_actor::behavior_type {
      return {
        [](const store_write&) { return store_done{}; },
        [used](const consume_token& x) -> caf::result<consumed_token> {
          if (x.hash.rfind("#good", 0) != 0 || !used->insert(x.hash).second)
            return make_error(refusal::unauthorised, "no");
          token_record token;
          token.pipe = pipe_id{"PIPE_1"};
          return consumed_token{token};
        },
        [](const journal_append&) {},
        [](caf::get_atom) { return store_health{}; },
      };
    });
    pipes = sys.spawn([book = &house](pipes_actor::pointer self) -> pipes_actor::behavior_type {
      return {
        [self, book](const open_call& x) { return opened_call{self->spawn(small_call, x, book)}; },
        [](const end_call&) { return end_call_done{}; },
        [](const end_all_calls&) {},
        [](caf::get_atom) { return pipe_status{}; },
        [](const join_call&) { return opened_call{}; },
        [](const transfer_call&) { return transferred_call{}; },
        [](const merge_calls&) { return merged_calls{}; },
        [](const release_callers&) { return released_callers{}; },
        [](const remove_participant&) { return removed_participant{}; },
        [](const say_words&) { return said_words{}; },
        [](const drain_calls&) {},
        [](const call_ended&) {},
      };
    });
  }
};

/// A client of the test's own: raw frames, everything noted.
struct raw_client {
  std::shared_ptr<notebook> book = std::make_shared<notebook>();
  ws_channel_ptr channel;

  raw_client(node_fixture& node, const std::string& token, const std::string& subprotocol = "",
             const std::string& pipe = "PIPE_1") {
    dial_options how;
    how.url = "ws://127.0.0.1:" + std::to_string(node.server->port()) + "/v1/pipes/" + pipe
              + "/connect?token=" + token;
    how.subprotocol = subprotocol;
    auto opened = std::make_shared<std::promise<ws_channel_ptr>>();
    dial_websocket(node.net, how, [opened, book = book](ws_channel_ptr made, std::string why) {
      book->note(made ? "open" : "refused " + why);
      opened->set_value(std::move(made));
    });
    auto future = opened->get_future();
    BOOST_REQUIRE((future.wait_for(deadline) == std::future_status::ready));
    channel = future.get();
    if (!channel)
      return;
    channel_handler handler;
    handler.on_text = [book = book](std::string_view text) { book->note(std::string{text}); };
    handler.on_binary = [book = book](std::string_view bytes) {
      book->note("audio " + std::to_string(bytes.size()));
    };
    handler.on_closed = [book = book](std::uint16_t code, const std::string& reason) {
      book->note("closed " + std::to_string(code) + " " + reason);
    };
    channel->start(std::move(handler));
  }

  bool sees(const std::string& beginning, std::size_t times = 1) {
    const bool seen = book->wait_for(beginning, times);
    BOOST_TEST_INFO(book->all());
    return seen;
  }

  void say(const std::string& text) {
    BOOST_REQUIRE_MESSAGE(channel, book->all());
    channel->send_text(text);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_scenario_tests, node_fixture)

BOOST_AUTO_TEST_CASE(a_call_with_audio_both_ways_ends_politely) {
  raw_client client{*this, "good"};
  BOOST_REQUIRE(client.channel);
  client.say(R"({"type":"start","audio":{"encoding":"mulaw","sample_rate":8000}})");
  BOOST_TEST(client.sees(R"({"type":"started","session_id":"SCL_1","call_id":"SCL_1",)"
                         R"("audio":{"encoding":"mulaw","sample_rate":8000,"frame_ms":20}})"));
  BOOST_TEST(client.sees(R"({"type":"state","state":"speaking"})"));
  BOOST_TEST(client.sees("audio 160", 10)); // 200 ms, 20 ms a frame
  for (int frame = 0; frame < 30; ++frame)
    client.channel->send_binary(std::string(160, '\xff'));
  client.say(R"({"type":"playback","played_ms":200})");
  client.say(R"({"type":"dtmf","digits":"7"})");
  BOOST_TEST(house.wait_for("digits 7"));
  BOOST_TEST(client.sees(R"({"type":"ended","reason":"completed"})"));
  BOOST_TEST(client.sees("closed 1000"));
}

BOOST_AUTO_TEST_CASE(audio_alone_begins_a_call) {
  raw_client client{*this, "good"};
  BOOST_REQUIRE(client.channel);
  for (int frame = 0; frame < 20; ++frame)
    client.channel->send_binary(std::string(640, '\0'));
  BOOST_TEST(client.sees(R"({"type":"started")"));
  BOOST_TEST(client.sees("audio 640", 10));
  BOOST_TEST(house.wait_for("tap has 200 ms"));
  client.channel->close(1000, "");
  BOOST_TEST(house.wait_for("hang_up caller_hangup"));
}

BOOST_AUTO_TEST_CASE(a_token_opens_once_and_a_browser_sees_why) {
  raw_client first{*this, "good"};
  BOOST_TEST(first.channel);
  raw_client second{*this, "good"};
  BOOST_TEST(!second.channel);
  BOOST_TEST(second.sees("refused "));
  BOOST_TEST(second.book->all().find("401") != std::string::npos);
  raw_client third{*this, "good", "unpod.v1"};
  BOOST_REQUIRE(third.channel);
  BOOST_TEST(third.sees(R"({"type":"error","code":"bad_token")"));
  BOOST_TEST(third.sees("closed 4401"));
  raw_client lost{*this, "good2", "", "PIPE_2"};
  BOOST_TEST(lost.book->all().find("404") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_clients_hear_why_and_nobody_else_does) {
  raw_client good{*this, "good"};
  good.say(R"({"type":"start"})");
  BOOST_TEST(good.sees(R"({"type":"started")"));
  std::mt19937 random{99};
  for (int round = 0; round < 20; ++round) {
    raw_client bad{*this, "good_" + std::to_string(round)};
    BOOST_REQUIRE(bad.channel);
    bad.say(R"({"type":"start"})");
    BOOST_TEST(bad.sees(R"({"type":"started")"));
    std::string noise(1 + random() % 200, '\0');
    for (auto& c : noise)
      c = static_cast<char>(' ' + random() % 90);
    bad.say(noise);
    BOOST_TEST(bad.sees(R"({"type":"error","code":"bad_)"));
    BOOST_TEST(bad.sees("closed 1008 bad_"));
  }
  raw_client huge{*this, "good_huge"};
  BOOST_REQUIRE(huge.channel);
  huge.channel->send_binary(std::string(65 * 1024, 'x'));
  BOOST_TEST(huge.sees("closed 1009"));
  BOOST_TEST(house.wait_for("hang_up media_lost", 20));
  good.say(R"({"type":"end"})");
  BOOST_TEST(good.sees(R"({"type":"ended","reason":"caller_hangup"})"));
  BOOST_TEST(good.sees("closed 1000"));
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_tells_its_clients) {
  raw_client client{*this, "good"};
  client.say(R"({"type":"start"})");
  BOOST_TEST(client.sees(R"({"type":"started")"));
  caf::anon_send_exit(door, caf::exit_reason::user_shutdown);
  BOOST_TEST(client.sees(R"({"type":"ended","reason":"node_draining"})"));
  BOOST_TEST(client.sees("closed 1001"));
  BOOST_TEST(house.wait_for("hang_up node_draining"));
}

BOOST_AUTO_TEST_SUITE_END()
