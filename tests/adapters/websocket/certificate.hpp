// A certificate made for one test, and a TLS server's context that shows it.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace fixtures {

/// A certificate that signs itself, for these names, in a file of its own.
struct certificate {
  explicit certificate(const std::string& names, long valid_for_s = 3'600)
    : key(EVP_EC_gen("P-256")), cert(X509_new()), context(SSL_CTX_new(TLS_server_method())) {
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -7'200);
    X509_gmtime_adj(X509_getm_notAfter(cert), valid_for_s);
    X509_set_pubkey(cert, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(cert));
    add(NID_subject_alt_name, names);
    add(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(cert, key, EVP_sha256());
    SSL_CTX_use_certificate(context, cert);
    SSL_CTX_use_PrivateKey(context, key);
    const int descriptor = ::mkstemp(file.data());
    FILE* out = ::fdopen(descriptor, "w");
    PEM_write_X509(out, cert);
    std::fclose(out);
  }

  ~certificate() {
    ::unlink(file.c_str());
    SSL_CTX_free(context);
    X509_free(cert);
    EVP_PKEY_free(key);
  }

  void add(int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(cert, extension, -1);
    X509_EXTENSION_free(extension);
  }

  EVP_PKEY* key;
  X509* cert;
  SSL_CTX* context;
  std::string file = (std::filesystem::temp_directory_path() / "tls_test.XXXXXX").string();
};

} // namespace fixtures
