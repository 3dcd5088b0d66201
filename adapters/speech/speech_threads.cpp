#include "adapters/speech/speech_threads.hpp"

#include "messages/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace unpod {

class speech_threads::core {
public:
  explicit core(std::size_t threads) : steady_max_(std::max<std::size_t>(threads, 2) - 1) {
    for (std::size_t i = 0; i < threads; ++i)
      threads_.emplace_back([this] { work(); });
  }

  bool post(const std::shared_ptr<lane>& to, std::function<void()> job);

  void stop();

  std::size_t run_all() {
    std::size_t ran = 0;
    while (auto next = take(false)) {
      run(std::move(*next));
      ++ran;
    }
    return ran;
  }

  std::size_t steady_max() const {
    return steady_max_;
  }

private:
  struct task {
    std::shared_ptr<lane> of;
    std::function<void()> job;
  };

  void work() {
    while (auto next = take(true))
      run(std::move(*next));
  }

  std::optional<task> take(bool wait);
  void run(task next);
  void queue(std::shared_ptr<lane> ready);

  bool steady_may_run() const {
    return !steady_.empty() && steady_running_ < steady_max_;
  }

  const std::size_t steady_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<lane>> urgent_, steady_; // lanes with a job to run
  std::size_t steady_running_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

class speech_threads::lane : public speech_lane, public std::enable_shared_from_this<lane> {
public:
  lane(std::shared_ptr<core> on, urgency how) : core_(std::move(on)), how_(how) {}

  bool post(std::function<void()> job) override {
    return core_->post(shared_from_this(), std::move(job));
  }

private:
  friend class core;

  const std::shared_ptr<core> core_;
  const urgency how_;
  // Guarded by the core's mutex.
  std::deque<std::function<void()>> jobs_;
  bool busy_ = false; // ready or running
};

bool speech_threads::core::post(const std::shared_ptr<lane>& to, std::function<void()> job) {
  const std::lock_guard lock{mutex_};
  if (stopped_ || to->jobs_.size() >= speech_lane::jobs_max)
    return false;
  to->jobs_.push_back(std::move(job));
  if (!std::exchange(to->busy_, true))
    queue(to);
  return true;
}

/// Jobs that wait hold their sessions, and sessions their lanes: let go of both.
void speech_threads::core::stop() {
  std::vector<std::deque<std::function<void()>>> dropped;
  {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
    for (auto* line : {&urgent_, &steady_})
      for (auto& ready : *line)
        dropped.push_back(std::exchange(ready->jobs_, {}));
    urgent_.clear();
    steady_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
}

void speech_threads::core::queue(std::shared_ptr<lane> ready) {
  auto& line = ready->how_ == urgency::urgent ? urgent_ : steady_;
  line.push_back(std::move(ready));
  wake_.notify_one();
}

std::optional<speech_threads::core::task> speech_threads::core::take(bool wait) {
  std::unique_lock lock{mutex_};
  if (wait)
    wake_.wait(lock, [this] { return stopped_ || !urgent_.empty() || steady_may_run(); });
  if (stopped_ || (urgent_.empty() && steady_.empty()))
    return std::nullopt;
  auto& line = urgent_.empty() ? steady_ : urgent_;
  task next{std::move(line.front()), {}};
  line.pop_front();
  next.job = std::move(next.of->jobs_.front());
  next.of->jobs_.pop_front();
  if (next.of->how_ == urgency::steady)
    ++steady_running_;
  return next;
}

/// A lane goes to the end of its line after each job: no session starves another.
void speech_threads::core::run(task next) {
  try {
    next.job();
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.speech", "", std::string{"a job failed: "} + error.what());
  }
  next.job = nullptr; // what it holds may end here, outside the lock
  std::deque<std::function<void()>> dropped;
  const std::lock_guard lock{mutex_};
  if (next.of->how_ == urgency::steady) {
    --steady_running_;
    wake_.notify_one();
  }
  if (stopped_)
    dropped.swap(next.of->jobs_);
  if (next.of->jobs_.empty())
    next.of->busy_ = false;
  else
    queue(next.of);
}

std::size_t speech_threads::threads_by_default() {
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 3) - 1;
}

speech_threads::speech_threads(std::size_t threads) : core_(std::make_shared<core>(threads)) {}

speech_threads::~speech_threads() {
  core_->stop();
}

std::shared_ptr<speech_lane> speech_threads::open_lane(urgency how) {
  return std::make_shared<lane>(core_, how);
}

std::size_t speech_threads::steady_max() const {
  return core_->steady_max();
}

std::size_t speech_threads::run_all() {
  return core_->run_all();
}

} // namespace unpod
