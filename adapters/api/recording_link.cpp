#include "adapters/api/recording_link.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace unpod {

namespace {

constexpr std::string_view extension = ".wav";

std::string signature_of(std::string_view secret, const std::string& text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4];
    hex += digits[digest[i] & 15];
  }
  return hex;
}

/// What is signed: everything of the link but the signature.
std::string signed_part(const std::string& file, std::string_view expires) {
  return "/v1/recordings/" + file + "?expires=" + std::string{expires};
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number}
                                                                  : std::nullopt;
}

} // namespace

std::string recording_link(std::string_view secret, const std::string& file, wall_ms expires) {
  const auto text = signed_part(file, std::to_string(expires / 1'000));
  return text + "&signature=" + signature_of(secret, text);
}

std::string link_mistake(std::string_view secret, const std::string& file, std::string_view expires,
                         std::string_view signature, wall_ms now) {
  const auto at = number_in(expires);
  const auto right = signature_of(secret, signed_part(file, expires));
  if (!at || signature.size() != right.size()
      || CRYPTO_memcmp(signature.data(), right.data(), right.size()) != 0)
    return "expires and signature do not fit this recording: take recording_url as it is, "
           "without a change";
  if (*at < static_cast<std::uint64_t>(now / 1'000))
    return "expires is past: ask for the call or session again, its recording_url is a fresh link";
  return {};
}

std::string call_of_recording(std::string_view file) {
  if (file.size() <= extension.size() || file.substr(file.size() - extension.size()) != extension)
    return {};
  file.remove_suffix(extension.size());
  const bool plain = std::all_of(file.begin(), file.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '_' || c == '-');
  });
  return plain ? std::string{file} : std::string{};
}

byte_range range_of(std::string_view header, std::uint64_t file_bytes) {
  constexpr std::string_view unit = "bytes=";
  const byte_range whole{byte_range::what::whole, 0, file_bytes};
  const byte_range none{byte_range::what::unsatisfiable, 0, 0};
  if (header.substr(0, unit.size()) != unit)
    return whole;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos)
    return whole;
  const auto from = number_in(header.substr(0, dash)), to = number_in(header.substr(dash + 1));
  if (dash == 0) { // the last so many
    if (!to)
      return whole;
    const auto bytes = std::min(*to, file_bytes);
    return bytes == 0 ? none : byte_range{byte_range::what::part, file_bytes - bytes, bytes};
  }
  if (!from || (!to && dash + 1 != header.size()) || (to && *to < *from))
    return whole;
  if (*from >= file_bytes)
    return none;
  const auto last = std::min(to.value_or(file_bytes - 1), file_bytes - 1);
  return {byte_range::what::part, *from, last - *from + 1};
}

} // namespace unpod
