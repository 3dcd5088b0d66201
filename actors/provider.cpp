#include "actors/provider.hpp"

#include "actors/nowhere_port.hpp"
#include "messages/children.hpp"
#include "messages/log.hpp"
#include "messages/refusal.hpp"

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
    [self](const stt_failed& event) { self->state.failed(event.why, event.kind); },
    [self](const tts_first_byte&) { self->state.worked(self->current_sender()); },
    [](const tts_piece_done&) {},
    [self](const tts_failed& event) { self->state.failed(event.why, event.kind); },
    [self](const clock_check&) {
      self->state.looking = false;
      self->state.look();
    },
    [self](const provider_report& report) { self->state.note(report); },
    [self](const provider_used& used) { self->state.note(used); },
    [self](const test_provider&) { return self->state.test(); },
    [self](caf::get_atom) { return self->state.health(); },
  };
}

void take_report(circuit_breaker& breaker, const provider_report& report, mono_time now) {
  if (report.probe)
    report.ok ? breaker.probe_worked() : breaker.probe_failed(now);
  else
    report.ok ? breaker.succeeded() : breaker.failed(report.kind, now);
}

provider_state::~provider_state() {
  for (const auto& stream : probe.streams)
    self->send_exit(stream, caf::exit_reason::user_shutdown);
}

void provider_state::begin(provider_setup with) {
  setup = std::move(with);
  counts.provider = setup.name;
  counts.hears = setup.streams.open_stt != nullptr;
  counts.speaks = setup.streams.open_tts != nullptr;
  breaker = setup.breaker;
  look();
}

bool provider_state::can_be_probed() const {
  return setup.streams.open_stt || setup.streams.open_tts;
}

void provider_state::note(const provider_report& report) {
  if (report.first_byte_ms >= 0)
    first_bytes.add(report.first_byte_ms);
  const bool was_closed = breaker.is_closed();
  if (report.probe) {
    ++(report.ok ? counts.probes : counts.probes_failed);
  } else if (report.ok) {
    ++counts.successes;
    counts.failures_in_a_row = 0;
  } else {
    ++counts.failures;
    ++counts.failures_in_a_row;
    ++counts.by_kind[static_cast<std::size_t>(report.kind)];
    if (setup.house)
      tell_service<accountant_actor>(
        self, setup.house,
        count_metric{"unpod_provider_failures_total",
                     "provider=\"" + setup.name + "\",kind=\"" + to_string(report.kind) + "\"", 1});
  }
  if (!report.ok)
    counts.last_failure = report.why;
  take_report(breaker, report, now());
  if (was_closed != breaker.is_closed())
    log(log_level::warn, "actors.provider", setup.name,
        was_closed ? "it gets no new calls until a probe has worked: " + report.why
                   : "it works again");
  look();
}

void provider_state::note(const provider_used& used) {
  counts.stt_s += used.stt_s;
  counts.tts_characters += used.tts_characters;
  if (!setup.house)
    return;
  const auto label = "provider=\"" + setup.name + "\"";
  if (used.stt_s > 0)
    tell_service<accountant_actor>(
      self, setup.house, count_metric{"unpod_provider_stt_seconds_total", label, used.stt_s});
  if (used.tts_characters > 0)
    tell_service<accountant_actor>(self, setup.house,
                                   count_metric{"unpod_provider_tts_characters_total", label,
                                                static_cast<double>(used.tts_characters)});
}

caf::result<tested_provider> provider_state::test() {
  if (!can_be_probed())
    return make_error(refusal::conflict,
                      "'" + setup.name + "' is part of this program; there is nothing to reach");
  auto reply = self->make_response_promise<tested_provider>();
  probe.asked_by.push_back(reply);
  if (probe.ends == mono_time{0})
    begin_probe();
  return reply;
}

void provider_state::look() {
  if (probe.ends > mono_time{0} && now() >= probe.ends)
    end_probe(false, "a probe was not answered in time", trouble::unreachable);
  if (can_be_probed() && probe.ends == mono_time{0} && breaker.takes_probe(now()))
    begin_probe();
  look_again();
}

void provider_state::look_again() {
  const bool of_use = can_be_probed() && (probe.ends > mono_time{0} || !breaker.is_closed());
  if (!of_use)
    return;
  if (!std::exchange(looking, true))
    self->delayed_send(self, look_every, clock_check{});
}

/// With the first model and voice that a profile has for it; of what no profile uses it for
/// nothing is tried, unless none uses it at all.
void provider_state::begin_probe() {
  stt_settings hearing;
  tts_settings speaking;
  bool hears = false, speaks = false;
  const auto profiles = setup.profiles.get();
  for (const auto& profile : *profiles) {
    for (const auto& choice : profile.hearers)
      if (choice.provider == setup.name && !std::exchange(hears, true))
        hearing.model = choice.model;
    for (const auto& choice : profile.speakers)
      if (choice.provider == setup.name && !std::exchange(speaks, true)) {
        speaking.model = choice.model;
        speaking.voice = choice.voice;
      }
  }
  if (!hears && !speaks)
    hears = speaks = true;
  probe.begun = now();
  probe.ends = probe.begun + probe_max;
  const auto port = std::make_shared<nowhere_port>();
  if (setup.streams.open_stt && hears)
    adopt(setup.streams.open_stt(self, stt_listener{self}, port, hearing, 0, "probe"));
  if (setup.streams.open_tts && speaks) {
    const auto voice = setup.streams.open_tts(self, tts_listener{self}, port, speaking, "probe");
    adopt(voice);
    self->send(voice, tts_speak{1, 0, probe_word});
  }
  if (probe.streams.empty())
    return end_probe(false, "no profile uses it for what it can", trouble::unable);
  look_again();
}

template <class Handle>
void provider_state::adopt(const Handle& stream) {
  adopt_child(self, "probe", stream);
  probe.streams.push_back(caf::actor_cast<caf::actor>(stream));
  probe.not_yet_known.push_back(probe.streams.back());
}

void provider_state::worked(const caf::strong_actor_ptr& stream) {
  auto& unknown = probe.not_yet_known;
  const auto found =
    std::find(unknown.begin(), unknown.end(), caf::actor_cast<caf::actor_addr>(stream));
  if (found == unknown.end())
    return;
  unknown.erase(found);
  if (unknown.empty())
    end_probe(true, {}, trouble::none);
}

void provider_state::failed(const std::string& why, trouble kind) {
  const auto sender = caf::actor_cast<caf::actor_addr>(self->current_sender());
  const auto& open = probe.streams;
  if (std::find(open.begin(), open.end(), sender) != open.end())
    end_probe(false, why, kind);
}

void provider_state::end_probe(bool ok, const std::string& why, trouble kind) {
  auto over = std::exchange(probe, {});
  for (const auto& stream : over.streams) {
    self->demonitor(stream.address());
    release_child(self, stream.address());
    self->send_exit(stream, caf::exit_reason::user_shutdown);
  }
  for (auto& reply : over.asked_by)
    reply.deliver(tested_provider{setup.name, ok, why, kind, to_ms(now() - over.begun)});
  const provider_report outcome{setup.name, ok, why, -1, kind, true};
  if (setup.parent)
    self->send(setup.parent, outcome); // who passes it on to us
  else
    note(outcome);
}

void provider_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  auto& open = probe.streams;
  const auto known = std::find(open.begin(), open.end(), down.source);
  if (known == open.end())
    return;
  open.erase(known);
  end_probe(false, "a probe's stream died: " + self->system().render(down.reason), trouble::died);
}

provider_health provider_state::health() const {
  auto answer = counts;
  answer.state = breaker.state(now());
  answer.first_byte_p50_ms = first_bytes.percentile(0.50);
  answer.first_byte_p99_ms = first_bytes.percentile(0.99);
  return answer;
}

mono_time provider_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
