// How any room logs: one line an event, words first, then what it is about.
// runtime/ decides where lines go; a test can listen. Secrets are never passed in.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

namespace unpod {

enum class log_level : unsigned char { debug, info, warn, error };

using log_sink = std::function<void(log_level level, const std::string& room,
                                    const std::string& about, const std::string& words)>;

namespace detail {
struct log_outlet {
  std::mutex mutex;
  log_sink sink;
};
inline log_outlet& the_log_outlet() {
  static log_outlet outlet;
  return outlet;
}
} // namespace detail

/// The id of the actor whose handler runs on this thread; 0: none does. Kept by `observed<>`.
inline std::uint64_t& actor_here() {
  static thread_local std::uint64_t id = 0;
  return id;
}

/// Where lines go from now on; empty: nowhere.
inline void set_log_sink(log_sink sink) {
  const std::lock_guard lock{detail::the_log_outlet().mutex};
  detail::the_log_outlet().sink = std::move(sink);
}

/// `room` is a folder ("adapters.http"), `about` a call or peer id, may be empty.
inline void log(log_level level, const std::string& room, const std::string& about,
                const std::string& words) {
  log_sink sink;
  {
    const std::lock_guard lock{detail::the_log_outlet().mutex};
    sink = detail::the_log_outlet().sink;
  }
  if (sink)
    sink(level, room, about, words);
}

} // namespace unpod
