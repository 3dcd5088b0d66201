// The client's side of RFC 6455 without a socket: bytes in, bytes and messages
// out. WebSocket++ as a codec; its own Asio transport has races that ours, one
// strand a connection, has not.
//
//   begin -> handshake --101--> open --close() or the peer's close--> closing -> ended
//                 \--anything else--> failed
//
// Not thread-safe: every call on the connection's strand. Events are called from
// inside `begin`, `feed`, `send`, `ping` and `close`, and must not call back in.
#pragma once

#include "adapters/websocket/url.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

struct ws_engine_events {
  std::function<void(std::string_view bytes)> on_output; // for the wire, in order
  std::function<void()> on_open;
  std::function<void(std::string why)> on_failed; // the handshake; the last event
  std::function<void(bool text, std::string_view payload)> on_message;
  /// The close handshake is complete, or the peer broke the protocol (`abnormal`, and
  /// what we told it is on its way out). The last event.
  std::function<void(std::uint16_t code, std::string reason)> on_ended;
};

struct ws_engine_options {
  ws_url url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string subprotocol;
  std::size_t message_bytes_max = 1024 * 1024;
};

class ws_engine {
public:
  /// Null when a header or the subprotocol cannot be sent; `why` says so.
  static std::unique_ptr<ws_engine> make(const ws_engine_options& options, ws_engine_events events,
                                         std::string& why);
  ~ws_engine();

  ws_engine(const ws_engine&) = delete;
  ws_engine& operator=(const ws_engine&) = delete;

  /// Sends the request.
  void begin();
  /// Takes what came from the wire.
  void feed(std::string_view bytes);
  /// False when it cannot be sent: not open, or a text that is not UTF-8.
  bool send(bool text, const std::string& payload);
  void ping();
  void close(std::uint16_t code, const std::string& reason);

private:
  struct impl;
  explicit ws_engine(std::unique_ptr<impl> impl);
  std::unique_ptr<impl> impl_;
};

} // namespace unpod
