// The front: which path leads where, and which runner is let in; who is not hears why
// in a close code its SDK understands.
#define BOOST_TEST_MODULE front
#include <boost/test/unit_test.hpp>

#include "runtime/front.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/fixtures/fake_store.hpp"

using namespace unpod;

namespace {

/// A channel that remembers how it was closed.
struct fake_channel : ws_channel {
  void start(channel_handler) override {}
  void send_text(std::string) override {}
  void send_binary(std::string) override {}
  std::size_t queued_bytes() const override {
    return 0;
  }
  const std::string& peer() const override {
    return why;
  }
  void close(std::uint16_t with, std::string reason) override {
    code = with;
    why = std::move(reason);
  }
  std::uint16_t code = 0;
  std::string why;
};

struct fake_upgrade : ws_upgrade {
  http_request asked;
  std::shared_ptr<fake_channel> channel;
  http_response refusal;
  bool refused = false;

  const http_request& request() const override {
    return asked;
  }
  void accept(std::string, std::size_t, std::function<void(ws_channel_ptr)> opened, std::size_t,
              socket_home*) override {
    channel = std::make_shared<fake_channel>();
    opened(channel);
  }
  void refuse(http_response response) override {
    refused = true;
    refusal = std::move(response);
  }
};

struct front_fixture : fixtures::deterministic_system {
  std::shared_ptr<fixtures::fake_records> records = std::make_shared<fixtures::fake_records>();
  std::unique_ptr<key_ring> ring;
  api_limits bounds;
  std::unique_ptr<request_brakes> brakes;
  int rechecked = 0;
  std::vector<std::string> let_in; // projects of runners at the door
  runner_door_actor door = sys.spawn([this]() -> runner_door_actor::behavior_type {
    return {[this](const runner_socket& socket) { let_in.push_back(socket.project); },
            [](const use_registry&) {},
            [this](const recheck_runners& command) {
              BOOST_TEST(command.may_run("k"));
              ++rechecked;
            }};
  });
  front_setup front;

  front_fixture() {
    bounds.bad_keys_burst = 3;
    key_ring_setup with;
    with.reader = records;
    ring = std::make_unique<key_ring>(std::move(with));
    brakes = std::make_unique<request_brakes>(bounds, [] { return mono_time{1}; });
    records->put(project_record{"PRJ_1", "ORG_1", "one", 1, 1});
    runner_gate::options gate;
    gate.authorise = [this](const http_request& request) {
      return judge_runner(*ring, *brakes, request);
    };
    gate.door = door;
    gate.pairings = std::make_shared<bridge_pairings>();
    front.runners = std::make_shared<runner_gate>(std::move(gate));
    front.clients = std::make_shared<client_door_slot>();
  }
  ~front_fixture() {
    front.runners->use_door({});
    end(door, caf::exit_reason::kill);
  }

  std::string key(const std::string& scopes) {
    auto made = mint_key(1);
    made.record.org = "ORG_1";
    made.record.project = "PRJ_1";
    made.record.scopes = scopes;
    records->put(made.record);
    return made.text.reveal();
  }

  fake_upgrade knock(const std::string& path, const std::string& key = {}) {
    auto upgrade = std::make_shared<fake_upgrade>();
    upgrade->asked.method = "GET";
    upgrade->asked.path = upgrade->asked.target = path;
    upgrade->asked.peer = "192.0.2.1:5";
    if (!key.empty())
      upgrade->asked.headers.emplace_back("authorization", "Bearer " + key);
    route_upgrade(front, upgrade);
    run();
    return *upgrade;
  }

  /// How the control socket of this key was closed; 0: it was not.
  std::uint16_t closed(const std::string& key, std::string& why) {
    const auto upgrade = knock("/v1/internal/workers", key);
    BOOST_REQUIRE(upgrade.channel); // refused after the handshake, never before
    why = upgrade.channel->why;
    return upgrade.channel->code;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(front_tests, front_fixture)

BOOST_AUTO_TEST_CASE(a_runner_needs_a_key_with_its_scope) {
  std::string why;
  for (const auto* scopes : {"", "admin", "runner", "read runner"})
    BOOST_TEST(closed(key(scopes), why) == 0, scopes);
  BOOST_TEST(let_in.size() == 4u);
  for (const auto* scopes : {"read", "call", "read call"}) {
    BOOST_TEST(closed(key(scopes), why) == 4001, scopes);
    BOOST_TEST(why.find("scope runner") != std::string::npos, why);
  }
  BOOST_TEST(closed("sk_no_key", why) == 4001);
  BOOST_TEST(why.find("not valid") != std::string::npos, why);
  BOOST_TEST(closed("", why) == 4001);
  BOOST_TEST(let_in.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_reason_fits_into_a_close_frame) {
  std::string why;
  closed(key("read"), why);
  BOOST_TEST(why.size() <= 123u);
}

BOOST_AUTO_TEST_CASE(a_revoked_runner_is_refused_at_once) {
  auto made = mint_key(1);
  made.record.project = "PRJ_1";
  records->put(made.record);
  std::string why;
  BOOST_TEST(closed(made.text.reveal(), why) == 0);
  made.record.status = "revoked";
  records->put(made.record);
  ring->forget();
  BOOST_TEST(closed(made.text.reveal(), why) == 4001);
}

BOOST_AUTO_TEST_CASE(an_address_of_bad_keys_may_come_again_and_known_keys_pass) {
  const auto good = key("runner");
  const auto unseen = key("runner");
  std::string why;
  BOOST_TEST(closed(good, why) == 0);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(closed("sk_no_key", why) == 4001);
  BOOST_TEST(closed("sk_no_key", why) == 1013); // 4001 would end a good runner for ever
  BOOST_TEST(closed(unseen, why) == 1013);
  BOOST_TEST(closed(good, why) == 0);
}

BOOST_AUTO_TEST_CASE(runners_are_looked_at_again_when_keys_change) {
  front.runners->recheck([](const std::string& key) { return key == "k"; });
  run();
  BOOST_TEST(rechecked == 1);
}

BOOST_AUTO_TEST_CASE(every_path_finds_its_door) {
  BOOST_TEST(knock("/v1/internal/workers/").channel != nullptr);
  const auto bridge = knock("/call/SCL_1");
  BOOST_REQUIRE(bridge.channel);
  BOOST_TEST(bridge.channel->code == 4003);                            // no call waits for it
  BOOST_TEST(knock("/v1/pipes/PIPE_1/connect").refusal.status == 503); // no door yet
  BOOST_TEST(knock("/v1/pipes/PIPE_1").refusal.status == 404);
  BOOST_TEST(knock("/").refusal.status == 404);
  BOOST_TEST(knock("/v1/%zz").refusal.status == 400);
}

BOOST_AUTO_TEST_CASE(a_node_that_stops_sends_runners_away_to_come_again) {
  front.runners->use_door({});
  std::string why;
  BOOST_TEST(closed(key("runner"), why) == 1001);
}

BOOST_AUTO_TEST_SUITE_END()
