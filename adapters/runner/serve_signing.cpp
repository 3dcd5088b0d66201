#include "adapters/runner/serve_signing.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cctype>
#include <stdexcept>

namespace unpod {

namespace {

constexpr char hex_digits[] = "0123456789ABCDEF";

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string text(4 * ((size + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  return text;
}

} // namespace

std::string fresh_nonce() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"the system has no random numbers"};
  std::string text;
  for (const auto byte : bytes) {
    text += hex_digits[byte >> 4];
    text += hex_digits[byte & 15];
  }
  return text;
}

std::string serve_signature(std::string_view secret, const call_id& session, const job_id& job,
                            std::string_view nonce, wall_ms now) {
  const auto message =
    session.str() + "|" + job.str() + "|" + std::string{nonce} + "|" + std::to_string(now);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
       &size);
  return base64(digest.data(), size);
}

std::string url_encode(std::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if ((c < 0x80 && std::isalnum(c)) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += static_cast<char>(c);
      continue;
    }
    encoded += '%';
    encoded += hex_digits[c >> 4];
    encoded += hex_digits[c & 15];
  }
  return encoded;
}

std::string signed_serve_url(const std::string& serving_url, std::string_view secret,
                             const call_id& session, const job_id& job, std::string_view nonce,
                             wall_ms now) {
  auto url = serving_url;
  url += serving_url.find('?') == std::string::npos ? '?' : '&';
  url += "session_id=" + url_encode(session.str()) + "&job_id=" + url_encode(job.str());
  url += "&nonce=" + url_encode(nonce) + "&ts=" + std::to_string(now);
  if (!secret.empty())
    url += "&signature=" + url_encode(serve_signature(secret, session, job, nonce, now));
  return url;
}

} // namespace unpod
