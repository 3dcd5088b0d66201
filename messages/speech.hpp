// Speech as the house speaks of it: what recognisers and voices are told and
// what they report, whatever provider is behind them. Audio is not here: a
// recogniser takes it from the call's media_port, a voice writes it there.
#pragma once

#include "messages/clock.hpp"
#include "messages/ids.hpp"
#include "messages/inspect.hpp"
#include "messages/media_port.hpp"
#include "messages/trouble.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace caf {
class local_actor;
}

namespace unpod {

// -- hearing ------------------------------------------------------------------

/// One word of a final transcript, on the call's sample clock.
struct timed_word {
  std::string text;
  sample_index from = 0;
  sample_index to = 0;
};
UNPOD_MESSAGE(timed_word, x.text, x.from, x.to)

/// How a call wants to be heard.
struct stt_settings {
  std::string language = "en";
  std::string model;
  /// A JSGF grammar (checked by the adapter's subset parser); empty is free speech.
  std::string grammar;
};
UNPOD_MESSAGE(stt_settings, x.language, x.model)

/// Event. The stream takes audio now.
struct stt_ready {
  std::string provider;
};
UNPOD_MESSAGE(stt_ready, x.provider)

/// Event. What the caller seems to be saying; replaces the partial before it.
struct stt_partial {
  std::string text;
};
UNPOD_MESSAGE(stt_partial, x.text)

/// Event. What the caller said from one sample to another; never said twice.
struct stt_final {
  std::string text;
  sample_index from = 0;
  sample_index to = 0;
  std::vector<timed_word> words;
  mono_time at{0}; // when the recogniser was done
};
UNPOD_MESSAGE(stt_final, x.text, x.from, x.to, x.words, x.at)

/// Event. The stream is of no use any more.
struct stt_failed {
  std::string provider;
  std::string why;
  trouble kind = trouble::refused;
};
UNPOD_MESSAGE(stt_failed, x.provider, x.why)

/// Command. The caller seems done: say what was heard, now.
struct stt_finalize {};
UNPOD_OPAQUE_MESSAGE(stt_finalize)

/// What an STT STREAM reports to its TRANSCRIBER.
using stt_listener = caf::typed_actor<
  // The stream is open.
  caf::reacts_to<stt_ready>,
  // Words so far.
  caf::reacts_to<stt_partial>,
  // Words for good; empty text when there was nothing to hear.
  caf::reacts_to<stt_final>,
  // The stream is lost.
  caf::reacts_to<stt_failed>>;

/// The STT STREAM interface: one live recogniser of one call. Binds itself to
/// the media port at `from`; unbinds itself when it ends, from no other that was bound since.
using stt_stream_actor = caf::typed_actor<
  // Brings out the final of what was heard so far.
  caf::reacts_to<stt_finalize>>;

/// Spawns (not links) an STT STREAM; the parent adopts it.
using stt_spawner = std::function<stt_stream_actor(caf::local_actor* parent, stt_listener listener,
                                                   media_port_ptr port, stt_settings settings,
                                                   sample_index from, std::string call)>;

// -- speaking -----------------------------------------------------------------

/// How a call wants to sound.
struct tts_settings {
  std::string language = "en";
  std::string voice;
  double speed = 1.0;
  std::string model = {};
};
UNPOD_MESSAGE(tts_settings, x.language, x.voice, x.speed, x.model)

/// One word of a spoken piece: where it stands in the piece's text (bytes) and
/// where its sound ends in the piece (samples at the port's rate).
struct spoken_word {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t until_sample = 0;
};
UNPOD_MESSAGE(spoken_word, x.begin, x.end, x.until_sample)

/// Command. Speak this piece after those before it.
struct tts_speak {
  generation utterance = 0;
  std::uint32_t piece = 0;
  std::string text;
};
UNPOD_MESSAGE(tts_speak, x.utterance, x.piece, x.text)

/// Command. Drop everything of this utterance and before; the connection stays.
struct tts_cancel {
  generation utterance = 0;
};
UNPOD_MESSAGE(tts_cancel, x.utterance)

/// Event. The first audio of a piece is there.
struct tts_first_byte {
  generation utterance = 0;
  std::uint32_t piece = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(tts_first_byte, x.utterance, x.piece, x.at)

/// Event. A piece is in the playout ring, whole. Words may be empty when the
/// voice gives no timings: then the piece counts word by word, in proportion.
struct tts_piece_done {
  generation utterance = 0;
  std::uint32_t piece = 0;
  std::uint64_t samples = 0; // at the port's rate
  std::vector<spoken_word> words;
};
UNPOD_MESSAGE(tts_piece_done, x.utterance, x.piece, x.samples, x.words)

/// Event. The stream is of no use any more. `words` are those of the piece that broke off,
/// as far as the voice had told their times; empty when it had not.
struct tts_failed {
  std::string provider;
  std::string why;
  generation utterance = 0;
  std::uint32_t piece = 0;
  std::vector<spoken_word> words = {};
  trouble kind = trouble::refused;
};
UNPOD_MESSAGE(tts_failed, x.provider, x.why, x.utterance, x.piece, x.words)

/// What a TTS STREAM reports to its SYNTHESIZER.
using tts_listener = caf::typed_actor<
  // Sound begins.
  caf::reacts_to<tts_first_byte>,
  // A piece is complete, with its words' times.
  caf::reacts_to<tts_piece_done>,
  // The stream is lost.
  caf::reacts_to<tts_failed>>;

/// The TTS STREAM interface: one live voice of one call. Writes its audio to
/// the media port itself, piece after piece.
using tts_stream_actor = caf::typed_actor<
  // Speaks one more piece.
  caf::reacts_to<tts_speak>,
  // Forgets an utterance.
  caf::reacts_to<tts_cancel>>;

/// Spawns (not links) a TTS STREAM; the parent adopts it.
using tts_spawner =
  std::function<tts_stream_actor(caf::local_actor* parent, tts_listener listener,
                                 media_port_ptr port, tts_settings settings, std::string call)>;

/// Keeps a connection ready for a voice like this as long as anybody holds what is returned.
using voice_standby =
  std::function<std::shared_ptr<void>(const tts_settings& settings, std::uint32_t rate_hz)>;

/// A provider as the node knows it: its name and how to open streams of it.
struct speech_provider {
  std::string name;
  stt_spawner open_stt;        // null: it cannot hear
  tts_spawner open_tts;        // null: it cannot speak
  voice_standby stand_by = {}; // null: there is nothing to keep
};

} // namespace unpod
