// A small blocking HTTP/1.1 client for JSON: what the demo and the command line need
// to ask a node. One request per connection, plain or TLS, no redirects; everything
// that comes back is bounded. For user threads only, never a net thread or actor.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

struct http_client_limits {
  /// bytes of an answer's head. Default 16 KB.
  std::size_t head_bytes_max = 16 * 1024;
  /// bytes of an answer's body. Default 4 MB: a long call with its transcript.
  std::size_t body_bytes_max = 4 * 1024 * 1024;
  /// s for the whole exchange. Default 10.
  std::chrono::seconds wait{10};
  /// s without a byte from the peer. 0: as long as the whole may take.
  std::chrono::seconds quiet{0};
};

struct http_answer {
  int status = 0; // 0: nothing came, see `why`
  std::string body;
  std::string why;
};

/// Where a node is: `http://host[:port][/prefix]` or https; ws and wss mean the same, and
/// without a scheme it is https, as the SDK reads UNPOD_BASE_URL. Nothing for anything else.
struct http_base {
  bool secure = false;
  std::string host; // an IPv6 address without its brackets
  std::string port;
  std::string prefix; // before every path; empty, or begins with '/'

  /// "host:port", as it stands in a Host header.
  std::string where() const;
};
std::optional<http_base> parse_http_base(std::string_view url);

/// Reads one answer from bytes as they come: Content-Length, chunked, or until the end.
class http_answer_reader {
public:
  explicit http_answer_reader(http_client_limits limits);

  /// More bytes; true when the answer is complete or beyond hope (`answer().why`).
  bool take(std::string_view bytes);
  /// What of the body is there; it is forgotten here.
  std::string take_body();
  /// The peer closed: the last word on a body without a length.
  void ended();
  const http_answer& answer() const;

private:
  enum class stage { head, counted, chunk_size, chunk, chunk_end, trailer, until_end, done };

  bool step();
  bool read_head();
  bool read_status(std::string_view line);
  bool read_header(std::string_view line);
  bool read_chunk_size();
  bool read_some(std::size_t& wanted);
  bool fail(const char* why);

  http_client_limits limits_;
  stage stage_ = stage::head;
  std::string in_;
  std::size_t wanted_ = 0;
  std::optional<std::size_t> length_;
  bool chunked_ = false;
  http_answer answer_;
};

/// `key` goes into `Authorization: Bearer`; an empty `body` sends none.
http_answer ask_over_http(const std::string& base_url, const std::string& method,
                          const std::string& path, const std::string& key, const std::string& body,
                          const http_client_limits& limits = {});

/// The same for an answer that goes on: a body of status 200 is handed over as it comes, until
/// it ends or `take` says false; any other is answered whole.
http_answer http_follow(const std::string& base_url, const std::string& method,
                        const std::string& path, const std::string& key, const std::string& body,
                        const std::function<bool(std::string_view)>& take,
                        const http_client_limits& limits = {});

} // namespace unpod
