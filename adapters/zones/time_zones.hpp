// The clocks of the world, from the system's own tz database (/usr/share/zoneinfo). A zone is
// read from its file when it is first asked for, and kept.
#pragma once

#include "messages/calling_hours.hpp"

namespace unpod {

/// How far a zone is ahead of UTC at a moment; nothing: there is no such zone. Any thread.
zone_clock system_zones();

} // namespace unpod
