// Dials WebSocket servers: providers, and Agent Runners that serve. One call a
// connection; what comes out is a ws_channel like any other.
//
//   url -> resolve -> connect -> [proxy] -> [TLS] -> handshake -> callback(channel)
//            \---------\----------\---------\---------\-- or its deadline --> callback(null, why)
//
// WebSocket++ (as a codec, engine.hpp) and Asio stay behind this page.
#pragma once

#include "adapters/websocket/channel.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

class net_threads;

/// Nothing of this is ever logged or put into words: URL and headers may hold secrets.
struct dial_options {
  std::string url; // ws:// or wss://, at most `dial_url_bytes_max`
  std::vector<std::pair<std::string, std::string>> headers;
  std::string subprotocol; // asked for; empty: none
  /// ms. Default 5,000 (wire_limits::dial_wait): resolve to handshake, all of it.
  std::chrono::milliseconds connect_wait{5'000};
  /// ms. Default 10,000 (wire_limits::close_wait): the close handshake.
  std::chrono::milliseconds close_wait{10'000};
  /// ms. Default 20,000 (wire_limits::ping_every): two unanswered and the peer is gone; 0: no
  /// pings.
  std::chrono::milliseconds ping_every{20'000};
  /// bytes of one message from the peer. Default 1 MiB; more is answered with 1009.
  std::size_t message_bytes_max = 1024 * 1024;
  /// bytes sent and not yet written. Default 512 KB; more and the peer is a slow reader.
  std::size_t queue_bytes_max = 512 * 1024;
  /// PEM file of the authorities to trust instead of the system's. Read once a process.
  std::string ca_file;
  /// "http://[user:password@]host:port": asked to CONNECT us (proxy.hpp); empty: straight.
  std::string proxy = {};
};

/// bytes. A URL with a signed query stays well below.
inline constexpr std::size_t dial_url_bytes_max = 4'096;

/// The channel, not started; or null and why in words. Called once, on a net thread.
using dial_callback = std::function<void(ws_channel_ptr channel, std::string why)>;

/// Never blocks. TLS peers are always verified, name and chain. A channel that is
/// dropped before `start` hangs up; once started it lives until it is closed.
/// Channels must be gone before `threads` is destroyed (stopped is not destroyed).
void dial_websocket(net_threads& threads, dial_options options, dial_callback done);

/// `dial_websocket` bound to its threads: what a face is given, and a test fakes.
using websocket_dialer = std::function<void(dial_options options, dial_callback done)>;

} // namespace unpod
