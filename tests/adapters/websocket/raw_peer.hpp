// A WebSocket server made of bare sockets and bare bytes, that can be as rude as
// a test wants: one connection, one thread, one script.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace fixtures {

/// s. A step that takes longer has failed; nothing waits for so long otherwise.
inline constexpr int peer_patience = 20;

class raw_peer {
public:
  struct frame {
    int opcode = -1; // -1: the connection ended
    bool masked = false;
    std::uint32_t mask = 0;
    std::string payload;

    std::uint16_t close_code() const {
      return payload.size() < 2
               ? 0
               : static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8
                                            | static_cast<unsigned char>(payload[1]));
    }
  };

  /// Runs `script` once somebody has connected; with `tls`, after the handshake.
  explicit raw_peer(std::function<void(raw_peer&)> script, SSL_CTX* tls = nullptr) {
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to whoever has hung up
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0
        || ::listen(listener_, 8) != 0
        || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error{"no listening socket"};
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this, script = std::move(script), tls] { serve(script, tls); }};
  }

  ~raw_peer() {
    ::shutdown(listener_, SHUT_RDWR); // wakes an accept nobody answered
    ::shutdown(socket_, SHUT_RDWR);   // and a script that waits
    thread_.join();
    ::close(listener_);
    if (socket_ >= 0)
      ::close(socket_);
  }

  std::string url(const std::string& path = "/", const std::string& scheme = "ws",
                  const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(port_) + path;
  }

  // -- for the script ----------------------------------------------------------

  /// The request up to its empty line.
  std::string read_head() {
    std::string head;
    while (head.size() < 64'000 && head.find("\r\n\r\n") == std::string::npos) {
      const auto byte = read(1);
      if (byte.empty())
        break;
      head += byte;
    }
    return head;
  }

  static std::string header(const std::string& head, const std::string& name) {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos)
      return {};
    const auto begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }

  /// The whole handshake; `more` goes out in the same piece.
  std::string upgrade(const std::string& more = "") {
    auto head = read_head();
    const auto key = header(head, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(key.data(), key.size(), digest, &size, EVP_sha1(), nullptr);
    unsigned char accept[64];
    EVP_EncodeBlock(accept, digest, static_cast<int>(size));
    auto answer = std::string{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Accept: "}
                  + reinterpret_cast<const char*>(accept) + "\r\n";
    if (const auto protocol = header(head, "Sec-WebSocket-Protocol"); !protocol.empty())
      answer += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
    write(answer + "\r\n" + more);
    return head;
  }

  static std::string encode(int opcode, const std::string& payload) {
    std::string bytes(1, static_cast<char>(0x80 | opcode));
    const auto size = payload.size();
    if (size < 126) {
      bytes += static_cast<char>(size);
    } else if (size < 65'536) {
      bytes += static_cast<char>(126);
      bytes += static_cast<char>(size >> 8);
      bytes += static_cast<char>(size & 0xff);
    } else {
      bytes += static_cast<char>(127);
      for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(size >> shift & 0xff);
    }
    return bytes + payload;
  }

  static std::string close_payload(std::uint16_t code, const std::string& reason = "") {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} + reason;
  }

  void send(int opcode, const std::string& payload) {
    write(encode(opcode, payload));
  }

  frame next() {
    frame read_one;
    const auto head = read(2);
    if (head.size() < 2)
      return read_one;
    std::uint64_t size = head[1] & 0x7f;
    const auto extra = read(size == 126 ? 2 : size == 127 ? 8 : 0);
    if (size >= 126) {
      size = 0;
      for (const unsigned char byte : extra)
        size = size << 8 | byte;
    }
    read_one.masked = (head[1] & 0x80) != 0;
    const auto mask = read(read_one.masked ? 4 : 0);
    read_one.payload = read(size);
    for (std::size_t i = 0; read_one.masked && i < read_one.payload.size(); ++i)
      read_one.payload[i] = static_cast<char>(read_one.payload[i] ^ mask[i % 4]);
    for (const unsigned char byte : mask)
      read_one.mask = read_one.mask << 8 | byte;
    read_one.opcode = head[0] & 0x0f;
    return read_one;
  }

  /// Exactly so many bytes, or fewer when the other side hung up.
  std::string read(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      const auto room = static_cast<int>(std::min<std::size_t>(size - done, 1 << 20));
      const auto got = tls_ ? SSL_read(tls_, bytes.data() + done, room)
                            : static_cast<int>(::recv(socket_, bytes.data() + done,
                                                      static_cast<std::size_t>(room), 0));
      if (got <= 0)
        break;
      done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
  }

  void write(const std::string& bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const auto left = bytes.size() - done;
      const auto sent =
        tls_ ? SSL_write(tls_, bytes.data() + done, static_cast<int>(left))
             : static_cast<int>(::send(socket_, bytes.data() + done, left, MSG_NOSIGNAL));
      if (sent <= 0)
        return;
      done += static_cast<std::size_t>(sent);
    }
  }

private:
  void serve(const std::function<void(raw_peer&)>& script, SSL_CTX* tls) {
    socket_ = ::accept(listener_, nullptr, nullptr);
    if (socket_ < 0)
      return;
    const timeval patience{peer_patience, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (tls) {
      tls_ = SSL_new(tls);
      SSL_set_fd(tls_, socket_);
      SSL_accept(tls_);
    }
    script(*this);
    if (tls_)
      SSL_free(tls_);
    ::shutdown(socket_, SHUT_RDWR);
  }

  int listener_ = -1;
  std::atomic<int> socket_{-1};
  SSL* tls_ = nullptr;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace fixtures
