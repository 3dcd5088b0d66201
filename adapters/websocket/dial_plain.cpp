// A dialled WebSocket over plain TCP.
#include "adapters/websocket/dial.hpp"

#include "adapters/websocket/dialled_channel.hpp"
#include "adapters/websocket/socket_now.hpp"

namespace unpod {

namespace {

/// TCP as it is.
class plain_link {
public:
  explicit plain_link(const net_strand& strand) : socket_(strand) {}

  asio::ip::tcp::socket& socket() {
    return socket_;
  }

  bool prepare(const ws_url&, std::string&) {
    return true;
  }

  template <class Handler>
  void secure(Handler handler) {
    handler(boost::system::error_code{});
  }

  std::size_t receive(char* into, std::size_t size, boost::system::error_code& error) {
    return receive_now(socket_.native_handle(), into, size, error);
  }

  std::size_t send(const char* from, std::size_t size, boost::system::error_code& error) {
    return send_now(socket_.native_handle(), from, size, error);
  }

  bool holds_more() const {
    return false;
  }

private:
  asio::ip::tcp::socket socket_;
};

} // namespace

void dial_plain(asio::io_context& context, ws_url url, dial_options options, dial_callback done) {
  const auto strand = asio::make_strand(context);
  const auto channel = std::make_shared<dialled_channel<plain_link>>(
    strand, std::move(url), std::move(options), std::move(done));
  asio::post(strand, [channel] { channel->dial(); });
}

} // namespace unpod
