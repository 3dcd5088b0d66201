#include "adapters/api/reading_thread.hpp"

#include "messages/log.hpp"

#include <exception>
#include <string>
#include <utility>

namespace unpod {

reading_thread::~reading_thread() {
  stop();
}

bool reading_thread::run(std::function<void()> job) {
  const std::lock_guard lock{mutex_};
  if (stopping_ || jobs_.size() >= reading_jobs_max)
    return false;
  jobs_.push_back(std::move(job));
  if (!thread_.joinable())
    thread_ = std::thread{[this] { work(); }};
  wake_.notify_one();
  return true;
}

void reading_thread::stop() {
  std::deque<std::function<void()>> dropped; // what they hold is let go without the lock
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    dropped.swap(jobs_);
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void reading_thread::work() {
  pthread_setname_np(pthread_self(), "reading");
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_)
      return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    try {
      job();
    } catch (const std::exception& error) {
      log(log_level::error, "adapters.api", "", std::string{"a read failed: "} + error.what());
    }
    job = nullptr;
    lock.lock();
  }
}

} // namespace unpod
