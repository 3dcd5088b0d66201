// The gate and the CLIENT DOOR between fake handshakes and a fake STORE.
#define BOOST_TEST_MODULE client_door
#include <boost/test/unit_test.hpp>

#include "adapters/client/client_door.hpp"
#include "messages/log.hpp"
#include "tests/adapters/client/client_fakes.hpp"
#include "tests/fixtures/deterministic_system.hpp"

using namespace unpod;

namespace {

struct door_fixture : fixtures::deterministic_system {
  fixtures::fake_engine engine;
  client_house house;
  std::map<std::string, token_record> tokens; // by hash; used up once
  caf::error store_trouble;
  std::size_t asked_store = 0;
  int calls_made = 0;
  bool draining = false;
  std::vector<std::string> logged;
  gate_rules rules;
  store_actor store = spawn_store();
  client_door_actor door;

  door_fixture() {
    set_log_sink([this](log_level, const std::string&, const std::string& about,
                        const std::string& words) { logged.push_back(about + " " + words); });
    house.house = std::make_shared<service_book>();
    house.house->put(store);
    house.engine = &engine;
    house.bounds.node.calls_max = 3;
    rules.draining = [this] { return draining; };
    rules.pipe_exists = [](const pipe_id& pipe) { return pipe.str().rfind("PIPE_", 0) == 0; };
    rules.hash = [](std::string_view token) { return "#" + std::string{token}; };
    token_record token;
    token.project = "p1";
    token.pipe = pipe_id{"PIPE_1"};
    token.metadata_json = R"({"who":"me"})";
    tokens["#secret"] = token;
    door = sys.spawn(client_door, house,
                     [this] { return call_id{"SCL_" + std::to_string(++calls_made)}; });
    run();
  }

  ~door_fixture() {
    set_log_sink({});
    house.house->clear();
    end(door, caf::exit_reason::kill);
    end(store, caf::exit_reason::kill);
  }

  store_actor spawn_store() {
    return sys.spawn([this]() -> store_actor::behavior_type {
      return {
        [](const store_write&) { return store_done{}; },
        [this](const consume_token& x) -> caf::result<consumed_token> { return consume(x); },
        [](const journal_append&) {},
        [](caf::get_atom) { return store_health{}; },
      };
    });
  }

  caf::result<consumed_token> consume(const consume_token& request) {
    ++asked_store;
    if (store_trouble)
      return store_trouble;
    const auto found = tokens.extract(request.hash);
    if (!found)
      return make_error(refusal::unauthorised, "no such token");
    return consumed_token{found.mapped()};
  }

  using fate = std::shared_ptr<fixtures::handshake>;
  using headers = std::vector<std::pair<std::string, std::string>>;

  fate knock(const std::string& query, const std::string& pipe = "PIPE_1", headers with = {}) {
    auto upgrade = std::make_shared<fixtures::fake_upgrade>(query);
    upgrade->asked.headers = std::move(with);
    auto fate = upgrade->fate;
    on_client_upgrade(rules, house.bounds.wire, door, std::move(upgrade), pipe_id{pipe});
    run();
    return fate;
  }

  /// The server's side of an accepted handshake: the socket is open.
  std::shared_ptr<fixtures::fake_channel> open(const fate& accepted) {
    BOOST_REQUIRE(accepted->accepted);
    const auto channel = std::make_shared<fixtures::fake_channel>();
    std::exchange(accepted->opened, {})(channel);
    run();
    return channel;
  }

  std::size_t legs() const {
    return living().size() - 1;
  }

  static std::string header(const fate& of, const std::string& name) {
    for (const auto& [key, value] : of->headers)
      if (key == name)
        return value;
    return "";
  }
};

const door_fixture::headers browser{{"sec-websocket-protocol", "chat, unpod.v1"}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_door_tests, door_fixture)

BOOST_AUTO_TEST_CASE(a_good_token_opens_the_door_once) {
  const auto accepted = knock("x=1&token=secret");
  BOOST_TEST(accepted->accepted);
  BOOST_TEST(accepted->subprotocol == "");
  BOOST_TEST(accepted->message_bytes_max == 64u * 1024u);
  BOOST_TEST(accepted->queue_bytes_max == 512u * 1024u);
  const auto channel = open(accepted);
  BOOST_TEST(legs() == 1u);
  BOOST_TEST(living()[1].subject == "SCL_1");
  BOOST_TEST(living()[1].parent == door.id());
  const auto again = knock("token=secret");
  BOOST_TEST(again->refused == 401);
  BOOST_TEST(again->body == R"({"detail":"the session token is unknown, used or expired"})");
  channel->leaves(1000);
  run();
  BOOST_TEST(legs() == 0u);
}

BOOST_AUTO_TEST_CASE(a_browser_gets_its_subprotocol_and_sees_why_it_is_refused) {
  BOOST_TEST(knock("token=secret", "PIPE_1", browser)->subprotocol == "unpod.v1");
  const auto refused = knock("token=secret", "PIPE_1", browser);
  const auto channel = open(refused);
  BOOST_TEST(refused->refused == 0);
  BOOST_TEST(refused->subprotocol == "unpod.v1");
  BOOST_TEST(channel->type(0) == "error");
  BOOST_TEST(channel->field(0, "code") == "bad_token");
  BOOST_TEST(channel->close_code == 4401);
  channel->says("{\"type\":\"start\"}");
  channel->sends("audio");
  channel->leaves(4401);
  BOOST_TEST(legs() == 0u);
  refused->opened = nullptr;
}

BOOST_AUTO_TEST_CASE(the_gate_refuses_without_asking_the_store) {
  BOOST_TEST(knock("")->refused == 401);
  BOOST_TEST(knock("token=")->refused == 401);
  BOOST_TEST(knock("token=" + std::string(513, 'a'))->refused == 401);
  BOOST_TEST(knock("token=secret", "NOPE")->refused == 404);
  BOOST_TEST(knock("token=secret", "PIPE_1", {{"origin", "https://evil.example"}})->refused == 403);
  draining = true;
  const auto late = knock("token=secret");
  BOOST_TEST(late->refused == 503);
  BOOST_TEST(header(late, "Retry-After") == "2");
  BOOST_TEST(asked_store == 0u);
  draining = false;
  BOOST_TEST(knock("token=%73ecret")->accepted); // not used up by any of these
}

BOOST_AUTO_TEST_CASE(a_token_for_another_pipe_is_refused_and_kept_where_that_can_be_seen) {
  rules.pipe_of_token = [this](const std::string& hash) {
    const auto found = tokens.find(hash);
    return found == tokens.end() ? std::nullopt : std::optional{found->second.pipe};
  };
  BOOST_TEST(knock("token=secret", "PIPE_2")->refused == 401);
  BOOST_TEST(tokens.size() == 1u);
  rules.pipe_of_token = nullptr;
  BOOST_TEST(knock("token=secret", "PIPE_2")->refused == 401);
  BOOST_TEST(tokens.empty());
  BOOST_TEST(legs() == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_node_uses_up_no_token) {
  std::vector<std::shared_ptr<fixtures::fake_channel>> inside;
  for (int i = 0; i < 3; ++i) {
    tokens["#" + std::to_string(i)] = tokens["#secret"];
    inside.push_back(open(knock("token=" + std::to_string(i))));
  }
  const auto refused = knock("token=secret");
  BOOST_TEST(refused->refused == 503);
  BOOST_TEST(header(refused, "Retry-After") == "2");
  for (const auto& channel : inside)
    channel->leaves(1000);
  run();
  BOOST_TEST(knock("token=secret")->accepted);
}

BOOST_AUTO_TEST_CASE(a_store_in_trouble_is_not_a_bad_token) {
  store_trouble = make_error(refusal::unavailable, "the disk is gone");
  BOOST_TEST(knock("token=secret")->refused == 503);
  end(store, caf::exit_reason::kill);
  BOOST_TEST(knock("token=secret")->refused == 503);
  house.house->put(store_actor{});
  BOOST_TEST(knock("token=secret")->refused == 503);
  BOOST_TEST(knock("token=secret", "PIPE_1", browser)->refused == 503);
}

BOOST_AUTO_TEST_CASE(a_peer_that_left_in_the_handshake_leaves_no_leg) {
  const auto accepted = knock("token=secret");
  std::exchange(accepted->opened, {})(nullptr);
  run();
  BOOST_TEST(legs() == 0u);
}

BOOST_AUTO_TEST_CASE(a_dead_door_answers_every_knock_and_closes_every_socket) {
  const auto accepted = knock("token=secret");
  end(door, caf::exit_reason::kill);
  BOOST_TEST(open(accepted)->close_code == 1013);
  BOOST_TEST(knock("token=secret")->refused == 503);
  BOOST_TEST(living().empty());
}

BOOST_AUTO_TEST_CASE(a_crashed_leg_is_news_and_a_dead_door_leaves_no_leg) {
  tokens["#other"] = tokens["#secret"];
  const auto one = open(knock("token=secret"));
  const auto other = open(knock("token=other"));
  BOOST_REQUIRE(legs() == 2u);
  one->says(R"({"type":"start"})"); // no PIPES: refused, the leg quits
  run();
  BOOST_TEST(legs() == 1u);
  BOOST_TEST(other->close_code == 0);
  end(door, caf::exit_reason::normal);
  BOOST_TEST(living().empty());
  BOOST_TEST(other->close_code == 1001);
  BOOST_TEST(other->last("reason") == "node_draining");
  one->leaves(1000);
  other->leaves(1000);
}

BOOST_AUTO_TEST_CASE(a_killed_door_closes_its_sockets) {
  const auto channel = open(knock("token=secret"));
  end(door, caf::exit_reason::kill);
  BOOST_TEST(living().empty());
  BOOST_TEST(channel->close_code == 1011);
  channel->leaves(1006);
}

BOOST_AUTO_TEST_CASE(no_token_is_ever_logged) {
  const auto channel = open(knock("token=secret"));
  knock("token=secret");
  knock("token=secret", "NOPE");
  knock("token=secret", "PIPE_1", {{"origin", "https://evil.example"}});
  BOOST_TEST(logged.size() >= 4u);
  for (const auto& line : logged)
    BOOST_TEST(line.find("secret") == std::string::npos, line);
  channel->leaves(1000);
  run();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_gate_tests)

BOOST_AUTO_TEST_CASE(pages_pass_by_the_list) {
  gate_rules rules;
  rules.allowed_origins = {"https://app.example.com", "http://10.0.0.1:8080"};
  for (const auto* origin :
       {"", "https://app.example.com", "HTTPS://App.Example.com", "http://10.0.0.1:8080"})
    BOOST_TEST(is_origin_allowed(origin, rules), origin);
  for (const auto* origin : {"null", "http://app.example.com", "https://app.example.com:444",
                             "https://app.example.com.evil.example", "http://localhost:3000",
                             "https://evil.example/https://app.example.com"})
    BOOST_TEST(!is_origin_allowed(origin, rules), origin);
  rules.allowed_origins = {"*"};
  BOOST_TEST(is_origin_allowed("https://evil.example", rules));
}

BOOST_AUTO_TEST_CASE(pages_of_this_machine_pass_in_dev) {
  gate_rules rules;
  rules.loopback_pages = true;
  for (const auto* origin :
       {"http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://127.1.2.3",
        "http://[::1]", "http://[::1]:5173", "http://LOCALHOST:1"})
    BOOST_TEST(is_origin_allowed(origin, rules), origin);
  for (const auto* origin :
       {"null", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
        "http://evil.example:127", "http://127.0.0.1:80@evil.example", "http://127.0.0",
        "file://localhost", "http://[::2]", "http://[::1]x:1", "http://localhost:", "http://",
        "http://:80", "http://]", "localhost", "http://127.0.0.1:8080/path"})
    BOOST_TEST(!is_origin_allowed(origin, rules), origin);
}

BOOST_AUTO_TEST_CASE(a_query_is_taken_apart) {
  const std::vector<std::tuple<std::string, std::string>> table{{"token=a", "a"},
                                                                {"x=1&token=a&y", "a"},
                                                                {"token=a&token=b", "a"},
                                                                {"token=%41%2b%7E", "A+~"},
                                                                {"token=%4", "%4"},
                                                                {"token=%zz", "%zz"},
                                                                {"token", ""},
                                                                {"token=", ""},
                                                                {"&&token=a=b", "a=b"},
                                                                {"xtoken=1&token=a%", "a%"}};
  for (const auto& [query, wanted] : table)
    BOOST_TEST(query_value(query, "token").value_or("-") == wanted, query);
  for (const auto* query : {"", "tokens=a", "Token=a", "&", "=token"})
    BOOST_TEST(!query_value(query, "token"), query);
}

BOOST_AUTO_TEST_CASE(a_subprotocol_is_found_in_any_list) {
  http_request request;
  BOOST_TEST(!offers_subprotocol(request, "unpod.v1"));
  request.headers = {{"sec-websocket-protocol", "chat,unpod.v10 , x"}, {"x", "unpod.v1"}};
  BOOST_TEST(!offers_subprotocol(request, "unpod.v1"));
  request.headers.emplace_back("sec-websocket-protocol", ", \tunpod.v1 ");
  BOOST_TEST(offers_subprotocol(request, "unpod.v1"));
}

BOOST_AUTO_TEST_SUITE_END()
