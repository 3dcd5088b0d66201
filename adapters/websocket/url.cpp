#include "adapters/websocket/url.hpp"

#include "adapters/websocket/client.hpp"

#include <algorithm>

namespace unpod {

namespace {

bool starts_with(std::string_view text, std::string_view head) {
  return text.substr(0, head.size()) == head;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5)
    return false;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9')
      return false;
    port = port * 10 + (c - '0');
  }
  return port > 0 && port <= 65'535;
}

/// Takes `host[:port]` apart; an IPv6 literal stands in brackets.
bool split_authority(std::string_view authority, ws_url& url) {
  std::string_view rest;
  if (starts_with(authority, "[")) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos)
      return false;
    url.host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    rest = authority.substr(colon);
  }
  if (url.host.empty() || url.host.size() > 253)
    return false;
  if (rest.empty())
    url.port = url.secure ? "443" : "80";
  else if (rest[0] == ':' && is_port(rest.substr(1)))
    url.port = rest.substr(1);
  else
    return false;
  return true;
}

} // namespace

std::optional<ws_url> parse_ws_url(std::string_view text, std::string& why) {
  ws_url url;
  url.secure = starts_with(text, "wss://");
  if (text.size() > dial_url_bytes_max || !is_plain(text)) {
    why = "the address is too long or holds characters an address may not hold";
    return std::nullopt;
  }
  if (!url.secure && !starts_with(text, "ws://")) {
    why = "the address must begin with ws:// or wss://";
    return std::nullopt;
  }
  text.remove_prefix(url.secure ? 6 : 5);
  const auto end = std::min(text.find_first_of("/?"), text.size());
  url.target = text.substr(end);
  if (url.target.empty() || url.target[0] == '?')
    url.target.insert(0, "/");
  const auto authority = text.substr(0, end);
  if (authority.find('@') != std::string_view::npos || !split_authority(authority, url)) {
    why = "the address has no host, or a port that is none";
    return std::nullopt;
  }
  return url;
}

} // namespace unpod
