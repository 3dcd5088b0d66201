// A call's audio on its way to its recording: blocks of samples that know their
// time and side. The media thread puts, the file thread takes all there is.
#pragma once

#include "messages/clock.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

enum class recording_side : std::uint8_t { caller = 0, agent = 1 };

/// From `from` up to `to` nothing may be heard.
struct recording_pause {
  mono_time from{0}, to{0};
};

/// pauses not yet written. More, and neighbours become one: a runner that says pause and
/// resume all the time gets silence.
inline constexpr std::size_t recording_pauses_max = 256;

class recording_feed {
public:
  struct block {
    recording_side side;
    mono_time at;
    std::size_t samples;
  };
  struct batch {
    std::vector<block> blocks;
    std::vector<std::int16_t> samples;
  };

  /// Over `backlog_samples` waiting, both sides together, audio is dropped: silence in the file.
  recording_feed(std::uint32_t rate_hz, std::size_t backlog_samples)
    : rate_hz_(rate_hz), backlog_samples_(backlog_samples) {}

  std::uint32_t rate_hz() const {
    return rate_hz_;
  }

  /// Media thread.
  void put(recording_side side, mono_time at, const std::int16_t* pcm, std::size_t samples);

  /// Any thread.
  void pause(mono_time now);
  void resume(mono_time now);

  /// File thread. Swaps what waits into an emptied `out`.
  void take(batch& out);
  /// Pauses that matter from `since` on; an open one ends at the end of time.
  std::vector<recording_pause> pauses(mono_time since);

  /// Nothing is taken from now on.
  void close() {
    closed_ = true;
  }

  bool is_closed() const {
    return closed_;
  }

private:
  std::uint32_t rate_hz_;
  std::size_t backlog_samples_;
  std::atomic<bool> closed_{false};
  std::mutex mutex_; // what follows
  batch waiting_;
  std::vector<recording_pause> pauses_;
};

} // namespace unpod
