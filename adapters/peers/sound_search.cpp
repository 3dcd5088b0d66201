// Cross-correlation.
#include "adapters/peers/sound_search.hpp"

#include <algorithm>
#include <cmath>

namespace unpod {

std::size_t sound_length(const pcm_samples& sound) {
  auto length = sound.size();
  while (length > 0 && sound[length - 1] == 0)
    --length;
  return length;
}

found_sound find_sound(const pcm_samples& channel, const pcm_samples& sound, std::size_t from,
                       std::size_t to) {
  const auto length = sound_length(sound);
  found_sound best;
  if (length == 0 || channel.size() < length)
    return best;
  double wanted = 0;
  for (std::size_t i = 0; i < length; ++i)
    wanted += static_cast<double>(sound[i]) * sound[i];
  to = std::min(to, channel.size() - length + 1);
  for (auto at = from; at < to; ++at) {
    std::int64_t product = 0, there = 0; // 2^30 a sample: good for 8 billion of them
    for (std::size_t i = 0; i < length; ++i) {
      const std::int64_t one = channel[at + i];
      product += one * sound[i];
      there += one * one;
    }
    const auto norm = std::sqrt(wanted * static_cast<double>(there));
    const auto likeness = norm > 0 ? static_cast<double>(product) / norm : 0;
    if (likeness > best.likeness)
      best = {at, likeness};
  }
  return best;
}

} // namespace unpod
