// An IP address as a value, and what kind of place it names. Pure.
//
//   a v4 address that is written as v6 is the v4 address:
//     ::ffff:a.b.c.d  ::a.b.c.d  64:ff9b::/96 (NAT64)  2002::/16 (6to4)  ISATAP
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

struct sockaddr;

namespace unpod {

struct ip_address {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{}; // the first four of a v4 address

  friend bool operator==(const ip_address& a, const ip_address& b) {
    return a.v6 == b.v6 && a.bytes == b.bytes;
  }
};

/// Dotted v4 or v6, without brackets, scope or anything clever; nothing otherwise.
std::optional<ip_address> read_ip(const std::string& text);
std::optional<ip_address> ip_of(const sockaddr& address);
std::string to_string(const ip_address& address);

enum class place_kind : std::uint8_t {
  open,     // the Internet
  loopback, // this machine
  inside,   // private use, shared (CGNAT), unique local
  never,    // link-local, multicast, unspecified, broadcast, reserved, documentation
};

/// What may be reached under an address; of a v4 address inside a v6 one, the v4 one.
place_kind kind_of(const ip_address& address);

} // namespace unpod
