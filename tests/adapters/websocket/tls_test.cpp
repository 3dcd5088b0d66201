// Dialling over TLS: the peer is verified, name and chain, always.
#define BOOST_TEST_MODULE websocket_tls
#include <boost/test/unit_test.hpp>

#include "tests/adapters/websocket/dial_record.hpp"
#include "tests/adapters/websocket/raw_peer.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::dial_record;
using fixtures::raw_peer;

namespace {

/// A certificate that signs itself, for these names, in a file of its own.
struct certificate {
  explicit certificate(const std::string& names, long valid_for_s = 3'600)
    : key(EVP_EC_gen("P-256")), cert(X509_new()), context(SSL_CTX_new(TLS_server_method())) {
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -7'200);
    X509_gmtime_adj(X509_getm_notAfter(cert), valid_for_s);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    add(NID_subject_alt_name, names);
    add(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(cert, key, EVP_sha256());
    SSL_CTX_use_certificate(context, cert);
    SSL_CTX_use_PrivateKey(context, key);
    const int descriptor = ::mkstemp(file.data());
    FILE* out = ::fdopen(descriptor, "w");
    PEM_write_X509(out, cert);
    std::fclose(out);
  }

  ~certificate() {
    ::unlink(file.c_str());
    SSL_CTX_free(context);
    X509_free(cert);
    EVP_PKEY_free(key);
  }

  void add(int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
  }

  EVP_PKEY* key;
  X509* cert;
  SSL_CTX* context;
  std::string file = (std::filesystem::temp_directory_path() / "tls_test.XXXXXX").string();
};

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
