// A blocking client on bare POSIX sockets, so that a test can send what no library
// would. TLS by OpenSSL alone. Every wait ends after `patience` and then fails.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace raw {

inline constexpr std::chrono::seconds patience{30};

struct reply {
  int status = 0;
  std::string head; // with its empty line
  std::string body;

  bool says(std::string_view text) const {
    return head.find(text) != std::string::npos;
  }
};

/// One WebSocket frame, as it came.
struct frame {
  int opcode = -1; // -1: the connection ended
  std::string payload;

  /// Of a close frame; 0 when it has none.
  int code() const {
    return payload.size() < 2 ? 0
                              : (static_cast<unsigned char>(payload[0]) << 8)
                                  | static_cast<unsigned char>(payload[1]);
  }
};

class client {
public:
  explicit client(std::uint16_t port, bool tls = false, const char* address = "127.0.0.1",
                  int receive_buffer = 0) {
    std::signal(SIGPIPE, SIG_IGN); // SSL_write has no MSG_NOSIGNAL
    connect_to(port, address, receive_buffer);
    if (tls && !shake_hands())
      throw std::runtime_error{"the TLS handshake failed"};
  }

  client(const client&) = delete;

  ~client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    if (fd_ >= 0)
      ::close(fd_);
  }

  bool connected() const {
    return connected_;
  }

  /// Sends what it can; false when the other side is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                             : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// No more will come from us, but we still read.
  void shutdown_send() {
    ::shutdown(fd_, SHUT_WR);
  }

  /// Reads one answer; status 0 when the connection ended before it was whole.
  reply read_reply(bool head_only = false) {
    reply answer;
    std::size_t end = 0;
    while ((end = in_.find("\r\n\r\n")) == std::string::npos)
      if (!more())
        return answer;
    answer.head = take(end + 4);
    const auto status = std::atoi(answer.head.c_str() + 9);
    const auto at = answer.head.find("Content-Length: ");
    const auto length = at == std::string::npos || head_only
                          ? 0
                          : std::strtoul(answer.head.c_str() + at + 16, nullptr, 10);
    while (in_.size() < length)
      if (!more())
        return answer;
    answer.body = take(length);
    answer.status = status;
    return answer;
  }

  /// So many bytes of what comes; fewer when the connection ended before.
  std::string read_exactly(std::size_t bytes) {
    while (in_.size() < bytes)
      if (!more())
        return take(in_.size());
    return take(bytes);
  }

  reply ask(std::string_view bytes, bool head_only = false) {
    send(bytes);
    return read_reply(head_only);
  }

  /// Has the other side closed (or reset), with nothing more to read?
  bool ended() {
    return in_.empty() && !more();
  }

  /// Reads whatever comes until the other side closes.
  void drain() {
    while (more())
      in_.clear();
  }

  /// Did the end come as an orderly EOF?
  bool ended_politely() {
    return ended() && !reset_;
  }

  /// Sends `drop` again and again until the other side closes; false if it never does.
  bool ends_while_dribbling(std::string_view drop) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
      pollfd readable{fd_, POLLIN, 0};
      if (::poll(&readable, 1, 50) > 0)
        return !more();
      if (!send(drop))
        return true;
    }
    return false;
  }

  // -- WebSocket -----------------------------------------------------------------

  reply upgrade(std::string_view target = "/ws", std::string_view headers = {}) {
    return ask("GET " + std::string{target}
                 + " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                 + std::string{headers} + "\r\n",
               true);
  }

  static std::string frame_of(int opcode, std::string_view payload, bool fin = true,
                              bool masked = true) {
    auto bytes = frame_head(opcode, payload.size(), fin, masked);
    return bytes.append(payload); // the mask is zero
  }

  /// A frame's head alone, for a length of our choice. The mask is zero.
  static std::string frame_head(int opcode, std::uint64_t length, bool fin = true,
                                bool masked = true) {
    std::string bytes(1, static_cast<char>((fin ? 0x80 : 0) | opcode));
    const int mask = masked ? 0x80 : 0;
    const int extra = length < 126 ? 0 : length < 65536 ? 2 : 8;
    bytes += static_cast<char>(mask
                               | (extra == 0   ? static_cast<int>(length)
                                  : extra == 2 ? 126
                                               : 127));
    for (int i = extra - 1; i >= 0; --i)
      bytes += static_cast<char>(length >> (8 * i));
    return masked ? bytes.append(4, '\0') : bytes;
  }

  static std::string close_payload(int code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    return payload.append(reason);
  }

  bool send_frame(int opcode, std::string_view payload) {
    return send(frame_of(opcode, payload));
  }

  frame read_frame() {
    if (!need(2))
      return {};
    const int opcode = in_[0] & 0x0F;
    std::uint64_t length = in_[1] & 0x7F;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (!need(2 + extra))
      return {};
    if (extra > 0)
      length = 0;
    for (std::size_t i = 0; i < extra; ++i)
      length = (length << 8) | static_cast<unsigned char>(in_[2 + i]);
    if (!need(2 + extra + length))
      return {};
    take(2 + extra);
    return {opcode, take(length)};
  }

  /// The next frame that is no ping or pong.
  frame read_message() {
    for (;;) {
      auto next = read_frame();
      if (next.opcode != 9 && next.opcode != 10)
        return next;
    }
  }

  /// Subject of the certificate the server showed.
  std::string certificate_name() const {
    X509* shown = SSL_get1_peer_certificate(ssl_);
    char name[256] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
    X509_free(shown);
    return name;
  }

private:
  void connect_to(std::uint16_t port, const char* address, int receive_buffer) {
    const bool v6 = std::string_view{address}.find(':') != std::string_view::npos;
    fd_ = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0)
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval wait{patience.count(), 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    ::inet_pton(v6 ? AF_INET6 : AF_INET, address,
                v6 ? static_cast<void*>(&six.sin6_addr) : static_cast<void*>(&four.sin_addr));
    const auto* where =
      v6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
    connected_ = ::connect(fd_, where, v6 ? sizeof six : sizeof four) == 0;
  }

  bool shake_hands() {
    context_ = SSL_CTX_new(TLS_client_method());
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    return SSL_connect(ssl_) == 1;
  }

  bool need(std::size_t bytes) {
    while (in_.size() < bytes)
      if (!more())
        return false;
    return true;
  }

  std::string take(std::size_t bytes) {
    auto front = in_.substr(0, bytes);
    in_.erase(0, bytes);
    return front;
  }

  bool more() {
    char bytes[16384];
    const auto got =
      ssl_ ? SSL_read(ssl_, bytes, sizeof bytes) : ::recv(fd_, bytes, sizeof bytes, 0);
    if (got > 0) {
      in_.append(bytes, static_cast<std::size_t>(got));
      return true;
    }
    if (!ssl_ && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      throw std::runtime_error{"waited in vain"};
    reset_ = reset_ || (!ssl_ && got < 0);
    return false;
  }

  int fd_ = -1;
  bool connected_ = false;
  bool reset_ = false;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  std::string in_;
};

} // namespace raw
