// When speech begins and ends: onset and hang-over over 10 ms windows.
//
//   quiet --(voice outweighs quiet by vad_onset)--> speaking
//   speaking --(vad_hangover without voice)-------> quiet, ended at the last voice
//
// Pure: a function of the samples alone.
#pragma once

#include "adapters/media/tap_feed.hpp"
#include "adapters/media/voice_detector.hpp"
#include "messages/limits.hpp"

#include <vector>

namespace unpod {

/// The logic alone, fed with windows that hold a voice or not.
class speech_windows {
public:
  speech_windows(std::size_t window_samples, std::size_t onset_windows,
                 std::size_t hangover_windows);

  /// Takes the next window; true when an edge was found: `edge.due` is the window's end.
  bool window(bool voice, speech_edge& edge);

  bool speaking() const {
    return speaking_;
  }
  /// Samples from the first voice of the present speech to its last so far.
  sample_index voiced() const {
    return speaking_ ? last_voice_ - run_began_ : 0;
  }

private:
  std::size_t window_samples_, onset_, hangover_;
  bool speaking_ = false;
  sample_index end_ = 0;        // of the windows seen
  sample_index run_began_ = 0;  // first voice of the run that may become speech
  sample_index last_voice_ = 0; // end of the last window with voice
  std::size_t weight_ = 0, quiet_ = 0, run_ = 0;
};

class speech_edges {
public:
  speech_edges(std::uint32_t rate_hz, const media_limits& bounds);

  /// Takes samples in order, any number at a time; appends the edges they hold.
  void feed(const std::int16_t* pcm, std::size_t samples, std::vector<speech_edge>& edges);

  bool speaking() const {
    return windows_.speaking();
  }
  sample_index voiced() const {
    return windows_.voiced();
  }

private:
  voice_detector detector_;
  speech_windows windows_;
  std::vector<std::int16_t> rest_; // less than a window
};

} // namespace unpod
