#include "actors/provider.hpp"

#include "actors/nowhere_port.hpp"
#include "messages/children.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// s. 1: how often an open breaker is looked at. 5: what a probe may take.
constexpr std::chrono::seconds look_every{1}, probe_max{5};

constexpr auto probe_word = "Hello.";

} // namespace

probing_provider::behavior_type provider(provider_state::self_pointer self, provider_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    [self](const stt_ready&) { self->state.worked(self->current_sender()); },
    [](const stt_partial&) {},
    [](const stt_final&) {},
    [self](const stt_failed& event) { self->state.failed(event.why); },
    [self](const tts_first_byte&) { self->state.worked(self->current_sender()); },
    [](const tts_piece_done&) {},
    [self](const tts_failed& event) { self->state.failed(event.why); },
    [self](const clock_check&) { self->state.look(); },
    [self](const provider_report& report) { self->state.note(report); },
    [self](caf::get_atom) { return self->state.health(); },
  };
}

void provider_state::begin(provider_setup with) {
  setup = std::move(with);
  counts.provider = setup.name;
}

void provider_state::note(const provider_report& report) {
  if (report.first_byte_ms >= 0)
    first_bytes.add(report.first_byte_ms);
  const bool was_closed = breaker.is_closed();
  if (report.ok) {
    ++counts.successes;
    counts.failures_in_a_row = 0;
    breaker.succeeded();
  } else {
    ++counts.failures;
    ++counts.failures_in_a_row;
    counts.last_failure = report.why;
    breaker.failed(now());
  }
  if (was_closed != breaker.is_closed())
    log(log_level::warn, "actors.provider", setup.name,
        was_closed ? "it fails again and again, and gets no new calls: " + report.why
                   : "it works again");
  const bool can_probe = setup.streams.open_stt || setup.streams.open_tts;
  if (!breaker.is_closed() && can_probe && !std::exchange(looking, true))
    self->delayed_send(self, look_every, clock_check{});
}

void provider_state::look() {
  if (probe_ends > mono_time{0} && now() >= probe_ends)
    end_probe(false, "a probe was not answered in time");
  if (breaker.takes_probe(now()))
    begin_probe();
  looking = !breaker.is_closed();
  if (looking)
    self->delayed_send(self, look_every, clock_check{});
}

/// With the first model and voice that a profile has for it.
void provider_state::begin_probe() {
  stt_settings hearing;
  tts_settings speaking;
  const auto profiles = setup.profiles.get();
  for (const auto& profile : *profiles) {
    for (const auto& choice : profile.hearers)
      if (choice.provider == setup.name && hearing.model.empty())
        hearing.model = choice.model;
    for (const auto& choice : profile.speakers)
      if (choice.provider == setup.name && speaking.voice.empty()) {
        speaking.model = choice.model;
        speaking.voice = choice.voice;
      }
  }
  probe_ends = now() + probe_max;
  const auto port = std::make_shared<nowhere_port>();
  if (setup.streams.open_stt)
    adopt(setup.streams.open_stt(self, stt_listener{self}, port, hearing, 0, "probe"));
  if (setup.streams.open_tts) {
    const auto voice = setup.streams.open_tts(self, tts_listener{self}, port, speaking, "probe");
    adopt(voice);
    self->send(voice, tts_speak{1, 0, probe_word});
  }
}

template <class Handle>
void provider_state::adopt(const Handle& stream) {
  adopt_child(self, "probe", stream);
  probed.push_back(stream.address());
  not_yet_known.push_back(stream.address());
}

void provider_state::worked(const caf::strong_actor_ptr& stream) {
  const auto address = caf::actor_cast<caf::actor_addr>(stream);
  const auto found = std::find(not_yet_known.begin(), not_yet_known.end(), address);
  if (found == not_yet_known.end())
    return;
  not_yet_known.erase(found);
  if (not_yet_known.empty())
    end_probe(true, {});
}

void provider_state::failed(const std::string& why) {
  if (probe_ends > mono_time{0})
    end_probe(false, why);
}

void provider_state::end_probe(bool ok, const std::string& why) {
  probe_ends = mono_time{0};
  not_yet_known.clear();
  for (const auto& stream : std::exchange(probed, {})) {
    self->demonitor(stream);
    release_child(self, stream);
    if (const auto living = caf::actor_cast<caf::actor>(stream))
      self->send_exit(living, caf::exit_reason::user_shutdown);
  }
  const provider_report outcome{setup.name, ok, why, -1};
  if (setup.parent)
    self->send(setup.parent, outcome); // who passes it on to us
  else
    note(outcome);
}

void provider_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  const auto known = std::find(probed.begin(), probed.end(), down.source);
  if (known == probed.end())
    return;
  probed.erase(known);
  failed("a probe's stream died: " + self->system().render(down.reason));
}

provider_health provider_state::health() const {
  auto answer = counts;
  answer.first_byte_p50_ms = first_bytes.percentile(0.50);
  answer.first_byte_p99_ms = first_bytes.percentile(0.99);
  return answer;
}

mono_time provider_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
