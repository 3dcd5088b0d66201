// One WebSocket connection, whichever library carries it: Beast for those who
// come to us, WebSocket++ for those we dial. No other file sees either.
//
//   open --close() or peer's close--> closing --handshake, or its deadline--> closed
//
// `send_*` and `close` may be called from any thread. The handler is called on
// the connection's own strand, one call at a time; `on_closed` is the last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace unpod {

/// Close codes: RFC 6455 §7.4.1, and contract §2.4, §3.2.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t abnormal = 1006; // never on the wire: no close frame came
inline constexpr std::uint16_t bad_data = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t internal_error = 1011;
inline constexpr std::uint16_t try_again = 1013;
inline constexpr std::uint16_t bad_credentials = 4001;
inline constexpr std::uint16_t not_paired = 4003;
inline constexpr std::uint16_t already_bridged = 4009;
} // namespace close_code

struct channel_handler {
  std::function<void(std::string_view text)> on_text;
  std::function<void(std::string_view bytes)> on_binary;
  /// The peer's code and reason; `abnormal` when the connection just broke.
  std::function<void(std::uint16_t code, std::string reason)> on_closed;
};

class ws_channel {
public:
  virtual ~ws_channel() = default;

  /// Begins to read. Once.
  virtual void start(channel_handler handler) = 0;

  /// Queued in order; past the connection's limit in bytes it is closed hard
  /// (`on_closed` with `abnormal`, reason "slow reader").
  virtual void send_text(std::string text) = 0;
  virtual void send_binary(std::string bytes) = 0;

  /// Bytes accepted and not yet written.
  virtual std::size_t queued_bytes() const = 0;

  /// Begins the close handshake after what is queued; cut after its deadline.
  virtual void close(std::uint16_t code, std::string reason) = 0;

  /// `address:port` of the other side, for logs.
  virtual const std::string& peer() const = 0;
};

using ws_channel_ptr = std::shared_ptr<ws_channel>;

} // namespace unpod
