// When each of the caller's samples arrived. A client speaks in real time but its
// frames come late, early, bunched: the line runs at the sample rate and is moved
// only in steps, so that stamps and the recording agree and speech stays gapless.
//
//   time_of(s) = anchor.at + (s - anchor.sample) / rate
#pragma once

#include "adapters/media/sample_time.hpp"
#include "messages/media_port.hpp"

#include <array>

namespace unpod {

/// ms. Off by more, the line steps (a jump that is heard as one); while nobody speaks
/// it steps back for less, since a sample cannot come before it was said.
inline constexpr mono_time line_step_min{60'000'000}, line_quiet_step_min{5'000'000};

class arrival_line {
public:
  explicit arrival_line(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  /// Samples [first, first + samples) are here; the last of them came at `at`.
  void arrived(sample_index first, std::size_t samples, mono_time at, bool speaking) {
    const auto began = at - time_for(samples, rate_hz_);
    const auto off = began - time_of(first);
    const bool early = off < (speaking ? -line_step_min : -line_quiet_step_min);
    if (count_ == 0 || early || off > line_step_min)
      anchors_[count_++ % anchors_.size()] = {first, began};
  }

  /// Also of samples to come. Zero before the first.
  mono_time time_of(sample_index sample) const {
    for (std::size_t back = 1; back <= count_ && back <= anchors_.size(); ++back) {
      const auto& anchor = anchors_[(count_ - back) % anchors_.size()];
      if (anchor.sample <= sample)
        return anchor.at + time_for(sample - anchor.sample, rate_hz_);
    }
    return count_ == 0 ? mono_time{0} : anchors_[count_ % anchors_.size()].at;
  }

private:
  struct anchor {
    sample_index sample = 0;
    mono_time at{0};
  };
  std::uint32_t rate_hz_;
  std::array<anchor, 16> anchors_; // steps further back than a hang-over are not asked for
  std::size_t count_ = 0;
};

} // namespace unpod
