// A ws:// or wss:// address, taken apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace unpod {

struct ws_url {
  bool secure = false;
  std::string host;   // as the resolver wants it: no brackets
  std::string port;   // never empty
  std::string target; // path and query, begins with '/'

  /// The host as HTTP writes it: an IPv6 literal in brackets.
  std::string host_text() const {
    return host.find(':') == std::string::npos ? host : "[" + host + "]";
  }
};

/// Nothing when it is not one, with words in `why` that don't repeat the address.
/// User names, fragments, blanks and control characters are refused.
std::optional<ws_url> parse_ws_url(std::string_view text, std::string& why);

} // namespace unpod
