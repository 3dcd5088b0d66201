#include "adapters/speech/upsampler.hpp"

#include <algorithm>
#include <cmath>

namespace unpod {

namespace {

using half_taps = std::array<float, upsampler::reach>;

/// A windowed sinc at half a sample's distance; symmetric, so one side is enough.
half_taps make_taps() {
  constexpr double pi = 3.14159265358979323846;
  half_taps taps{};
  double sum = 0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const double at = static_cast<double>(i) + 0.5;
    const double window = 0.54 + 0.46 * std::cos(pi * at / static_cast<double>(taps.size()));
    const double tap = std::sin(pi * at) / (pi * at) * window;
    taps[i] = static_cast<float>(tap);
    sum += 2 * tap;
  }
  for (auto& tap : taps)
    tap = static_cast<float>(tap / sum); // a steady tone stays as loud as it was
  return taps;
}

} // namespace

void upsampler::push(const std::int16_t* pcm, std::size_t samples, std::vector<std::int16_t>& out) {
  static const half_taps taps = make_taps();
  out.reserve(out.size() + 2 * samples);
  for (std::size_t n = 0; n < samples; ++n) {
    std::copy(line_.begin() + 1, line_.end(), line_.begin());
    line_.back() = pcm[n];
    float between = 0;
    for (std::size_t i = 0; i < reach; ++i)
      between += taps[i] * (static_cast<float>(line_[reach - 1 - i]) + line_[reach + i]);
    out.push_back(line_[reach - 1]);
    out.push_back(static_cast<std::int16_t>(std::clamp(std::lround(between), -32768L, 32767L)));
  }
}

} // namespace unpod
