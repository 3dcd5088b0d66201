// Audio for tests, all from seeds: tones, noise, and a voice of harmonics under
// two formants that a voice detector takes for one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace signals {

using samples = std::vector<std::int16_t>;

constexpr double pi = 3.14159265358979323846;

inline std::int16_t clipped(double value) {
  return static_cast<std::int16_t>(std::clamp(value, -32'768.0, 32'767.0));
}

inline samples tone(double hz, std::uint32_t rate, std::size_t count, double amplitude) {
  samples out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = clipped(amplitude * std::sin(2 * pi * hz * static_cast<double>(i) / rate));
  return out;
}

/// A vowel: 120 Hz gliding a little, formants near 700 and 1,200 Hz.
inline samples voice(std::uint32_t rate, std::size_t count, double amplitude = 6'000) {
  samples out(count);
  double phase = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / rate;
    const double pitch = 120 + 15 * std::sin(2 * pi * 3 * t);
    phase += 2 * pi * pitch / rate;
    double sum = 0;
    for (int harmonic = 1; harmonic * pitch < 3'400; ++harmonic) {
      const double hz = harmonic * pitch;
      const double gain = 1 / (1 + std::pow((hz - 700) / 150, 2))
                          + 0.6 / (1 + std::pow((hz - 1'200) / 200, 2)) + 0.03;
      sum += gain * std::sin(harmonic * phase);
    }
    out[i] = clipped(amplitude * 0.5 * sum);
  }
  return out;
}

inline samples noise(std::size_t count, double deviation, unsigned seed) {
  std::mt19937 random{seed};
  std::normal_distribution<double> draw{0, deviation};
  samples out(count);
  for (auto& sample : out)
    sample = clipped(draw(random));
  return out;
}

inline void add(samples& onto, std::size_t at, const samples& what) {
  for (std::size_t i = 0; i < what.size() && at + i < onto.size(); ++i)
    onto[at + i] = clipped(static_cast<double>(onto[at + i]) + what[i]);
}

/// Every value differs from its neighbours', so that a slip by one shows.
inline samples numbered(std::size_t count, std::size_t from = 0) {
  samples out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<std::int16_t>((from + i) * 31 % 60'013 - 30'000);
  return out;
}

inline std::string bytes_of(const std::int16_t* pcm, std::size_t count) {
  return {reinterpret_cast<const char*>(pcm), count * 2};
}

inline std::string bytes_of(const samples& pcm) {
  return bytes_of(pcm.data(), pcm.size());
}

inline samples samples_of(const std::string& bytes) {
  samples out(bytes.size() / 2);
  std::copy_n(bytes.data(), out.size() * 2, reinterpret_cast<char*>(out.data()));
  return out;
}

/// dB of what `got` holds besides `wanted`, below `wanted`, where both overlap; the best of
/// shifts up to `shift_max`.
inline double snr_db(const samples& wanted, const samples& got, std::size_t shift_max = 0) {
  double best = -100;
  for (std::size_t shift = 0; shift <= shift_max; ++shift) {
    double signal = 0, error = 1e-9;
    for (std::size_t i = 0; i < wanted.size() && i + shift < got.size(); ++i) {
      signal += static_cast<double>(wanted[i]) * wanted[i];
      error += std::pow(static_cast<double>(wanted[i]) - got[i + shift], 2);
    }
    best = std::max(best, 10 * std::log10(signal / error));
  }
  return best;
}

inline double rms(const samples& pcm, std::size_t from, std::size_t to) {
  double sum = 0;
  for (std::size_t i = from; i < to; ++i)
    sum += static_cast<double>(pcm[i]) * pcm[i];
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(to - from, 1)));
}

} // namespace signals
