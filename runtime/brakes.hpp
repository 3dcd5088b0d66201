// Who asks too often: every key, and every address that shows bad credentials.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "actors/token_bucket.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace unpod {

/// The address of a peer "127.0.0.1:80" or "[2001:db8::1]:80"; of an IPv6 one its /64,
/// since one asker has all of that.
std::string address_of_peer(std::string_view peer);

/// Any thread.
class request_brakes {
public:
  explicit request_brakes(const api_limits& bounds, std::function<mono_time()> clock = mono_now);

  /// One more request of this key: how long it has to wait; 0: not at all.
  milliseconds key_wait(const std::string& key);

  /// How long this peer has to wait before another credential of it is looked at.
  milliseconds peer_wait(std::string_view peer);
  void peer_failed(std::string_view peer);

private:
  std::function<mono_time()> clock_;
  std::mutex mutex_;
  bucket_table keys_;
  bucket_table peers_;
};

} // namespace unpod
