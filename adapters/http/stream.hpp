// The two faces of one peer's socket, plain or TLS: bytes for HTTP, messages for
// WebSocket. Behind them, once per kind of socket, sits Beast (stream_of.hpp); in
// front of them nothing knows which kind it is. Inside adapters/http only.
//
// All calls and all callbacks happen on the socket's strand, one operation of a
// kind at a time. A callback keeps its session alive by capturing it.
#pragma once

#include "adapters/websocket/socket_home.hpp"
#include "messages/limits.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace boost::asio::ssl {
class context;
}

namespace unpod {

/// What one WebSocket read brought.
struct ws_arrival {
  enum class what { text, binary, over };
  what is = what::over;
  std::string_view bytes; // until the next read
  std::uint16_t code = 0; // over: why
  std::string reason;
};

struct ws_settings {
  std::size_t message_bytes_max = 0;
  milliseconds close_wait{0};
  milliseconds ping_every{0};
  std::vector<std::pair<std::string, std::string>> headers; // of the 101
  socket_home* home = nullptr;                              // where it is to live
};

class ws_stream {
public:
  virtual ~ws_stream() = default;
  /// Of its timers; the strand too, but for one that lives in a home.
  virtual boost::asio::any_io_executor executor() = 0;
  /// Does it live in a home, rather than on the net threads?
  virtual bool is_at_home() const = 0;
  /// Is this known to be the strand? Then nothing need be posted.
  virtual bool is_here() const = 0;
  /// Does this on the strand, soon. Any thread.
  virtual void post(std::function<void()> work) = 0;

  /// Answers the handshake whose whole head this is. `peer_closes` is called when the
  /// peer's close frame arrives; the read under way ends after it.
  virtual void accept(std::string head, std::function<void(std::uint16_t, std::string)> peer_closes,
                      std::function<void(bool)> done) = 0;
  virtual void read(std::function<void(ws_arrival)> done) = 0;
  /// `bytes` stay where they are until `done`.
  virtual void write(bool text, std::string_view bytes, std::function<void(bool)> done) = 0;
  /// Writes at once when it can, and no `write` is under way; false: nothing was done.
  virtual bool write_now(bool text, std::string_view bytes) = 0;
  /// Gives its TCP socket away when it can (-1: it cannot): the stream is good for nothing then.
  virtual int release() = 0;
  /// The close handshake, to its end or that of the connection.
  virtual void close(std::uint16_t code, std::string_view reason, std::function<void()> done) = 0;
  /// The code and reason of the peer's close frame, when one has come: known before
  /// `close` is done, which also waits for the peer's end of the TCP connection.
  virtual std::optional<std::pair<std::uint16_t, std::string>> peers_close() const = 0;
  /// Closes the socket hard; what is under way ends with an error.
  virtual void cut() = 0;
};

class net_stream {
public:
  virtual ~net_stream() = default;
  virtual boost::asio::any_io_executor executor() = 0;
  virtual bool secure() const = 0;

  /// TLS, or nothing at all.
  virtual void handshake(std::function<void(bool)> done) = 0;
  /// 0 bytes: the peer is gone, or the deadline passed.
  virtual void read_some(boost::asio::mutable_buffer into,
                         std::function<void(std::size_t)> done) = 0;
  /// Both, in order; they stay where they are until `done`.
  virtual void write(std::string_view first, std::string_view second,
                     std::function<void(bool)> done) = 0;
  /// Of what begins after it.
  virtual void expires_after(milliseconds span) = 0;
  /// Says goodbye (TLS, then TCP), and reads away what the peer still sends, so that it
  /// sees the answer and not a reset. Bounded by `span` and by bytes.
  virtual void finish(milliseconds span, std::function<void()> done) = 0;
  /// Closes the socket: the peer sees an end, not a reset. What is under way ends.
  virtual void close() = 0;
  /// Closes the socket hard.
  virtual void cut() = 0;
  /// Gives the socket away; after it this stream is good for nothing.
  virtual std::unique_ptr<ws_stream> upgrade(ws_settings settings) = 0;
};

std::unique_ptr<net_stream> make_plain_stream(boost::asio::ip::tcp::socket socket);

std::unique_ptr<net_stream> make_tls_stream(boost::asio::ip::tcp::socket socket,
                                            std::shared_ptr<boost::asio::ssl::context> context);

} // namespace unpod
