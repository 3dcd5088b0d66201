#include "runtime/house.hpp"

#include "messages/children.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

node_actor::behavior_type house_actor(node_self* self, std::vector<house_role> roles) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(roles));
  return {
    [self](const revive_role& due) { self->state.start(due.role); },
  };
}

void node_state::begin(std::vector<house_role> with) {
  roles = std::move(with);
  lives.resize(roles.size());
  for (std::size_t role = 0; role < roles.size(); ++role)
    start(role);
}

void node_state::start(std::size_t role) {
  lives[role].actor = roles[role].start(self);
}

void node_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  const auto dead = std::find_if(lives.begin(), lives.end(),
                                 [&](const life& one) { return one.actor == down.source; });
  if (dead == lives.end())
    return;
  const auto role = static_cast<std::size_t>(dead - lives.begin());
  log(log_level::error, "runtime.house", roles[role].name,
      "it died and is started again: " + self->system().render(down.reason));
  for (const auto& name : roles[role].also)
    for (std::size_t other = 0; other < roles.size(); ++other)
      if (roles[other].name == name)
        self->send_exit(lives[other].actor, caf::exit_reason::user_shutdown);
  if (dead->budget.spend(self->clock().now().time_since_epoch()))
    return start(role);
  dead->actor = nullptr;
  self->delayed_send(self, std::chrono::seconds{1}, revive_role{role});
}

} // namespace unpod
