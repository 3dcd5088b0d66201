#include "adapters/outgoing/guard.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <curl/urlapi.h>
#include <memory>
#include <string_view>

namespace unpod {

namespace {

/// bytes of one header's value; 64 headers. As generous as our own server.
constexpr std::size_t header_bytes_max = 8 * 1024;
constexpr std::size_t headers_max = 64;

bool fail(std::string& why, std::string words) {
  why = std::move(words);
  return false;
}

char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), lower);
  return text;
}

/// [::1] is ::1; a name's last dot says nothing.
std::string bare(std::string host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return host.substr(1, host.size() - 2);
  if (!host.empty() && host.back() == '.')
    host.pop_back();
  return host;
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// A part of a URL as libcurl understands it: the same reader as fetches it later.
std::string part_of(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK)
    return {};
  std::string copy{text};
  curl_free(text);
  return copy;
}

bool is_named(const outgoing_rules& rules, const std::string& host, std::uint16_t port) {
  if (std::any_of(rules.allowed.begin(), rules.allowed.end(), [&](const allowed_host& one) {
        return one.host == host && (one.port == 0 || one.port == port);
      }))
    return true;
  if (!rules.loopback)
    return false;
  const auto address = read_ip(host);
  return host == "localhost" || (address && kind_of(*address) == place_kind::loopback);
}

bool is_token(const std::string& name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0
           || others.find(c) != std::string_view::npos;
  });
}

} // namespace

bool read_allowed_hosts(const std::string& text, std::vector<allowed_host>& into,
                        std::string& why) {
  std::vector<allowed_host> read;
  std::string entry;
  for (const char c : text + ",") {
    if (c != ',') {
      if (c != ' ')
        entry += lower(c);
      continue;
    }
    if (entry.empty())
      continue;
    allowed_host one;
    const auto colon = entry.rfind(':');
    const bool bracketed = entry.front() == '[';
    const bool has_port = colon != std::string::npos
                          && (bracketed ? entry[colon - 1] == ']' : entry.find(':') == colon);
    one.host = bare(has_port ? entry.substr(0, colon) : entry);
    if (has_port && !read_port(std::string_view{entry}.substr(colon + 1), one.port))
      return fail(why, "'" + entry + "' has no port after its colon");
    if (one.host.empty() || one.host.find_first_of("/@*[]?#") != std::string::npos)
      return fail(why, "'" + entry + "' is no host; write names or addresses, parted by commas");
    read.push_back(std::move(one));
    entry.clear();
  }
  into = std::move(read);
  return true;
}

bool judge_url(const outgoing_rules& rules, const std::string& url, outgoing_target& into,
               std::string& why) {
  if (url.size() > rules.url_bytes_max)
    return fail(why, "the URL is longer than " + std::to_string(rules.url_bytes_max) + " bytes");
  if (std::any_of(url.begin(), url.end(),
                  [](unsigned char c) { return c <= 0x20 || c == 0x7F || c == '\\'; }))
    return fail(why, "the URL holds a blank, a backslash or a control character");
  if (url.find(":///") != std::string::npos) // libcurl forgives it, others read it otherwise
    return fail(why, "the URL has no host before its path");
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed{curl_url(), curl_url_cleanup};
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return fail(why, "the URL cannot be read; write https://host/path");
  const auto scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  into.host = bare(lowered(part_of(parsed.get(), CURLUPART_HOST)));
  const auto port = part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (scheme != "https" && scheme != "http")
    return fail(why, "the URL must begin with https://");
  if (into.host.empty() || !read_port(port, into.port))
    return fail(why, "the URL names no host, or port 0");
  if (!part_of(parsed.get(), CURLUPART_USER).empty()
      || !part_of(parsed.get(), CURLUPART_PASSWORD).empty())
    return fail(why,
                "the URL for '" + into.host + "' holds a user name; send credentials in a header");
  if (into.host.find('%') != std::string::npos || !part_of(parsed.get(), CURLUPART_ZONEID).empty())
    return fail(why, "the URL's host has a zone or an escape in it");
  into.tls = scheme == "https";
  into.allowed = is_named(rules, into.host, into.port);
  if (!into.tls && !into.allowed)
    return fail(why,
                "'" + into.host
                  + "' is asked over http; use https, or name the host in outgoing.allow_hosts");
  if (into.port != 443 && into.port < 1'024 && !into.allowed)
    return fail(why, "port " + std::to_string(into.port) + " of '" + into.host
                       + "' is a system service's; use 443 or one from 1024, or name the host in "
                         "outgoing.allow_hosts");
  curl_url_set(parsed.get(), CURLUPART_FRAGMENT, nullptr, 0);
  into.url = part_of(parsed.get(), CURLUPART_URL);
  return true;
}

bool judge_addresses(const outgoing_target& target, const std::vector<ip_address>& addresses,
                     std::string& why) {
  if (addresses.empty())
    return fail(why, "'" + target.host + "' has no address");
  const auto itself = read_ip(target.host);
  for (const auto& address : addresses) {
    const auto kind = kind_of(address);
    const bool named = target.allowed && itself && *itself == address;
    if (kind == place_kind::open || named || (target.allowed && kind != place_kind::never))
      continue;
    if (kind == place_kind::never)
      return fail(why, "'" + target.host
                         + "' leads to an address that is nobody's server (link-local, reserved "
                           "or multicast)");
    return fail(why, "'" + target.host
                       + "' leads into a private network; name the host in outgoing.allow_hosts "
                         "if that is meant");
  }
  return true;
}

bool judge_headers(const std::vector<std::pair<std::string, std::string>>& headers,
                   std::string& why) {
  static constexpr std::array<std::string_view, 9> ours{
    "host", "content-length", "transfer-encoding",  "connection", "expect", "upgrade",
    "te",   "trailer",        "proxy-authorization"};
  if (headers.size() > headers_max)
    return fail(why, "more than " + std::to_string(headers_max) + " headers");
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || name.size() > 256)
      return fail(why, "a header's name is no token");
    if (std::find(ours.begin(), ours.end(), lowered(name)) != ours.end())
      return fail(why, "the header '" + name + "' is not yours to set");
    if (value.size() > header_bytes_max)
      return fail(why, "the header '" + name + "' is too long");
    if (std::any_of(value.begin(), value.end(),
                    [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; }))
      return fail(why, "the header '" + name + "' holds a line break or a control character");
  }
  return true;
}

} // namespace unpod
