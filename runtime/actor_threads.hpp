// The threads that actors run on, and their clock: a scheduler for CAF that wakes nobody
// without need. On a loaded node waking a thread costs more than what most messages do.
//
//   job:     enqueue -> queue -> worker -> its actor's mailbox, until it is empty
//   worker:  working --queue empty--> asleep --called--> working
//   timer:   delayed_send -> inbox -> clock --due--> the actor's mailbox
//
// A worker is called when there is more to do than those awake will get to at once. The clock
// wakes at whole multiples of `clock_grain` when a timer is due: timers may be late by that
// much, and those of one grain share one wake. Timers that a caller would hear (`is_exact`)
// are not made to wait.
#pragma once

#include "messages/clock.hpp"

#include <caf/actor_clock.hpp>
#include <caf/detail/simple_actor_clock.hpp>
#include <caf/execution_unit.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace unpod {

/// ms. 5: how late a timer may be that is not exact.
inline constexpr std::chrono::milliseconds clock_grain{5};

/// jobs. 1: for each worker that works, before another one is called.
inline constexpr std::size_t jobs_a_worker = 1;
/// ms. 1: when no worker took a job for so long, those that work are held up by what they do (a
/// disk that is slow to read from), and nothing more is left to them.
inline constexpr mono_time long_job_min{1'000'000};

/// What waits for a worker. Any thread. It holds an actor once at most, so that it needs no limit
/// of its own.
class job_queue {
public:
  /// A worker more, who will come with `pop`.
  void expect_worker();
  /// Calls a worker when one is needed; true: it did.
  bool push(caf::resumable* job);
  /// Waits for a job; null: it was ended, and there is none left.
  caf::resumable* pop();
  /// Nobody waits any more.
  void end();

private:
  std::mutex mutex_; // guards what follows
  std::condition_variable call_;
  std::deque<caf::resumable*> jobs_;
  std::size_t working_ = 0; // or called
  std::size_t asleep_ = 0;
  std::size_t called_ = 0; // and not there yet
  mono_time took_at_{0};   // a worker, a job, the last time
  bool ended_ = false;
};

/// The clock of all actors. Any thread; timers themselves belong to its own.
class grained_clock final : public caf::actor_clock {
public:
  grained_clock();
  ~grained_clock() override;

  void start();
  /// Timers that are left are dropped. Joins; idempotent.
  void stop();

  void set_ordinary_timeout(time_point due, caf::abstract_actor* who, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point due, caf::abstract_actor* who, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point due, caf::abstract_actor* who, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* who, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* who, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* who) override;
  void schedule_message(time_point due, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point due, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

private:
  struct order;
  class timers;

  void take(std::unique_ptr<order> what);
  void run();
  time_point next_wake();

  std::mutex mutex_; // guards what follows
  std::condition_variable call_;
  std::vector<std::unique_ptr<order>> inbox_;
  time_point awake_at_ = time_point::min(); // min: it is awake
  bool stopping_ = false;

  // The thread's own.
  std::unique_ptr<timers> timers_;
  std::multiset<time_point> exact_;
  std::thread thread_;
};

class actor_threads final : public caf::scheduler::abstract_coordinator {
public:
  explicit actor_threads(caf::actor_system& system);
  ~actor_threads() override;

  /// For `actor_system_config::load`.
  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new actor_threads{system};
  }

  void enqueue(caf::resumable* job) override {
    jobs_.push(job);
  }
  caf::actor_clock& clock() noexcept override {
    return clock_;
  }

protected:
  void start() override;
  void stop() override;

private:
  class worker;

  job_queue jobs_;
  grained_clock clock_;
  std::vector<std::unique_ptr<worker>> workers_;
};

} // namespace unpod
