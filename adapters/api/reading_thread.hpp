// The thread on which the API reads what takes long: lists of calls and the pieces of
// recordings. Net threads carry live audio and wait for no disk.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace unpod {

/// jobs. 256: more than wait here are turned away; a list or a piece takes milliseconds.
inline constexpr std::size_t reading_jobs_max = 256;

class reading_thread {
public:
  /// The thread runs from the first job on.
  reading_thread() = default;
  /// Stops.
  ~reading_thread();

  reading_thread(const reading_thread&) = delete;
  reading_thread& operator=(const reading_thread&) = delete;

  /// Runs it in its turn; false when too many wait, or after `stop`. Any thread.
  bool run(std::function<void()> job);

  /// Finishes the job under way and drops the others. Idempotent; not from a job.
  void stop();

private:
  void work();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace unpod
