#include "adapters/outgoing/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace unpod {

namespace {

struct block {
  const char* net;
  int bits;
  place_kind kind;
};

// IANA's special-purpose registries; the first that fits counts.
constexpr block v4_blocks[] = {
  {"0.0.0.0", 8, place_kind::never},       {"127.0.0.0", 8, place_kind::loopback},
  {"10.0.0.0", 8, place_kind::inside},     {"172.16.0.0", 12, place_kind::inside},
  {"192.168.0.0", 16, place_kind::inside}, {"100.64.0.0", 10, place_kind::inside},
  {"169.254.0.0", 16, place_kind::never},  {"192.0.0.0", 24, place_kind::never},
  {"192.0.2.0", 24, place_kind::never},    {"192.88.99.0", 24, place_kind::never},
  {"198.18.0.0", 15, place_kind::never},   {"198.51.100.0", 24, place_kind::never},
  {"203.0.113.0", 24, place_kind::never},  {"224.0.0.0", 3, place_kind::never},
};

constexpr block v6_blocks[] = {
  {"::1", 128, place_kind::loopback},    {"fc00::", 7, place_kind::inside},
  {"2001:db8::", 32, place_kind::never}, {"2001::", 23, place_kind::never},
  {"3fff::", 20, place_kind::never},     {"2000::", 3, place_kind::open},
  {"::", 0, place_kind::never},
};

bool is_within(const ip_address& address, const ip_address& net, int bits) {
  for (int bit = 0; bit < bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if ((address.bytes[at] & mask) != (net.bytes[at] & mask))
      return false;
  }
  return true;
}

bool is_within(const ip_address& address, const char* net, int bits) {
  return is_within(address, *read_ip(net), bits);
}

ip_address v4_at(const ip_address& address, std::size_t at) {
  ip_address inner;
  std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.bytes.begin());
  return inner;
}

/// The v4 address that a v6 one stands for.
std::optional<ip_address> inner_v4(const ip_address& address) {
  if (is_within(address, "::ffff:0:0", 96) || is_within(address, "64:ff9b::", 96))
    return v4_at(address, 12);
  if (is_within(address, "::", 96) && !is_within(address, "::", 127))
    return v4_at(address, 12);
  if (is_within(address, "2002::", 16))
    return v4_at(address, 2);
  return std::nullopt;
}

/// fe80::5efe:10.0.0.1 and its like: the end of a v6 address is a v4 one, whatever its start.
bool is_isatap(const ip_address& address) {
  const auto mark = v4_at(address, 8);
  return is_within(mark, "0.0.94.254", 32) || is_within(mark, "2.0.94.254", 32);
}

} // namespace

std::optional<ip_address> read_ip(const std::string& text) {
  ip_address address;
  if (::inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1)
    return address;
  address.v6 = true;
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
    return address;
  return std::nullopt;
}

std::optional<ip_address> ip_of(const sockaddr& address) {
  ip_address made;
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    std::memcpy(made.bytes.data(), &v4.sin_addr, 4);
    return made;
  }
  if (address.sa_family != AF_INET6)
    return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  std::memcpy(made.bytes.data(), &v6.sin6_addr, 16);
  made.v6 = true;
  return made;
}

std::string to_string(const ip_address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof text);
  return text;
}

place_kind kind_of(const ip_address& address) {
  if (address.v6)
    if (const auto inner = inner_v4(address))
      return kind_of(*inner);
  if (address.v6 && is_isatap(address))
    if (const auto end = kind_of(v4_at(address, 12)); end != place_kind::open)
      return end;
  const auto find = [&](const auto& blocks) {
    for (const auto& one : blocks)
      if (is_within(address, one.net, one.bits))
        return one.kind;
    return place_kind::open;
  };
  return address.v6 ? find(v6_blocks) : find(v4_blocks);
}

} // namespace unpod
