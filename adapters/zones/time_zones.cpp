#include "adapters/zones/time_zones.hpp"

#include <date/tz.h>

namespace unpod {

namespace {

/// bytes. 64: twice the longest name. Names are looked up in the database's index, and no
/// file is opened by them that is not in it.
constexpr std::size_t zone_name_bytes_max = 64;

std::optional<std::chrono::minutes> ahead_of_utc(const std::string& zone, wall_ms at) {
  if (zone.empty() || zone.size() > zone_name_bytes_max)
    return std::nullopt;
  try {
    const date::sys_time<std::chrono::milliseconds> when{std::chrono::milliseconds{at}};
    const auto info = date::locate_zone(zone)->get_info(when);
    return std::chrono::duration_cast<std::chrono::minutes>(info.offset);
  } catch (const std::exception&) {
    return std::nullopt; // no such zone, or no database: nobody is called by a guess
  }
}

} // namespace

zone_clock system_zones() {
  return ahead_of_utc;
}

} // namespace unpod
