// The two clocks: monotonic for everything that is measured or waited for,
// wall time only for what people read.
#pragma once

#include <chrono>
#include <cstdint>

namespace unpod {

/// ns since the steady clock's epoch; every stamp of a call comes from this one clock.
using mono_time = std::chrono::nanoseconds;

inline mono_time mono_now() {
  return std::chrono::duration_cast<mono_time>(std::chrono::steady_clock::now().time_since_epoch());
}

/// ms since 1970, UTC.
using wall_ms = std::int64_t;

inline wall_ms wall_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

inline double to_ms(mono_time span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

} // namespace unpod
