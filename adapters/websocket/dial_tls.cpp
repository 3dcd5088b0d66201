// A dialled WebSocket over TLS: whom we trust, and that we check it.
#include "adapters/websocket/dial.hpp"

#include "adapters/websocket/dialled_channel.hpp"
#include "adapters/websocket/tls_over_socket.hpp"

#include <boost/asio/ssl/context.hpp>

#include <map>
#include <mutex>

namespace unpod {

namespace {

namespace ssl = asio::ssl;
using trust = std::shared_ptr<ssl::context>;
using boost::system::error_code;

/// files. The system's authorities and a few of one's own; past it nothing is kept.
constexpr std::size_t trusts_max = 8;

trust read_trust(const std::string& ca_file) {
  auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  made->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  made->set_verify_mode(ssl::verify_peer);
  error_code error;
  if (ca_file.empty())
    made->set_default_verify_paths(error);
  else
    made->load_verify_file(ca_file, error);
  return error ? nullptr : made;
}

/// Reading a hundred authorities takes tens of ms: once a file is enough.
trust trust_in(const std::string& ca_file) {
  static std::mutex mutex;
  static std::map<std::string, trust> known;
  const std::lock_guard lock{mutex};
  if (const auto found = known.find(ca_file); found != known.end())
    return found->second;
  auto made = read_trust(ca_file);
  if (made && known.size() < trusts_max)
    known.emplace(ca_file, made);
  return made;
}

/// TLS over TCP; the peer's name and chain are checked, always.
class tls_link {
public:
  tls_link(const net_strand& strand, trust trusted)
    : trusted_(std::move(trusted)), socket_(strand), tls_(trusted_->native_handle()) {}

  asio::ip::tcp::socket& socket() {
    return socket_;
  }

  bool prepare(const ws_url& url, std::string& why) {
    if (!tls_.expect(url.host))
      why = "the host's name cannot be checked";
    return why.empty();
  }

  template <class Handler>
  void secure(Handler handler) {
    tls_.use(socket_.native_handle());
    shake(std::move(handler));
  }

  std::size_t receive(char* into, std::size_t size, error_code& error) {
    return tls_.receive(into, size, error);
  }

  std::size_t send(const char* from, std::size_t size, error_code& error) {
    return tls_.send(from, size, error);
  }

  bool holds_more() const {
    return tls_.holds_more();
  }

private:
  /// The handler holds the channel, and so this.
  template <class Handler>
  void shake(Handler handler) {
    error_code error;
    const auto next = tls_.shake_hands(error);
    if (next == tls_over_socket::step::done || next == tls_over_socket::step::failed)
      return handler(error);
    const auto side = next == tls_over_socket::step::wants_read ? asio::ip::tcp::socket::wait_read
                                                                : asio::ip::tcp::socket::wait_write;
    socket_.async_wait(side, [this, handler = std::move(handler)](error_code failed) mutable {
      if (!failed && !socket_.is_open()) // cut meanwhile: its descriptor may be another's
        failed = asio::error::operation_aborted;
      if (failed)
        handler(failed);
      else
        shake(std::move(handler));
    });
  }

  trust trusted_;
  asio::ip::tcp::socket socket_;
  tls_over_socket tls_; // before the socket it uses
};

} // namespace

void dial_tls(asio::io_context& context, ws_url url, dial_options options, dial_callback done) {
  const auto strand = asio::make_strand(context);
  auto trusted = trust_in(options.ca_file);
  if (!trusted) {
    asio::post(strand, [done = std::move(done)] {
      done(nullptr, "the file of trusted authorities cannot be read");
    });
    return;
  }
  const auto channel = std::make_shared<dialled_channel<tls_link>>(
    strand, std::move(url), std::move(options), std::move(done), std::move(trusted));
  asio::post(strand, [channel] { channel->dial(); });
}

} // namespace unpod
