// The last second of one voice, or of a sum of voices, by time: samples are added
// where they belong and read from where they are due. What was never added is silence.
//
//   ... forgotten | kept, at least `size` samples ............. head | silence ...
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unpod {

/// Belongs to whoever locks it. `Sample` is wide enough for what is added up in it.
template <class Sample>
class timed_ring {
public:
  /// Keeps at least `size` samples: a power of two, so that a place is a mask away.
  explicit timed_ring(std::size_t size) {
    std::size_t kept = 1;
    while (kept < size)
      kept *= 2;
    kept_.resize(kept);
    mask_ = kept - 1;
  }

  std::uint64_t head() const {
    return head_;
  }

  /// Adds to what is there already at [at, at + samples).
  void add(std::uint64_t at, const std::int16_t* pcm, std::size_t samples) {
    reach(at + samples);
    for (std::size_t i = 0; i < samples; ++i)
      if (at + i + kept_.size() >= head_) // else too late: forgotten
        kept_[(at + i) & mask_] += pcm[i];
  }

  Sample at(std::uint64_t sample) const {
    const bool is_kept = sample < head_ && sample + kept_.size() >= head_;
    return is_kept ? kept_[sample & mask_] : Sample{0};
  }

private:
  /// What comes into the ring begins as silence.
  void reach(std::uint64_t end) {
    if (end <= head_)
      return;
    const auto fresh = std::min<std::uint64_t>(end - head_, kept_.size());
    for (std::uint64_t i = 0; i < fresh; ++i)
      kept_[(end - 1 - i) & mask_] = 0;
    head_ = end;
  }

  std::vector<Sample> kept_;
  std::uint64_t mask_ = 0;
  std::uint64_t head_ = 0;
};

} // namespace unpod
