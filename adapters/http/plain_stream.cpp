// stream.hpp over plain TCP.
#include "adapters/http/stream_of.hpp"

namespace unpod {

namespace {

/// A type of ours, so that Beast finds our teardown.
class tcp_socket final : public beast::tcp_stream {
public:
  using beast::tcp_stream::tcp_stream;
};

template <class Done>
void async_teardown(beast::role_type, tcp_socket& socket, Done&& done) {
  tear_down(socket, std::forward<Done>(done));
}

int release_socket(tcp_socket& from) {
  beast::error_code error;
  const auto handle = from.socket().release(error);
  return error ? -1 : handle;
}

class plain_stream final : public net_stream_of<tcp_socket> {
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
    say_goodbye(stream_, std::move(done));
  }

  std::unique_ptr<ws_stream> upgrade(ws_settings settings) override {
    return std::make_unique<ws_stream_of<tcp_socket>>(std::move(stream_), std::move(settings));
  }
};

} // namespace

std::unique_ptr<net_stream> make_plain_stream(asio::ip::tcp::socket socket) {
  return std::make_unique<plain_stream>(tcp_socket{std::move(socket)});
}

} // namespace unpod
