// When a delivery is tried, and what becomes of it. Pure; time is handed in.
//
//   pending --2xx--> delivered
//      |--anything else--> pending, due after a wait that doubles
//      '--a day of that, 410, or the node's own rules refuse its address--> dead
#pragma once

#include "messages/limits.hpp"
#include "messages/records.hpp"
#include "messages/webhooks.hpp"

#include <string>
#include <string_view>

namespace unpod {

/// How long after this many failed attempts (1 or more): doubled each time up to the
/// limit, and up to a fifth more or less, told from `id`, so that what failed together does
/// not come back together.
milliseconds retry_wait(const webhook_limits& bounds, std::int64_t attempts, std::string_view id);

/// The row after an attempt that ended so: pending with a later `due`, delivered or dead.
delivery_record settled(delivery_record row, const delivery_answered& answer,
                        const webhook_limits& bounds, wall_ms now);

/// "host:port" of a URL, in lower case; the port only where it is written.
std::string host_of(std::string_view url);

} // namespace unpod
