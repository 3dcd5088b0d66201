// What all calls of an engine count together.
#pragma once

#include "adapters/media/call_media.hpp"

#include <atomic>

namespace unpod {

struct media_counters {
  std::atomic<std::uint64_t> calls{0}, ticks{0}, late_ticks{0}, frames_in{0}, frames_out{0},
    frames_dropped{0}, bad_frames{0};

  media_figures now() const {
    media_figures figures;
    figures.calls = calls;
    figures.ticks = ticks;
    figures.late_ticks = late_ticks;
    figures.frames_in = frames_in;
    figures.frames_out = frames_out;
    figures.frames_dropped = frames_dropped;
    figures.bad_frames = bad_frames;
    return figures;
  }
};

} // namespace unpod
