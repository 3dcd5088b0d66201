// The rules of HTTP/1.1 as this server keeps them: what a head may look like, what
// makes a request sound, and how an answer begins. Pure: bytes in, verdicts out.
//
// Stricter than RFC 9112 where leniency is how requests are smuggled: no bare LF,
// no folded lines, one Host, one Content-Length, never beside Transfer-Encoding.
#pragma once

#include "adapters/http/exchange.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// bytes. 128: an X-Request-Id that is echoed; the SDK sends a UUID (contract §1.4).
inline constexpr std::size_t request_id_bytes_max = 128;

/// `{"detail": words}` (contract §1.4), and the connection closes after it.
/// `words` are ours: no quotes, no backslashes.
http_response problem(int status, std::string_view words);

/// How far a head has come.
struct head_verdict {
  enum class what { need_more, whole, bad };
  what is = what::need_more;
  std::size_t bytes = 0; // whole: of the head, its empty line too
  int status = 0;        // bad: what to answer
  std::string_view words;
};

/// `bytes` is what was received so far, of which the first `seen` were looked at before.
head_verdict inspect_head(std::string_view bytes, std::size_t seen, const wire_limits& limits);

/// What is wrong with a parsed head (RFC 9112 §3, §6), as an answer. `version` is 10 or 11.
std::optional<http_response> check_request(const http_request& request, unsigned version);

/// Asks for a WebSocket at all; a plain request otherwise.
bool is_websocket_upgrade(const http_request& request);

/// What is wrong with a WebSocket handshake (RFC 6455 §4.2.1), as an answer.
std::optional<http_response> check_upgrade(const http_request& request, unsigned version);

/// May another request follow? No for `Connection: close`, for HTTP/1.0 without
/// keep-alive and for python-httpx, which breaks on kept connections (contract §0.10).
bool keeps_alive(const http_request& request, unsigned version);

/// The request's X-Request-Id when it is short and plain, else empty.
std::string_view sane_request_id(const http_request& request);

/// RFC 9110 §5.6.2.
bool is_token(std::string_view text);

/// The path before '?' and the query after it, of an origin-form or absolute-form target.
void split_target(http_request& request);

struct answer_facts {
  unsigned version = 11;
  bool close = false;
  std::string_view request_id; // empty: none
  std::time_t now = 0;
};

/// The head of an answer with its empty line. A header that could break out of its
/// line is left out.
std::string response_head(const http_response& response, const answer_facts& facts);

/// 204 and 304 have none (RFC 9110 §6.4.1).
bool may_have_body(int status);

} // namespace unpod
