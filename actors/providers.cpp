#include "actors/providers.hpp"

#include "actors/provider.hpp"
#include "messages/children.hpp"
#include "messages/refusal.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// s. 2: a PROVIDER that does not answer by then is left out of the list.
constexpr std::chrono::seconds answer_wait{2};

/// The answers of all of them, until the last one is there.
struct gathering {
  caf::typed_response_promise<provider_list> reply;
  provider_list all;
  std::size_t missing = 0;

  void one_less() {
    if (--missing > 0)
      return;
    std::sort(all.rows.begin(), all.rows.end(),
              [](const auto& a, const auto& b) { return a.provider < b.provider; });
    reply.deliver(all);
  }
};

} // namespace

providers_actor::behavior_type speech_providers(providers_state::self_pointer self,
                                                providers_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    [self](const pick_providers& request) { return self->state.pick(request); },
    [self](const provider_report& report) { self->state.note(report); },
    [self](const provider_used& used) { self->state.note(used); },
    [self](const list_providers&) { return self->state.list(); },
    [self](const test_provider& request) { return self->state.test(request); },
  };
}

void providers_state::begin(providers_setup with) {
  setup = std::move(with);
  for (const auto& provider_name : setup.providers) {
    known[provider_name].breaker = circuit_breaker{setup.streams.count(provider_name) > 0};
    start(provider_name);
  }
}

void providers_state::start(const std::string& provider_name) {
  const auto found = setup.streams.find(provider_name);
  provider_setup with;
  with.name = provider_name;
  if (found != setup.streams.end())
    with.streams = found->second;
  with.profiles = setup.profiles;
  with.parent = self;
  with.house = setup.house;
  with.breaker = known[provider_name].breaker;
  known[provider_name].actor = spawn_child(self, provider_name, provider, std::move(with));
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
      for (const auto& one : profile.tts) {
        const auto found = known.find(one);
        profile.first_byte_p99_ms.push_back(
          found == known.end() ? -1 : found->second.first_bytes.percentile(0.99));
      }
      return picked_providers{std::move(profile)};
    }
  return make_error(refusal::not_found, "voice_profile_not_found: '" + request.profile + "'");
}

void providers_state::order(std::vector<std::string>& names) const {
  const auto now = self->clock().now().time_since_epoch();
  std::stable_partition(names.begin(), names.end(), [&](const std::string& candidate) {
    const auto found = known.find(candidate);
    if (found == known.end() || found->second.breaker.is_closed())
      return true;
    return setup.streams.count(candidate) == 0
           && found->second.breaker.open_for(now) >= forgiven_after;
  });
}

void providers_state::note(const provider_report& report) {
  const auto found = known.find(report.provider);
  if (found == known.end())
    return;
  auto& entry = found->second;
  take_report(entry.breaker, report, self->clock().now().time_since_epoch());
  if (report.first_byte_ms >= 0)
    entry.first_bytes.add(report.first_byte_ms);
  self->send(entry.actor, report);
}

void providers_state::note(const provider_used& used) {
  if (const auto found = known.find(used.provider); found != known.end())
    self->send(found->second.actor, used);
}

caf::result<provider_list> providers_state::list() {
  const auto all = std::make_shared<gathering>();
  all->reply = self->make_response_promise<provider_list>();
  all->missing = known.size() + 1;
  for (const auto& [provider_name, entry] : known)
    self->request(entry.actor, answer_wait, caf::get_atom_v)
      .then(
        [all](const provider_health& row) {
          all->all.rows.push_back(row);
          all->one_less();
        },
        [all](const caf::error&) { all->one_less(); });
  all->one_less();
  return all->reply;
}

caf::result<tested_provider> providers_state::test(const test_provider& request) {
  const auto found = known.find(request.provider);
  if (found == known.end())
    return make_error(refusal::not_found,
                      "there is no speech provider '" + request.provider + "' on this node");
  return self->delegate(found->second.actor, request);
}

void providers_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  for (auto& [provider_name, entry] : known)
    if (entry.actor.address() == down.source)
      return start(provider_name);
}

} // namespace unpod
