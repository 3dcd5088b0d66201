#include "adapters/media/media_loop.hpp"

#include "messages/log.hpp"

#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace unpod {

namespace {

/// What fails in one call ends that call alone.
template <class F>
void contain(ticked_call& call, F what) {
  try {
    what(call.core);
  } catch (const std::exception& error) {
    log(log_level::error, "adapters.media", "", std::string{"a call's tick: "} + error.what());
    call.core.close();
  }
}

/// Above what is not in a hurry, below the kernel's own.
constexpr int fifo_priority = 20;

void ask_for_realtime() {
  sched_param wanted{};
  wanted.sched_priority = fifo_priority;
  if (pthread_setschedparam(pthread_self(), SCHED_FIFO, &wanted) != 0)
    log(log_level::warn, "adapters.media", "", "SCHED_FIFO refused, going on without");
}

} // namespace

media_loop::media_loop(std::shared_ptr<media_counters> counters, bool realtime)
  : counters_(std::move(counters)), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
  if (timer_ < 0)
    throw std::system_error{errno, std::generic_category(), "timerfd"};
  thread_ = std::thread{[this, realtime] { run(realtime); }};
}

media_loop::~media_loop() {
  stop();
  close(timer_);
}

void media_loop::add(std::shared_ptr<ticked_call> call) {
  const std::lock_guard lock{mutex_};
  if (stopping_)
    return;
  arriving_.push_back(std::move(call));
  ++calls_;
  ++counters_->calls;
  if (armed_)
    return;
  arm(true);
  sockets_.wake();
}

void media_loop::nudge(const std::shared_ptr<ticked_call>& call) {
  if (call->nudged.exchange(true))
    return;
  const std::lock_guard lock{mutex_};
  if (!stopping_)
    nudged_.push_back(call);
}

void media_loop::hear(const std::shared_ptr<ticked_call>& call) {
  if (heard_now_ == call)
    return;
  hear_whole();
  heard_now_ = call;
}

void media_loop::hear_whole() {
  if (const auto call = std::exchange(heard_now_, nullptr))
    contain(*call, [](call_core& core) { core.hear(mono_now()); });
}

void media_loop::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    arm(true); // wakes a thread that sleeps, over its timer or its sockets
    sockets_.wake();
  }
  if (thread_.joinable())
    thread_.join();
  arriving_.clear();
  nudged_.clear();
  for (auto& calls : lanes_)
    calls.clear();
  counters_->calls -= calls_.exchange(0);
}

void media_loop::arm(bool on) {
  armed_ = on;
  itimerspec when{};
  if (on)
    when.it_interval.tv_nsec = when.it_value.tv_nsec = engine_tick.count();
  timerfd_settime(timer_, 0, &when, nullptr);
}

void media_loop::run(bool realtime) {
  pthread_setname_np(pthread_self(), "media");
  sockets_.settle();
  if (realtime)
    ask_for_realtime();
  constexpr int for_ever = -1;
  for (bool busy = false; !stopping_;) {
    const auto due = busy ? wait() : 0;
    busy = take_wishes();
    // Who is spoken to first: his frames are due at the tick, whatever has come meanwhile.
    sockets_.run_posted();
    if (due > 0 && busy)
      turn(due);
    sockets_.serve(busy ? 0 : for_ever, socket_time_max);
    hear_whole();
  }
}

void media_loop::turn(std::uint64_t due) {
  ++counters_->ticks;
  counters_->late_ticks += due > 1;
  // Lanes missed are made up for, each once.
  for (auto missed = std::min<std::uint64_t>(due, lanes); missed > 1; --missed) {
    at_ = (at_ + 1) % lanes;
    tick_lane(lanes_[at_]);
  }
  at_ = (at_ + 1) % lanes;
  move_nudged(lanes_[at_]);
  tick_lane(lanes_[at_]);
}

/// Returns how many periods passed.
std::uint64_t media_loop::wait() {
  std::uint64_t due = 0;
  while (read(timer_, &due, sizeof due) < 0 && errno == EINTR) {
  }
  return std::max<std::uint64_t>(due, 1);
}

/// False, and the timer rests, when there is no call.
bool media_loop::take_wishes() {
  const std::lock_guard lock{mutex_};
  nudged_now_.clear();
  std::swap(nudged_, nudged_now_);
  for (auto& call : arriving_)
    std::min_element(lanes_.begin(), lanes_.end(), [](const auto& a, const auto& b) {
      return a.size() < b.size();
    })->push_back(std::move(call));
  arriving_.clear();
  if (calls_ > 0 || stopping_)
    return calls_ > 0;
  arm(false);
  return false;
}

void media_loop::move_nudged(lane& here) {
  for (auto& call : nudged_now_) {
    call->nudged = false;
    for (auto& calls : lanes_) {
      const auto at = std::find(calls.begin(), calls.end(), call);
      if (at == calls.end() || &calls == &here)
        continue;
      std::swap(*at, calls.back());
      calls.pop_back();
      here.push_back(call);
      break;
    }
  }
  nudged_now_.clear();
}

void media_loop::tick_lane(lane& calls) {
  for (std::size_t at = 0; at < calls.size();) {
    auto& call = *calls[at];
    contain(call, [](call_core& core) { core.tick(mono_now()); });
    if (!call.core.is_closed() && calls[at].use_count() > 1) {
      ++at;
      continue;
    }
    std::swap(calls[at], calls.back());
    calls.pop_back();
    --calls_;
    --counters_->calls;
  }
}

} // namespace unpod
