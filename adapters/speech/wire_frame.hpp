// What goes over a provider's socket, before anything is dialled or sent: an address with
// its headers, and frames. Pure values; headers and queries may hold secrets.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

struct wire_dial {
  std::string url; // ws:// or wss://
  std::vector<std::pair<std::string, std::string>> headers;
};

struct wire_frame {
  bool text = true;
  std::string bytes;
};
using wire_frames = std::vector<wire_frame>;

/// levels. 12: what any provider nests, and some more.
inline constexpr std::size_t provider_json_depth_max = 12;

/// An address with its query: `wire_query{base, "/v1/listen"}.add("model", "nova-3").str()`.
/// Empty values are left out; what must be is percent-encoded, a blank as %20.
class wire_query {
public:
  /// `base` as people write it: ws, wss, http or https; with or without a slash at its end.
  wire_query(std::string_view base, std::string_view path);
  wire_query& add(std::string_view name, std::string_view value);
  std::string str() const {
    return url_;
  }

private:
  std::string url_;
  bool any_ = false;
};

/// RFC 3986 §2.1: all but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);

} // namespace unpod
