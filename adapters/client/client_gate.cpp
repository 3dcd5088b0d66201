// Judging a client's handshake.
#include "adapters/client/client_gate.hpp"

#include "adapters/client/client_frames.hpp"
#include "adapters/json/json.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace unpod {

namespace {

std::string lower(std::string_view text) {
  std::string copy{text};
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// 127.0.0.0/8, written out: four groups of digits and nothing else.
bool is_loopback_address(std::string_view host) {
  if (host.substr(0, 4) != "127.")
    return false;
  int groups = 0;
  for (std::size_t at = 0; at <= host.size(); ++groups) {
    const auto dot = std::min(host.find('.', at), host.size());
    const auto group = host.substr(at, dot - at);
    if (!all_digits(group) || group.size() > 3)
      return false;
    at = dot + 1;
  }
  return groups == 4;
}

/// `origin` in lower case: http(s)://host[:port].
bool is_loopback_page(std::string_view origin) {
  const auto slashes = origin.find("://");
  if (slashes == std::string_view::npos)
    return false;
  const auto scheme = origin.substr(0, slashes);
  const auto rest = origin.substr(slashes + 3);
  const auto bracket = rest.substr(0, 1) == "[" ? rest.find(']') : 0;
  const auto end = std::min(rest.find(':', bracket), rest.size());
  const auto host = rest.substr(0, end);
  const auto port = rest.substr(end);
  return (scheme == "http" || scheme == "https") && (port.empty() || all_digits(port.substr(1)))
         && (host == "localhost" || host == "[::1]" || is_loopback_address(host));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const auto letter = static_cast<char>(c | 0x20);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// Percent-decoding; what is malformed stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool coded = text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0
                       && hex_digit(text[at + 2]) >= 0;
    if (coded) {
      out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

http_response answer(int status, const std::string& detail) {
  http_response response;
  response.status = status;
  json::writer body;
  body.object().field("detail", detail).end();
  response.body = body.str();
  if (status == 503)
    response.headers.emplace_back("Retry-After", std::to_string(retry_after_s));
  if (status == 401)
    response.headers.emplace_back("WWW-Authenticate", "Bearer"); // RFC 9110 §15.5.2 asks for one
  return response;
}

/// Lets a browser see why: it may speak to a socket, not read a 401.
void close_with_reason(const ws_channel_ptr& channel, const std::string& detail) {
  if (!channel)
    return;
  channel_handler deaf;
  deaf.on_text = [](std::string_view) {};
  deaf.on_binary = [](std::string_view) {};
  deaf.on_closed = [](std::uint16_t, const std::string&) {};
  channel->start(std::move(deaf));
  channel->send_text(error_frame("bad_token", detail, true));
  channel->close(close_bad_token, close_words(detail));
}

} // namespace

client_knock::client_knock(std::shared_ptr<ws_upgrade> upgrade, pipe_id pipe,
                           std::string token_hash, const wire_limits& bounds)
  : upgrade_(std::move(upgrade)), pipe_(std::move(pipe)), token_hash_(std::move(token_hash)),
    message_bytes_max_(bounds.client_message_bytes_max),
    queue_bytes_max_(bounds.client_queue_bytes_max) {}

client_knock::~client_knock() {
  if (!answered_)
    refuse(503, "the node could not look at the session token; try again");
}

const std::string& client_knock::peer() const {
  return upgrade_->request().peer;
}

void client_knock::accept(std::function<void(ws_channel_ptr)> opened, socket_home* home) {
  answered_ = true;
  const auto offered = offers_subprotocol(upgrade_->request(), client_subprotocol);
  upgrade_->accept(offered ? client_subprotocol : "", message_bytes_max_, std::move(opened),
                   queue_bytes_max_, home);
}

void client_knock::refuse_token(const std::string& detail) {
  if (!offers_subprotocol(upgrade_->request(), client_subprotocol))
    return refuse(401, detail);
  accept([detail](const ws_channel_ptr& channel) { close_with_reason(channel, detail); });
}

void client_knock::refuse(int status, const std::string& detail) {
  answered_ = true;
  log(log_level::info, "adapters.client", peer(),
      "connect refused, " + std::to_string(status) + ": " + detail);
  upgrade_->refuse(answer(status, detail));
}

void on_client_upgrade(const gate_rules& rules, const wire_limits& bounds,
                       std::shared_ptr<ws_upgrade> upgrade, const pipe_id& pipe,
                       const std::function<void(client_knock_ptr)>& pass) {
  const auto& request = upgrade->request();
  const auto token = query_value(request.query, "token").value_or("");
  const bool possible = !token.empty() && token.size() <= token_bytes_max;
  auto hash = possible ? rules.hash(token) : std::string{};
  auto knock = std::make_shared<client_knock>(upgrade, pipe, hash, bounds);
  if (rules.draining && rules.draining())
    return knock->refuse(503, "the node is draining and takes no new calls");
  if (!is_origin_allowed(request.header("origin"), rules))
    return knock->refuse(403, "pages of this origin may not connect (--allow-origin)");
  if (!rules.pipe_exists(pipe))
    return knock->refuse(404, "no such pipe");
  if (!possible)
    return knock->refuse_token("a session token is needed: ?token=");
  const auto meant = rules.pipe_of_token ? rules.pipe_of_token(hash) : std::nullopt;
  if (meant && *meant != pipe)
    return knock->refuse_token("the session token is for another pipe");
  pass(std::move(knock));
}

bool is_origin_allowed(std::string_view origin, const gate_rules& rules) {
  if (origin.empty())
    return true;
  const auto page = lower(origin);
  const bool listed =
    std::any_of(rules.allowed_origins.begin(), rules.allowed_origins.end(),
                [&](const std::string& one) { return one == "*" || lower(one) == page; });
  return listed || (rules.loopback_pages && is_loopback_page(page));
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  for (std::size_t begin = 0; begin < query.size();) {
    auto end = begin;
    while (end < query.size() && query[end] != '&')
      ++end;
    const auto pair = query.substr(begin, end - begin);
    const bool named = pair.substr(0, name.size()) == name;
    if (named && pair.size() == name.size())
      return std::string{};
    if (named && pair[name.size()] == '=')
      return decoded(pair.substr(name.size() + 1));
    begin = end + 1;
  }
  return std::nullopt;
}

bool offers_subprotocol(const http_request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    std::string_view rest = key == "sec-websocket-protocol" ? value : std::string_view{};
    while (!rest.empty()) {
      const auto end = std::min(rest.find(','), rest.size());
      if (trimmed(rest.substr(0, end)) == name)
        return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

} // namespace unpod
