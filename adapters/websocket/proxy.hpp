// Getting out through an HTTP proxy: which connections do, and the talk with it (RFC 9110
// §9.3.6). Pure.
//
//   rules + address -> "http://[user:password@]host:port" or nothing
//   CONNECT host:port -> answer, a byte at a time: more | open | refused in words
//
// A proxy's address may hold a password: it is never put into words.
#pragma once

#include "adapters/websocket/url.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// As the environment says it: https_proxy (for wss://), http_proxy (for ws://), no_proxy;
/// small letters before capital ones.
struct proxy_rules {
  std::string secure, plain; // empty: straight
  std::vector<std::string> except;
};

/// `value` of a variable; empty when there is none.
proxy_rules proxy_rules_of(const std::function<std::string(const std::string&)>& value);

/// The proxy for this address (ws, wss, http or https), or nothing: this machine itself is never
/// beyond one. An exception is "*", a host, a domain with all that is in it, or either with a port.
std::string proxy_for(const proxy_rules& rules, std::string_view url);

struct proxy_address {
  std::string host, port;
  std::string credentials; // "user:password", decoded; empty: none
};

/// Nothing and words in `why` when it is no address of an HTTP proxy.
std::optional<proxy_address> parse_proxy(std::string_view text, std::string& why);

/// bytes of a proxy's answer. 8 KB: headers, and no body.
inline constexpr std::size_t proxy_answer_bytes_max = 8 * 1024;

class proxy_talk {
public:
  enum class state { more, open, refused };

  /// What is sent first.
  static std::string question(const proxy_address& proxy, const ws_url& to);

  /// Takes what came; nothing may come behind the answer, for we speak first.
  state take(std::string_view bytes);
  /// Words for `refused`.
  const std::string& why() const {
    return why_;
  }

private:
  state refuse(std::string why);

  std::string answer_;
  std::string why_;
};

} // namespace unpod
