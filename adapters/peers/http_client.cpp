// The blocking exchange over POSIX sockets, and the reader of answers.
#include "adapters/peers/http_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace unpod {

namespace {

using clock = std::chrono::steady_clock;

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

struct socket_handle {
  int fd = -1;

  ~socket_handle() {
    if (fd >= 0)
      ::close(fd);
  }
};

/// Waits until the socket is ready for this or the deadline passes.
bool wait_for(int fd, short what, clock::time_point deadline) {
  for (;;) {
    const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd one{fd, what, 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

bool connected(socket_handle& handle, const addrinfo& to, clock::time_point deadline) {
  handle.fd = ::socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to.ai_protocol);
  if (handle.fd < 0)
    return false;
  if (::connect(handle.fd, to.ai_addr, to.ai_addrlen) == 0)
    return true;
  if (errno != EINPROGRESS || !wait_for(handle.fd, POLLOUT, deadline))
    return false;
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(handle.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

bool dial(socket_handle& handle, const http_base& base, clock::time_point deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(base.host.c_str(), base.port.c_str(), &hints, &found) != 0)
    return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, ::freeaddrinfo};
  for (const auto* to = found; to != nullptr; to = to->ai_next) {
    if (connected(handle, *to, deadline))
      return true;
    if (handle.fd >= 0)
      ::close(std::exchange(handle.fd, -1));
  }
  return false;
}

bool send_all(int fd, std::string_view bytes, clock::time_point deadline) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0)
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    else if ((errno != EAGAIN && errno != EINTR) || !wait_for(fd, POLLOUT, deadline))
      return false;
  }
  return true;
}

std::string request_text(const http_base& base, const std::string& method, const std::string& path,
                         const std::string& key, const std::string& body) {
  std::string out = method + " " + path + " HTTP/1.1\r\nHost: " + base.host + ":" + base.port
                    + "\r\nUser-Agent: unpod\r\nAccept: application/json\r\nConnection: close\r\n";
  if (!key.empty())
    out += "Authorization: Bearer " + key + "\r\n";
  if (!body.empty() || method == "POST")
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
  constexpr std::string_view scheme = "http://";
  if (url.substr(0, scheme.size()) != scheme)
    return std::nullopt;
  url.remove_prefix(scheme.size());
  while (!url.empty() && url.back() == '/')
    url.remove_suffix(1);
  http_base base;
  auto host = url;
  std::string_view port;
  const auto bracket = url.find(']'); // an IPv6 address stands in brackets
  const auto colon = url.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    host = url.substr(0, colon);
    port = url.substr(colon + 1);
    const auto number = number_of(port, 10);
    if (!number || *number == 0 || *number > 65'535)
      return std::nullopt;
    base.port = port;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("/ ?#@[]") != std::string_view::npos)
    return std::nullopt;
  base.host = host;
  return base;
}

http_answer_reader::http_answer_reader(http_client_limits limits) : limits_{limits} {}

const http_answer& http_answer_reader::answer() const {
  return answer_;
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

http_answer http_exchange(const std::string& base_url, const std::string& method,
                          const std::string& path, const std::string& key, const std::string& body,
                          const http_client_limits& limits) {
  const auto base = parse_http_base(base_url);
  if (!base || path.empty() || path.front() != '/')
    return failed("not an http:// address: " + base_url.substr(0, 200));
  if (!fit_for_a_head(method) || !fit_for_a_head(path) || !fit_for_a_head(key))
    return failed("the request has a byte that does not belong in a head");
  const auto deadline = clock::now() + limits.wait;
  socket_handle handle;
  const auto where = base->host + ":" + base->port;
  if (!dial(handle, *base, deadline))
    return failed("nobody answers at " + where);
  if (!send_all(handle.fd, request_text(*base, method, path, key, body), deadline))
    return failed("the request could not be sent to " + where);
  http_answer_reader reader{limits};
  char buffer[16 * 1024];
  for (;;) {
    const auto got = ::recv(handle.fd, buffer, sizeof buffer, 0);
    if (got > 0) {
      if (reader.take({buffer, static_cast<std::size_t>(got)}))
        return reader.answer();
    } else if (got == 0) {
      reader.ended();
      return reader.answer();
    } else if (errno != EAGAIN && errno != EINTR) {
      return failed(where + " broke the connection");
    } else if (!wait_for(handle.fd, POLLIN, deadline)) {
      return failed(where + " did not answer in time");
    }
  }
}

} // namespace unpod
