#include "adapters/websocket/proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

std::string lowered(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\t')
      out += c;
  return out;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
}

/// "example.com" covers itself and "a.example.com"; so does ".example.com".
bool covers(std::string exception, const std::string& host, const std::string& port) {
  if (exception == "*")
    return true;
  const auto colon = exception.rfind(':');
  const bool literal = exception.find(':') != colon || exception.front() == '[';
  if (colon != std::string::npos && !literal) {
    if (exception.substr(colon + 1) != port)
      return false;
    exception.resize(colon);
  }
  if (!exception.empty() && exception.front() == '.')
    exception.erase(0, 1);
  if (exception.empty())
    return false;
  if (host == exception || "[" + host + "]" == exception)
    return true;
  return host.size() > exception.size() + 1
         && host.compare(host.size() - exception.size(), exception.size(), exception) == 0
         && host[host.size() - exception.size() - 1] == '.';
}

std::string decoded(std::string_view text) {
  const auto hex = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : std::tolower(c) - 'a' + 10;
  };
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text[at] == '%' && at + 2 < text.size()
        && std::isxdigit(static_cast<unsigned char>(text[at + 1]))
        && std::isxdigit(static_cast<unsigned char>(text[at + 2]))) {
      out += static_cast<char>(hex(text[at + 1]) * 16 + hex(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  return out;
}

std::string in_base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

} // namespace

proxy_rules proxy_rules_of(const std::function<std::string(const std::string&)>& value) {
  const auto either = [&](const char* small, const char* capital) {
    const auto found = value(small);
    return found.empty() ? value(capital) : found;
  };
  proxy_rules rules{either("https_proxy", "HTTPS_PROXY"), either("http_proxy", "HTTP_PROXY"), {}};
  const auto except = lowered(without_blanks(either("no_proxy", "NO_PROXY")));
  for (std::size_t at = 0; at < except.size();) {
    const auto end = std::min(except.find(',', at), except.size());
    if (end > at)
      rules.except.push_back(except.substr(at, end - at));
    at = end + 1;
  }
  return rules;
}

std::string proxy_for(const proxy_rules& rules, std::string_view text) {
  std::string why, address{text};
  if (address.rfind("http", 0) == 0)
    address.replace(0, 4, "ws");
  const auto url = parse_ws_url(address, why);
  if (!url)
    return {};
  const auto& proxy = url->secure ? rules.secure : rules.plain;
  const auto host = lowered(url->host);
  const bool straight =
    is_this_machine(host)
    || std::any_of(rules.except.begin(), rules.except.end(),
                   [&](const auto& one) { return covers(one, host, url->port); });
  return straight ? std::string{} : proxy;
}

std::optional<proxy_address> parse_proxy(std::string_view text, std::string& why) {
  constexpr std::string_view scheme = "http://";
  if (text.substr(0, scheme.size()) == scheme)
    text.remove_prefix(scheme.size());
  else if (text.find("://") != std::string_view::npos) {
    why = "the proxy's address must begin with http://";
    return std::nullopt;
  }
  proxy_address proxy;
  const auto at = text.rfind('@');
  if (at != std::string_view::npos) {
    proxy.credentials = decoded(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  std::string ignored;
  const auto url = parse_ws_url("ws://" + std::string{text.substr(0, text.find('/'))}, ignored);
  if (!url) {
    why = "the proxy's address has no host, or a port that is none";
    return std::nullopt;
  }
  proxy.host = url->host;
  proxy.port = url->port;
  return proxy;
}

std::string proxy_talk::question(const proxy_address& proxy, const ws_url& to) {
  const auto place = to.host_text() + ":" + to.port;
  std::string text = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n";
  if (!proxy.credentials.empty())
    text += "Proxy-Authorization: Basic " + in_base64(proxy.credentials) + "\r\n";
  return text + "\r\n";
}

proxy_talk::state proxy_talk::take(std::string_view bytes) {
  answer_ += bytes;
  const auto end = answer_.find("\r\n\r\n");
  if (end == std::string::npos)
    return answer_.size() > proxy_answer_bytes_max ? refuse("the proxy answers without an end")
                                                   : state::more;
  const bool http = answer_.rfind("HTTP/1.", 0) == 0 && answer_.size() > 12 && answer_[8] == ' ';
  const auto status = http ? answer_.substr(9, 3) : std::string{};
  if (status.size() != 3 || !std::all_of(status.begin(), status.end(), [](unsigned char c) {
        return std::isdigit(c) != 0;
      }))
    return refuse("the proxy does not speak HTTP");
  if (status[0] != '2')
    return refuse("the proxy answers " + status);
  return end + 4 == answer_.size() ? state::open : refuse("the proxy speaks out of turn");
}

proxy_talk::state proxy_talk::refuse(std::string why) {
  why_ = std::move(why);
  return state::refused;
}

} // namespace unpod
