// Where a known sound lies in a channel: normalised cross-correlation, to the sample.
// Pure; the work is the product of the two lengths, so ask about a neighbourhood.
#pragma once

#include "adapters/peers/speech_map.hpp"

#include <cstddef>

namespace unpod {

struct found_sound {
  std::size_t at = 0;  // its first sample
  double likeness = 0; // 1: the same but for loudness; 0: something else
};

/// Looks at every place in [from, to), as far as the channel reaches.
found_sound find_sound(const pcm_samples& channel, const pcm_samples& sound, std::size_t from,
                       std::size_t to);

/// Samples of `sound` up to its last one that is not zero.
std::size_t sound_length(const pcm_samples& sound);

} // namespace unpod
