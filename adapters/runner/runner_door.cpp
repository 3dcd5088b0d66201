#include "adapters/runner/runner_door.hpp"

#include <caf/default_attachable.hpp>

namespace unpod {

namespace {

constexpr auto revoked_words = "the API key was revoked; start with another";

} // namespace

runner_door_actor::behavior_type runner_door(runner_door_state::self_pointer self,
                                             runner_registry_actor registry, control_limits limits,
                                             feed_limits feed) {
  self->state.registry = std::move(registry);
  self->state.limits = limits;
  self->state.feed = feed;
  self->set_down_handler([self](const caf::down_msg& down) { self->state.forget(down); });
  self->set_exit_handler([self](const caf::exit_msg& exit) { self->state.close(exit); });
  return {
    [self](const runner_socket& socket) { self->state.admit(socket); },
    [self](const use_registry& command) { self->state.change_registry(command); },
    [self](const recheck_runners& command) { self->state.recheck(command); },
  };
}

/// Monitor and one-way link: the face goes with its door, never the other way round.
void runner_door_state::admit(const runner_socket& socket) {
  if (faces.size() >= limits.dispatch.runners_max)
    return turn_away(socket.channel, close_code::try_again, "too many runners on this node");
  // Its key was looked at before the handshake, and may be none since.
  if (may_run && !may_run(socket.key))
    return turn_away(socket.channel, close_code::bad_credentials, revoked_words);
  const runner_face_self face = self->spawn<caf::monitored>(
    control_face,
    control_face_args{socket.channel, socket.project, socket.public_url, registry, limits, feed});
  self->attach(caf::default_attachable::make_link(self->address(), face.address()));
  self->name_child(face.id(), socket.channel->peer());
  faces.emplace(face.address(), guest{face, socket.key});
}

void runner_door_state::change_registry(const use_registry& command) {
  registry = command.registry;
  for (const auto& [address, one] : faces)
    self->send(one.face, command);
}

void runner_door_state::recheck(const recheck_runners& command) {
  may_run = command.may_run;
  std::map<std::string, bool> known; // many runners, few keys
  for (const auto& [address, one] : faces) {
    const auto seen = known.find(one.key);
    const bool good = seen != known.end() ? seen->second : command.may_run(one.key);
    known.emplace(one.key, good);
    if (!good)
      self->send(one.face, close_runner{close_code::bad_credentials, revoked_words});
  }
}

void runner_door_state::forget(const caf::down_msg& down) {
  using link = caf::default_attachable;
  self->detach(link::observe_token{down.source, link::link});
  faces.erase(down.source);
}

/// A link passes on every exit reason, but a child ignores `normal`.
void runner_door_state::close(const caf::exit_msg& exit) {
  faces.clear();
  const bool harmless = !exit.reason || exit.reason == caf::exit_reason::normal;
  self->quit(harmless ? caf::error{caf::exit_reason::user_shutdown} : exit.reason);
}

} // namespace unpod
