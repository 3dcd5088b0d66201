#include "adapters/peers/self_signed.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace unpod {

namespace {

constexpr long valid_for_s = 86'400;
constexpr long clocks_apart_s = 3'600; // a peer's clock may be behind ours

struct freer {
  void operator()(EVP_PKEY* one) const {
    EVP_PKEY_free(one);
  }
  void operator()(X509* one) const {
    X509_free(one);
  }
  void operator()(X509_EXTENSION* one) const {
    X509_EXTENSION_free(one);
  }
  void operator()(FILE* one) const {
    std::fclose(one);
  }
};

template <class Thing>
using held = std::unique_ptr<Thing, freer>;

bool extend(X509* cert, int kind, const char* value) {
  const held<X509_EXTENSION> made{X509V3_EXT_conf_nid(nullptr, nullptr, kind, value)};
  return made && X509_add_ext(cert, made.get(), -1) == 1;
}

bool describe(X509* cert, EVP_PKEY* key) {
  auto* subject = X509_get_subject_name(cert);
  return X509_set_version(cert, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1
         && X509_gmtime_adj(X509_getm_notBefore(cert), -clocks_apart_s) != nullptr
         && X509_gmtime_adj(X509_getm_notAfter(cert), valid_for_s) != nullptr
         && X509_set_pubkey(cert, key) == 1
         && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                       reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                                       0)
              == 1
         && X509_set_issuer_name(cert, subject) == 1
         && extend(cert, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1")
         && extend(cert, NID_basic_constraints, "critical,CA:TRUE")
         && X509_sign(cert, key, EVP_sha256()) != 0;
}

held<FILE> open_private(const std::string& path) {
  const int descriptor =
    ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  return held<FILE>{descriptor < 0 ? nullptr : ::fdopen(descriptor, "w")};
}

} // namespace

bool make_self_signed(const std::string& folder, self_signed_files& made, std::string& why) {
  const held<EVP_PKEY> key{EVP_EC_gen("P-256")};
  const held<X509> cert{X509_new()};
  if (!key || !cert || !describe(cert.get(), key.get())) {
    why = "no certificate can be made";
    return false;
  }
  made = {folder + "/cert.pem", folder + "/key.pem"};
  const auto cert_file = open_private(made.cert), key_file = open_private(made.key);
  if (!cert_file || !key_file || PEM_write_X509(cert_file.get(), cert.get()) != 1
      || PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
           != 1) {
    why = "the certificate cannot be written to " + folder;
    return false;
  }
  return true;
}

} // namespace unpod
