// Makes every message known to an actor system. Compiled once: the table of all
// types is the heaviest thing in the house.
#pragma once

namespace caf {
class actor_system_config;
}

namespace unpod {

void register_messages(caf::actor_system_config& config);

} // namespace unpod
