// Dialling over plain TCP, against a peer made of bare bytes.
#define BOOST_TEST_MODULE websocket_client
#include <boost/test/unit_test.hpp>

#include "adapters/websocket/mask_source.hpp"
#include "adapters/websocket/url.hpp"
#include "tests/adapters/websocket/dial_record.hpp"
#include "tests/adapters/websocket/raw_peer.hpp"

#include <atomic>
#include <future>
#include <set>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::dial_record;
using fixtures::raw_peer;

namespace {

struct net {
  net_threads threads{2};

  std::shared_ptr<dial_record> dial(const raw_peer& peer) {
    dial_options options;
    options.url = peer.url();
    return dial(std::move(options));
  }

  std::shared_ptr<dial_record> dial(dial_options options, bool start = true) {
    records.push_back(dial_record::dial(threads, std::move(options), start));
    return records.back();
  }

  /// Channels go before the threads they live on.
  ~net() {
    threads.stop();
    for (const auto& record : records)
      record->channel.reset();
  }

  std::vector<std::shared_ptr<dial_record>> records;
};

/// What a script saw, told to the test.
template <class T>
using promised = std::shared_ptr<std::promise<T>>;

template <class T>
promised<T> promise() {
  return std::make_shared<std::promise<T>>();
}

template <class T>
T kept(const promised<T>& word) {
  auto future = word->get_future();
  BOOST_TEST_REQUIRE((future.wait_for(20s) == std::future_status::ready));
  return future.get();
}

void read_until_end(raw_peer& peer) {
  while (peer.next().opcode != -1)
    ;
}

} // namespace

// -- addresses ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(addresses_are_taken_apart) {
  std::string why;
  const auto url = parse_ws_url("wss://stt.example:8443/v1/listen?x=%20y", why);
  BOOST_TEST_REQUIRE(url.has_value());
  BOOST_TEST(url->secure);
  BOOST_TEST(url->host == "stt.example");
  BOOST_TEST(url->port == "8443");
  BOOST_TEST(url->target == "/v1/listen?x=%20y");
  BOOST_TEST(parse_ws_url("ws://h", why)->target == "/");
  BOOST_TEST(parse_ws_url("ws://h", why)->port == "80");
  BOOST_TEST(parse_ws_url("wss://h?q", why)->port == "443");
  BOOST_TEST(parse_ws_url("wss://h?q", why)->target == "/?q");
  BOOST_TEST(parse_ws_url("ws://[::1]:7/x", why)->host == "::1");
  BOOST_TEST(parse_ws_url("ws://[::1]:7/x", why)->host_text() == "[::1]");
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_refused_without_repeating_it) {
  const std::vector<std::string> table{"",
                                       "http://h/",
                                       "ws://",
                                       "ws:///x",
                                       "ws://h:0/",
                                       "ws://h:65536/",
                                       "ws://h:8x/",
                                       "ws://h:/",
                                       "ws://secret@h/",
                                       "ws://h/a b",
                                       "ws://h/\r\nX: y",
                                       "ws://h/#f",
                                       "ws://[::1/",
                                       "ws://[::1]x",
                                       "ws://h/" + std::string(5'000, 'a'),
                                       "ws://" + std::string(300, 'a'),
                                       "ws://h\xc3\xa9/"};
  for (const auto& bad : table) {
    std::string why;
    BOOST_TEST(!parse_ws_url(bad, why), bad);
    BOOST_TEST(!why.empty());
    BOOST_TEST(why.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(masks_differ) {
  mask_source masks;
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 1'000; ++i)
    seen.insert(masks());
  BOOST_TEST(seen.size() > 990u);
}

// -- a good peer --------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(text_and_bytes_go_both_ways, net) {
  const auto head = promise<std::string>();
  const raw_peer peer{[head](raw_peer& self) {
    head->set_value(self.upgrade());
    for (auto frame = self.next(); frame.opcode != -1; frame = self.next())
      self.send(frame.opcode, frame.payload);
  }};
  dial_options options;
  options.url = peer.url("/v1/x?y=z");
  options.headers = {{"Authorization", "Bearer sk_1"}};
  options.subprotocol = "unpod.v1";
  const auto record = dial(options);
  BOOST_TEST_REQUIRE(record->wait_answer());
  BOOST_TEST_REQUIRE(record->channel != nullptr);
  const std::string big(70'000, 'b');
  record->channel->send_text("Gr\xc3\xbc\xc3\x9f Gott");
  record->channel->send_binary(big);
  record->channel->send_text("");
  BOOST_TEST_REQUIRE(
    record->wait([&] { return record->texts.size() == 2 && record->binaries.size() == 1; }));
  BOOST_TEST(record->texts[0] == "Gr\xc3\xbc\xc3\x9f Gott");
  BOOST_TEST((record->binaries[0] == big));
  BOOST_TEST(record->channel->queued_bytes() == 0u);
  const auto sent = kept(head);
  BOOST_TEST(sent.rfind("GET /v1/x?y=z HTTP/1.1\r\n", 0) == 0u);
  BOOST_TEST(raw_peer::header(sent, "Authorization") == "Bearer sk_1");
  BOOST_TEST(raw_peer::header(sent, "Sec-WebSocket-Protocol") == "unpod.v1");
  BOOST_TEST(raw_peer::header(sent, "Sec-WebSocket-Extensions").empty());
  BOOST_TEST(record->channel->peer().rfind("127.0.0.1:", 0) == 0u);
}

BOOST_FIXTURE_TEST_CASE(every_frame_is_masked_anew, net) {
  const auto masks = promise<std::pair<std::uint32_t, std::uint32_t>>();
  const raw_peer peer{[masks](raw_peer& self) {
    self.upgrade();
    const auto first = self.next();
    const auto second = self.next();
    masks->set_value({first.masked ? first.mask : 0, second.masked ? second.mask : 0});
    read_until_end(self);
  }};
  const auto record = dial(peer);
  BOOST_TEST_REQUIRE(record->wait_answer());
  record->channel->send_text("a");
  record->channel->send_text("a");
  const auto [first, second] = kept(masks);
  BOOST_TEST(first != 0u);
  BOOST_TEST(first != second);
}

BOOST_FIXTURE_TEST_CASE(what_comes_with_the_handshake_waits_for_start, net) {
  const raw_peer peer{[](raw_peer& self) {
    self.upgrade(raw_peer::encode(1, "early") + raw_peer::encode(2, "bird"));
    read_until_end(self);
  }};
  dial_options options;
  options.url = peer.url();
  const auto record = dial(options, false);
  BOOST_TEST_REQUIRE(record->wait_answer());
  record->channel->start(record->handler());
  BOOST_TEST(record->wait([&] { return !record->texts.empty() && !record->binaries.empty(); }));
}

BOOST_FIXTURE_TEST_CASE(a_peers_ping_is_answered, net) {
  const auto pong = promise<raw_peer::frame>();
  const raw_peer peer{[pong](raw_peer& self) {
    self.upgrade();
    self.send(9, "are you there");
    pong->set_value(self.next());
    read_until_end(self);
  }};
  const auto record = dial(peer);
  const auto frame = kept(pong);
  BOOST_TEST(frame.opcode == 10);
  BOOST_TEST(frame.payload == "are you there");
}

// -- closing ------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(the_peers_close_code_and_reason_arrive, net) {
  const auto answer = promise<std::pair<int, int>>();
  const raw_peer peer{[answer](raw_peer& self) {
    self.upgrade();
    self.send(8, raw_peer::close_payload(4001, "bad key"));
    const auto first = self.next().opcode;
    answer->set_value({first, self.next().opcode});
  }};
  const auto record = dial(peer);
  BOOST_TEST_REQUIRE(record->wait_closed());
  BOOST_TEST(record->code == 4001);
  BOOST_TEST(record->reason == "bad key");
  const auto [first, second] = kept(answer);
  BOOST_TEST(first == 8);
  BOOST_TEST(second == -1); // and then it hangs up
}

BOOST_FIXTURE_TEST_CASE(our_close_goes_out_after_what_was_sent, net) {
  const auto seen = promise<std::vector<raw_peer::frame>>();
  const raw_peer peer{[seen](raw_peer& self) {
    self.upgrade();
    std::vector<raw_peer::frame> frames{self.next(), self.next()};
    self.send(8, frames[1].payload);
    seen->set_value(frames);
    read_until_end(self);
  }};
  const auto record = dial(peer);
  BOOST_TEST_REQUIRE(record->wait_answer());
  record->channel->send_text("last words");
  record->channel->close(1000, std::string(200, 'r') + "\xc3\xa9");
  record->channel->close(1001, "too late");
  record->channel->send_text("never sent");
  BOOST_TEST_REQUIRE(record->wait_closed());
  BOOST_TEST(record->code == 1000);
  const auto frames = kept(seen);
  BOOST_TEST(frames[0].payload == "last words");
  BOOST_TEST(frames[1].opcode == 8);
  BOOST_TEST(frames[1].close_code() == 1000);
  BOOST_TEST(frames[1].payload.size() == 125u); // RFC 6455 §5.5
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_does_not_answer_our_close_is_cut, net) {
  const raw_peer peer{[](raw_peer& self) {
    self.upgrade();
    read_until_end(self);
  }};
  dial_options options;
  options.url = peer.url();
  options.close_wait = 50ms;
  const auto record = dial(options);
  BOOST_TEST_REQUIRE(record->wait_answer());
  record->channel->close(1000, "");
  BOOST_TEST_REQUIRE(record->wait_closed());
  BOOST_TEST(record->code == close_code::abnormal);
}

BOOST_FIXTURE_TEST_CASE(a_broken_connection_is_abnormal, net) {
  const raw_peer peer{[](raw_peer& self) { self.upgrade(); }};
  const auto record = dial(peer);
  BOOST_TEST_REQUIRE(record->wait_closed());
  BOOST_TEST(record->code == close_code::abnormal);
  BOOST_TEST(record->closed == 1);
}

BOOST_FIXTURE_TEST_CASE(a_channel_that_is_dropped_unstarted_hangs_up, net) {
  const auto end = promise<int>();
  const raw_peer peer{[end](raw_peer& self) {
    self.upgrade();
    end->set_value(self.next().opcode);
  }};
  dial_options options;
  options.url = peer.url();
  const auto record = dial(options, false);
  BOOST_TEST_REQUIRE(record->wait_answer());
  record->channel.reset();
  BOOST_TEST(kept(end) == -1);
}

// -- a bad peer ---------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_refused_handshake_says_what_was_answered, net) {
  const raw_peer peer{[](raw_peer& self) {
    self.read_head();
    self.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  }};
  const auto record = dial(peer);
  BOOST_TEST_REQUIRE(record->wait_answer());
  BOOST_TEST(record->channel == nullptr);
  BOOST_TEST(record->why.find("401") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_that_are_no_handshake_are_refused) {
  const std::vector<std::string> table{
    "",
    "nonsense\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    "HTTP/1.1 101 X\r\nA: " + std::string(100'000, 'a'),
    std::string(64, '\0')};
  net house;
  for (const auto& answer : table) {
    const raw_peer peer{[&](raw_peer& self) {
      self.read_head();
      self.write(answer);
    }};
    const auto record = house.dial(peer);
    BOOST_TEST_REQUIRE(record->wait_answer());
    BOOST_TEST(record->channel == nullptr);
    BOOST_TEST(!record->why.empty());
  }
}

BOOST_FIXTURE_TEST_CASE(a_silent_server_is_given_up_in_time, net) {
  const raw_peer peer{[](raw_peer& self) {
    self.read_head();
    self.read(1);
  }};
  dial_options options;
  options.url = peer.url();
  options.connect_wait = 50ms;
  const auto record = dial(options);
  BOOST_TEST_REQUIRE(record->wait_answer());
  BOOST_TEST(record->channel == nullptr);
  BOOST_TEST(record->why == "no connection in time");
}

BOOST_FIXTURE_TEST_CASE(nobody_there_and_nonsense_asked_are_said_in_words, net) {
  std::string gone;
  {
    const raw_peer peer{[](raw_peer&) {}};
    gone = peer.url();
  }
  dial_options options;
  options.url = gone;
  const auto nobody = dial(options);
  options.headers = {{"X-Key", "a\r\nHost: evil"}};
  const auto bad_header = dial(options);
  options.headers.clear();
  options.subprotocol = "a b";
  const auto bad_protocol = dial(options);
  options.url = "http://h/";
  const auto bad_url = dial(options);
  for (const auto& record : {nobody, bad_header, bad_protocol, bad_url}) {
    BOOST_TEST_REQUIRE(record->wait_answer());
    BOOST_TEST(record->channel == nullptr);
    BOOST_TEST(!record->why.empty());
    BOOST_TEST(record->why.find("evil") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_breaks_the_protocol_is_told_and_left) {
  const std::string announces_4_exabytes{"\x82\x7f\x40\x00\x00\x00\x00\x00\x00\x00", 10};
  const std::vector<std::pair<std::string, std::uint16_t>> table{
    {raw_peer::encode(1, "\xff\xfe"), 1007},              // no UTF-8
    {raw_peer::encode(2, std::string(2'000, 'x')), 1009}, // over message_bytes_max
    {announces_4_exabytes, 1009},
    {raw_peer::encode(3, "x"), 1002},                    // a reserved opcode
    {std::string{"\xc1\x01x", 3}, 1002},                 // a reserved bit
    {std::string{"\x81\x81\x00\x00\x00\x00x", 7}, 1002}, // a server must not mask
    {raw_peer::encode(9, std::string(126, 'p')), 1002},  // an overlong ping
  };
  net house;
  for (const auto& [bytes, expected] : table) {
    const auto told = promise<std::uint16_t>();
    const raw_peer peer{[bytes = bytes, told](raw_peer& self) {
      self.upgrade();
      self.write(bytes);
      told->set_value(self.next().close_code());
      read_until_end(self);
    }};
    dial_options options;
    options.url = peer.url();
    options.message_bytes_max = 1'000;
    options.close_wait = 100ms;
    const auto record = house.dial(options);
    BOOST_TEST_REQUIRE(record->wait_closed());
    BOOST_TEST(record->code == close_code::abnormal);
    BOOST_TEST(kept(told) == expected);
  }
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_does_not_read_is_cut, net) {
  const auto done = std::make_shared<std::promise<void>>();
  const raw_peer peer{[wait = done->get_future().share()](raw_peer& self) {
    self.upgrade();
    wait.wait();
  }};
  dial_options options;
  options.url = peer.url();
  options.queue_bytes_max = 100'000;
  const auto record = dial(options);
  BOOST_TEST_REQUIRE(record->wait_answer());
  std::size_t most = 0;
  for (int i = 0; i < 2'000; ++i) { // 20 MB: more than any socket buffer
    record->channel->send_binary(std::string(10'000, 'x'));
    most = std::max(most, record->channel->queued_bytes());
  }
  BOOST_TEST(record->wait_closed());
  BOOST_TEST(record->code == close_code::abnormal);
  BOOST_TEST(record->reason == "slow reader");
  BOOST_TEST(most <= options.queue_bytes_max);
  done->set_value();
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_answers_no_pings_is_gone, net) {
  const auto pings = promise<int>();
  const raw_peer peer{[pings](raw_peer& self) {
    self.upgrade();
    int count = 0;
    for (auto frame = self.next(); frame.opcode != -1; frame = self.next())
      count += frame.opcode == 9;
    pings->set_value(count);
  }};
  dial_options options;
  options.url = peer.url();
  options.ping_every = 20ms;
  const auto record = dial(options);
  BOOST_TEST_REQUIRE(record->wait_closed());
  BOOST_TEST(record->reason == "no answer to pings");
  BOOST_TEST(kept(pings) == 2);
}

BOOST_AUTO_TEST_CASE(many_connections_on_two_threads_come_and_go) {
  net house;
  std::vector<std::unique_ptr<raw_peer>> peers;
  std::vector<std::shared_ptr<dial_record>> records;
  for (int i = 0; i < 20; ++i) {
    peers.push_back(std::make_unique<raw_peer>([](raw_peer& self) {
      self.upgrade();
      for (auto frame = self.next(); frame.opcode != -1; frame = self.next())
        self.send(frame.opcode, frame.payload);
    }));
    records.push_back(house.dial(*peers.back()));
  }
  for (const auto& record : records) {
    BOOST_TEST_REQUIRE(record->wait_answer());
    for (int i = 0; i < 50; ++i)
      record->channel->send_text(std::to_string(i));
  }
  for (const auto& record : records) {
    BOOST_TEST(record->wait([&] { return record->texts.size() == 50; }));
    BOOST_TEST(record->texts.back() == "49");
    record->channel->close(1000, "");
  }
  for (const auto& record : records)
    BOOST_TEST(record->wait_closed());
}
