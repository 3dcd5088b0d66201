// Base64 (RFC 4648 §4) for audio that travels in JSON. Pure.
#pragma once

#include <string>
#include <string_view>

namespace unpod {

/// With padding.
std::string base64_encoded(std::string_view bytes);

/// Appends to `out`; padding may be there or not. False, and `out` as it was, for anything
/// that is not base64.
bool base64_decode(std::string_view text, std::string& out);

} // namespace unpod
