// A server for one connection: answers with bytes it was given.
#pragma once

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace fixtures {

/// Answers one connection with these bytes, and keeps what was asked.
struct one_shot_server {
  explicit one_shot_server(std::string answer) : listener{::socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    BOOST_REQUIRE(::listen(listener, 1) == 0);
    socklen_t size = sizeof at;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
    worker = std::thread{[this, answer = std::move(answer)] {
      const int peer = ::accept(listener, nullptr, nullptr);
      char buffer[4096];
      while (asked.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(peer, buffer, sizeof buffer, 0);
        if (got <= 0)
          break;
        asked.append(buffer, static_cast<std::size_t>(got));
      }
      for (std::size_t sent = 0; sent < answer.size();) {
        const auto now = ::send(peer, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (now <= 0)
          break;
        sent += static_cast<std::size_t>(now);
      }
      ::close(peer);
    }};
  }

  ~one_shot_server() {
    if (worker.joinable())
      worker.join();
    ::close(listener);
  }

  int listener;
  std::string url, asked;
  std::thread worker;
};

} // namespace fixtures
