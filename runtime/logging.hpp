// Where log lines go: stderr, one line an event, for people or as JSON (spdlog).
#pragma once

#include "runtime/settings.hpp"

namespace unpod {

/// From now on; replaces what was set before.
void start_logging(const node_settings& settings);

} // namespace unpod
