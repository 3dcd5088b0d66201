#include "messages/register_messages.hpp"

#include "messages/vocabulary.hpp"

#include <caf/actor_system_config.hpp>

namespace unpod {

void register_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::unpod>();
}

} // namespace unpod
