// See hash.hpp.
#include "storage/hash.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace unpod {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base62_digits =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::vector<unsigned char> random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  if (count > 0 && RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
    throw std::runtime_error("no randomness to be had from the system");
  return bytes;
}

template <class Bytes>
std::string to_hex(const Bytes& bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) {
    text.push_back(hex_digits[byte >> 4]);
    text.push_back(hex_digits[byte & 15]);
  }
  return text;
}

bool is_key_text(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c == '-' || base62_digits.find(c) != std::string_view::npos;
  });
}

} // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return to_hex(digest);
}

std::string hmac_sha256_hex(std::string_view secret, std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return to_hex(digest);
}

std::string random_hex(std::size_t bytes) {
  return to_hex(random_bytes(bytes));
}

std::string random_base62(std::size_t size) {
  constexpr unsigned fair = 256 - 256 % 62; // bytes above would favour the first digits
  std::string text;
  while (text.size() < size)
    for (const auto byte : random_bytes(size - text.size()))
      if (byte < fair)
        text.push_back(base62_digits[byte % 62]);
  return text;
}

std::string random_id(const std::string& prefix, wall_ms now) {
  std::string when(id_time_size, '0');
  for (auto at = when.rbegin(); at != when.rend(); ++at, now /= 62)
    *at = base62_digits[static_cast<std::size_t>(now % 62)];
  return prefix + when + random_base62(id_random_size);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

api_key random_api_key() {
  return {random_base62(key_id_size), random_base62(key_secret_size)};
}

std::optional<api_key> split_api_key(std::string_view text) {
  if (text.size() > api_key_bytes_max || text.substr(0, 3) != "sk_")
    return std::nullopt;
  text.remove_prefix(3);
  const auto bar = text.find('_');
  if (bar == std::string_view::npos)
    return std::nullopt;
  const auto id = text.substr(0, bar);
  const auto secret = text.substr(bar + 1);
  if (!is_key_text(id) || !is_key_text(secret))
    return std::nullopt;
  return api_key{std::string{id}, std::string{secret}};
}

key_record record_of(const api_key& key, wall_ms now) {
  key_record record;
  record.id = key.id;
  record.salt = random_hex(16);
  record.hash = sha256_hex(record.salt + key.secret.reveal());
  record.created = now;
  return record;
}

bool verify(const key_record& record, std::string_view secret) {
  const auto hash = sha256_hex(record.salt + std::string{secret});
  return equal_in_constant_time(hash, record.hash) && record.status == "active";
}

std::optional<key_record> check_api_key(const store_reader& reader, std::string_view text) {
  const auto key = split_api_key(text);
  if (!key)
    return std::nullopt;
  auto record = find<key_record>(reader, table::keys, key->id);
  const bool right = verify(record.value_or(key_record{}), key->secret.reveal());
  return right ? std::move(record) : std::nullopt;
}

} // namespace unpod
