#include "adapters/http/listener.hpp"

#include "adapters/http/first_byte.hpp"
#include "adapters/http/http_session.hpp"
#include "messages/log.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <optional>

namespace unpod {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A literal, [literal] or localhost.
std::optional<asio::ip::address> parse_address(std::string text) {
  if (text == "localhost")
    text = "127.0.0.1";
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  error_code error;
  auto address = asio::ip::make_address(text, error);
  if (error)
    return std::nullopt;
  return address;
}

std::string in_words(const error_code& error, const http_server_options& options) {
  const auto port = "port " + std::to_string(options.port);
  if (error == asio::error::address_in_use)
    return port + " is taken: choose another with --listen";
  if (error == asio::error::access_denied)
    return port + " needs a privilege this user does not have: choose one above 1023 with --listen";
  if (error.value() == EADDRNOTAVAIL)
    return "this machine has no address " + options.address + ": choose another with --listen";
  return "cannot listen on " + options.address + ", " + port + ": " + error.message();
}

asio::ip::address plain_form(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  return address;
}

std::string peer_name(const asio::ip::address& address, std::uint16_t port) {
  const auto text = address.to_string();
  return (address.is_v6() ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

} // namespace

listener::listener(asio::io_context& context, std::shared_ptr<http_core> core)
  : context_(context), core_(std::move(core)), acceptor_(asio::make_strand(context)),
    pause_(acceptor_.get_executor()) {}

bool listener::bind(std::string& why) {
  const auto& options = core_->options;
  const auto address = parse_address(options.address);
  if (!address) {
    why = "'" + options.address + "' is not an address: --listen takes a literal, as "
          + "127.0.0.1:8080 or [::1]:8080";
    return false;
  }
  const tcp::endpoint endpoint{*address, options.port};
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error)
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && address->is_v6())
    acceptor_.set_option(asio::ip::v6_only(!address->is_unspecified()), error);
  if (!error)
    acceptor_.bind(endpoint, error);
  if (!error)
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error)
    port_ = acceptor_.local_endpoint(error).port();
  if (!error) {
    core_->set_listening(true);
    return true;
  }
  why = in_words(error, options);
  error_code ignored;
  acceptor_.close(ignored);
  return false;
}

std::uint16_t listener::port() const {
  return port_;
}

void listener::begin() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
}

void listener::close() {
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
    self->core_->set_listening(false);
  });
}

void listener::use_tls(std::shared_ptr<asio::ssl::context> tls) {
  const std::lock_guard lock{mutex_};
  tls_ = std::move(tls);
}

std::shared_ptr<asio::ssl::context> listener::tls() const {
  const std::lock_guard lock{mutex_};
  return tls_;
}

void listener::accept() {
  if (!acceptor_.is_open())
    return;
  acceptor_.async_accept(
    asio::make_strand(context_),
    asio::bind_executor(acceptor_.get_executor(),
                        [self = shared_from_this()](const error_code& error, tcp::socket socket) {
                          self->take(error, std::move(socket));
                        }));
}

void listener::take(const error_code& error, tcp::socket socket) {
  if (!acceptor_.is_open())
    return;
  if (!error)
    welcome(std::move(socket));
  // Nobody there any more is the peer's doing; all else (no descriptors, no memory) is ours.
  if (!error || error == asio::error::connection_aborted)
    return accept();
  log(log_level::warn, "adapters.http", "", "cannot accept connections: " + error.message());
  pause_.expires_after(accept_pause);
  pause_.async_wait([self = shared_from_this()](const error_code&) { self->accept(); });
}

void listener::welcome(tcp::socket socket) {
  ++core_->counters.accepted;
  auto seat = core_->take_seat();
  if (!seat) {
    ++core_->counters.turned_away;
    return;
  }
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  const auto remote = socket.remote_endpoint(error);
  if (error)
    return;
  const bool tls = this->tls() != nullptr;
  if (!tls || !core_->options.also_plain || !plain_form(remote.address()).is_loopback())
    return serve(std::move(*seat), std::move(socket), tls);
  const auto then = [self = shared_from_this()](connection_seat again, tcp::socket same,
                                                bool speaks_tls) {
    self->serve(std::move(again), std::move(same), speaks_tls);
  };
  std::make_shared<first_byte>(std::move(*seat), std::move(socket), then)->begin();
}

void listener::serve(connection_seat seat, tcp::socket socket, bool tls) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error)
    return;
  const auto address = plain_form(remote.address());
  auto stream =
    tls ? make_tls_stream(std::move(socket), this->tls()) : make_plain_stream(std::move(socket));
  std::make_shared<http_session>(std::move(seat), std::move(stream),
                                 peer_name(address, remote.port()), address.is_loopback())
    ->begin();
}

} // namespace unpod
