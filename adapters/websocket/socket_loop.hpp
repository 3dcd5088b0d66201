// A socket_home over epoll, without a thread of its own: whoever has one serves the
// sockets when it suits him, all that are ready at once.
//
//   serve(wait) : epoll_wait -> readable / writable of each -> what was posted
//
// Level-triggered, one read a socket and a round: a peer that floods us gets its turn
// like everybody else, and what is left over is still ready the next time.
#pragma once

#include "adapters/websocket/socket_home.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace unpod {

class socket_loop final : public socket_home {
public:
  /// Throws std::system_error when the system has no descriptor left.
  socket_loop();
  ~socket_loop() override;

  socket_loop(const socket_loop&) = delete;
  socket_loop& operator=(const socket_loop&) = delete;

  bool is_here() const override;
  void post(std::function<void()> job) override;
  bool move_in(int descriptor, std::shared_ptr<home_socket> who) override;
  void want(int descriptor, bool read, bool write) override;
  void move_out(int descriptor) override;

  /// Ends a `serve` that waits. Any thread.
  void wake();

  // -- the one thread that serves ---------------------------------------------

  /// This thread is the loop's from now on.
  void settle();
  /// Does what other threads have asked for so far.
  void run_posted();
  /// Waits up to `wait_ms` (-1: for ever) for something to do, and does what is ready for
  /// up to `budget`; every socket that is ready gets one turn at most.
  void serve(int wait_ms, mono_time budget);

private:
  struct tenant {
    std::shared_ptr<home_socket> who;
    std::uint32_t stay = 0; // tells it from another who had the same descriptor
  };

  tenant* tenant_of(int descriptor);
  void serve_one(std::uint64_t key, std::uint32_t what);
  void tell_time();
  bool interest(int descriptor, int operation, std::uint32_t what, std::uint32_t stay) const;

  int epoll_;
  int bell_; // eventfd
  std::atomic<std::thread::id> thread_{};
  std::atomic<bool> asleep_{false};
  std::mutex mutex_; // guards what follows
  std::vector<std::function<void()>> posted_;

  // The thread's own.
  std::vector<tenant> tenants_; // by descriptor: the system hands out the smallest
  std::size_t at_home_ = 0;
  std::vector<std::function<void()>> posted_now_;
  std::uint32_t stays_ = 0;
  mono_time told_{0};
};

} // namespace unpod
