// How outbound calls are wired: the CALL QUEUE, the trunk that dials, and what both need.
#pragma once

#include "actors/call_queue.hpp"
#include "adapters/loopback/loopback_trunk.hpp"
#include "adapters/speech/embedded_speech.hpp"
#include "messages/call_kit.hpp"

#include <memory>

namespace unpod {

/// The built-in voice, on its own threads, as what synthetic callees say.
voice_maker make_callee_voices(embedded_speech_ptr speech);

/// `engine` outlives the trunk.
loopback_house loopback_of(const services& house, media_engine* engine,
                           const embedded_speech_ptr& speech, const limits& bounds);

call_queue_setup call_queue_of(const call_kit& kit, std::shared_ptr<queue_figures> figures);

} // namespace unpod
