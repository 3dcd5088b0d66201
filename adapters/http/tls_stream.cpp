// stream.hpp over TLS.
#include "adapters/http/stream_of.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace unpod {

namespace {

using tls_socket = beast::ssl_stream<beast::tcp_stream>;

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
    stream_.async_shutdown(
      [this, done = std::move(done)](beast::error_code) mutable { finish_tcp(std::move(done)); });
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
