#include "adapters/peers/http_link.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace unpod {

namespace {

using clock = http_link::clock;

constexpr std::size_t piece_bytes = 16 * 1024; // a TLS record, a read

/// Waits until the socket is ready for this or the deadline passes.
bool wait_for(int fd, short what, clock::time_point deadline) {
  for (;;) {
    const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd one{fd, what, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

/// A connected socket, or -1.
int connected(const addrinfo& to, clock::time_point deadline) {
  const int fd =
    ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
  if (fd < 0)
    return -1;
  if (::connect(fd, to.ai_addr, to.ai_addrlen) == 0)
    return fd;
  int error = 0;
  socklen_t size = sizeof error;
  if (errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline)
      && ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
    return fd;
  ::close(fd);
  return -1;
}

int dial(const http_base& to, clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(to.host.c_str(), to.port.c_str(), &hints, &found) != 0)
    return -1;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, ::freeaddrinfo};
  int fd = -1;
  for (const auto* at = found; at != nullptr && fd < 0; at = at->ai_next)
    fd = connected(*at, deadline);
  return fd;
}

bool is_address(const std::string& host) {
  in6_addr place{};
  return ::inet_pton(AF_INET, host.c_str(), &place) == 1
         || ::inet_pton(AF_INET6, host.c_str(), &place) == 1;
}

} // namespace

/// TLS over memory: what it writes is sent by us, without SIGPIPE and with a deadline.
struct http_link::tls {
  ~tls() {
    SSL_free(session);
    SSL_CTX_free(context);
  }

  SSL_CTX* context = nullptr;
  SSL* session = nullptr;
};

http_link::http_link(int fd, clock::time_point deadline) : fd_(fd), deadline_(deadline) {}

http_link::~http_link() {
  ::close(fd_);
}

std::unique_ptr<http_link> http_link::open(const http_base& to, clock::time_point deadline,
                                           std::string& why) {
  const int fd = dial(to, deadline);
  if (fd < 0) {
    why = "nobody answers at " + to.where();
    return nullptr;
  }
  std::unique_ptr<http_link> made{new http_link{fd, deadline}};
  if (to.secure && !made->secure(to, why))
    return nullptr;
  return made;
}

bool http_link::secure(const http_base& to, std::string& why) {
  tls_ = std::make_unique<tls>();
  tls_->context = SSL_CTX_new(TLS_client_method());
  if (!tls_->context || SSL_CTX_set_default_verify_paths(tls_->context) != 1
      || SSL_CTX_set_min_proto_version(tls_->context, TLS1_2_VERSION) != 1) {
    why = "TLS cannot be prepared";
    return false;
  }
  SSL_CTX_set_verify(tls_->context, SSL_VERIFY_PEER, nullptr);
  tls_->session = SSL_new(tls_->context);
  auto* session = tls_->session;
  const bool address = is_address(to.host);
  const bool named =
    session
    && (address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), to.host.c_str()) == 1
                : SSL_set1_host(session, to.host.c_str()) == 1
                    && SSL_set_tlsext_host_name(session, to.host.c_str()) == 1);
  if (!named) {
    why = "the host's name cannot be checked";
    return false;
  }
  SSL_set_bio(session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_connect_state(session);
  return shake_hands(to.where(), why);
}

bool http_link::shake_hands(const std::string& where, std::string& why) {
  for (;;) {
    ERR_clear_error();
    const int done = SSL_do_handshake(tls_->session);
    const int error = SSL_get_error(tls_->session, done);
    const bool sent = flush();
    if (done == 1 && sent)
      return true;
    if (error == SSL_ERROR_WANT_READ && sent && pull() == got::bytes)
      continue;
    const auto verdict = SSL_get_verify_result(tls_->session);
    why = where
          + (verdict == X509_V_OK ? std::string{" speaks no TLS; is it http://?"}
                                  : std::string{"'s certificate is not trusted: "}
                                      + X509_verify_cert_error_string(verdict)
                                      + " (SSL_CERT_FILE names another authority)");
    return false;
  }
}

/// Sends what TLS has written.
bool http_link::flush() {
  char piece[piece_bytes];
  auto* written = SSL_get_wbio(tls_->session);
  while (BIO_pending(written) > 0) {
    const int count = BIO_read(written, piece, sizeof piece);
    if (count <= 0 || !send_plain({piece, static_cast<std::size_t>(count)}))
      return false;
  }
  return true;
}

/// Hands TLS what has come.
http_link::got http_link::pull() {
  char piece[piece_bytes];
  std::size_t count = 0;
  const auto came = receive_plain(piece, sizeof piece, count);
  if (came == got::bytes)
    BIO_write(SSL_get_rbio(tls_->session), piece, static_cast<int>(count));
  return came;
}

bool http_link::send(std::string_view bytes) {
  if (!tls_)
    return send_plain(bytes);
  // Memory takes everything at once, so that nothing is asked to wait.
  return SSL_write(tls_->session, bytes.data(), static_cast<int>(bytes.size()))
           == static_cast<int>(bytes.size())
         && flush();
}

http_link::got http_link::receive(char* into, std::size_t size, std::size_t& count) {
  if (!tls_)
    return receive_plain(into, size, count);
  for (;;) {
    ERR_clear_error();
    const int read = SSL_read(tls_->session, into, static_cast<int>(size));
    if (read > 0) {
      count = static_cast<std::size_t>(read);
      return got::bytes;
    }
    const int error = SSL_get_error(tls_->session, read);
    if (error == SSL_ERROR_ZERO_RETURN)
      return got::end;
    if (error != SSL_ERROR_WANT_READ || !flush())
      return got::broken;
    // An end without TLS's own goodbye may have been made by somebody between us.
    if (const auto came = pull(); came != got::bytes)
      return came == got::end ? got::broken : came;
  }
}

bool http_link::send_plain(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if ((errno != EAGAIN && errno != EINTR) || !wait_for(fd_, POLLOUT, deadline_))
      return false;
  }
  return true;
}

http_link::got http_link::receive_plain(char* into, std::size_t size, std::size_t& count) {
  for (;;) {
    const auto read = ::recv(fd_, into, size, 0);
    if (read > 0) {
      count = static_cast<std::size_t>(read);
      return got::bytes;
    }
    if (read == 0)
      return got::end;
    if (errno != EAGAIN && errno != EINTR)
      return got::broken;
    const auto until = quiet_.count() > 0 ? std::min(deadline_, clock::now() + quiet_) : deadline_;
    if (!wait_for(fd_, POLLIN, until))
      return got::nothing_in_time;
  }
}

} // namespace unpod
