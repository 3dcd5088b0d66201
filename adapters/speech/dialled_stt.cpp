// STT STREAM of a provider behind a socket: the actor (dialled_speech.hpp draws its phases).
#include "adapters/speech/dialled_speech.hpp"
#include "adapters/speech/stt_wire.hpp"
#include "adapters/speech/tell_actor.hpp"
#include "messages/observed.hpp"

#include <caf/local_actor.hpp>

#include <utility>

namespace unpod {

namespace {

/// STT STREAM as it sees itself: the interface, and its wire.
using dialled_stream =
  stt_stream_actor::extend<caf::reacts_to<stt_ready>, caf::reacts_to<stt_partial>,
                           caf::reacts_to<stt_final>, caf::reacts_to<stt_failed>>;

struct dialled_stt_setup {
  speech_wiring wiring;
  stt_codec_maker make;
  stt_listener listener;
  media_port_ptr port;
  stt_settings settings;
  sample_index from = 0;
};

class dialled_outlet : public stt_outlet {
public:
  dialled_outlet(caf::actor_addr stream, std::string provider)
    : stream_(std::move(stream)), provider_(std::move(provider)) {}
  void ready() override {
    tell_actor(stream_, stt_ready{provider_});
  }
  void partial(std::string text) override {
    tell_actor(stream_, stt_partial{std::move(text)});
  }
  void heard(stt_final words) override {
    tell_actor(stream_, std::move(words));
  }
  void failed(std::string why, trouble kind) override {
    tell_actor(stream_, stt_failed{provider_, std::move(why), kind});
  }

private:
  const caf::actor_addr stream_;
  const std::string provider_;
};

struct dialled_stt_state {
  using self_pointer = self_of<dialled_stt_state, dialled_stream>;

  static inline const char* name = "stt_stream";

  explicit dialled_stt_state(self_pointer self) : self(self) {}

  ~dialled_stt_state() {
    let_go();
  }

  void begin(dialled_stt_setup with);
  void hear(const stt_ready& event);
  void fail(const stt_failed& event);
  void let_go();

  self_pointer self;
  dialled_stt_setup setup;
  std::shared_ptr<void> seat;
  std::shared_ptr<stt_wire> wire; // null: there was no seat
  bool bound = false;
};

void dialled_stt_state::begin(dialled_stt_setup with) {
  setup = std::move(with);
  if (setup.wiring.seats && !(seat = setup.wiring.seats->take()))
    return tell_actor(self->address(),
                      stt_failed{setup.wiring.access.name, no_seat, trouble::full});
  const auto rate_hz = setup.port->rate_hz();
  const auto& provider = setup.wiring.access.name;
  wire = std::make_shared<stt_wire>(setup.make(setup.wiring.access, setup.settings, rate_hz),
                                    std::make_unique<dialled_outlet>(self->address(), provider),
                                    rate_hz, setup.wiring.bounds);
  setup.wiring.watch->add(wire);
  setup.wiring.dial(provider_dial(setup.wiring, wire->dial()),
                    [wire = wire, stream = self->address(), provider](ws_channel_ptr channel,
                                                                      const std::string& why) {
                      if (channel)
                        wire->open(std::move(channel));
                      else
                        tell_actor(stream, stt_failed{provider, why, trouble_of_dial(why)});
                    });
}

void dialled_stt_state::hear(const stt_ready& event) {
  if (std::exchange(bound, true))
    return;
  setup.port->bind(wire, setup.from);
  self->send(setup.listener, event);
}

/// Unbinds first: the next stream is bound as soon as the listener knows.
void dialled_stt_state::fail(const stt_failed& event) {
  let_go();
  self->send(setup.listener, event);
  self->quit();
}

void dialled_stt_state::let_go() {
  if (wire)
    wire->close();
  if (std::exchange(bound, false))
    setup.port->unbind(*wire);
}

dialled_stream::behavior_type dialled_stt(dialled_stt_state::self_pointer self,
                                          dialled_stt_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const stt_finalize&) {
      if (self->state.wire)
        self->state.wire->finalize(mono_now());
    },
    [self](const stt_ready& event) { self->state.hear(event); },
    [self](const stt_partial& event) { self->send(self->state.setup.listener, event); },
    [self](const stt_final& event) { self->send(self->state.setup.listener, event); },
    [self](const stt_failed& event) { self->state.fail(event); },
  };
}

} // namespace

dial_options provider_dial(const speech_wiring& wiring, wire_dial to) {
  dial_options options;
  options.url = std::move(to.url);
  options.headers = std::move(to.headers);
  options.connect_wait = wiring.bounds.dial_wait;
  options.close_wait = wiring.bounds.close_wait;
  options.ping_every = wiring.bounds.ping_every;
  options.message_bytes_max = wiring.bounds.message_bytes_max;
  options.queue_bytes_max = wiring.bounds.queue_bytes_max;
  options.ca_file = wiring.access.ca_file;
  options.proxy = wiring.access.proxy.reveal();
  return options;
}

stt_spawner make_dialled_stt(speech_wiring wiring, stt_codec_maker make) {
  return [wiring = std::move(wiring), make = std::move(make)](
           caf::local_actor* parent, stt_listener listener, media_port_ptr port,
           stt_settings settings, sample_index from, std::string) {
    return stt_stream_actor{
      parent->spawn(dialled_stt, dialled_stt_setup{wiring, make, std::move(listener),
                                                   std::move(port), std::move(settings), from})};
  };
}

} // namespace unpod
