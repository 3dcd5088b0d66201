// TTS STREAM, embedded: flite on the speech threads, one piece after another.
//
//   waiting --piece--> speaking --done--> tts_piece_done, next
//                      speaking --held (much is queued)--> later: the rest
//                      speaking --flushed, cancelled--> dropped, next
//
// Children: none.
#pragma once

#include "adapters/speech/embedded_speech.hpp"
#include "messages/observed.hpp"
#include "messages/speech.hpp"

namespace unpod {

/// bytes of text waiting to be spoken. 256 KB: four turns as long as a turn may be.
inline constexpr std::size_t tts_waiting_bytes_max = 256 * 1024;

/// Opens voice streams of this engine.
tts_spawner make_embedded_tts(embedded_speech_ptr engine);

} // namespace unpod
