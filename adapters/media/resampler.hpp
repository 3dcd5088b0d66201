// A stream from one sample rate to another: speexdsp, quality 3 (some 1.5 ms of
// filter, 2-5 us per 20 ms). Chunk boundaries leave no trace in the output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

struct SpeexResamplerState_;

namespace unpod {

/// Rates outside are refused by `can_resample`. Default: what speech providers use.
inline constexpr std::uint32_t resample_rate_min = 4'000, resample_rate_max = 192'000;

bool can_resample(std::uint32_t rate_hz);

/// One stream, one thread at a time.
class resampler {
public:
  /// aligned: output sample 0 is input sample 0; the filter's tail comes with `finish`.
  /// delayed: every 20 ms in give exactly 20 ms out, late by the filter's delay.
  enum class timing { aligned, delayed };

  resampler(std::uint32_t from_hz, std::uint32_t to_hz, timing when);

  /// Appends to `out`; equal rates are copied.
  void push(const std::int16_t* pcm, std::size_t samples, std::vector<std::int16_t>& out);

  /// Appends the tail of an aligned stream: in all, input * to / from samples came out. Resets.
  void finish(std::vector<std::int16_t>& out);

  /// Forgets the stream so far.
  void reset();

  std::uint32_t from_hz() const {
    return from_;
  }

private:
  struct closer {
    void operator()(SpeexResamplerState_* state) const;
  };
  std::uint32_t from_, to_;
  timing timing_;
  std::unique_ptr<SpeexResamplerState_, closer> state_; // none when the rates are equal
  std::uint64_t taken_ = 0, given_ = 0;
};

} // namespace unpod
