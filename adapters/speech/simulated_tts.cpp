// TTS STREAM, simulated: hums as long as the words would take.
//
//   waiting --piece--> pending -(first_byte_after)-> humming --all given--> tts_piece_done, next
//                                     too much waits to be played: humming, but silent
//
// Children: none.
#include "adapters/speech/simulated_speech.hpp"
#include "messages/observed.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/local_actor.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace unpod {

/// Timer. The next block of this piece (`work` counts them: an older one is void) is due.
struct simulated_block_due {
  std::uint64_t work = 0;
};
UNPOD_MESSAGE(simulated_block_due, x.work)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::simulated_block_due)

namespace unpod {

namespace {

/// bytes of text waiting to be spoken. 256 KB, as the embedded voice has it.
constexpr std::size_t waiting_bytes_max = 256 * 1024;
/// samples/s. A telephone's.
constexpr std::uint32_t narrow_rate_hz = 8'000;

/// TTS STREAM as it sees itself: the interface and its timer.
using humming_stream = tts_stream_actor::extend<caf::reacts_to<simulated_block_due>>;

struct simulated_tts_setup {
  simulated_knobs knobs;
  tts_listener listener;
  media_port_ptr port;
};

/// A piece, when it was asked for, and how much of it is given.
struct hummed_piece {
  tts_speak what;
  mono_time asked{0};
  std::uint64_t samples = 0; // of the hum
  std::uint64_t given = 0;
  std::uint64_t before = 0; // what the utterance had been given, at the port's rate
};

struct simulated_tts_state {
  using self_pointer = self_of<simulated_tts_state, humming_stream>;

  static inline const char* name = "tts_stream";

  explicit simulated_tts_state(self_pointer self) : self(self) {}

  void speak(const tts_speak& command);
  void cancel(const tts_cancel& command);
  void begin_next();
  void give(const simulated_block_due& due);
  bool play_block(hummed_piece& piece);
  void end_piece(bool whole);
  std::uint32_t rate_hz() const {
    return setup.port->rate_hz() == narrow_rate_hz ? narrow_rate_hz : simulated_voice_rate_hz;
  }
  mono_time now() const {
    return self->clock().now().time_since_epoch();
  }

  self_pointer self;
  simulated_tts_setup setup;
  std::deque<hummed_piece> waiting; // the first is being hummed
  std::size_t waiting_bytes = 0;
  std::uint64_t work = 0;
  bool busy = false;
  generation cancelled = 0;
};

void simulated_tts_state::speak(const tts_speak& command) {
  if (command.utterance <= cancelled)
    return;
  waiting_bytes += command.text.size();
  if (waiting_bytes > waiting_bytes_max) {
    self->send(setup.listener,
               tts_failed{simulated_provider_name, "more than " + std::to_string(waiting_bytes_max)
                                                     + " bytes are waiting to be spoken"});
    return self->quit();
  }
  hummed_piece piece;
  piece.what = command;
  piece.asked = now();
  piece.samples = command.text.size() * static_cast<std::uint64_t>(setup.knobs.letter.count())
                  * rate_hz() / 1'000;
  waiting.push_back(std::move(piece));
  begin_next();
}

void simulated_tts_state::cancel(const tts_cancel& command) {
  cancelled = std::max(cancelled, command.utterance);
  if (busy && waiting.front().what.utterance <= cancelled) {
    busy = false;
    ++work;
  }
  waiting.erase(std::remove_if(waiting.begin(), waiting.end(),
                               [&](const auto& piece) {
                                 const bool gone = piece.what.utterance <= cancelled;
                                 waiting_bytes -= gone ? piece.what.text.size() : 0;
                                 return gone;
                               }),
                waiting.end());
  begin_next();
}

/// A piece that waited behind another was on its way all the while.
void simulated_tts_state::begin_next() {
  if (busy || waiting.empty())
    return;
  busy = true;
  const auto due = waiting.front().asked + setup.knobs.first_byte_after;
  self->delayed_send(self, std::max(due - now(), mono_time{0}), simulated_block_due{++work});
}

void simulated_tts_state::give(const simulated_block_due& due) {
  if (!busy || due.work != work)
    return;
  auto& piece = waiting.front();
  const auto ahead_max =
    static_cast<std::uint64_t>(setup.knobs.ahead_max.count()) * setup.port->rate_hz();
  const bool held = setup.port->position(piece.what.utterance).queued > ahead_max;
  if (!held && !play_block(piece))
    return end_piece(false);
  if (piece.given >= piece.samples)
    return end_piece(true);
  self->delayed_send(self, setup.knobs.block_every, simulated_block_due{work});
}

/// False when the port wants no more of it.
bool simulated_tts_state::play_block(hummed_piece& piece) {
  const auto& hum = simulated_voice(rate_hz());
  if (piece.given == 0)
    piece.before = setup.port->given(piece.what.utterance);
  const bool first = piece.given == 0 && piece.samples > 0;
  auto left = std::min<std::uint64_t>(piece.samples - piece.given,
                                      static_cast<std::uint64_t>(setup.knobs.block_every.count())
                                        * setup.knobs.speed * rate_hz() / 1'000);
  while (left > 0) {
    const auto at = static_cast<std::size_t>(piece.given % hum.size());
    const auto part = std::min<std::size_t>(hum.size() - at, static_cast<std::size_t>(left));
    if (!setup.port->play(piece.what.utterance, hum.data() + at, part, rate_hz()))
      return false;
    piece.given += part;
    left -= part;
  }
  if (first)
    self->send(setup.listener, tts_first_byte{piece.what.utterance, piece.what.piece, now()});
  return true;
}

void simulated_tts_state::end_piece(bool whole) {
  const auto piece = std::move(waiting.front());
  waiting.pop_front();
  waiting_bytes -= piece.what.text.size();
  busy = false;
  if (whole) {
    const auto given = setup.port->given(piece.what.utterance);
    self->send(setup.listener, tts_piece_done{piece.what.utterance,
                                              piece.what.piece,
                                              given - std::min(given, piece.before),
                                              {}});
  }
  begin_next();
}

humming_stream::behavior_type simulated_tts(simulated_tts_state::self_pointer self,
                                            simulated_tts_setup setup) {
  self->state.setup = std::move(setup);
  return {
    [self](const tts_speak& command) { self->state.speak(command); },
    [self](const tts_cancel& command) { self->state.cancel(command); },
    [self](const simulated_block_due& due) { self->state.give(due); },
  };
}

/// 110 Hz and its overtones, swelling four times a second as syllables do.
std::vector<std::int16_t> make_hum(std::uint32_t rate_hz) {
  constexpr double pi = 3.14159265358979323846;
  constexpr std::size_t seconds_long = 2;
  std::vector<std::int16_t> pcm(seconds_long * rate_hz);
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double turn = 2 * pi * static_cast<double>(i) / rate_hz;
    double sound = 0;
    for (int overtone = 1; overtone <= 12; ++overtone)
      sound += std::sin(turn * 110 * overtone) / overtone;
    const double swell = 0.55 - 0.45 * std::cos(turn * 4);
    pcm[i] = static_cast<std::int16_t>(6'000 * swell * sound);
  }
  return pcm;
}

} // namespace

const std::vector<std::int16_t>& simulated_voice(std::uint32_t rate_hz) {
  static const auto narrow = make_hum(narrow_rate_hz);
  static const auto wide = make_hum(simulated_voice_rate_hz);
  return rate_hz == narrow_rate_hz ? narrow : wide;
}

tts_spawner make_simulated_tts(simulated_knobs knobs) {
  simulated_voice(narrow_rate_hz); // made now, not in a call
  return [knobs](caf::local_actor* parent, tts_listener listener, media_port_ptr port, tts_settings,
                 std::string) {
    return tts_stream_actor{parent->spawn(
      simulated_tts, simulated_tts_setup{knobs, std::move(listener), std::move(port)})};
  };
}

} // namespace unpod
