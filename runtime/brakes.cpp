#include "runtime/brakes.hpp"

#include <array>
#include <utility>

#include <arpa/inet.h>

namespace unpod {

std::string address_of_peer(std::string_view peer) {
  const auto colon = peer.rfind(':');
  std::string host{peer.substr(0, colon)};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1 || IN6_IS_ADDR_V4MAPPED(&v6))
    return host;
  for (std::size_t i = 8; i < 16; ++i)
    v6.s6_addr[i] = 0;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &v6, text.data(), text.size());
  return std::string{text.data()} + "/64";
}

request_brakes::request_brakes(const api_limits& bounds, std::function<mono_time()> clock)
  : clock_(std::move(clock)),
    keys_({static_cast<double>(bounds.key_rate_per_s), static_cast<double>(bounds.key_burst)},
          bounds.askers_max),
    peers_({static_cast<double>(bounds.bad_keys_per_min) / 60,
            static_cast<double>(bounds.bad_keys_burst)},
           bounds.askers_max) {}

milliseconds request_brakes::key_wait(const std::string& key) {
  const auto now = clock_();
  const std::lock_guard lock{mutex_};
  return keys_.take(key, now);
}

milliseconds request_brakes::peer_wait(std::string_view peer) {
  const auto address = address_of_peer(peer);
  const auto now = clock_();
  const std::lock_guard lock{mutex_};
  return peers_.wait(address, now);
}

void request_brakes::peer_failed(std::string_view peer) {
  const auto address = address_of_peer(peer);
  const auto now = clock_();
  const std::lock_guard lock{mutex_};
  peers_.take(address, now);
}

} // namespace unpod
