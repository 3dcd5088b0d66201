// One call's media without threads or a clock: whoever owns it ticks it and says
// what time it is. The engine does so every 20 ms (tests and benches as they like), and hears a
// caller whose socket it reads itself when a frame is there.
#pragma once

#include "adapters/media/downlink.hpp"
#include "adapters/media/media_room.hpp"
#include "adapters/media/uplink.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace unpod {

class call_core {
public:
  call_core(const audio_format& format, const media_limits& bounds, seconds ring,
            media_counters& counters);

  // -- any thread -------------------------------------------------------------

  void listen(std::shared_ptr<media_listener> listener);
  void start(std::shared_ptr<media_sink> sink);
  /// False while another recording runs.
  bool record(std::shared_ptr<recording_feed> recording);
  bool is_recorded();
  /// From the next tick on this port sits here; it leaves the chair before.
  void sit(std::shared_ptr<room_chair> chair);
  /// Where it sits; null: in no room.
  std::shared_ptr<room_chair> chair();
  /// Nothing is told or sent from the next tick on.
  void close();

  bool is_closed() const {
    return closed_;
  }

  uplink& up() {
    return up_;
  }

  downlink& down() {
    return down_;
  }

  const downlink& down() const {
    return down_;
  }

  // -- media thread -----------------------------------------------------------

  void tick(mono_time now);
  /// Hears what has come, in the thread that read it, instead of at the next tick.
  void hear(mono_time now);

private:
  struct outlets {
    std::shared_ptr<media_listener> listener;
    std::shared_ptr<media_sink> sink;
    std::shared_ptr<recording_feed> recording;
    std::shared_ptr<room_chair> chair;
  };

  void change(const std::function<void(outlets&)>& how);
  void take_changes();
  void tick_in_room(mono_time now);

  uplink up_;
  downlink down_;
  std::atomic<bool> closed_{false}, changed_{false};
  std::mutex mutex_;
  outlets wanted_;
  outlets outlets_; // media thread's
};

} // namespace unpod
