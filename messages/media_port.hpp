// Where a call's audio is: one port per call, between the caller's socket and
// the speech streams. Audio crosses no mailbox; a CALL only steers.
//
//   caller --> decode --> up ring --> VAD, audio_tap (STT)
//   caller <-- encode <-- playout ring <-- play() (TTS)      one tick, 20 ms frames
//
// Samples are counted at `rate_hz()`, mono, 16 bit. Any thread may call; nothing
// here waits for an actor, a disk or the network.
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace unpod {

/// Samples since the caller's first one.
using sample_index = std::uint64_t;

/// Which utterance of the agent a sample belongs to. 0 is none; a CALL counts up.
using generation = std::uint32_t;

/// Takes the caller's audio: a recogniser's session. Called on a media thread,
/// in order, without gaps from the sample it was bound at; must not block.
class audio_tap {
public:
  virtual ~audio_tap() = default;
  virtual void audio(sample_index first, const std::int16_t* pcm, std::size_t samples) = 0;
  /// Speech began at this sample: audio up to here and some before it was delivered or will be.
  virtual void speech_started(sample_index at) = 0;
  /// The last speech sample; all audio up to now has been delivered (the chunk is flushed).
  virtual void speech_ended(sample_index at) = 0;
};

/// What the media thread tells a CALL; an actor's face turns each into a message.
class media_listener {
public:
  virtual ~media_listener() = default;
  /// `at` is when the caller's sample arrived.
  virtual void speech_started(sample_index sample, mono_time at) = 0;
  /// `sample` is the last one with speech, `at` when it arrived; said after the VAD's hang-over.
  virtual void speech_ended(sample_index sample, mono_time at) = 0;
  /// The first sample of this generation left for the caller.
  virtual void playout_started(generation utterance, mono_time at) = 0;
  /// Sample `sample` of this generation left; asked for with `mark`.
  virtual void playout_reached(generation utterance, std::uint64_t sample, mono_time at) = 0;
  /// All of a finished generation was sent.
  virtual void playout_drained(generation utterance, std::uint64_t samples, mono_time at) = 0;
  /// The last sample of a flushed generation has left; nothing of it follows.
  virtual void playout_flushed(generation utterance, std::uint64_t samples, mono_time at) = 0;
};

/// How far a generation got.
struct playout_position {
  std::uint64_t sent = 0;   // samples handed to the caller's socket
  std::uint64_t heard = 0;  // of these, rendered, as far as the client reported; else `sent`
  std::uint64_t queued = 0; // samples still waiting
};

class media_port {
public:
  virtual ~media_port() = default;

  /// samples/s, 8,000 or 16,000; fixed for the life of the port.
  virtual std::uint32_t rate_hz() const = 0;

  /// From now on events go here. Once, before the caller is told that the call started.
  virtual void listen(std::shared_ptr<media_listener> listener) = 0;

  // -- up ---------------------------------------------------------------------

  /// Delivers the caller's audio to this tap, first what the ring still holds
  /// from `from` on (faster than real time), then live. Replaces the tap before.
  virtual void bind(std::shared_ptr<audio_tap> tap, sample_index from) = 0;
  /// This tap hears nothing more; one that has replaced it since hears on.
  virtual void unbind(const audio_tap& tap) = 0;
  /// Whoever hears the caller hears nothing more.
  virtual void unbind_any() = 0;
  /// Audio before this sample is in a final transcript: the ring may forget it.
  virtual void covered_to(sample_index sample) = 0;
  /// Samples the caller has sent so far.
  virtual sample_index heard_so_far() const = 0;
  /// How long the caller's present speech has lasted, from its first voice to its
  /// last so far (the VAD's hang-over is not in it); 0 while the caller is quiet.
  virtual mono_time voiced_for() const = 0;

  // -- down -------------------------------------------------------------------

  /// Appends to this utterance; resamples from `rate_hz` once. Returns false
  /// when the utterance was flushed or the ring is full (limits.media.playout_max).
  virtual bool play(generation utterance, const std::int16_t* pcm, std::size_t samples,
                    std::uint32_t rate_hz) = 0;
  /// Samples (at the port's rate) this utterance has been given so far.
  virtual std::uint64_t given(generation utterance) const = 0;
  /// Ask for `playout_reached` when this sample of the utterance leaves.
  virtual void mark(generation utterance, std::uint64_t sample) = 0;
  /// Nothing more will be played in this utterance; `playout_drained` follows.
  virtual void finish(generation utterance) = 0;
  /// Stops this utterance and all before it at the next tick; `playout_flushed` follows.
  virtual playout_position flush(generation utterance) = 0;
  virtual playout_position position(generation utterance) const = 0;
  /// Forgets what of this utterance waits behind sample `to`; what has left stays. Returns
  /// how many samples of it remain given: what is played next follows on them.
  virtual std::uint64_t trim(generation utterance, std::uint64_t to) = 0;

  /// The caller is heard as silence while muted (the client's own wish).
  virtual void mute(bool on) = 0;

  /// The end: no event follows, the sockets' side is told nothing.
  virtual void close() = 0;
};

using media_port_ptr = std::shared_ptr<media_port>;

/// A recording of one call: stereo, caller left, agent right, on one time line.
/// Written by the file thread; a full disk ends the recording, never the call.
class call_recording {
public:
  virtual ~call_recording() = default;
  /// Both channels are silent until resumed; time goes on.
  virtual void pause() = 0;
  virtual void resume() = 0;
  /// Completes the file. `done(error)` is called once, on the file thread; empty is good.
  virtual void stop(std::function<void(std::string)> done) = 0;
};

} // namespace unpod
