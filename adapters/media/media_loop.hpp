// A media thread: one timerfd at 5 ms, calls ticked every fourth time.
//
//   time   0    5    10   15   20   25 ...
//   lane   0    1    2    3    0    1  ...     a nudged call moves to the lane at hand
//
// A call that gets something to say in silence is nudged: its phase starts at its
// first sample. The sockets of its calls live here too (socket_loop): they are written by
// a tick and read behind it, so that a frame wakes nobody, and what was read of a call is
// heard at once, while all of it is at hand. Without calls the timer is disarmed, and
// sockets whose call has yet to begin are served as they come.
#pragma once

#include "adapters/media/call_core.hpp"
#include "adapters/websocket/socket_loop.hpp"

#include <array>
#include <thread>

namespace unpod {

/// ms. One tick of the engine; each call has every fourth.
inline constexpr mono_time engine_tick{5'000'000};

/// ms. 3 of 5: what sockets may take of a tick before the calls have theirs, so that peers
/// that flood us make nobody late.
inline constexpr mono_time socket_time_max{3'000'000};

/// A call on a loop's lanes.
struct ticked_call {
  ticked_call(const audio_format& format, const media_options& options,
              std::shared_ptr<media_counters> counted)
    : counters(std::move(counted)), core(format, options.bounds, options.up_ring, *counters) {}

  std::shared_ptr<media_counters> counters; // outlives the engine with the port
  call_core core;
  std::atomic<bool> nudged{false};
};

class media_loop {
public:
  static constexpr std::size_t lanes = 4;

  /// Starts the thread; `realtime` asks for SCHED_FIFO and goes on without.
  media_loop(std::shared_ptr<media_counters> counters, bool realtime);
  ~media_loop();

  media_loop(const media_loop&) = delete;
  media_loop& operator=(const media_loop&) = delete;

  // Any thread.
  void add(std::shared_ptr<ticked_call> call);
  /// Ticks this call at the next 5 ms.
  void nudge(const std::shared_ptr<ticked_call>& call);
  /// Its own thread, while it serves the sockets. A frame of this call came: it is heard together
  /// with those behind it, so that of a bunch that was held up on its way each has its own time.
  void hear(const std::shared_ptr<ticked_call>& call);
  std::size_t calls() const {
    return calls_;
  }
  socket_home& sockets() {
    return sockets_;
  }

  /// Joins; not from a callback. Idempotent.
  void stop();

private:
  using lane = std::vector<std::shared_ptr<ticked_call>>;

  void run(bool realtime);
  std::uint64_t wait();
  void turn(std::uint64_t due);
  bool take_wishes();
  void arm(bool on);
  void move_nudged(lane& here);
  void tick_lane(lane& calls);
  void hear_whole();

  std::shared_ptr<media_counters> counters_;
  int timer_;
  std::atomic<std::size_t> calls_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_; // what the other threads wish
  lane arriving_, nudged_;
  bool armed_ = false;
  socket_loop sockets_;

  // The thread's own.
  std::array<lane, lanes> lanes_;
  lane nudged_now_;
  std::shared_ptr<ticked_call> heard_now_; // more of its frames may have been read
  std::size_t at_ = 0;
  std::thread thread_;
};

} // namespace unpod
