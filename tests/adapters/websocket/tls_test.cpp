// Dialling over TLS: the peer is verified, name and chain, always.
#define BOOST_TEST_MODULE websocket_tls
#include <boost/test/unit_test.hpp>

#include "tests/adapters/websocket/certificate.hpp"
#include "tests/adapters/websocket/dial_record.hpp"
#include "tests/adapters/websocket/raw_peer.hpp"

#include <cstdlib>

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
