// The gate of WS /v1/pipes/{pipe_id}/connect: who may shake hands. Everything
// that can be decided without waiting is decided here, on the net thread.
//
//   upgrade --draining--> 503   --origin not allowed--> 403   --no such pipe--> 404
//           --no token, or one for another pipe--> 401 --else--> CLIENT DOOR
//
// A browser cannot see a 401: to a client that offers the subprotocol `unpod.v1`
// the handshake is granted, an error frame sent and the socket closed 4401.
#pragma once

#include "adapters/http/exchange.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

inline constexpr const char* client_subprotocol = "unpod.v1";
/// bytes. Default 512: our tokens are far shorter; longer ones are not even hashed.
inline constexpr std::size_t token_bytes_max = 512;
/// s, for Retry-After: a full or draining node is worth another try then.
inline constexpr int retry_after_s = 2;
/// Close code of a refused token (issue: client audio); one of the application's own.
inline constexpr std::uint16_t close_bad_token = 4401;

/// What the gate goes by. The functions are called on net threads and must not block for long.
struct gate_rules {
  /// Pages that may connect: "https://app.example.com", or "*". No Origin: no browser, may pass.
  std::vector<std::string> allowed_origins;
  /// Pages of this machine may connect too (`--dev`).
  bool loopback_pages = false;
  std::function<bool()> draining;
  std::function<bool(const pipe_id&)> pipe_exists;
  /// One-way, the same under which tokens are stored.
  std::function<std::string(std::string_view token)> hash;
  /// Which pipe an unused token is for, so that a wrong pipe does not use it up. May be null.
  std::function<std::optional<pipe_id>(const std::string& hash)> pipe_of_token;
};

/// One client that passed the gate and waits for the verdict on its token.
/// Answered once; whoever drops it unanswered refuses it with 503.
class client_knock {
public:
  client_knock(std::shared_ptr<ws_upgrade> upgrade, pipe_id pipe, std::string token_hash,
               const wire_limits& bounds);
  ~client_knock();

  client_knock(const client_knock&) = delete;
  client_knock& operator=(const client_knock&) = delete;

  const pipe_id& pipe() const {
    return pipe_;
  }
  const std::string& token_hash() const {
    return token_hash_;
  }
  /// For logs; the request's target would show the token.
  const std::string& peer() const;

  /// Grants the handshake; `opened` gets null when the peer has gone.
  void accept(std::function<void(ws_channel_ptr)> opened, socket_home* home = nullptr);
  /// The token is no good.
  void refuse_token(const std::string& detail);
  void refuse(int status, const std::string& detail);

private:
  std::shared_ptr<ws_upgrade> upgrade_;
  pipe_id pipe_;
  std::string token_hash_;
  std::size_t message_bytes_max_;
  std::size_t queue_bytes_max_;
  bool answered_ = false;
};

using client_knock_ptr = std::shared_ptr<client_knock>;

/// Judges one upgrade: refuses it, or hands it to `pass`. Net thread.
void on_client_upgrade(const gate_rules& rules, const wire_limits& bounds,
                       std::shared_ptr<ws_upgrade> upgrade, const pipe_id& pipe,
                       const std::function<void(client_knock_ptr)>& pass);

/// May a page of this origin connect? (RFC 6454 §7; compared without regard to case.)
bool is_origin_allowed(std::string_view origin, const gate_rules& rules);

/// The decoded value of a query parameter; the first, when it is there twice.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

/// Does the client offer this subprotocol? (RFC 6455 §4.1: a list, maybe over several headers.)
bool offers_subprotocol(const http_request& request, std::string_view name);

} // namespace unpod
