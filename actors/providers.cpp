#include "actors/providers.hpp"

#include "actors/provider.hpp"
#include "messages/children.hpp"
#include "messages/refusal.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

providers_actor::behavior_type speech_providers(providers_state::self_pointer self,
                                                providers_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    [self](const pick_providers& request) { return self->state.pick(request); },
    [self](const provider_report& report) { self->state.note(report); },
  };
}

void providers_state::begin(providers_setup with) {
  setup = std::move(with);
  for (const auto& provider_name : setup.providers)
    start(provider_name);
}

void providers_state::start(const std::string& provider_name) {
  known[provider_name].actor = spawn_child(self, provider_name, provider, provider_name);
}

caf::result<picked_providers> providers_state::pick(const pick_providers& request) const {
  const auto profiles = setup.profiles.get();
  for (auto profile : *profiles)
    if (profile.id == request.profile || profile.name == request.profile) {
      if (!profile.available)
        return make_error(refusal::unavailable,
                          "voice profile '" + profile.name
                            + "' cannot be used on this node, which lacks: " + profile.missing);
      order(profile.stt);
      order(profile.tts);
      return picked_providers{std::move(profile)};
    }
  return make_error(refusal::not_found, "voice_profile_not_found: '" + request.profile + "'");
}

void providers_state::order(std::vector<std::string>& names) const {
  const auto now = self->clock().now().time_since_epoch();
  std::stable_partition(names.begin(), names.end(), [&](const std::string& candidate) {
    const auto found = known.find(candidate);
    return found == known.end() || found->second.failures_in_a_row < failures_max
           || now - found->second.last_failure >= forgiven_after;
  });
}

void providers_state::note(const provider_report& report) {
  const auto found = known.find(report.provider);
  if (found == known.end())
    return;
  auto& entry = found->second;
  entry.failures_in_a_row = report.ok ? 0 : entry.failures_in_a_row + 1;
  if (!report.ok)
    entry.last_failure = self->clock().now().time_since_epoch();
  self->send(entry.actor, report);
}

void providers_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  for (auto& [provider_name, entry] : known)
    if (entry.actor.address() == down.source)
      return start(provider_name);
}

} // namespace unpod
