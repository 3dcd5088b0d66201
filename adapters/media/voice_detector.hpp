// Is there a voice in these 10 ms? WebRTC's detector AND an adaptive energy
// floor: the first knows voices, the second ends them on time (deps.md §5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

struct WebRtcVadInst;

namespace unpod {

/// The loudness of the room, in dB (of one squared unit of 16 bit): quiet is
/// followed at once, noise once it was never quieter for 1.5 s. Speech has gaps.
class energy_floor {
public:
  /// Takes the level of 10 ms and says whether it stands out.
  bool stands_out(double level_db);

  double floor_db() const {
    return floor_db_;
  }

private:
  static constexpr std::size_t blocks = 5, block_windows = 30;

  void learn(double level_db);

  double floor_db_ = 0;
  std::array<double, blocks> quietest_{}; // of each 300 ms
  std::size_t seen_ = 0;                  // windows
};

/// dB of the mean square; 0 for digital silence, 90 for full scale.
double level_db(const std::int16_t* pcm, std::size_t samples);

/// One stream of 8,000 or 16,000 samples/s; deterministic.
class voice_detector {
public:
  explicit voice_detector(std::uint32_t rate_hz);

  /// Samples of the 10 ms it wants at a time.
  std::size_t window() const {
    return rate_hz_ / 100;
  }

  bool is_voice(const std::int16_t* pcm);

private:
  struct closer {
    void operator()(WebRtcVadInst* state) const;
  };
  std::uint32_t rate_hz_;
  std::unique_ptr<WebRtcVadInst, closer> state_;
  energy_floor floor_;
};

} // namespace unpod
