// Wall time as people and programs read it: ISO 8601 in UTC, to the millisecond.
#pragma once

#include "messages/clock.hpp"

#include <cstdio>
#include <ctime>
#include <string>

namespace unpod {

/// "2026-11-21T16:20:00.125Z"; empty for 0, which is no time.
inline std::string iso_time(wall_ms at) {
  if (at == 0)
    return {};
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(at % 1'000));
  return text;
}

} // namespace unpod
