// stream.hpp over TLS.
#include "adapters/http/stream_of.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace unpod {

namespace {

/// A type of ours, so that Beast finds our teardown.
class tls_socket final : public beast::ssl_stream<beast::tcp_stream> {
public:
  using beast::ssl_stream<beast::tcp_stream>::ssl_stream;
};

template <class Done>
void async_teardown(beast::role_type, tls_socket& socket, Done&& done) {
  // TLS ends first. A peer that still sends fails that: its TCP is ended properly all the same.
  socket.async_shutdown([&socket, done = std::forward<Done>(done)](beast::error_code) mutable {
    tear_down(socket, std::move(done));
  });
}

/// What has begun as TLS goes on as TLS.
int release_socket(tls_socket&) {
  return -1;
}

class tls_stream final : public net_stream_of<tls_socket> {
public:
  using net_stream_of::net_stream_of;

  bool secure() const override {
    return true;
  }

  void handshake(std::function<void(bool)> done) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [done = std::move(done)](beast::error_code error) { done(!error); });
  }

  void finish(milliseconds span, std::function<void()> done) override {
    expires_after(span);
    stream_.async_shutdown([this, done = std::move(done)](beast::error_code) mutable {
      say_goodbye(beast::get_lowest_layer(stream_), std::move(done));
    });
  }

  std::unique_ptr<ws_stream> upgrade(ws_settings settings) override {
    return std::make_unique<ws_stream_of<tls_socket>>(std::move(stream_), std::move(settings));
  }
};

} // namespace

std::unique_ptr<net_stream> make_tls_stream(asio::ip::tcp::socket socket,
                                            std::shared_ptr<asio::ssl::context> context) {
  // The SSL object counts its SSL_CTX itself: a reload may drop `context` meanwhile.
  return std::make_unique<tls_stream>(tls_socket{beast::tcp_stream{std::move(socket)}, *context});
}

} // namespace unpod
