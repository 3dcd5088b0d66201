// The blocking exchange, and the reader of answers.
#include "adapters/peers/http_client.hpp"

#include "adapters/peers/http_link.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

std::string lowered(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// At most 8 digits, so that nothing overflows; larger is over every limit here.
std::optional<std::size_t> number_of(std::string_view text, unsigned base) {
  if (text.empty() || text.size() > 8)
    return std::nullopt;
  std::size_t value = 0;
  for (const char c : lowered(text)) {
    const unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                           : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                                                  : 99;
    if (digit >= base)
      return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

std::string request_text(const http_base& base, const std::string& method, const std::string& path,
                         const std::string& key, const std::string& body) {
  std::string out = method + " " + base.prefix + path + " HTTP/1.1\r\nHost: " + base.where()
                    + "\r\nUser-Agent: unpod\r\nAccept: application/json\r\nConnection: close\r\n";
  if (!key.empty())
    out += "Authorization: Bearer " + key + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
    out +=
      "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + body;
}

bool fit_for_a_head(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 127; });
}

http_answer failed(std::string why) {
  return {0, {}, std::move(why)};
}

} // namespace

std::optional<http_base> parse_http_base(std::string_view url) {
  url = trimmed(url);
  http_base base;
  const auto colons = url.find("://");
  const auto scheme = lowered(url.substr(0, colons == url.npos ? 0 : colons));
  base.secure = scheme != "http" && scheme != "ws";
  if (colons == 0 || (base.secure && !scheme.empty() && scheme != "https" && scheme != "wss"))
    return std::nullopt;
  base.port = base.secure ? "443" : "80";
  if (colons != url.npos)
    url.remove_prefix(colons + 3);
  while (!url.empty() && url.back() == '/')
    url.remove_suffix(1);
  auto host = url.substr(0, url.find('/'));
  base.prefix = url.substr(host.size());
  const auto bracket = host.find(']'); // an IPv6 address stands in brackets
  const auto colon = host.find(':', bracket == host.npos ? 0 : bracket);
  if (colon != host.npos) {
    const auto port = host.substr(colon + 1);
    const auto number = number_of(port, 10);
    if (!number || *number == 0 || *number > 65'535)
      return std::nullopt;
    base.port = port;
    host = host.substr(0, colon);
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  base.host = host;
  if (host.empty() || host.find_first_of("?#@[]") != host.npos || !fit_for_a_head(base.host)
      || base.prefix.find_first_of("?#") != base.prefix.npos || !fit_for_a_head(base.prefix))
    return std::nullopt;
  return base;
}

std::string http_base::where() const {
  return (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + port;
}

http_answer_reader::http_answer_reader(http_client_limits limits) : limits_{limits} {}

const http_answer& http_answer_reader::answer() const {
  return answer_;
}

std::string http_answer_reader::take_body() {
  return std::exchange(answer_.body, {});
}

bool http_answer_reader::fail(const char* why) {
  answer_ = failed(why);
  stage_ = stage::done;
  return false;
}

bool http_answer_reader::take(std::string_view bytes) {
  in_.append(bytes);
  while (stage_ != stage::done && step()) {
  }
  return stage_ == stage::done;
}

void http_answer_reader::ended() {
  if (stage_ == stage::until_end)
    stage_ = stage::done;
  else if (stage_ != stage::done)
    fail("the answer was cut off");
}

/// One move; false when it needs more bytes (or is done).
bool http_answer_reader::step() {
  switch (stage_) {
    case stage::head:
      return read_head();
    case stage::counted:
      if (read_some(wanted_) && wanted_ == 0)
        stage_ = stage::done;
      return false;
    case stage::chunk_size:
      return read_chunk_size();
    case stage::chunk:
      if (!read_some(wanted_) || wanted_ > 0)
        return false;
      stage_ = stage::chunk_end;
      return true;
    case stage::chunk_end:
      if (in_.size() < 2)
        return false;
      if (in_.compare(0, 2, "\r\n") != 0)
        return fail("a chunk does not end where it said");
      in_.erase(0, 2);
      stage_ = stage::chunk_size;
      return true;
    case stage::trailer:
      if (in_.find("\r\n") != std::string::npos)
        stage_ = stage::done; // whatever trailers say is not needed
      return in_.size() > limits_.head_bytes_max && fail("the trailer is too long");
    case stage::until_end: {
      auto all = in_.size();
      return read_some(all) && false;
    }
    case stage::done:
      break;
  }
  return false;
}

bool http_answer_reader::read_head() {
  const auto end = in_.find("\r\n\r\n");
  if (std::min(end, in_.size()) > limits_.head_bytes_max)
    return fail("the head of the answer is too long");
  if (end == std::string::npos)
    return false;
  const std::string head = in_.substr(0, end + 2);
  in_.erase(0, end + 4);
  bool first = true;
  for (std::size_t at = 0; at < head.size(); first = false) {
    const auto stop = head.find("\r\n", at);
    const auto line = std::string_view{head}.substr(at, stop - at);
    if (!(first ? read_status(line) : read_header(line)))
      return false;
    at = stop + 2;
  }
  if (answer_.status == 204 || answer_.status == 304)
    length_ = 0;
  if (!chunked_ && length_.value_or(0) > limits_.body_bytes_max)
    return fail("the answer is too long");
  wanted_ = length_.value_or(0);
  stage_ = chunked_ ? stage::chunk_size : length_ ? stage::counted : stage::until_end;
  return true;
}

bool http_answer_reader::read_status(std::string_view line) {
  if (line.substr(0, 7) != "HTTP/1." || line.size() < 12 || line[8] != ' ')
    return fail("the answer is not HTTP/1.x");
  const auto status = number_of(line.substr(9, 3), 10);
  if (!status || *status < 200)
    return fail("the answer has no final status");
  answer_.status = static_cast<int>(*status);
  return true;
}

bool http_answer_reader::read_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos)
    return fail("a header line has no colon");
  const auto name = lowered(line.substr(0, colon));
  const auto content = trimmed(line.substr(colon + 1));
  if (name == "content-length") {
    const auto length = number_of(content, 10);
    if (!length || (length_ && *length_ != *length))
      return fail("the Content-Length makes no sense");
    length_ = length;
  } else if (name == "transfer-encoding") {
    chunked_ = lowered(content) == "chunked";
    if (!chunked_)
      return fail("the answer's transfer encoding is not known");
  }
  return true;
}

bool http_answer_reader::read_chunk_size() {
  const auto end = in_.find("\r\n");
  if (end == std::string::npos)
    return in_.size() > 100 && fail("a chunk's size is too long");
  const auto line = std::string_view{in_}.substr(0, end);
  const auto size = number_of(trimmed(line.substr(0, line.find(';'))), 16);
  if (!size)
    return fail("a chunk's size makes no sense");
  in_.erase(0, end + 2);
  wanted_ = *size;
  stage_ = wanted_ == 0 ? stage::trailer : stage::chunk;
  return true;
}

/// Moves up to `wanted` bytes into the body.
bool http_answer_reader::read_some(std::size_t& wanted) {
  const auto count = std::min(wanted, in_.size());
  if (answer_.body.size() + count > limits_.body_bytes_max)
    return fail("the answer is too long");
  answer_.body.append(in_, 0, count);
  in_.erase(0, count);
  wanted -= count;
  return true;
}

namespace {

/// Asks, and has `look` see what was read after each arrival; it says false to stop there.
http_answer talk(const std::string& base_url, const std::string& method, const std::string& path,
                 const std::string& key, const std::string& body, const http_client_limits& limits,
                 const std::function<bool(http_answer_reader&)>& look) {
  const auto base = parse_http_base(base_url);
  if (!base || path.empty() || path.front() != '/')
    return failed("not an http:// or https:// address: " + base_url.substr(0, 200));
  if (!fit_for_a_head(method) || !fit_for_a_head(path) || !fit_for_a_head(key))
    return failed("the request has a byte that does not belong in a head");
  std::string why;
  const auto link = http_link::open(*base, http_link::clock::now() + limits.wait, why);
  if (!link)
    return failed(why);
  if (!link->send(request_text(*base, method, path, key, body)))
    return failed("the request could not be sent to " + base->where());
  if (limits.quiet.count() > 0)
    link->expect_every(limits.quiet);
  http_answer_reader reader{limits};
  char buffer[16 * 1024];
  for (bool silent = true;; silent = false) {
    std::size_t count = 0;
    switch (link->receive(buffer, sizeof buffer, count)) {
      case http_link::got::bytes: {
        const bool whole = reader.take({buffer, count});
        if (!look(reader) || whole)
          return reader.answer();
        break;
      }
      case http_link::got::end:
        if (silent)
          return failed(base->where() + " hung up without an answer"
                        + (base->secure ? "" : "; is it https://?"));
        reader.ended();
        return reader.answer();
      case http_link::got::nothing_in_time:
        return failed(base->where() + " did not answer in time");
      case http_link::got::broken:
        return failed(base->where() + " broke the connection");
    }
  }
}

} // namespace

http_answer ask_over_http(const std::string& base_url, const std::string& method,
                          const std::string& path, const std::string& key, const std::string& body,
                          const http_client_limits& limits) {
  return talk(base_url, method, path, key, body, limits, [](http_answer_reader&) { return true; });
}

http_answer http_follow(const std::string& base_url, const std::string& method,
                        const std::string& path, const std::string& key, const std::string& body,
                        const std::function<bool(std::string_view)>& take,
                        const http_client_limits& limits) {
  return talk(base_url, method, path, key, body, limits, [&take](http_answer_reader& reader) {
    if (reader.answer().status != 200)
      return true;
    const auto piece = reader.take_body();
    return piece.empty() || take(piece);
  });
}

} // namespace unpod
