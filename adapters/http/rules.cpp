#include "adapters/http/rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace unpod {

namespace {

using sv = std::string_view;

bool is_token_char(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || (c != '\0' && sv{"!#$%&'*+-.^_`|~"}.find(c) != sv::npos);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_word(sv a, sv b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

sv trimmed(sv text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

/// Is `word` in a header's comma-separated list?
bool lists(sv list, sv word) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (same_word(trimmed(list.substr(0, comma)), word))
      return true;
    list.remove_prefix(comma == sv::npos ? list.size() : comma + 1);
  }
  return false;
}

bool any_lists(const http_request& request, sv name, sv word) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return header.first == name && lists(header.second, word);
  });
}

std::size_t count_of(const http_request& request, sv name) {
  return static_cast<std::size_t>(
    std::count_if(request.headers.begin(), request.headers.end(),
                  [&](const auto& header) { return header.first == name; }));
}

head_verdict bad(int status, sv words) {
  return {head_verdict::what::bad, 0, status, words};
}

/// One header line, without its end.
std::optional<head_verdict> inspect_line(sv line) {
  if (line.find('\r') != sv::npos || line.find('\0') != sv::npos)
    return bad(400, "a control character in the head");
  if (line.front() == ' ' || line.front() == '\t')
    return bad(400, "folded header lines are not accepted");
  const auto colon = line.find(':');
  if (colon == sv::npos || !is_token(line.substr(0, colon)))
    return bad(400, "a header line without a sound name");
  return std::nullopt;
}

head_verdict inspect_whole(sv head, const wire_limits& limits) {
  if (head.size() > limits.http_head_bytes_max)
    return bad(431, "the head is too big");
  auto lines = head.substr(0, head.size() - 2);
  lines.remove_prefix(lines.find("\r\n") + 2);
  for (std::size_t count = 1; !lines.empty(); ++count) {
    const auto end = lines.find("\r\n");
    if (count > limits.http_headers_max)
      return bad(431, "too many header lines");
    if (const auto verdict = inspect_line(lines.substr(0, end)))
      return *verdict;
    lines.remove_prefix(end + 2);
  }
  return {head_verdict::what::whole, head.size(), 0, {}};
}

bool is_sound_target(const http_request& request) {
  const auto& target = request.target;
  const bool visible = std::all_of(target.begin(), target.end(),
                                   [](char c) { return c > ' ' && c < 0x7F && c != '#'; });
  const bool star = target == "*" && request.method == "OPTIONS";
  return visible && (star || (!request.path.empty() && request.path.front() == '/'));
}

/// Strict, since URLs are made of it.
bool is_sound_host(sv host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
           || (c != '\0' && sv{".-_:[]"}.find(c) != sv::npos);
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), fits);
}

bool is_base64_key(sv key) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+'
           || c == '/';
  };
  return key.size() == 24 && key.substr(22) == "=="
         && std::all_of(key.begin(), key.end() - 2, fits);
}

sv phrase_of(int status) {
  struct line {
    int status;
    sv phrase;
  };
  static constexpr std::array<line, 32> lines{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
  }};
  for (const auto& entry : lines)
    if (entry.status == status)
      return entry.phrase;
  return "Other";
}

/// RFC 9110 §5.6.7; by hand, since strftime speaks the locale's language.
std::string date_of(std::time_t now) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> text{};
  const auto length = std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                                    days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                                    months.at(static_cast<std::size_t>(utc.tm_mon)),
                                    utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(length)};
}

/// The same, made anew once a second.
const std::string& dated(std::time_t now) {
  thread_local std::time_t made = -1;
  thread_local std::string text;
  if (now != made) {
    text = date_of(now);
    made = now;
  }
  return text;
}

bool is_sound_value(sv value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
}

} // namespace

http_response problem(int status, std::string_view words) {
  http_response response;
  response.status = status;
  response.body = "{\"detail\": \"" + std::string{words} + "\"}";
  response.close = true;
  return response;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

head_verdict inspect_head(std::string_view bytes, std::size_t seen, const wire_limits& limits) {
  if (bytes.empty())
    return {};
  if (!is_token_char(bytes.front()))
    return bad(400, bytes.front() == 0x16 ? sv{"this port does not speak TLS"}
                                          : sv{"this is not an HTTP request"});
  for (auto at = bytes.find('\n', seen); at != sv::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r')
      return bad(400, "a line that does not end with CR LF");
    if (at >= 3 && bytes[at - 2] == '\n')
      return inspect_whole(bytes.substr(0, at + 1), limits);
  }
  if (bytes.size() > limits.http_head_bytes_max)
    return bad(431, "the head is too big");
  return {};
}

std::optional<http_response> check_request(const http_request& request, unsigned version) {
  if (version != 10 && version != 11)
    return problem(505, "this server speaks HTTP/1.1");
  if (request.method == "CONNECT") // TRACE is for whoever routes to refuse
    return problem(501, "this method is not served");
  if (!is_sound_target(request))
    return problem(400, "the request target is malformed");
  const auto hosts = count_of(request, "host");
  if (hosts > 1 || (version == 11 && hosts == 0))
    return problem(400, "exactly one Host header is required");
  if (hosts == 1 && !is_sound_host(request.header("host")))
    return problem(400, "the Host header is malformed");
  const auto lengths = count_of(request, "content-length");
  const auto codings = count_of(request, "transfer-encoding");
  if (lengths > 1 || codings > 1 || (lengths == 1 && codings == 1))
    return problem(400, "the length of the body is ambiguous");
  if (codings == 1 && (version == 10 || !same_word(request.header("transfer-encoding"), "chunked")))
    return problem(400, "the only transfer coding understood is chunked");
  if (const auto expect = request.header("expect");
      !expect.empty() && !same_word(expect, "100-continue"))
    return problem(417, "the only expectation understood is 100-continue");
  return std::nullopt;
}

bool is_websocket_upgrade(const http_request& request) {
  return any_lists(request, "upgrade", "websocket") && any_lists(request, "connection", "upgrade");
}

std::optional<http_response> check_upgrade(const http_request& request, unsigned version) {
  if (request.method != "GET" || version != 11 || !request.body.empty())
    return problem(400, "a WebSocket handshake is an HTTP/1.1 GET without a body");
  if (count_of(request, "sec-websocket-version") != 1
      || request.header("sec-websocket-version") != "13") {
    auto response = problem(426, "the only WebSocket version spoken is 13");
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return response;
  }
  if (count_of(request, "sec-websocket-key") != 1
      || !is_base64_key(request.header("sec-websocket-key")))
    return problem(400, "the Sec-WebSocket-Key is malformed");
  return std::nullopt;
}

bool keeps_alive(const http_request& request, unsigned version) {
  if (any_lists(request, "connection", "close")
      || request.header("user-agent").substr(0, 12) == "python-httpx")
    return false;
  return version == 11 || any_lists(request, "connection", "keep-alive");
}

std::string_view sane_request_id(const http_request& request) {
  const auto id = request.header("x-request-id");
  return id.size() <= request_id_bytes_max && is_token(id) ? id : std::string_view{};
}

void split_target(http_request& request) {
  sv target = request.target;
  for (const sv scheme : {"http://", "https://"})
    if (same_word(target.substr(0, scheme.size()), scheme)) {
      const auto path = target.find_first_of("/?", scheme.size());
      target = path == sv::npos ? sv{"/"} : target.substr(path);
      break;
    }
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  request.query = question == sv::npos ? sv{} : target.substr(question + 1);
  if (request.path.empty() && question == 0)
    request.path = "/";
}

bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

/// bytes. 256: most heads take less.
constexpr std::size_t usual_head_bytes = 256;

std::string response_head(const http_response& response, const answer_facts& facts) {
  std::string head;
  head.reserve(usual_head_bytes);
  head += facts.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  head += std::to_string(response.status);
  head.append(" ").append(phrase_of(response.status));
  const auto add = [&head](sv name, sv value) {
    if (is_token(name) && is_sound_value(value))
      head.append("\r\n").append(name).append(": ").append(value);
  };
  add("Server", "unpod");
  add("Date", dated(facts.now));
  if (may_have_body(response.status)) {
    if (!response.content_type.empty())
      add("Content-Type", response.content_type);
    if (!response.open)
      add("Content-Length",
          std::to_string(response.body.size() + (response.more ? response.more->bytes : 0)));
    else if (facts.version > 10) // an older peer reads until the end of the connection
      add("Transfer-Encoding", "chunked");
  }
  if (!facts.request_id.empty())
    add("X-Request-Id", facts.request_id);
  for (const auto& [name, value] : response.headers)
    add(name, value);
  if (facts.close)
    add("Connection", "close");
  else if (facts.version == 10)
    add("Connection", "keep-alive");
  head += "\r\n\r\n";
  return head;
}

} // namespace unpod
