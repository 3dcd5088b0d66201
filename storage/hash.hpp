// Hashes, random names and the API key format.
//
//   sk_<id>_<secret>     id, secret: [0-9A-Za-z-]+, the id without '_'
//   kept: id, salt, SHA-256(salt ‖ secret) in hex; the secret is shown once
//
// Architecture §6. Any thread. Randomness comes from OpenSSL; when it has none,
// std::runtime_error is thrown: nothing may go on with guessable secrets.
#pragma once

#include "messages/clock.hpp"
#include "messages/records.hpp"
#include "messages/store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// bytes. What is longer is no key of ours, and is not hashed.
inline constexpr std::size_t api_key_bytes_max = 256;
/// characters. 12: 71 bits, so that ids never meet.
inline constexpr std::size_t key_id_size = 12;
/// characters. 40: 238 bits.
inline constexpr std::size_t key_secret_size = 40;

/// 64 hex digits, lower case.
std::string sha256_hex(std::string_view bytes);

/// HMAC-SHA256 of a text under a secret, as 64 hex digits.
std::string hmac_sha256_hex(std::string_view secret, std::string_view text);

/// `bytes` random bytes, as twice as many hex digits.
std::string random_hex(std::size_t bytes);

/// `size` random characters of [0-9A-Za-z], each equally likely.
std::string random_base62(std::size_t size);

/// characters. 8: milliseconds for 6,900 years; and 14 random ones: 83 bits.
inline constexpr std::size_t id_time_size = 8, id_random_size = 14;

/// `PIPE_` + the time + random characters: ids of one kind sort by when they were made.
std::string random_id(const std::string& prefix, wall_ms now);

/// Takes the same time wherever the two differ; their lengths are no secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

struct api_key {
  std::string id;
  secret_text secret;

  std::string text() const {
    return "sk_" + id + "_" + secret.reveal();
  }
};

api_key random_api_key();

/// Splits `sk_<id>_<secret>`; anything else is empty.
std::optional<api_key> split_api_key(std::string_view text);

/// What is kept of a key; the caller fills in name, org and project.
key_record record_of(const api_key& key, wall_ms now);

/// Is this the secret of that key, and the key active?
bool verify(const key_record& record, std::string_view secret);

/// The record of the key that was presented, when it is right and active. Costs one
/// hash whether the id is known or not.
std::optional<key_record> check_api_key(const store_reader& reader, std::string_view text);

} // namespace unpod
