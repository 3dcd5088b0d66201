// TTS STREAM of a provider behind a socket: the actor (dialled_speech.hpp draws its phases).
#include "adapters/speech/connection_trust.hpp"
#include "adapters/speech/dialled_speech.hpp"
#include "adapters/speech/exchange_channel.hpp"
#include "adapters/speech/tell_actor.hpp"
#include "adapters/speech/tts_wire.hpp"
#include "messages/observed.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/local_actor.hpp>

#include <utility>

namespace unpod {

/// From the wire: a piece waits, and nobody dials.
struct dialled_tts_dial {};
UNPOD_OPAQUE_MESSAGE(dialled_tts_dial)

/// Timer. Does it still sound?
struct dialled_tts_check {};
UNPOD_OPAQUE_MESSAGE(dialled_tts_check)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::dialled_tts_dial)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::dialled_tts_check)

namespace unpod {

namespace {

/// TTS STREAM as it sees itself: the interface, its wire and its timer.
using dialled_voice =
  tts_stream_actor::extend<caf::reacts_to<tts_first_byte>, caf::reacts_to<tts_piece_done>,
                           caf::reacts_to<tts_failed>, caf::reacts_to<dialled_tts_dial>,
                           caf::reacts_to<dialled_tts_check>>;

struct dialled_tts_setup {
  speech_wiring wiring;
  tts_codec_maker make;
  tts_listener listener;
  media_port_ptr port;
  tts_settings settings;
  std::shared_ptr<connection_trust> trust; // of the provider's voices, all calls together
};

bool is_http(const wire_dial& to) {
  return to.url.rfind("http", 0) == 0;
}

class voice_outlet : public tts_outlet {
public:
  explicit voice_outlet(caf::actor_addr stream) : stream_(std::move(stream)) {}
  void sounds(tts_first_byte event) override {
    tell_actor(stream_, event);
  }
  void done(tts_piece_done event) override {
    tell_actor(stream_, std::move(event));
  }
  void failed(tts_failed event) override {
    tell_actor(stream_, std::move(event));
  }
  void needs_connection() override {
    tell_actor(stream_, dialled_tts_dial{});
  }

private:
  const caf::actor_addr stream_;
};

struct dialled_tts_state {
  using self_pointer = self_of<dialled_tts_state, dialled_voice>;

  static inline const char* name = "tts_stream";

  explicit dialled_tts_state(self_pointer self) : self(self) {}

  ~dialled_tts_state() {
    if (!wire)
      return;
    if (wire->is_mute(mono_now()))
      fell_mute();
    wire->close();
  }

  void begin(dialled_tts_setup with);
  void connect(ready_connection ready = {});
  ready_connection take_standby(const wire_dial& to) const;
  void fell_mute() const;
  void speak(const tts_speak& command);
  void cancel(const tts_cancel& command);
  void finish(const tts_piece_done& event);
  void fail(const tts_failed& event);
  void sounds(const tts_first_byte& event);
  void check();

  self_pointer self;
  dialled_tts_setup setup;
  std::shared_ptr<void> seat;
  std::shared_ptr<tts_wire> wire; // null: there was no seat
  bool amid = false;              // often looked at
};

/// The seat of a connection that stood by is its caller's; else there must be another.
void dialled_tts_state::begin(dialled_tts_setup with) {
  setup = std::move(with);
  auto codec = setup.make(setup.wiring.access, setup.settings, setup.port->rate_hz());
  auto ready = take_standby(codec->dial());
  seat = std::move(ready.seat);
  if (setup.wiring.seats && !seat && !(seat = setup.wiring.seats->take()))
    return tell_actor(self->address(),
                      tts_failed{setup.wiring.access.name, no_seat, 0, 0, {}, trouble::full});
  wire = std::make_shared<tts_wire>(
    std::move(codec), std::make_unique<voice_outlet>(self->address()), setup.port,
    setup.wiring.access.name, setup.wiring.bounds, setup.wiring.helps, setup.settings);
  setup.wiring.watch->add(wire);
  connect(std::move(ready));
}

ready_connection dialled_tts_state::take_standby(const wire_dial& to) const {
  const auto& wiring = setup.wiring;
  return wiring.standbys && !is_http(to) ? wiring.standbys->take(provider_dial(wiring, to))
                                         : ready_connection{};
}

/// Where one has, those that stand by may have, too.
void dialled_tts_state::fell_mute() const {
  setup.trust->fell_mute(mono_now());
  if (setup.wiring.standbys)
    setup.wiring.standbys->distrust(provider_dial(setup.wiring, wire->dial()));
}

void dialled_tts_state::connect(ready_connection ready) {
  if (!wire->wants_connection())
    return;
  auto to = wire->dial();
  if (is_http(to))
    return setup.wiring.http
             ? wire->opened(open_exchange_channel(setup.wiring.http, to, setup.wiring.bounds))
             : wire->not_opened("this node has no way out over HTTP");
  if (!ready.channel)
    ready = take_standby(to);
  if (ready.channel)
    return wire->opened(std::move(ready.channel), true);
  setup.wiring.dial(provider_dial(setup.wiring, std::move(to)),
                    [wire = wire](ws_channel_ptr channel, const std::string& why) {
                      if (channel)
                        wire->opened(std::move(channel));
                      else
                        wire->not_opened(why);
                    });
}

void dialled_tts_state::speak(const tts_speak& command) {
  if (!wire)
    return;
  wire->let_go_of_older(setup.trust->suspect_before());
  wire->speak(command);
  connect();
}

void dialled_tts_state::cancel(const tts_cancel& command) {
  if (!wire)
    return;
  wire->cancel(command.utterance);
  connect();
}

/// A piece that took its connection along leaves the next one without.
void dialled_tts_state::finish(const tts_piece_done& event) {
  self->send(setup.listener, event);
  connect();
}

void dialled_tts_state::fail(const tts_failed& event) {
  if (wire && event.kind == trouble::stalled)
    fell_mute();
  self->send(setup.listener, event);
  self->quit();
}

void dialled_tts_state::sounds(const tts_first_byte& event) {
  setup.trust->sounds(wire->opened_at());
  self->send(setup.listener, event);
  if (!amid)
    check();
}

/// Only while there is sound to come: the rest is the watch's.
void dialled_tts_state::check() {
  const auto next = wire->look_amid(mono_now());
  amid = next.has_value();
  if (next)
    self->delayed_send(self, *next, dialled_tts_check{});
}

dialled_voice::behavior_type dialled_tts(dialled_tts_state::self_pointer self,
                                         dialled_tts_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const tts_speak& command) { self->state.speak(command); },
    [self](const tts_cancel& command) { self->state.cancel(command); },
    [self](const tts_first_byte& event) { self->state.sounds(event); },
    [self](const tts_piece_done& event) { self->state.finish(event); },
    [self](const tts_failed& event) { self->state.fail(event); },
    [self](const dialled_tts_dial&) { self->state.connect(); },
    [self](const dialled_tts_check&) { self->state.check(); },
  };
}

} // namespace

tts_spawner make_dialled_tts(speech_wiring wiring, tts_codec_maker make) {
  return [wiring = std::move(wiring), make = std::move(make),
          trust = std::make_shared<connection_trust>()](caf::local_actor* parent,
                                                        tts_listener listener, media_port_ptr port,
                                                        tts_settings settings, std::string) {
    return tts_stream_actor{
      parent->spawn(dialled_tts, dialled_tts_setup{wiring, make, std::move(listener),
                                                   std::move(port), std::move(settings), trust})};
  };
}

voice_standby make_voice_standby(speech_wiring wiring, tts_codec_maker make) {
  if (!wiring.standbys)
    return nullptr;
  if (wiring.seats)
    wiring.seats->ask_when_full([pool = std::weak_ptr<standby_pool>{wiring.standbys},
                                 seats = wiring.seats.get()] { // who asks
      const auto here = pool.lock();
      return here && here->give_back(*seats);
    });
  return [wiring = std::move(wiring), make = std::move(make)](
           const tts_settings& settings, std::uint32_t rate_hz) -> std::shared_ptr<void> {
    auto codec = make(wiring.access, settings, rate_hz);
    auto to = codec->dial();
    if (is_http(to))
      return nullptr;
    return wiring.standbys->want(
      {wiring.access.name, provider_dial(wiring, std::move(to)), std::move(codec), wiring.seats});
  };
}

} // namespace unpod
