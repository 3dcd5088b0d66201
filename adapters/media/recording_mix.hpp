// Two sides' blocks, each with its time, to one stereo stream: what was said at
// the same time stands side by side, where nothing came is silence.
//
//   written --|------- window: blocks may still come -------|-- not yet
//
// Pure. Within a side contiguous blocks join without a gap; a block that comes
// for what is written already is lost.
#pragma once

#include "adapters/media/recording_feed.hpp"

#include <functional>
#include <vector>

namespace unpod {

/// frames: one sample of each side, caller first.
using recording_sink = std::function<bool(const std::int16_t* interleaved, std::size_t frames)>;

/// frames given to a sink at once.
inline constexpr std::size_t mix_piece_frames = 4'096;

class recording_mix {
public:
  recording_mix(std::uint32_t rate_hz, mono_time began);

  /// Overwrites: what comes later on the same side knows better.
  void put(recording_side side, mono_time at, const std::int16_t* pcm, std::size_t samples);

  /// Gives all frames before `until` to the sink, silent within `pauses`. False when the
  /// sink said so: the rest of the call is lost.
  bool write_until(mono_time until, const std::vector<recording_pause>& pauses,
                   const recording_sink& sink);

  /// All there is.
  bool write_rest(const std::vector<recording_pause>& pauses, const recording_sink& sink);

  /// When the next frame written was heard.
  mono_time written_to() const;

private:
  static constexpr std::int64_t none = -1'000'000'000'000;

  std::int64_t frame_at(mono_time at) const;
  bool write_to_frame(std::int64_t end, const std::vector<recording_pause>& pauses,
                      const recording_sink& sink);
  void silence(std::vector<std::int16_t>& piece, const std::vector<recording_pause>& pauses) const;

  std::uint32_t rate_hz_;
  mono_time began_;
  std::int64_t written_ = 0;                // frames
  std::vector<std::int16_t> window_;        // interleaved, from written_ on
  std::int64_t side_end_[2] = {none, none}; // frame behind the last block of a side
};

} // namespace unpod
