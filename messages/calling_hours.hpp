// When a pipe may call people: days and hours of the callee's own day. Pure.
//
//   DAYS HH:MM-HH:MM [ZONE]
//   "mon-fri 09:00-18:00"        in the callee's zone, as the number or the call's data tells it
//   "mon,wed,sat 10:00-20:30 Europe/Berlin"   in this one, wherever the callee is
//   "daily 09:00-24:00"
#pragma once

#include "messages/clock.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace unpod {

struct calling_hours {
  std::uint8_t days = 0; // bit 0 is Monday
  std::chrono::minutes from{0};
  std::chrono::minutes to{0}; // after `from`; 24:00 is the day's end
  std::string zone;           // empty: the callee's
};

/// Reads the form above; null and words when it is none.
std::optional<calling_hours> read_calling_hours(const std::string& text, std::string& why);

/// Port. How far a zone's clocks are ahead of UTC at this moment; nothing: there is no such zone.
using zone_clock =
  std::function<std::optional<std::chrono::minutes>(const std::string& zone, wall_ms at)>;

/// `now` when it is open, else when it opens next. `ahead`: of this zone, at any time.
wall_ms next_open(const calling_hours& hours, wall_ms now,
                  const std::function<std::chrono::minutes(wall_ms at)>& ahead);

} // namespace unpod
