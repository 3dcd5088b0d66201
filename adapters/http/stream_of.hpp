// stream.hpp over one kind of Beast stream. Included by plain_stream.cpp and
// tls_stream.cpp only: each of the two is a minute of compiling.
#pragma once

#include "adapters/http/stream.hpp"

#include "adapters/websocket/channel.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <memory>

namespace unpod {

namespace beast = boost::beast;
namespace asio = boost::asio;

/// bytes. 1 MiB: read away from a peer that still sends while we say goodbye.
inline constexpr std::size_t goodbye_bytes_max = 1024 * 1024;
/// How long that may take when the last frame of a WebSocket was said.
inline constexpr seconds goodbye_wait{2};
/// bytes. 64 KB: a message buffer that grew beyond it is given back.
inline constexpr std::size_t kept_buffer_bytes = 64 * 1024;

/// RST instead of FIN: what waits for a peer that does not read is freed at once.
inline void cut_socket(beast::tcp_stream& stream) {
  beast::error_code ignored;
  stream.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  stream.close();
}

/// Ends our half of the TCP connection and reads away what the peer still sends: closed
/// with bytes unread, TCP would reset, and the peer never see our last words.
template <class Done>
class tcp_goodbye : public std::enable_shared_from_this<tcp_goodbye<Done>> {
public:
  tcp_goodbye(beast::tcp_stream& tcp, Done done) : tcp_(tcp), done_(std::move(done)) {}

  void begin() {
    beast::error_code error;
    tcp_.socket().shutdown(asio::socket_base::shutdown_send, error);
    if (!error)
      return drain();
    // Never before the caller has returned.
    asio::post(tcp_.get_executor(), [self = this->shared_from_this()] { self->done_(); });
  }

private:
  void drain() {
    tcp_.async_read_some(asio::buffer(bin_), [self = this->shared_from_this()](
                                               beast::error_code error, std::size_t bytes) {
      self->drained_ += bytes;
      if (error || self->drained_ > goodbye_bytes_max)
        self->done_();
      else
        self->drain();
    });
  }

  beast::tcp_stream& tcp_;
  Done done_;
  std::size_t drained_ = 0;
  std::array<char, 2048> bin_{};
};

template <class Done>
void say_goodbye(beast::tcp_stream& tcp, Done done) {
  std::make_shared<tcp_goodbye<Done>>(tcp, std::move(done))->begin();
}

/// What Beast does after the last WebSocket frame, found by its argument's namespace:
/// Beast's own reads only 2 KB away before it closes.
template <class Stream, class Done>
void tear_down(Stream& stream, Done done) {
  auto& tcp = static_cast<beast::tcp_stream&>(beast::get_lowest_layer(stream));
  tcp.expires_after(goodbye_wait);
  say_goodbye(tcp, [&tcp, done = std::move(done)]() mutable {
    tcp.close();
    done(beast::error_code{});
  });
}

template <class Stream>
class ws_stream_of final : public ws_stream {
public:
  ws_stream_of(Stream stream, ws_settings settings) : ws_(std::move(stream)) {
    namespace websocket = beast::websocket;
    // Beast has its own timers from here on; the HTTP deadline would kill the socket.
    beast::get_lowest_layer(ws_).expires_never();
    // Twice: the session's own deadline of a close comes first, and knows what to tell.
    ws_.set_option(
      websocket::stream_base::timeout{2 * settings.close_wait, 2 * settings.ping_every, true});
    ws_.read_message_max(settings.message_bytes_max);
    ws_.auto_fragment(false);
    ws_.set_option(websocket::stream_base::decorator(
      [headers = std::move(settings.headers)](websocket::response_type& response) {
        for (const auto& [name, value] : headers)
          response.set(name, value);
      }));
  }

  asio::any_io_executor executor() override {
    return ws_.get_executor();
  }

  bool is_at_home() const override {
    return false;
  }

  bool is_here() const override {
    return false;
  }

  void post(std::function<void()> work) override {
    asio::post(ws_.get_executor(), std::move(work));
  }

  bool write_now(bool, std::string_view) override {
    return false;
  }

  int release() override {
    return release_socket(ws_.next_layer());
  }

  void accept(std::string head, std::function<void(std::uint16_t, std::string)> peer_closes,
              std::function<void(bool)> done) override {
    beast::http::request_parser<beast::http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
    beast::error_code error;
    parser.put(asio::buffer(head), error);
    if (error || !parser.is_header_done())
      return done(false);
    ws_.control_callback(
      [this, told = std::move(peer_closes)](beast::websocket::frame_type kind, beast::string_view) {
        if (kind == beast::websocket::frame_type::close)
          told(peer_code(), peer_reason());
      });
    ws_.async_accept(parser.get(),
                     [done = std::move(done)](beast::error_code result) { done(!result); });
  }

  void read(std::function<void(ws_arrival)> done) override {
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kept_buffer_bytes)
      buffer_.shrink_to_fit();
    ws_.async_read(buffer_, [this, done = std::move(done)](beast::error_code error, std::size_t) {
      if (error)
        return done(ending(error));
      const auto data = buffer_.data();
      const auto kind = ws_.got_text() ? ws_arrival::what::text : ws_arrival::what::binary;
      done({kind, {static_cast<const char*>(data.data()), data.size()}, 0, {}});
    });
  }

  void write(bool text, std::string_view bytes, std::function<void(bool)> done) override {
    ws_.text(text);
    ws_.async_write(
      asio::const_buffer{bytes.data(), bytes.size()},
      [done = std::move(done)](beast::error_code error, std::size_t) { done(!error); });
  }

  void close(std::uint16_t code, std::string_view reason, std::function<void()> done) override {
    beast::websocket::close_reason why{code};
    why.reason.assign(reason.data(), reason.size());
    ws_.async_close(why, [this, done = std::move(done)](beast::error_code error) {
      shook_hands_ = !error;
      done();
    });
  }

  std::optional<std::pair<std::uint16_t, std::string>> peers_close() const override {
    if (ws_.reason().code == beast::websocket::close_code::none && !shook_hands_)
      return std::nullopt;
    return std::pair{peer_code(), peer_reason()};
  }

  void cut() override {
    cut_socket(beast::get_lowest_layer(ws_));
  }

private:
  /// 1005: a close frame without a code (RFC 6455 §7.1.5).
  std::uint16_t peer_code() const {
    const auto code = static_cast<std::uint16_t>(ws_.reason().code);
    return code == 0 ? 1005 : code;
  }

  std::string peer_reason() const {
    return {ws_.reason().reason.data(), ws_.reason().reason.size()};
  }

  /// The code that went over the wire, either way; `abnormal` when none did.
  ws_arrival ending(beast::error_code error) const {
    using ws_error = beast::websocket::error;
    const auto over = [](std::uint16_t code, std::string reason) {
      return ws_arrival{ws_arrival::what::over, {}, code, std::move(reason)};
    };
    if (error == ws_error::closed)
      return over(peer_code(), peer_reason());
    if (error == ws_error::message_too_big || error == ws_error::buffer_overflow)
      return over(close_code::too_big, "the message is too big");
    if (error == ws_error::bad_frame_payload)
      return over(close_code::bad_data, "the text is not UTF-8");
    if (error == beast::websocket::condition::protocol_violation)
      return over(close_code::protocol_error, error.message());
    return over(close_code::abnormal,
                error == beast::error::timeout ? "the peer fell silent" : "the connection broke");
  }

  beast::websocket::stream<Stream, false> ws_; // false: no permessage-deflate, ever
  beast::flat_buffer buffer_;
  bool shook_hands_ = false; // a peer's close frame may have no code
};

template <class Stream>
class net_stream_of : public net_stream {
public:
  explicit net_stream_of(Stream stream) : stream_(std::move(stream)) {}

  asio::any_io_executor executor() override {
    return stream_.get_executor();
  }

  void read_some(asio::mutable_buffer into, std::function<void(std::size_t)> done) override {
    stream_.async_read_some(into,
                            [done = std::move(done)](beast::error_code error, std::size_t bytes) {
                              done(error ? 0 : bytes);
                            });
  }

  void write(std::string_view first, std::string_view second,
             std::function<void(bool)> done) override {
    const std::array<asio::const_buffer, 2> both{asio::const_buffer{first.data(), first.size()},
                                                 asio::const_buffer{second.data(), second.size()}};
    asio::async_write(
      stream_, both,
      [done = std::move(done)](beast::error_code error, std::size_t) { done(!error); });
  }

  void expires_after(milliseconds span) override {
    beast::get_lowest_layer(stream_).expires_after(span);
  }

  void close() override {
    beast::get_lowest_layer(stream_).close();
  }

  void cut() override {
    cut_socket(beast::get_lowest_layer(stream_));
  }

protected:
  Stream stream_;
};

} // namespace unpod
