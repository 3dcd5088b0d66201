// What the caller said lately, by sample: the replay for a recogniser that takes over.
#pragma once

#include "adapters/media/sample_slabs.hpp"
#include "messages/media_port.hpp"

#include <algorithm>

namespace unpod {

/// Holds [begin, end); grows on need up to `samples_max`, then forgets the oldest.
class up_ring {
public:
  explicit up_ring(std::size_t samples_max) : samples_max_(samples_max) {}

  sample_index begin() const {
    return end_ - slabs_.size();
  }

  sample_index end() const {
    return end_;
  }

  void append(const std::int16_t* pcm, std::size_t samples) {
    slabs_.append(pcm, samples);
    end_ += samples;
    if (slabs_.size() > samples_max_)
      slabs_.drop(slabs_.size() - samples_max_);
  }

  /// [from, from + samples) must be held.
  void read(sample_index from, std::int16_t* out, std::size_t samples) const {
    slabs_.read(static_cast<std::size_t>(from - begin()), out, samples);
  }

  void forget_before(sample_index sample) {
    if (sample > begin())
      slabs_.drop(static_cast<std::size_t>(std::min(sample, end_) - begin()));
  }

private:
  std::size_t samples_max_;
  sample_slabs slabs_;
  sample_index end_ = 0;
};

} // namespace unpod
