// A dialled WebSocket over plain TCP.
#include "adapters/websocket/dial.hpp"

#include "adapters/websocket/dialled_channel.hpp"

namespace unpod {

namespace {

/// TCP as it is.
class plain_link {
public:
  explicit plain_link(const net_strand& strand) : socket_(strand) {}

  asio::ip::tcp::socket& socket() {
    return socket_;
  }

  asio::ip::tcp::socket& stream() {
    return socket_;
  }

  bool prepare(const ws_url&, std::string&) {
    return true;
  }

  template <class Handler>
  void secure(Handler handler) {
    handler(boost::system::error_code{});
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
