// SIGTERM, SIGINT and SIGHUP as things to wait for, instead of interruptions.
#pragma once

#include <chrono>
#include <csignal>
#include <ctime>

namespace unpod {

/// Blocks the signals in this thread and all it starts: make it first. A second
/// one may be there while the first still is: it stays pending.
class stop_signals {
public:
  stop_signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
      sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }

  /// The next signal within `wait`; 0 when none came.
  int next(std::chrono::milliseconds wait) const {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(wait);
    const timespec limit{static_cast<std::time_t>(whole.count()),
                         static_cast<long>((wait - whole).count() * 1'000'000)};
    const int signal = sigtimedwait(&set_, nullptr, &limit);
    return signal > 0 ? signal : 0;
  }

private:
  sigset_t set_{};
};

} // namespace unpod
