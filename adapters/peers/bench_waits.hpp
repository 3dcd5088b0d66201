// Waiting, for a bench's own thread: for the net thread's answer, for something to become true.
#pragma once

#include "adapters/websocket/net_threads.hpp"

#include <chrono>
#include <future>
#include <thread>

namespace unpod {

/// ms. How long sockets may take to say goodbye.
inline constexpr std::chrono::milliseconds farewell_max{2'000};

/// What `ask` returns, once it was called on a net thread. Not from one of them.
template <class Ask>
auto ask_on(net_threads& threads, Ask ask) -> decltype(ask()) {
  std::promise<decltype(ask())> answer;
  threads.post([&] { answer.set_value(ask()); });
  return answer.get_future().get();
}

/// us. 1,000: how often the load looks at its sockets. A frame of the node's then wakes nobody,
/// as on a network of its own: on loopback the sender pays for waking who receives.
inline constexpr std::chrono::microseconds load_looks_every{1'000};

/// Looks every 20 ms; false when it did not become true in time.
template <class Look>
bool wait_until(std::chrono::milliseconds longest, Look look) {
  const auto until = std::chrono::steady_clock::now() + longest;
  while (!look()) {
    if (std::chrono::steady_clock::now() >= until)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

} // namespace unpod
