// Base64 (RFC 4648 §4) for audio that travels in JSON. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unpod {

/// Letters of so many bytes, padding among them.
constexpr std::size_t base64_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// With padding.
std::string base64_encoded(std::string_view bytes);
/// The same behind what is there.
void append_base64(std::string_view bytes, std::string& out);

/// Appends to `out`; padding may be there or not. False, and `out` as it was, for anything
/// that is not base64.
bool base64_decode(std::string_view text, std::string& out);

} // namespace unpod
