// The way out over HTTP: webhooks, brains behind a URL, anything that a user's
// configuration makes this node fetch. One port; who builds it is runtime's business.
//
// Every URL is somebody else's word: the port resolves it, refuses addresses the
// node's configuration does not allow (architecture and limits: no private ranges, no
// redirects, https unless allowed), and pins what it resolved.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

struct outgoing_request {
  std::string method = "POST";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::chrono::milliseconds timeout{10'000};    // of the whole exchange
  std::chrono::milliseconds first_byte{10'000}; // until the answer's head
  std::chrono::milliseconds quiet{10'000};      // between two pieces of the answer
  std::size_t answer_max = 1U << 20U;           // bytes of the answer's body
};

/// How an exchange ended. `status` 0: there was no answer. `why` is empty when the answer
/// is whole; else it says what went wrong, in words that name the host and never the
/// query, a header or a secret. A redirect is an answer: nobody follows it.
struct outgoing_result {
  int status = 0;
  std::string why;
  bool refused = false; // by our own rules: trying again is of no use
  std::chrono::milliseconds took{0};
};

/// Takes one answer. Called on a thread of the port, in order; must not block.
class outgoing_listener {
public:
  virtual ~outgoing_listener() = default;
  /// The head came. Returning false ends the exchange.
  virtual bool began(int status, const std::string& content_type) = 0;
  /// A piece of the body. Returning false ends the exchange.
  virtual bool piece(std::string_view bytes) = 0;
  /// The end, once, whatever happened; nothing follows.
  virtual void ended(const outgoing_result& result) = 0;
};

/// An exchange that goes on. Letting go of it does not stop it.
class outgoing_exchange {
public:
  virtual ~outgoing_exchange() = default;
  /// Ends it at once; `ended` follows. Any thread; harmless when it is over.
  virtual void abort() = 0;
};

class outgoing_http {
public:
  virtual ~outgoing_http() = default;
  /// Any thread. Never null, never blocks; every failure comes through `ended`.
  virtual std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                                  std::shared_ptr<outgoing_listener> listener) = 0;
};

using outgoing_http_ptr = std::shared_ptr<outgoing_http>;

} // namespace unpod
