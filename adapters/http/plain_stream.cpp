// stream.hpp over plain TCP.
#include "adapters/http/stream_of.hpp"

namespace unpod {

namespace {

class plain_stream final : public net_stream_of<beast::tcp_stream> {
public:
  using net_stream_of::net_stream_of;

  bool secure() const override {
    return false;
  }

  void handshake(std::function<void(bool)> done) override {
    done(true);
  }

  void finish(milliseconds span, std::function<void()> done) override {
    expires_after(span);
    finish_tcp(std::move(done));
  }

  std::unique_ptr<ws_stream> upgrade(ws_settings settings) override {
    return std::make_unique<ws_stream_of<beast::tcp_stream>>(std::move(stream_),
                                                             std::move(settings));
  }
};

} // namespace

std::unique_ptr<net_stream> make_plain_stream(asio::ip::tcp::socket socket) {
  return std::make_unique<plain_stream>(beast::tcp_stream{std::move(socket)});
}

} // namespace unpod
