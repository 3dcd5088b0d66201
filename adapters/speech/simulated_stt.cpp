// STT STREAM, simulated: counts speech and answers with as many words.
//
//   tap (media thread) --how much speech--> stream -(final_after)-> stt_final
//
// Children: none.
#include "adapters/speech/simulated_speech.hpp"
#include "adapters/speech/tell_actor.hpp"
#include "messages/observed.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/local_actor.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <utility>

namespace unpod {

/// Event, from the tap. One stretch of speech, and how many samples of it arrived.
struct simulated_utterance {
  sample_index from = 0;
  sample_index to = 0;
  std::uint64_t samples = 0;
};
UNPOD_MESSAGE(simulated_utterance, x.from, x.to, x.samples)

/// Timer. The oldest utterance is understood.
struct simulated_final_due {};
UNPOD_OPAQUE_MESSAGE(simulated_final_due)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::simulated_utterance)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::simulated_final_due)

namespace unpod {

namespace {

/// STT STREAM as it sees itself: the interface, its tap and its timer.
using counting_stream = stt_stream_actor::extend<caf::reacts_to<simulated_utterance>,
                                                 caf::reacts_to<simulated_final_due>>;

/// Counts on the media thread; tells the stream only when speech is over.
class counting_tap : public audio_tap {
public:
  explicit counting_tap(caf::actor_addr stream) : stream_(std::move(stream)) {}

  void audio(sample_index first, const std::int16_t*, std::size_t samples) override {
    if (arrived_to_ == 0)
      arrived_from_ = first;
    arrived_to_ = first + samples;
  }
  void speech_started(sample_index at) override {
    began_at_ = at;
  }
  void speech_ended(sample_index at) override {
    const auto from = std::max(began_at_, arrived_from_);
    const auto to = std::min<sample_index>(at, arrived_to_);
    tell_actor(stream_, simulated_utterance{began_at_, at, to > from ? to - from : 0});
  }

  sample_index arrived_to() const {
    return arrived_to_;
  }

private:
  const caf::actor_addr stream_;
  sample_index arrived_from_ = 0, began_at_ = 0;
  std::atomic<sample_index> arrived_to_{0};
};

struct simulated_stt_setup {
  simulated_knobs knobs;
  stt_listener listener;
  media_port_ptr port;
  sample_index from = 0;
};

struct simulated_stt_state {
  using self_pointer = self_of<simulated_stt_state, counting_stream>;

  static inline const char* name = "stt_stream";

  explicit simulated_stt_state(self_pointer self) : self(self) {}

  ~simulated_stt_state() {
    if (tap)
      setup.port->unbind(*tap);
  }

  void begin(simulated_stt_setup with);
  void take(const simulated_utterance& utterance);
  void tell_oldest();
  void finalize();

  self_pointer self;
  simulated_stt_setup setup;
  std::shared_ptr<counting_tap> tap;
  std::deque<simulated_utterance> waiting;
};

void simulated_stt_state::begin(simulated_stt_setup with) {
  setup = std::move(with);
  tap = std::make_shared<counting_tap>(self->address());
  setup.port->bind(tap, setup.from);
  self->send(setup.listener, stt_ready{simulated_provider_name});
}

void simulated_stt_state::take(const simulated_utterance& utterance) {
  waiting.push_back(utterance);
  self->delayed_send(self, setup.knobs.final_after, simulated_final_due{});
}

void simulated_stt_state::tell_oldest() {
  const auto utterance = waiting.front();
  waiting.pop_front();
  stt_final heard{counted_words(utterance.samples, setup.port->rate_hz(), setup.knobs.word),
                  utterance.from,
                  utterance.to,
                  {},
                  self->clock().now().time_since_epoch()};
  self->send(setup.listener, std::move(heard));
}

/// What waits comes in its time; else there was nothing to hear.
void simulated_stt_state::finalize() {
  const auto at = tap->arrived_to();
  if (waiting.empty())
    self->send(setup.listener, stt_final{{}, at, at, {}, self->clock().now().time_since_epoch()});
}

counting_stream::behavior_type simulated_stt(simulated_stt_state::self_pointer self,
                                             simulated_stt_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const stt_finalize&) { self->state.finalize(); },
    [self](const simulated_utterance& event) { self->state.take(event); },
    [self](const simulated_final_due&) { self->state.tell_oldest(); },
  };
}

} // namespace

std::string counted_words(std::uint64_t samples, std::uint32_t rate_hz,
                          std::chrono::milliseconds word) {
  static constexpr const char* names[] = {"one", "two",   "three", "four", "five",
                                          "six", "seven", "eight", "nine", "ten"};
  constexpr std::uint64_t words_max = 200;
  if (samples == 0)
    return {};
  const auto each = static_cast<std::uint64_t>(word.count()) * rate_hz / 1'000;
  const auto count =
    std::clamp<std::uint64_t>(samples / std::max<std::uint64_t>(each, 1), 1, words_max);
  std::string text;
  for (std::uint64_t n = 0; n < count; ++n)
    text += (n == 0 ? "" : " ") + std::string{names[n % std::size(names)]};
  return text;
}

stt_spawner make_simulated_stt(simulated_knobs knobs) {
  return [knobs](caf::local_actor* parent, stt_listener listener, media_port_ptr port, stt_settings,
                 sample_index from, std::string) {
    return stt_stream_actor{parent->spawn(
      simulated_stt, simulated_stt_setup{knobs, std::move(listener), std::move(port), from})};
  };
}

} // namespace unpod
