// What may be said to a CALL, what it tells its TRANSCRIBER, SYNTHESIZER and
// RECORDER, and what they say back. Events only: audio never passes a mailbox.
#pragma once

#include "messages/caller.hpp"
#include "messages/providers.hpp"
#include "messages/room.hpp"
#include "messages/runner.hpp"
#include "messages/speech.hpp"

#include <string>
#include <vector>

namespace unpod {

// -- from the media threads (media_listener, as messages) ----------------------

/// Event. The caller began to speak.
struct speech_started {
  sample_index sample = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(speech_started, x.sample, x.at)

/// Event. The caller fell silent; `sample` and `at` are of the last speech.
struct speech_ended {
  sample_index sample = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(speech_ended, x.sample, x.at)

/// Event. The first sample of an utterance left for the caller.
struct playout_started {
  generation utterance = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(playout_started, x.utterance, x.at)

/// Event. This sample of an utterance left.
struct playout_reached {
  generation utterance = 0;
  std::uint64_t sample = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(playout_reached, x.utterance, x.sample, x.at)

/// Event. A finished utterance was sent whole.
struct playout_drained {
  generation utterance = 0;
  std::uint64_t samples = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(playout_drained, x.utterance, x.samples, x.at)

/// Event. The last sample of a flushed utterance has left.
struct playout_flushed {
  generation utterance = 0;
  std::uint64_t samples = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(playout_flushed, x.utterance, x.samples, x.at)

// -- hearing: TRANSCRIBER -> CALL ------------------------------------------------

/// Event. What the caller seems to be saying; replaces the one before.
struct heard_partial {
  std::string text;
};
UNPOD_MESSAGE(heard_partial, x.text)

/// Event. What the caller said; each stretch of audio once, whatever provider heard it.
struct heard_final {
  std::string text;
  sample_index from = 0;
  sample_index to = 0;
  std::vector<timed_word> words;
  mono_time at{0};
};
UNPOD_MESSAGE(heard_final, x.text, x.from, x.to, x.words, x.at)

/// Event. No recogniser is left.
struct hearing_lost {
  std::string why;
};
UNPOD_MESSAGE(hearing_lost, x.why)

/// What a TRANSCRIBER tells its CALL.
using hearing_listener =
  caf::typed_actor<caf::reacts_to<heard_partial>, caf::reacts_to<heard_final>,
                   caf::reacts_to<hearing_lost>, caf::reacts_to<provider_used>>;

/// The TRANSCRIBER interface.
using transcriber_actor = stt_listener::extend<
  // Brings out the final of what was heard so far.
  caf::reacts_to<stt_finalize>>;

// -- speaking: CALL <-> SYNTHESIZER ----------------------------------------------

/// Command. Append the agent's text to this utterance.
struct speak_text {
  generation utterance = 0;
  std::string text;
  bool whole = false; // agent.say: nothing is held back for a better cut
};
UNPOD_MESSAGE(speak_text, x.utterance, x.text, x.whole)

/// Command. The utterance's text is complete.
struct speak_end {
  generation utterance = 0;
};
UNPOD_MESSAGE(speak_end, x.utterance)

/// Command. Drop this utterance and those before it.
struct speak_cancel {
  generation utterance = 0;
};
UNPOD_MESSAGE(speak_cancel, x.utterance)

/// Event. A piece went to the voice: these bytes of the utterance's text.
struct voice_asked {
  generation utterance = 0;
  std::uint32_t piece = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  mono_time at{0};
  std::uint32_t characters = 0; // that the voice was given to speak
};
UNPOD_MESSAGE(voice_asked, x.utterance, x.piece, x.begin, x.end, x.at, x.characters)

/// Event. The first audio of a piece came.
struct voice_sounds {
  generation utterance = 0;
  std::uint32_t piece = 0;
  mono_time at{0};
};
UNPOD_MESSAGE(voice_sounds, x.utterance, x.piece, x.at)

/// Event. A piece is in the playout ring: which bytes of the utterance's text
/// it speaks, and where each word ends (bytes of the text; samples of the piece).
struct voice_piece {
  generation utterance = 0;
  std::uint32_t piece = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t samples = 0;
  std::vector<spoken_word> words;
};
UNPOD_MESSAGE(voice_piece, x.utterance, x.piece, x.begin, x.end, x.samples, x.words)

/// Event. No voice is left.
struct speaking_lost {
  std::string why;
};
UNPOD_MESSAGE(speaking_lost, x.why)

/// What a SYNTHESIZER tells its CALL.
using speaking_listener =
  caf::typed_actor<caf::reacts_to<voice_asked>, caf::reacts_to<voice_sounds>,
                   caf::reacts_to<voice_piece>, caf::reacts_to<speaking_lost>,
                   caf::reacts_to<provider_used>>;

/// The SYNTHESIZER interface.
using synthesizer_actor = tts_listener::extend<
  // Speaks more text.
  caf::reacts_to<speak_text>,
  // Speaks what is left of an utterance, then finishes it.
  caf::reacts_to<speak_end>,
  // Forgets an utterance.
  caf::reacts_to<speak_cancel>>;

// -- recording: CALL <-> RECORDER ------------------------------------------------

/// Command. Complete the file and quit.
struct stop_recording {};
UNPOD_OPAQUE_MESSAGE(stop_recording)

/// Event, from the file thread to the RECORDER. The file is complete, or why not.
struct recording_closed {
  std::string why; // empty is good
};
UNPOD_MESSAGE(recording_closed, x.why)

/// The RECORDER interface.
using recorder_actor = caf::typed_actor<
  // Pauses or resumes.
  caf::reacts_to<runner_recording>,
  // Ends the recording.
  caf::reacts_to<stop_recording>,
  // The file is complete.
  caf::reacts_to<recording_closed>>;

// -- CALL ------------------------------------------------------------------------

/// Reply to a status query.
struct call_status {
  call_id call;
  pipe_id pipe;
  std::string phase;
  std::string worker;
  std::uint64_t turns = 0;
};
UNPOD_MESSAGE(call_status, x.call, x.pipe, x.phase, x.worker, x.turns)

/// The CALL interface.
using call_actor = caf::typed_actor<
  // What the media threads saw.
  caf::reacts_to<speech_started>, caf::reacts_to<speech_ended>, caf::reacts_to<playout_started>,
  caf::reacts_to<playout_reached>, caf::reacts_to<playout_drained>, caf::reacts_to<playout_flushed>,
  // What the caller said.
  caf::reacts_to<heard_partial>, caf::reacts_to<heard_final>, caf::reacts_to<hearing_lost>,
  // How the voice gets on.
  caf::reacts_to<voice_asked>, caf::reacts_to<voice_sounds>, caf::reacts_to<voice_piece>,
  caf::reacts_to<speaking_lost>,
  // What either used of its provider.
  caf::reacts_to<provider_used>,
  // What the runner says.
  caf::reacts_to<runner_joined>, caf::reacts_to<runner_delta>, caf::reacts_to<runner_text_end>,
  caf::reacts_to<runner_say>, caf::reacts_to<runner_filler>, caf::reacts_to<runner_recording>,
  caf::reacts_to<runner_end_call>, caf::reacts_to<runner_verb>, caf::reacts_to<runner_gone>,
  caf::reacts_to<runner_told>, caf::reacts_to<runner_usage>, caf::reacts_to<runner_failed>,
  // What the caller's leg says.
  caf::reacts_to<caller_dtmf>, caf::reacts_to<hang_up>,
  // Reports what the call is doing.
  caf::replies_to<caf::get_atom>::with<call_status>>::extend_with<room_actor>;

} // namespace unpod
