// What a synthetic caller says and hears, on one time line. Pure: times come in.
//
//   say() -> [voice_queue] -> a frame every 20 ms: speech, or silence between utterances
//   frames of the node -> [heard_audio]: samples with their times of arrival, and
//                         how far a player that plays them without a gap has got
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace unpod {

/// s of speech waiting to be said, and of audio kept. Default 300 and 1,800: a demo's call is
/// far shorter; 30 min of 16 kHz are 58 MB.
inline constexpr std::size_t voice_queue_s_max = 300;
inline constexpr std::size_t heard_audio_s_max = 1'800;

/// The caller's mouth: utterances in order, silence in between.
class voice_queue {
public:
  explicit voice_queue(std::uint32_t rate_hz);

  /// What one frame is about, besides its samples.
  struct edge {
    bool began = false; // an utterance's first sample is in this frame
    bool ended = false; // and the last one
  };

  /// Queues one utterance. False: it is empty, or too much waits already.
  bool say(std::vector<std::int16_t> pcm);

  /// The next frame; an utterance begins at a frame's first sample.
  edge next(std::vector<std::int16_t>& frame, std::size_t samples);

  /// Forgets what was not yet said.
  void stop();

  bool silent() const {
    return utterances_.empty();
  }

private:
  std::size_t waiting_max_;
  std::size_t waiting_ = 0;
  std::deque<std::vector<std::int16_t>> utterances_;
  std::size_t said_ = 0; // samples of the first one
};

/// One frame of the node as it arrived.
struct heard_frame {
  mono_time at{0};
  std::size_t first = 0; // index into `pcm`
  std::size_t samples = 0;
};

/// The caller's ear.
class heard_audio {
public:
  explicit heard_audio(std::uint32_t rate_hz);

  /// Past `heard_audio_s_max` audio still counts as played, but is kept no more.
  void add(mono_time at, const std::vector<std::int16_t>& pcm);

  /// The node said `interrupted`: what is buffered is dropped and counts as passed.
  void drop(mono_time now);

  /// ms of the downlink that were played or passed by now, since its first frame.
  std::uint64_t played_ms(mono_time now) const;

  std::uint32_t rate_hz() const {
    return rate_hz_;
  }
  const std::vector<heard_frame>& frames() const {
    return frames_;
  }
  const std::vector<std::int16_t>& pcm() const {
    return pcm_;
  }
  /// When the last frame will have been played; 0 before the first.
  mono_time playing_until() const {
    return until_;
  }

private:
  mono_time span_of(std::uint64_t samples) const;

  std::uint32_t rate_hz_;
  std::vector<heard_frame> frames_;
  std::vector<std::int16_t> pcm_;
  std::uint64_t received_ = 0; // samples
  mono_time until_{0};
};

} // namespace unpod
