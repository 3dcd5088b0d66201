// From 8,000 to 16,000 samples a second, for recognisers that know only the latter.
//
//   y[2n] = x[n]      y[2n+1] = half-band FIR over the 2 * reach samples around
//
// Stateful: however the audio is cut, the output is the same. It lags `reach`
// input samples (1 ms) behind, which no word time is precise enough to show.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unpod {

class upsampler {
public:
  /// input samples to either side. 8: 60 dB below the mirror at 3.4 kHz is more than a phone line
  /// has.
  static constexpr std::size_t reach = 8;

  /// Appends twice as many samples to `out`.
  void push(const std::int16_t* pcm, std::size_t samples, std::vector<std::int16_t>& out);

  void reset() {
    line_ = {};
  }

private:
  std::array<std::int16_t, 2 * reach> line_{}; // the newest last
};

} // namespace unpod
