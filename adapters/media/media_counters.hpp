// What all calls of an engine count together.
#pragma once

#include "adapters/media/call_media.hpp"
#include "messages/clock.hpp"

#include <algorithm>
#include <atomic>

namespace unpod {

/// Pacing errors as they are counted: two additions a frame, no lock.
class pacing_counters {
public:
  void note(mono_time error) {
    const auto off = static_cast<std::uint64_t>(error.count() < 0 ? -error.count() : error.count());
    const auto bucket = std::lower_bound(pacing_bounds_ms.begin(), pacing_bounds_ms.end(),
                                         static_cast<double>(off) / 1e6);
    const auto which = static_cast<std::size_t>(bucket - pacing_bounds_ms.begin());
    counts_[which].fetch_add(1, std::memory_order_relaxed);
    sum_ns_.fetch_add(off, std::memory_order_relaxed);
  }

  pacing_figures now() const {
    pacing_figures figures;
    for (std::size_t i = 0; i < counts_.size(); ++i)
      figures.counts[i] = counts_[i].load(std::memory_order_relaxed);
    figures.sum_ns = sum_ns_.load(std::memory_order_relaxed);
    return figures;
  }

private:
  std::array<std::atomic<std::uint64_t>, pacing_bounds_ms.size() + 1> counts_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

struct media_counters {
  std::atomic<std::uint64_t> calls{0}, ticks{0}, late_ticks{0}, frames_in{0}, frames_out{0},
    frames_dropped{0}, bad_frames{0};
  pacing_counters pacing;

  media_figures now() const {
    media_figures figures;
    figures.calls = calls;
    figures.ticks = ticks;
    figures.late_ticks = late_ticks;
    figures.frames_in = frames_in;
    figures.frames_out = frames_out;
    figures.frames_dropped = frames_dropped;
    figures.bad_frames = bad_frames;
    figures.pacing = pacing.now();
    return figures;
  }
};

} // namespace unpod
