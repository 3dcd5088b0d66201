// Dialling over TLS: the peer is verified, name and chain, always.
#define BOOST_TEST_MODULE websocket_tls
#include <boost/test/unit_test.hpp>

#include "tests/adapters/websocket/certificate.hpp"
#include "tests/adapters/websocket/dial_record.hpp"
#include "tests/adapters/websocket/raw_peer.hpp"

#include <cstdlib>
#include <future>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::certificate;
using fixtures::dial_record;
using fixtures::raw_peer;

namespace {

void echo(raw_peer& self) {
  self.upgrade();
  for (auto frame = self.next(); frame.opcode != -1; frame = self.next())
    self.send(frame.opcode, frame.payload);
}

struct net {
  net_threads threads{2};
  std::shared_ptr<dial_record> record;

  ~net() {
    threads.stop();
    if (record)
      record->channel.reset();
  }

  /// Dials `host` where `peer` listens, trusting `ca_file`; nothing said is all well.
  std::string dial(const raw_peer& peer, const std::string& host, const std::string& ca_file) {
    dial_options options;
    options.url = peer.url("/", "wss", host);
    options.ca_file = ca_file;
    record = dial_record::dial(threads, options);
    if (!record->wait_answer())
      return "no answer";
    return record->channel ? "" : record->why;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_trusted_peer_is_talked_to_by_name_and_by_address, net) {
  const certificate own{"DNS:localhost,IP:127.0.0.1"};
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const raw_peer peer{echo, own.context};
    BOOST_TEST_REQUIRE(dial(peer, host, own.file) == "");
    const std::string big(100'000, 'b');
    record->channel->send_binary(big);
    record->channel->send_text("hello");
    BOOST_TEST_REQUIRE(record->wait([&] { return !record->texts.empty(); }));
    BOOST_TEST((record->binaries.at(0) == big));
    record->channel->close(1000, "");
    BOOST_TEST_REQUIRE(record->wait_closed());
    BOOST_TEST(record->code == 1000);
  }
}

BOOST_FIXTURE_TEST_CASE(a_peer_of_another_name_is_refused, net) {
  const certificate own{"DNS:other.example,DNS:*.localhost"};
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const raw_peer peer{echo, own.context};
    BOOST_TEST(dial(peer, host, own.file).rfind("no TLS connection", 0) == 0u);
  }
}

BOOST_FIXTURE_TEST_CASE(a_peer_nobody_vouches_for_is_refused, net) {
  const certificate own{"DNS:localhost"};
  const raw_peer peer{echo, own.context};
  BOOST_TEST(dial(peer, "localhost", "").rfind("no TLS connection", 0) == 0u);
}

BOOST_FIXTURE_TEST_CASE(an_expired_certificate_is_refused, net) {
  const certificate own{"DNS:localhost", -3'600};
  const raw_peer peer{echo, own.context};
  BOOST_TEST(dial(peer, "localhost", own.file).rfind("no TLS connection", 0) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_peer_without_tls_is_refused, net) {
  const raw_peer peer{[](raw_peer& self) {
    self.read(10);
    self.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  }};
  BOOST_TEST(dial(peer, "127.0.0.1", "").rfind("no TLS connection", 0) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_file_of_authorities_that_is_missing_is_said, net) {
  const raw_peer peer{echo};
  BOOST_TEST(dial(peer, "127.0.0.1", "/nonexistent/ca.pem").find("cannot be read")
             != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_burst_of_many_records_is_read_to_its_end, net) {
  const certificate own{"DNS:localhost"};
  constexpr std::size_t frames = 2'000;
  const raw_peer peer{[](raw_peer& self) {
                        self.upgrade();
                        for (std::size_t n = 0; n < frames; ++n)
                          self.send(2, std::string(500, 'r')); // a record each
                        self.next(); // and nothing more, until we say goodbye
                      },
                      own.context};
  BOOST_TEST_REQUIRE(dial(peer, "localhost", own.file) == "");
  BOOST_TEST(record->wait([&] { return record->binaries.size() == frames; }));
  record->channel->close(1000, "");
}

BOOST_FIXTURE_TEST_CASE(what_the_socket_does_not_take_goes_out_later_and_in_order, net) {
  const certificate own{"DNS:localhost"};
  constexpr std::size_t messages = 7, bytes = 60'000; // below the queue's limit, above a socket's
  std::promise<void> read_on;
  auto may_read = read_on.get_future().share();
  const raw_peer peer{[may_read](raw_peer& self) {
                        self.upgrade();
                        may_read.wait();
                        for (std::size_t n = 0; n < messages; ++n)
                          self.send(1, self.next().payload.substr(0, 1));
                        self.next();
                      },
                      own.context};
  BOOST_TEST_REQUIRE(dial(peer, "localhost", own.file) == "");
  for (std::size_t n = 0; n < messages; ++n)
    record->channel->send_binary(std::string(bytes, static_cast<char>('a' + n)));
  read_on.set_value();
  BOOST_TEST(record->wait([&] { return record->texts.size() == messages; }));
  for (std::size_t n = 0; n < record->texts.size(); ++n)
    BOOST_TEST(record->texts[n] == std::string(1, static_cast<char>('a' + n)));
  BOOST_TEST(record->channel->queued_bytes() == 0u);
  record->channel->close(1000, "");
}
