// One side of TLS straight over a non-blocking socket: OpenSSL reads and writes it, nobody
// keeps a copy in between, and an idle connection holds no buffer (SSL_MODE_RELEASE_BUFFERS).
// Not thread-safe; never waits.
#pragma once

#include <boost/system/error_code.hpp>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>

namespace unpod {

class tls_over_socket {
public:
  /// A client's side; throws std::bad_alloc.
  explicit tls_over_socket(SSL_CTX* context);
  ~tls_over_socket();

  tls_over_socket(const tls_over_socket&) = delete;
  tls_over_socket& operator=(const tls_over_socket&) = delete;

  /// The certificate must be for this host, a name or an address. False: it cannot be asked for.
  bool expect(const std::string& host);

  /// The connected socket, which stays its owner's and outlives this.
  void use(int socket);

  enum class step { done, wants_read, wants_write, failed };
  step shake_hands(boost::system::error_code& error);

  /// Bytes that came, or were taken; 0 and no error: not now.
  std::size_t receive(char* into, std::size_t size, boost::system::error_code& error);
  std::size_t send(const char* from, std::size_t size, boost::system::error_code& error);

  /// Received and not handed on: the socket itself may have nothing more to say.
  bool holds_more() const;

private:
  step judge(int result, boost::system::error_code& error);

  struct freer {
    void operator()(SSL* one) const {
      SSL_free(one);
    }
  };

  std::unique_ptr<SSL, freer> ssl_;
};

} // namespace unpod
