// TLS on the same port: handshake, the certificate's reload, plain beside it, and
// peers that never get that far. Certificates are made here, for each run.
#define BOOST_TEST_MODULE http_tls
#include <boost/test/unit_test.hpp>

#include "tests/adapters/http/served.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

using namespace unpod;

namespace {

namespace fs = std::filesystem;

/// A folder with a certificate and its key, gone with the test.
struct key_folder {
  fs::path root = make_root();
  std::string cert = (root / "cert.pem").string();
  std::string key = (root / "key.pem").string();

  explicit key_folder(const char* name) {
    write_pair(name);
  }

  ~key_folder() {
    fs::remove_all(root);
  }

  static fs::path make_root() {
    auto pattern = (fs::temp_directory_path() / "tls.XXXXXX").string();
    return mkdtemp(pattern.data());
  }

  /// A P-256 key and a certificate that it signs itself.
  void write_pair(const char* name) const {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* shown = X509_new();
    X509_set_version(shown, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(shown), 1);
    X509_gmtime_adj(X509_getm_notBefore(shown), 0);
    X509_gmtime_adj(X509_getm_notAfter(shown), 3600);
    X509_set_pubkey(shown, pair);
    auto* subject = X509_get_subject_name(shown);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(shown, subject);
    X509_sign(shown, pair, EVP_sha256());
    FILE* file = std::fopen(cert.c_str(), "w");
    PEM_write_X509(file, shown);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(shown);
    EVP_PKEY_free(pair);
  }
};

http_server_options with_tls(const key_folder& keys, http_server_options options,
                             bool also_plain = false) {
  options.tls_cert = keys.cert;
  options.tls_key = keys.key;
  options.also_plain = also_plain;
  return options;
}

http_handler secure_mirror() {
  http_handler handler;
  handler.on_request = [](std::shared_ptr<http_exchange> exchange) {
    http_response response;
    response.body = exchange->request().secure ? "secure" : "plain";
    exchange->answer(std::move(response));
  };
  handler.on_upgrade = [](std::shared_ptr<ws_upgrade> handshake) {
    handshake->accept("", 64 * 1024, [](const ws_channel_ptr& channel) {
      channel_handler echo;
      echo.on_text = [channel](std::string_view said) { channel->send_text(std::string{said}); };
      channel->start(std::move(echo));
    });
  };
  return handler;
}

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(https_and_wss_share_the_port) {
  const key_folder keys{"one"};
  served here{secure_mirror(), with_tls(keys, patient_options())};
  raw::client client{here.port(), true};
  BOOST_TEST(client.certificate_name() == "one");
  BOOST_TEST(client.ask(get).body == "secure");
  BOOST_TEST(client.ask(get).body == "secure");
  BOOST_TEST(client.upgrade().status == 101);
  const std::string big(60'000, 'x');
  client.send_frame(1, big);
  BOOST_TEST((client.read_message().payload == big));
  client.send_frame(8, raw::client::close_payload(1000, ""));
  BOOST_TEST(client.read_message().code() == 1000);
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(an_answer_that_closes_ends_tls_properly) {
  const key_folder keys{"one"};
  served here{secure_mirror(), with_tls(keys, patient_options())};
  raw::client client{here.port(), true};
  BOOST_TEST(client.ask("GET / HTTP/1.1\r\n\r\n").status == 400);
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(with_a_certificate_the_port_is_tls_only) {
  const key_folder keys{"one"};
  served here{secure_mirror(), with_tls(keys, patient_options())};
  BOOST_TEST(raw::client{here.port()}.ask(get).status == 0);
  BOOST_TEST(here.server.figures().requests == 0u);
}

BOOST_AUTO_TEST_CASE(also_plain_serves_both_from_loopback) {
  const key_folder keys{"one"};
  served here{secure_mirror(), with_tls(keys, patient_options(), true)};
  BOOST_TEST((raw::client{here.port(), true}).ask(get).body == "secure");
  BOOST_TEST(raw::client{here.port()}.ask(get).body == "plain");
  raw::client socket{here.port()};
  BOOST_TEST(socket.upgrade().status == 101);
  socket.send_frame(1, "plain too");
  BOOST_TEST(socket.read_message().payload == "plain too");
}

BOOST_AUTO_TEST_CASE(silent_peers_are_gone_at_every_stage) {
  const key_folder keys{"one"};
  served both{secure_mirror(), with_tls(keys, small_options(), true)};
  served strict{secure_mirror(), with_tls(keys, small_options())};
  raw::client before_first_byte{both.port()};
  raw::client before_hello{strict.port()};
  raw::client half_hello{strict.port()};
  half_hello.send(std::string("\x16\x03\x01\x02\0\x01\0", 7));
  raw::client before_head{strict.port(), true};
  BOOST_TEST(before_first_byte.ended());
  BOOST_TEST(before_hello.ended());
  BOOST_TEST(half_hello.ended());
  BOOST_TEST(before_head.ended());
  BOOST_TEST((raw::client{strict.port(), true}).ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(random_bytes_in_place_of_a_handshake_hurt_nobody) {
  const key_folder keys{"one"};
  served here{secure_mirror(), with_tls(keys, patient_options())};
  std::mt19937 random{7};
  for (int i = 0; i < 50; ++i) {
    raw::client client{here.port()};
    std::string bytes = i % 2 == 0 ? std::string("\x16\x03\x01\x01\0", 5) : "";
    for (std::size_t n = random() % 1000; n > 0; --n)
      bytes += static_cast<char>(random());
    client.send(bytes);
    client.shutdown_send();
    client.drain();
  }
  BOOST_TEST((raw::client{here.port(), true}).ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(a_reload_changes_new_handshakes_and_spares_the_living) {
  const key_folder keys{"old"};
  served here{secure_mirror(), with_tls(keys, patient_options())};
  raw::client living{here.port(), true};
  BOOST_TEST(living.certificate_name() == "old");
  keys.write_pair("new");
  std::string why;
  BOOST_TEST(here.server.reload_tls(why));
  raw::client later{here.port(), true};
  BOOST_TEST(later.certificate_name() == "new");
  BOOST_TEST(later.ask(get).status == 200);
  BOOST_TEST(living.ask(get).status == 200);

  std::ofstream{keys.cert} << "not a certificate";
  BOOST_TEST(!here.server.reload_tls(why));
  BOOST_TEST(why.find("cannot use the certificate " + keys.cert) == 0u);
  BOOST_TEST((raw::client{here.port(), true}).certificate_name() == "new");
}

BOOST_AUTO_TEST_CASE(a_bad_pair_of_files_stops_the_start_in_words) {
  const key_folder one{"one"}, two{"two"};
  net_threads threads{1};
  const auto words = [&](const std::string& cert, const std::string& key) {
    auto options = patient_options();
    options.tls_cert = cert;
    options.tls_key = key;
    http_server server{threads, options, mirror()};
    std::string why;
    BOOST_TEST(!server.start(why));
    return why;
  };
  BOOST_TEST(words(one.cert, "") == "TLS needs both a certificate and its key");
  BOOST_TEST(words(one.cert, one.key + ".gone").find("cannot use the key") == 0u);
  BOOST_TEST(words(one.cert, two.key)
             == "the key " + two.key + " does not belong to the certificate " + one.cert);
}
