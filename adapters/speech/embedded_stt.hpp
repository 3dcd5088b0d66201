// STT STREAM, embedded: pocketsphinx on the speech threads.
//
//   opening --decoder is there--> hearing (stt_ready) --it fails--> stt_failed (quit)
//
// The session decodes and tells this actor; this actor tells its TRANSCRIBER, so
// that nothing comes from a stream that is gone. Bound to the port from the
// start, unbound before anyone learns of its end.
// Children: none.
#pragma once

#include "adapters/speech/embedded_speech.hpp"
#include "messages/observed.hpp"
#include "messages/speech.hpp"

namespace unpod {

/// The name its streams go by.
inline constexpr const char* embedded_provider_name = "embedded";

/// Opens recogniser streams of this engine.
stt_spawner make_embedded_stt(embedded_speech_ptr engine);

} // namespace unpod
