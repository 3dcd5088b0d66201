// An exchange over TLS happens with the right peer or not at all.
#define BOOST_TEST_MODULE http_link
#include <boost/test/unit_test.hpp>

#include "adapters/peers/http_client.hpp"
#include "tests/adapters/websocket/certificate.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace unpod;
using fixtures::certificate;

/// Answers one connection over TLS, and keeps what was asked.
struct tls_server {
  tls_server(const certificate& shown, std::string answer, bool says_goodbye = true)
    : listener{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    BOOST_REQUIRE(::listen(listener, 1) == 0);
    socklen_t size = sizeof at;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    port = std::to_string(ntohs(at.sin_port));
    worker = std::thread{[this, &shown, answer = std::move(answer), says_goodbye] {
      const int peer = ::accept(listener, nullptr, nullptr);
      SSL* session = SSL_new(shown.context);
      SSL_set_fd(session, peer);
      if (SSL_accept(session) == 1) {
        char buffer[4096];
        while (asked.find("\r\n\r\n") == std::string::npos) {
          const int got = SSL_read(session, buffer, sizeof buffer);
          if (got <= 0)
            break;
          asked.append(buffer, static_cast<std::size_t>(got));
        }
        SSL_write(session, answer.data(), static_cast<int>(answer.size()));
        if (says_goodbye)
          SSL_shutdown(session);
      }
      SSL_free(session);
      ::close(peer);
    }};
  }

  ~tls_server() {
    end();
    ::close(listener);
  }

  void end() {
    if (worker.joinable())
      worker.join();
  }

  int listener;
  std::string port, asked;
  std::thread worker;
};

/// Whom OpenSSL trusts, for one test.
struct trust {
  explicit trust(const certificate& whom) {
    ::setenv("SSL_CERT_FILE", whom.file.c_str(), 1);
  }

  ~trust() {
    ::unsetenv("SSL_CERT_FILE");
  }
};

struct quiet_pipes {
  quiet_pipes() {
    ::signal(SIGPIPE, SIG_IGN); // the servers here write to whoever has gone
  }
};
BOOST_GLOBAL_FIXTURE(quiet_pipes);

const std::string well = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

} // namespace

BOOST_AUTO_TEST_CASE(an_exchange_with_whom_one_trusts) {
  const certificate shown{"IP:127.0.0.1,DNS:localhost"};
  const trust in{shown};
  for (const char* host : {"https://127.0.0.1:", "wss://localhost:", "127.0.0.1:"}) {
    tls_server server{shown, well};
    const auto answer = ask_over_http(host + server.port, "GET", "/v1/pipes", "sk_x", "");
    server.end();
    BOOST_TEST(answer.status == 200, answer.why);
    BOOST_TEST(answer.body == "{}");
    BOOST_TEST(server.asked.find("Authorization: Bearer sk_x\r\n") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(strangers_never_see_the_key) {
  const certificate shown{"IP:127.0.0.1"}, other{"IP:127.0.0.1"}, elsewhere{"DNS:example.com"};
  const certificate late{"IP:127.0.0.1", -60};
  const auto words = [](const certificate& served, const certificate& trusted) {
    const trust in{trusted};
    tls_server server{served, well};
    const auto answer = ask_over_http("https://127.0.0.1:" + server.port, "GET", "/", "sk_x", "");
    server.end();
    BOOST_TEST(answer.status == 0);
    BOOST_TEST(server.asked.empty());
    return answer.why;
  };
  BOOST_TEST(words(shown, other).find("'s certificate is not trusted: ") != std::string::npos);
  BOOST_TEST(words(elsewhere, elsewhere).find("IP address mismatch") != std::string::npos);
  BOOST_TEST(words(late, late).find("expired") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_end_without_goodbye_is_no_end) {
  const certificate shown{"IP:127.0.0.1"};
  const trust in{shown};
  const auto status = [&](bool says_goodbye) {
    tls_server server{shown, "HTTP/1.1 200 OK\r\n\r\n{}", says_goodbye};
    return ask_over_http("https://127.0.0.1:" + server.port, "GET", "/", "", "").status;
  };
  BOOST_TEST(status(true) == 200);
  BOOST_TEST(status(false) == 0);
}

BOOST_AUTO_TEST_CASE(a_long_answer_comes_whole) {
  const certificate shown{"IP:127.0.0.1"};
  const trust in{shown};
  const std::string body(300'000, 'x');
  tls_server server{shown, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body};
  const auto answer = ask_over_http("https://127.0.0.1:" + server.port, "POST", "/", "", "{}");
  BOOST_TEST(answer.body.size() == body.size());
}
