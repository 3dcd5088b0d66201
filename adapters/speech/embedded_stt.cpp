#include "adapters/speech/embedded_stt.hpp"

#include "adapters/speech/tell_actor.hpp"

#include <caf/local_actor.hpp>

#include <utility>

namespace unpod {

namespace {

/// STT STREAM as it sees itself: the interface, and what its session says.
using fed_stt_stream =
  stt_stream_actor::extend<caf::reacts_to<stt_ready>, caf::reacts_to<stt_partial>,
                           caf::reacts_to<stt_final>, caf::reacts_to<stt_failed>>;

struct stt_stream_setup {
  embedded_speech_ptr engine;
  stt_listener listener;
  media_port_ptr port;
  stt_settings settings;
  sample_index from = 0;
};

class stream_outlet : public stt_outlet {
public:
  explicit stream_outlet(caf::actor_addr stream) : stream_(std::move(stream)) {}
  void ready() override {
    tell_actor(stream_, stt_ready{embedded_provider_name});
  }
  void partial(std::string text) override {
    tell_actor(stream_, stt_partial{std::move(text)});
  }
  void heard(stt_final words) override {
    tell_actor(stream_, std::move(words));
  }
  void failed(std::string why, trouble kind) override {
    tell_actor(stream_, stt_failed{embedded_provider_name, std::move(why), kind});
  }

private:
  caf::actor_addr stream_;
};

struct stt_stream_state {
  using self_pointer = self_of<stt_stream_state, fed_stt_stream>;

  static inline const char* name = "stt_stream";

  explicit stt_stream_state(self_pointer self) : self(self) {}

  ~stt_stream_state() {
    let_go();
  }

  void begin(stt_stream_setup with);
  void fail(const stt_failed& event);
  void let_go();

  self_pointer self;
  stt_listener listener;
  media_port_ptr port; // null once it is unbound
  std::shared_ptr<stt_session> session;
};

void stt_stream_state::begin(stt_stream_setup with) {
  listener = std::move(with.listener);
  port = std::move(with.port);
  auto& engine = *with.engine;
  session = std::make_shared<stt_session>(
    engine.decoders(), engine.threads().open_lane(urgency::steady),
    std::make_unique<stream_outlet>(self->address()), std::move(with.settings.grammar),
    port->rate_hz(), engine.settings().hearing);
  session->begin();
  port->bind(session, with.from);
}

/// Unbinds first: the next stream is bound as soon as the listener knows.
void stt_stream_state::fail(const stt_failed& event) {
  let_go();
  self->send(listener, event);
  self->quit();
}

void stt_stream_state::let_go() {
  if (session)
    session->close();
  if (const auto bound = std::exchange(port, nullptr))
    bound->unbind(*session);
}

fed_stt_stream::behavior_type stt_stream(stt_stream_state::self_pointer self,
                                         stt_stream_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const stt_finalize&) { self->state.session->finalize(); },
    [self](const stt_ready& event) { self->send(self->state.listener, event); },
    [self](const stt_partial& event) { self->send(self->state.listener, event); },
    [self](const stt_final& event) { self->send(self->state.listener, event); },
    [self](const stt_failed& event) { self->state.fail(event); },
  };
}

} // namespace

stt_spawner make_embedded_stt(embedded_speech_ptr engine) {
  return [engine = std::move(engine)](caf::local_actor* parent, stt_listener listener,
                                      media_port_ptr port, stt_settings settings, sample_index from,
                                      std::string) {
    return stt_stream_actor{
      parent->spawn(stt_stream, stt_stream_setup{engine, std::move(listener), std::move(port),
                                                 std::move(settings), from})};
  };
}

} // namespace unpod
