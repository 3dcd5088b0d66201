// A home for sockets with a thread of its own: it serves them as they come.
#pragma once

#include "adapters/websocket/socket_loop.hpp"

#include <atomic>
#include <thread>

class home_thread {
public:
  ~home_thread() {
    stopping_ = true;
    loop_.wake();
    thread_.join();
  }

  unpod::socket_home* sockets() {
    return &loop_;
  }

private:
  void run() {
    loop_.settle();
    while (!stopping_)
      loop_.serve(-1, unpod::mono_time{3'000'000});
  }

  unpod::socket_loop loop_;
  std::atomic<bool> stopping_{false};
  std::thread thread_{[this] { run(); }};
};
