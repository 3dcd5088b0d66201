// Where frame masks come from. WebSocket++ asks the operating system for each
// one, 20 us a frame; a pool filled by OpenSSL's generator costs some ns and is
// as hard to guess (RFC 6455 §10.3).
#pragma once

#include <openssl/rand.h>

#include <array>
#include <cstdint>
#include <random>

namespace unpod {

/// Not thread-safe: one for each connection.
class mask_source {
public:
  std::uint32_t operator()() {
    if (next_ == pool_.size())
      fill();
    return pool_[next_++];
  }

private:
  void fill() {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(pool_.data()), sizeof(pool_)) != 1)
      for (auto& mask : pool_)
        mask = std::random_device{}();
    next_ = 0;
  }

  std::array<std::uint32_t, 64> pool_{};
  std::size_t next_ = 64;
};

} // namespace unpod
