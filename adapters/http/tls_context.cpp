#include "adapters/http/tls_context.hpp"

#include <boost/asio/ssl/context.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace unpod {

namespace asio = boost::asio;

std::shared_ptr<asio::ssl::context> load_tls(const std::string& cert, const std::string& key,
                                             std::string& why) {
  using asio::ssl::context;
  const auto tls = std::make_shared<context>(context::tls_server);
  const auto fail = [&why](std::string words) {
    why = std::move(words);
    return nullptr;
  };
  boost::system::error_code error;
  tls->set_options(context::default_workarounds | context::no_sslv2 | context::no_sslv3
                     | context::no_tlsv1 | context::no_tlsv1_1 | context::no_compression,
                   error);
  SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(tls->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  // Without it OpenSSL asks the terminal for the passphrase, and waits.
  tls->set_password_callback([](std::size_t, context::password_purpose) { return std::string{}; },
                             error);
  tls->use_certificate_chain_file(cert, error);
  if (error)
    return fail("cannot use the certificate " + cert + ": " + error.message());
  tls->use_private_key_file(key, context::pem, error);
  const auto reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  if (error && (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH))
    return fail("the key " + key + " does not belong to the certificate " + cert);
  if (error)
    return fail("cannot use the key " + key + ": " + error.message());
  return tls;
}

} // namespace unpod
