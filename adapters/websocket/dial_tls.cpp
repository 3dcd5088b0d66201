// A dialled WebSocket over TLS: whom we trust, and that we check it.
#include "adapters/websocket/dial.hpp"

#include "adapters/websocket/dialled_channel.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <map>
#include <mutex>

namespace unpod {

namespace {

namespace ssl = asio::ssl;
using trust = std::shared_ptr<ssl::context>;

/// files. The system's authorities and a few of one's own; past it nothing is kept.
constexpr std::size_t trusts_max = 8;

trust read_trust(const std::string& ca_file) {
  auto made = std::make_shared<ssl::context>(ssl::context::tls_client);
  made->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  made->set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_mode(made->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code error;
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
    : trusted_(std::move(trusted)), stream_(strand, *trusted_) {}

  asio::ip::tcp::socket& socket() {
    return stream_.next_layer();
  }

  ssl::stream<asio::ip::tcp::socket>& stream() {
    return stream_;
  }

  bool prepare(const ws_url& url, std::string& why) {
    boost::system::error_code error;
    stream_.set_verify_callback(ssl::host_name_verification{url.host}, error);
    boost::system::error_code not_an_address;
    asio::ip::make_address(url.host, not_an_address);
    if (!error && not_an_address
        && SSL_set_tlsext_host_name(stream_.native_handle(), url.host.c_str()) != 1)
      why = "the host's name cannot be sent";
    if (error)
      why = "the host's name cannot be checked";
    return why.empty();
  }

  template <class Handler>
  void secure(Handler handler) {
    stream_.async_handshake(ssl::stream_base::client, std::move(handler));
  }

private:
  trust trusted_;
  ssl::stream<asio::ip::tcp::socket> stream_;
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
