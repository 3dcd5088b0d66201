// One blocking connection with a deadline, plain or TLS. Over TLS the peer's name and
// chain are checked, always; SSL_CERT_FILE names authorities of one's own.
#pragma once

#include "adapters/peers/http_client.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace unpod {

class http_link {
public:
  using clock = std::chrono::steady_clock;

  /// Null, and words, when nobody answers or the peer is not who it should be.
  static std::unique_ptr<http_link> open(const http_base& to, clock::time_point deadline,
                                         std::string& why);
  ~http_link();
  http_link(const http_link&) = delete;
  http_link& operator=(const http_link&) = delete;

  /// False when the connection broke or the deadline passed.
  bool send(std::string_view bytes);

  /// From now on a peer that says nothing for so long is not waited for.
  void expect_every(clock::duration quiet) {
    quiet_ = quiet;
  }

  enum class got { bytes, end, nothing_in_time, broken };
  /// Up to `size` bytes; `count` says how many.
  got receive(char* into, std::size_t size, std::size_t& count);

private:
  struct tls;

  http_link(int fd, clock::time_point deadline);
  bool secure(const http_base& to, std::string& why);
  bool shake_hands(const std::string& where, std::string& why);
  bool flush();
  got pull();
  bool send_plain(std::string_view bytes);
  got receive_plain(char* into, std::size_t size, std::size_t& count);

  int fd_;
  clock::time_point deadline_;
  clock::duration quiet_{0}; // 0: until the deadline
  std::unique_ptr<tls> tls_;
};

} // namespace unpod
