// The LOOPBACK TRUNK's behaviour.
#include "adapters/loopback/loopback_trunk.hpp"

#include "messages/children.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

loopback_trunk_actor::behavior_type loopback_trunk(loopback_trunk_state::self_pointer self,
                                                   loopback_house house) {
  auto& state = self->state;
  state.house = std::move(house);
  self->set_down_handler([&state](caf::down_msg& down) { state.on_down(down); });
  self->set_exit_handler([&state](caf::exit_msg& exit) { state.on_exit(exit); });
  return {
    [&state](const dial_call& command) { state.dial(command); },
    [&state](const drop_dial& command) { state.drop(command); },
    [&state](const leg_ringing& event) { state.note_ringing(event); },
    [&state](const leg_answered& event) { state.note_answered(event); },
  };
}

void loopback_trunk_state::dial(const dial_call& command) {
  const auto known = attempts.find(command.call);
  if (known != attempts.end())
    return tell_how_it_is(command.call, known->second); // dialled already
  if (command.resumed)
    return tell_queue(dial_ended{command.call, command.attempt, end_reason::node_lost, false});
  log(log_level::info, "adapters.loopback", command.call.str(),
      "attempt " + std::to_string(command.attempt));
  const loopback_leg_actor leg =
    spawn_child(self, command.call.str(), loopback_leg, leg_listener{self}, command, house);
  attempts.emplace(command.call, attempt{command.attempt, leg, false, false});
}

void loopback_trunk_state::tell_how_it_is(const call_id& call, const attempt& known) {
  if (known.rings)
    tell_queue(dial_ringing{call, known.number});
  if (known.answered)
    tell_queue(dial_answered{call, known.number});
}

void loopback_trunk_state::drop(const drop_dial& command) {
  const auto known = attempts.find(command.call);
  if (known != attempts.end())
    self->send(known->second.leg, drop_leg{});
}

void loopback_trunk_state::note_ringing(const leg_ringing& event) {
  const auto known = attempts.find(event.call);
  if (known == attempts.end())
    return;
  known->second.rings = true;
  tell_queue(dial_ringing{event.call, event.attempt});
}

void loopback_trunk_state::note_answered(const leg_answered& event) {
  const auto known = attempts.find(event.call);
  if (known == attempts.end())
    return;
  known->second.answered = true;
  tell_queue(dial_answered{event.call, event.attempt});
}

void loopback_trunk_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  const auto over = std::find_if(attempts.begin(), attempts.end(), [&](const auto& entry) {
    return entry.second.leg.address() == down.source;
  });
  if (over == attempts.end())
    return;
  const auto said = [&](caf::atom_value category) {
    return down.reason && down.reason.category() == category;
  };
  dial_ended event{over->first, over->second.number, end_reason::internal_error,
                   over->second.answered || said(caf::atom("call_end"))};
  if ((said(caf::atom("call_end")) || said(caf::atom("dial_end")))
      && down.reason.code() < end_reason_names.size())
    event.reason = static_cast<end_reason>(down.reason.code());
  attempts.erase(over);
  tell_queue(event);
}

/// A link passes on every exit reason, but a child ignores `normal`.
void loopback_trunk_state::on_exit(const caf::exit_msg& exit) {
  const bool harmless = !exit.reason || exit.reason == caf::exit_reason::normal;
  self->quit(harmless ? caf::error{caf::exit_reason::user_shutdown} : exit.reason);
}

} // namespace unpod
