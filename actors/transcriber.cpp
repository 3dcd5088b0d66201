#include "actors/transcriber.hpp"

#include "messages/children.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// What a stream reports, when it is the stream of the moment: one that was given
/// up may still have something in the mail.
template <class Message>
auto from_stream(transcriber_state& state, void (transcriber_state::*handler)(const Message&)) {
  return [&state, handler](const Message& x) {
    if (state.stream && state.self->current_sender() == state.stream)
      (state.*handler)(x);
  };
}

} // namespace

transcriber_actor::behavior_type transcriber(transcriber_state::self_pointer self,
                                             transcriber_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  self->state.begin(std::move(setup));
  return {
    from_stream(self->state, &transcriber_state::hear_ready),
    from_stream(self->state, &transcriber_state::hear_partial),
    from_stream(self->state, &transcriber_state::hear_final),
    from_stream(self->state, &transcriber_state::hear_failed),
    [self](const stt_finalize&) { self->state.finalize(); },
  };
}

/// Its stream is told to end: let go alone, it would count among those that died of something.
transcriber_state::~transcriber_state() {
  if (setup.port)
    tell_used();
  if (stream)
    self->send_exit(stream, caf::exit_reason::user_shutdown);
}

void transcriber_state::begin(transcriber_setup with) {
  setup = std::move(with);
  covered = setup.from;
  forgive();
  open_stream();
}

/// Streams may be lost so often in a row; one that hears words makes up for those before.
void transcriber_state::forgive() {
  budget = {setup.kit->bounds.call.restarts_max, setup.kit->bounds.call.restart_window};
}

std::string transcriber_state::provider() const {
  return setup.providers.empty() ? "none" : setup.providers[choice % setup.providers.size()];
}

void transcriber_state::open_stream() {
  const auto found = setup.kit->providers.find(provider());
  if (found == setup.kit->providers.end() || !found->second.open_stt)
    return lose_stream("provider '" + provider() + "' cannot hear here", trouble::unable);
  auto settings = setup.settings;
  for (const auto& choice : setup.choices)
    if (choice.provider == provider())
      settings.model = choice.model;
  given_to = covered;
  stream = adopt_child(self, setup.call.str(),
                       found->second.open_stt(self, stt_listener{self}, setup.port,
                                              std::move(settings), covered, setup.call.str()));
}

/// That it takes audio proves nothing yet.
void transcriber_state::hear_ready(const stt_ready&) {
  proven = false;
  tell_provider("ready", {});
}

/// What becomes of a recogniser, for observers of the call.
void transcriber_state::tell_provider(const char* state, const std::string& why) const {
  setup.kit->events->tell(setup.call, "provider",
                          json_line{}
                            .text("service", "stt")
                            .text("provider", provider())
                            .text("state", state)
                            .text("why", why)
                            .str());
}

void transcriber_state::hear_partial(const stt_partial& event) {
  if (repeating && event.text.size() <= shown.size())
    return;
  repeating = false;
  shown = event.text;
  self->send(setup.listener, heard_partial{event.text});
}

void transcriber_state::hear_final(const stt_final& event) {
  const bool is_old = event.to <= covered && !event.text.empty();
  if (is_old)
    return;
  covered = std::max(covered, event.to);
  repeating = false;
  shown.clear();
  if (!event.text.empty()) {
    forgive();
    if (!std::exchange(proven, true))
      tell_service<providers_actor>(self, setup.kit->house,
                                    provider_report{provider(), true, {}, -1});
  }
  setup.port->covered_to(covered);
  tell_used();
  self->send(setup.listener, heard_final{event.text, event.from, event.to, event.words, event.at});
}

/// What the stream was given since it was told last.
void transcriber_state::tell_used() {
  const auto until = setup.port->heard_so_far();
  if (!stream || until <= given_to)
    return;
  const auto samples = until - std::exchange(given_to, until);
  const provider_used used{provider(),
                           static_cast<double>(samples) / std::max(setup.port->rate_hz(), 1U), 0};
  tell_service<providers_actor>(self, setup.kit->house, used);
  self->send(setup.listener, used);
}

void transcriber_state::finalize() {
  if (stream)
    self->send(stream, stt_finalize{});
}

void transcriber_state::hear_failed(const stt_failed& event) {
  lose_stream(event.why, event.kind);
}

void transcriber_state::lose_stream(const std::string& why, trouble kind) {
  tell_used();
  log(log_level::warn, "actors.transcriber", setup.call.str(),
      "recogniser '" + provider() + "' is lost: " + why);
  tell_service<providers_actor>(self, setup.kit->house,
                                provider_report{provider(), false, why, -1, kind});
  tell_provider("lost", why);
  if (stream) {
    self->demonitor(stream.address());
    release_child(self, stream.address());
    self->send_exit(std::exchange(stream, nullptr), caf::exit_reason::user_shutdown);
  }
  if (budget.spend(self->clock().now().time_since_epoch())) {
    ++choice;
    repeating = !shown.empty();
    return open_stream();
  }
  self->send(setup.listener, hearing_lost{why});
  self->quit(make_error(end_reason::stt_lost));
}

void transcriber_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  if (stream && down.source == stream.address()) {
    tell_used();
    stream = nullptr;
    lose_stream("its stream died: " + self->system().render(down.reason), trouble::died);
  }
}

} // namespace unpod
