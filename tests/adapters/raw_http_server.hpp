// A server that answers as badly as a test wants it to: each connection is given to a
// script, on a thread of its own, with the request already read.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace fixtures {

class raw_http_server {
public:
  /// One connection, as a script sees it.
  class peer {
  public:
    peer(int fd, SSL* tls, const std::atomic<bool>& stopping)
      : fd_(fd), tls_(tls), stopping_(stopping) {}

    std::string head, body;

    /// False when the other side is gone.
    bool send(std::string_view bytes) {
      while (!bytes.empty()) {
        if (stopping_)
          return false;
        const auto sent = tls_ ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
          return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }

    /// Waits; false when the other side hung up meanwhile, or the test is over.
    bool pause(int ms) {
      for (int gone = 0; gone < ms && !stopping_; gone += 10) {
        pollfd watched{fd_, POLLRDHUP, 0};
        if (::poll(&watched, 1, 10) > 0 && (watched.revents & (POLLRDHUP | POLLHUP | POLLERR)))
          return false;
      }
      return !stopping_;
    }

    /// Waits for the other side to hang up; false when the test ends first.
    bool hang_up_seen() {
      while (pause(100)) {
      }
      return !stopping_;
    }

    bool read_request() {
      head = body = {};
      std::string all;
      std::size_t end = 0;
      while ((end = all.find("\r\n\r\n")) == std::string::npos)
        if (!read_some(all))
          return false;
      head = all.substr(0, end + 4);
      body = all.substr(end + 4);
      const auto at = head.find("Content-Length: ");
      const auto size = at == std::string::npos ? std::size_t{0}
                                                : std::strtoul(head.c_str() + at + 16, nullptr, 10);
      while (body.size() < size)
        if (!read_some(body))
          return false;
      return true;
    }

  private:
    bool read_some(std::string& into) {
      char buffer[16 * 1024];
      const auto got =
        tls_ ? SSL_read(tls_, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
      if (got > 0)
        into.append(buffer, static_cast<std::size_t>(got));
      return got > 0;
    }

    int fd_;
    SSL* tls_;
    const std::atomic<bool>& stopping_;
  };

  /// The script of a connection; it is closed when the script returns.
  using script = std::function<void(peer& caller)>;

  explicit raw_http_server(script play, SSL_CTX* tls = nullptr)
    : play_(std::move(play)), tls_(tls), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0
        || ::listen(listener_, 128) != 0)
      throw std::runtime_error{"no port"};
    socklen_t size = sizeof at;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }

  ~raw_http_server() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock{mutex_};
      for (const int fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& one : threads_)
      one.join();
    ::close(listener_);
  }

  unsigned port() const {
    return port_;
  }
  std::string url(const std::string& path = "/") const {
    return std::string{tls_ ? "https" : "http"} + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  int connections() const {
    return connections_;
  }

private:
  void accept_all() {
    for (;;) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0)
        return;
      ++connections_;
      const std::lock_guard lock{mutex_};
      open_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    SSL* tls = tls_ ? SSL_new(tls_) : nullptr;
    if (tls)
      SSL_set_fd(tls, fd);
    peer caller{fd, tls, stopping_};
    if ((!tls || SSL_accept(tls) == 1) && caller.read_request())
      play_(caller);
    if (tls)
      SSL_free(tls);
    const std::lock_guard lock{mutex_};
    for (auto at = open_.begin(); at != open_.end(); ++at)
      if (*at == fd) {
        open_.erase(at);
        break;
      }
    ::close(fd);
  }

  script play_;
  SSL_CTX* tls_;
  int listener_;
  unsigned port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// A whole answer with its length.
inline std::string answer_with(const std::string& body, const std::string& type = "text/plain",
                               const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type
         + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The head of an answer that ends when its connection does.
inline std::string open_head(const std::string& type = "text/plain") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nConnection: close\r\n\r\n";
}

} // namespace fixtures
