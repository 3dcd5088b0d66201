#include "adapters/websocket/tls_over_socket.hpp"

#include "adapters/websocket/socket_now.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <climits>
#include <new>

namespace unpod {

namespace {

using boost::system::error_code;

/// The library's own socket BIO would raise SIGPIPE.
int write_socket(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  error_code error;
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  const auto sent = send_now(socket, from, static_cast<std::size_t>(size), error);
  if (sent > 0)
    return static_cast<int>(sent);
  if (!error)
    BIO_set_retry_write(bio);
  return -1;
}

int read_socket(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  error_code error;
  const auto socket = static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
  const auto got = receive_now(socket, into, static_cast<std::size_t>(size), error);
  if (got > 0)
    return static_cast<int>(got);
  if (error == boost::asio::error::eof)
    return 0;
  if (!error)
    BIO_set_retry_read(bio);
  return -1;
}

long control_socket(BIO*, int what, long, void*) {
  return what == BIO_CTRL_FLUSH ? 1 : 0;
}

/// Made once, and kept: OpenSSL has no owner for it.
const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket, no signal");
    if (made == nullptr)
      throw std::bad_alloc{};
    BIO_meth_set_write(made, write_socket);
    BIO_meth_set_read(made, read_socket);
    BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  return method;
}

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

} // namespace

tls_over_socket::tls_over_socket(SSL_CTX* context) : ssl_(SSL_new(context)) {
  if (!ssl_)
    throw std::bad_alloc{};
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                             | SSL_MODE_RELEASE_BUFFERS);
  SSL_set_connect_state(ssl_.get());
}

tls_over_socket::~tls_over_socket() = default;

bool tls_over_socket::expect(const std::string& host) {
  error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address)
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) == 1;
  SSL_set_hostflags(ssl_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl_.get(), host.c_str()) == 1
         && SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) == 1;
}

void tls_over_socket::use(int socket) {
  auto* bio = BIO_new(socket_method());
  if (bio == nullptr)
    throw std::bad_alloc{};
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

tls_over_socket::step tls_over_socket::judge(int result, error_code& error) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_NONE:
      return step::done;
    case SSL_ERROR_WANT_READ:
      return step::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return step::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      error = boost::asio::error::eof;
      return step::failed;
    default:
      break;
  }
  if (const auto code = ERR_get_error(); code != 0)
    error.assign(static_cast<int>(code), boost::asio::error::get_ssl_category());
  else
    error = boost::asio::ssl::error::stream_truncated; // the peer left without a goodbye
  return step::failed;
}

tls_over_socket::step tls_over_socket::shake_hands(error_code& error) {
  ERR_clear_error();
  return judge(SSL_do_handshake(ssl_.get()), error);
}

std::size_t tls_over_socket::receive(char* into, std::size_t size, error_code& error) {
  std::size_t got = 0;
  // One record a call: a burst comes as one piece all the same.
  while (got < size) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), into + got, as_int(size - got));
    if (result > 0) {
      got += static_cast<std::size_t>(result);
      continue;
    }
    const auto came = judge(result, error);
    if (came == step::failed && got > 0)
      error = {}; // it is met again behind what came before it
    break;
  }
  return got;
}

std::size_t tls_over_socket::send(const char* from, std::size_t size, error_code& error) {
  ERR_clear_error();
  const int result = SSL_write(ssl_.get(), from, as_int(size));
  if (result > 0)
    return static_cast<std::size_t>(result);
  judge(result, error);
  return 0;
}

bool tls_over_socket::holds_more() const {
  return SSL_pending(ssl_.get()) > 0; // a record that is not whole yet does not count
}

} // namespace unpod
