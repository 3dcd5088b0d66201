// The net threads: one Asio context, a few threads, and their stop. The only
// threads that do socket work for HTTP, server and provider WebSockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace unpod {

class net_threads {
public:
  /// us. `look_every`: they sleep so long between looks at their sockets; 0: whatever comes
  /// wakes them.
  explicit net_threads(std::size_t threads,
                       std::chrono::microseconds look_every = std::chrono::microseconds{0});
  /// Stops and joins.
  ~net_threads();

  net_threads(const net_threads&) = delete;
  net_threads& operator=(const net_threads&) = delete;

  boost::asio::io_context& context();

  /// Runs `work` on a net thread, soon.
  void post(std::function<void()> work);

  /// Runs `work` on a net thread after `delay_ms`; dropped if the threads stop first.
  void post_after(std::size_t delay_ms, std::function<void()> work);

  /// No handler runs after this returns. Idempotent; not from a net thread.
  void stop();

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace unpod
