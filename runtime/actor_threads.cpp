#include "runtime/actor_threads.hpp"

#include "messages/call_timers.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/group.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>

#include <pthread.h>

#include <functional>
#include <utility>

namespace unpod {

namespace {

using time_point = caf::actor_clock::time_point;

/// Whoever waits for it would hear it late: the end of the caller's silence.
bool is_exact(const caf::mailbox_element& content) {
  return content.content().match_elements<turn_check>();
}

/// The end of the grain that `due` lies in; what is never due stays so.
time_point end_of_grain(time_point due) {
  const time_point::duration grain = clock_grain;
  if (due > time_point::max() - grain)
    return time_point::max();
  const auto into = due.time_since_epoch() % grain;
  return into.count() == 0 ? due : due + (grain - into);
}

} // namespace

// -- jobs -----------------------------------------------------------------------

void job_queue::expect_worker() {
  const std::lock_guard lock{mutex_};
  ++working_;
}

bool job_queue::push(caf::resumable* job) {
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(job);
    if (asleep_ == 0)
      return false;
    if (jobs_.size() <= working_ * jobs_a_worker && mono_now() - took_at_ < long_job_min)
      return false;
    --asleep_;
    ++working_;
    ++called_;
  }
  call_.notify_one();
  return true;
}

caf::resumable* job_queue::pop() {
  std::unique_lock lock{mutex_};
  while (jobs_.empty()) {
    if (ended_)
      return nullptr;
    --working_;
    ++asleep_;
    call_.wait(lock, [&] { return called_ > 0 || ended_; });
    if (called_ > 0) { // whoever was meant: one that sleeps is up
      --called_;
    } else {
      --asleep_;
      ++working_;
    }
  }
  took_at_ = mono_now();
  auto* const job = jobs_.front();
  jobs_.pop_front();
  return job;
}

void job_queue::end() {
  {
    const std::lock_guard lock{mutex_};
    ended_ = true;
  }
  call_.notify_all();
}

// -- the clock ------------------------------------------------------------------

/// CAF's own book of timers, for one thread.
class grained_clock::timers : public caf::detail::simple_actor_clock {
public:
  void forget_ordinary(caf::actor_id who, caf::atom_value type) {
    handle(ordinary_timeout_cancellation{who, type});
  }
  void forget_request(caf::actor_id who, caf::message_id id) {
    handle(request_timeout_cancellation{who, id});
  }
  void forget(caf::actor_id who) {
    handle(timeouts_cancellation{who});
  }
};

/// What the clock is told, for its own thread to do.
struct grained_clock::order {
  std::function<void(timers&)> what; // null: `content` is sent
  time_point due = time_point::max();
  bool exact = false;
  caf::strong_actor_ptr receiver = {};
  caf::mailbox_element_ptr content = {};
};

grained_clock::grained_clock() : timers_(std::make_unique<timers>()) {}

grained_clock::~grained_clock() {
  stop();
}

void grained_clock::start() {
  thread_ = std::thread{[this] {
    pthread_setname_np(pthread_self(), "clock");
    run();
  }};
}

void grained_clock::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  call_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void grained_clock::take(std::unique_ptr<order> what) {
  bool sleeps_too_long = false;
  {
    const std::lock_guard lock{mutex_};
    if (stopping_)
      return;
    sleeps_too_long = (what->exact ? what->due : end_of_grain(what->due)) < awake_at_;
    inbox_.push_back(std::move(what));
    if (sleeps_too_long)
      awake_at_ = time_point::min();
  }
  if (sleeps_too_long)
    call_.notify_one();
}

void grained_clock::run() {
  std::vector<std::unique_ptr<order>> orders;
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    std::swap(inbox_, orders);
    lock.unlock();
    for (auto& one : orders) {
      if (one->exact)
        exact_.insert(one->due);
      if (one->what)
        one->what(*timers_);
      else
        timers_->schedule_message(one->due, std::move(one->receiver), std::move(one->content));
    }
    orders.clear(); // may be the last to hold an actor, which may tell the clock so
    timers_->trigger_expired_timeouts();
    const auto until = next_wake();
    lock.lock();
    if (!inbox_.empty())
      continue;
    awake_at_ = until;
    const auto is_up = [&] { return stopping_ || awake_at_ == time_point::min(); };
    if (until == time_point::max())
      call_.wait(lock, is_up);
    else
      call_.wait_until(lock, until, is_up);
    awake_at_ = time_point::min();
  }
}

time_point grained_clock::next_wake() {
  exact_.erase(exact_.begin(), exact_.upper_bound(now()));
  const auto exact = exact_.empty() ? time_point::max() : *exact_.begin();
  const auto& all = timers_->schedule();
  return all.empty() ? exact : std::min(exact, end_of_grain(all.begin()->first));
}

void grained_clock::set_ordinary_timeout(time_point due, caf::abstract_actor* who,
                                         caf::atom_value type, std::uint64_t id) {
  auto receiver = caf::actor_cast<caf::strong_actor_ptr>(who);
  take(std::make_unique<order>(order{
    [=](timers& all) {
      all.set_ordinary_timeout(due, caf::actor_cast<caf::abstract_actor*>(receiver), type, id);
    },
    due}));
}

void grained_clock::set_multi_timeout(time_point due, caf::abstract_actor* who,
                                      caf::atom_value type, std::uint64_t id) {
  auto receiver = caf::actor_cast<caf::strong_actor_ptr>(who);
  take(std::make_unique<order>(
    order{[=](timers& all) {
            all.set_multi_timeout(due, caf::actor_cast<caf::abstract_actor*>(receiver), type, id);
          },
          due}));
}

void grained_clock::set_request_timeout(time_point due, caf::abstract_actor* who,
                                        caf::message_id id) {
  auto receiver = caf::actor_cast<caf::strong_actor_ptr>(who);
  take(std::make_unique<order>(order{[=](timers& all) {
                                       all.set_request_timeout(
                                         due, caf::actor_cast<caf::abstract_actor*>(receiver), id);
                                     },
                                     due}));
}

void grained_clock::cancel_ordinary_timeout(caf::abstract_actor* who, caf::atom_value type) {
  take(std::make_unique<order>(
    order{[=, id = who->id()](timers& all) { all.forget_ordinary(id, type); }}));
}

void grained_clock::cancel_request_timeout(caf::abstract_actor* who, caf::message_id request) {
  take(std::make_unique<order>(
    order{[=, id = who->id()](timers& all) { all.forget_request(id, request); }}));
}

void grained_clock::cancel_timeouts(caf::abstract_actor* who) {
  take(std::make_unique<order>(order{[id = who->id()](timers& all) { all.forget(id); }}));
}

void grained_clock::schedule_message(time_point due, caf::strong_actor_ptr receiver,
                                     caf::mailbox_element_ptr content) {
  const bool exact = is_exact(*content);
  take(
    std::make_unique<order>(order{nullptr, due, exact, std::move(receiver), std::move(content)}));
}

void grained_clock::schedule_message(time_point due, caf::group target,
                                     caf::strong_actor_ptr sender, caf::message content) {
  take(std::make_unique<order>(
    order{[=](timers& all) { all.schedule_message(due, target, sender, content); }, due}));
}

void grained_clock::cancel_all() {
  take(std::make_unique<order>(order{[](timers& all) { all.cancel_all(); }}));
}

// -- the workers ----------------------------------------------------------------

class actor_threads::worker final : public caf::execution_unit {
public:
  worker(caf::actor_system& system, job_queue& jobs, std::size_t messages_max)
    : execution_unit(&system), jobs_(jobs), messages_max_(messages_max) {
    jobs_.expect_worker();
    thread_ = std::thread{[this] {
      this->system().thread_started();
      run();
      this->system().thread_terminates();
    }};
  }
  ~worker() override {
    thread_.join();
  }

  void exec_later(caf::resumable* job) override {
    jobs_.push(job);
  }

private:
  void run() {
    while (auto* job = jobs_.pop())
      if (job->resume(this, messages_max_) == caf::resumable::resume_later)
        jobs_.push(job);
      else
        caf::intrusive_ptr_release(job);
  }

  job_queue& jobs_;
  const std::size_t messages_max_;
  std::thread thread_;
};

actor_threads::actor_threads(caf::actor_system& system) : abstract_coordinator(system) {}

actor_threads::~actor_threads() = default;

void actor_threads::start() {
  for (std::size_t at = 0; at < num_workers(); ++at)
    workers_.push_back(std::make_unique<worker>(system(), jobs_, max_throughput()));
  clock_.start();
  abstract_coordinator::start();
}

/// What is queued is done first: actors that end are told so by jobs.
void actor_threads::stop() {
  stop_actors();
  jobs_.end();
  workers_.clear();
  clock_.stop();
  while (auto* const late = jobs_.pop()) // pushed by other threads meanwhile
    cleanup_and_release(late);
}

} // namespace unpod
