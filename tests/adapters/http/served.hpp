// A server under test on a free port of loopback, with limits small enough to meet.
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "tests/adapters/http/raw_client.hpp"

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// What happened on the server's side, for a test to wait for.
class ledger {
public:
  void note(std::string line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  /// Waits until there are `count` lines; fewer when patience ends.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, raw::patience, [&] { return lines_.size() >= count; });
    return lines_;
  }

  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return lines_.size();
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

inline http_server_options small_options() {
  http_server_options options;
  options.limits.http_head_bytes_max = 4 * 1024;
  options.limits.http_headers_max = 20;
  options.limits.http_body_bytes_max = 64 * 1024;
  options.limits.http_head_wait = seconds{1};
  options.limits.http_idle_wait = seconds{1};
  options.limits.http_answer_wait = seconds{1};
  options.limits.close_wait = seconds{1};
  options.limits.ping_every = seconds{1};
  return options;
}

/// For tests in which nobody is slow: no deadline may fire on a busy machine.
inline http_server_options patient_options() {
  auto options = small_options();
  options.limits.http_head_wait = raw::patience;
  options.limits.http_idle_wait = raw::patience;
  options.limits.http_answer_wait = raw::patience;
  options.limits.close_wait = raw::patience;
  options.limits.ping_every = raw::patience;
  return options;
}

/// Answers `METHOD path body`.
inline http_handler mirror() {
  http_handler handler;
  handler.on_request = [](std::shared_ptr<http_exchange> exchange) {
    const auto& asked = exchange->request();
    http_response response;
    response.content_type = "text/plain";
    response.body = asked.method + " " + asked.path + " " + asked.body;
    exchange->answer(std::move(response));
  };
  return handler;
}

struct served {
  explicit served(http_handler handler = mirror(), http_server_options options = patient_options())
    : server(threads, std::move(options), std::move(handler)) {
    std::string why;
    if (!server.start(why))
      throw std::runtime_error{why};
  }

  std::uint16_t port() const {
    return server.port();
  }

  net_threads threads{2};
  http_server server;
};

} // namespace unpod
