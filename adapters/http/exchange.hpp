// One HTTP request and how to answer it: what the router and the API see of the
// server. The server's library stays behind this page.
#pragma once

#include "adapters/websocket/channel.hpp"
#include "adapters/websocket/socket_home.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

/// Whole, checked and within its limits. `target`, `query` and headers may hold
/// secrets (tokens): none of them goes into a log.
struct http_request {
  std::string method; // upper case
  std::string target; // as sent: path and query
  std::string path;   // before '?', still percent-encoded (adapters/http/route_path.hpp)
  std::string query;  // after '?', still encoded
  std::vector<std::pair<std::string, std::string>> headers; // names in lower case
  std::string body;
  std::string peer;      // address:port
  bool secure = false;   // came over TLS
  bool loopback = false; // the peer is on this machine

  /// The first header of this (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name)
        return value;
    return {};
  }
};

/// The rest of a body that is too long to be held: asked for piece by piece, each after
/// the one before it was sent. An empty piece before the end cuts the connection.
struct http_body_source {
  std::uint64_t bytes = 0; // in all
  /// Called on a net thread, which it must not hold up; `take` from any thread, once.
  std::function<void(std::function<void(std::string)> take)> next;
};

/// A body that goes on for as long as it likes, sent in chunks as it comes; the connection
/// closes after it. Let go of when the peer has gone.
struct http_open_body {
  /// Called on a net thread, which it must not hold up: what there is to send now; nothing
  /// at the end. When there is no more yet it gives an empty text, and calls `wake` (from
  /// any thread; a late or second call does no harm) when it is worth asking again.
  std::function<std::optional<std::string>(std::function<void()> wake)> poll;
  std::string idle; // sent whenever nothing came for so long
  std::chrono::milliseconds idle_after{0};
};

/// Date, Server, Content-Length and Connection are the server's; a body of HEAD,
/// 204 and 304 is not sent.
struct http_response {
  int status = 200;
  std::string content_type = "application/json"; // not sent when empty
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers; // beyond the usual ones
  bool close = false;                                     // close the connection after this answer
  std::shared_ptr<const http_body_source> more = nullptr; // after `body`; its bytes are announced
  std::shared_ptr<const http_open_body> open = nullptr;   // after `body`, and instead of `more`
};

/// One request under way. `answer` may be called from any thread, once (the first
/// counts); if it never is, the server answers 503: at its deadline
/// (wire_limits::http_answer_wait), or as soon as the exchange is dropped.
class http_exchange {
public:
  virtual ~http_exchange() = default;
  virtual const http_request& request() const = 0;
  virtual void answer(http_response response) = 0;
};

/// A WebSocket handshake under way: accept it, or answer it as plain HTTP. One of
/// the two, once, from any thread; what is dropped or too late is answered 503.
/// The request is a sound handshake (GET, version 13, a key, no body).
class ws_upgrade {
public:
  virtual ~ws_upgrade() = default;
  virtual const http_request& request() const = 0;
  /// Completes the handshake; `opened` gets the channel, or null when the peer was gone;
  /// on a net thread, once. Dropping the channel's last pointer closes it (1001).
  /// `subprotocol` is sent back when not empty; `message_bytes_max` bounds one message from
  /// the peer (more: 1009); `queue_bytes_max` bounds what waits for a peer that does not
  /// read (more: cut), 0 means the server's own (http_server_options::ws_queue_bytes_max).
  /// With a `home` (which outlives the server) the socket moves there when it can: a plain one.
  virtual void accept(std::string subprotocol, std::size_t message_bytes_max,
                      std::function<void(ws_channel_ptr)> opened, std::size_t queue_bytes_max = 0,
                      socket_home* home = nullptr) = 0;
  /// Refuses the handshake with a plain HTTP answer.
  virtual void refuse(http_response response) = 0;
};

/// What the server calls, on its net threads; neither may block. What they throw
/// is answered 500.
struct http_handler {
  std::function<void(std::shared_ptr<http_exchange>)> on_request;
  std::function<void(std::shared_ptr<ws_upgrade>)> on_upgrade;
};

} // namespace unpod
