#include "adapters/media/g711.hpp"

#include <array>

namespace unpod {

namespace {

constexpr int bias = 0x84; // 33 of the standard's 14 bit scale, in 16 bit
constexpr int clip = 32'635;

std::int16_t expand(std::uint8_t code) {
  const int inverted = ~code & 0xff;
  const int exponent = (inverted >> 4) & 7, mantissa = inverted & 15;
  const int magnitude = (((mantissa << 3) + bias) << exponent) - bias;
  return static_cast<std::int16_t>(inverted & 0x80 ? -magnitude : magnitude);
}

std::uint8_t compress(int sample) {
  const int sign = sample < 0 ? 0x80 : 0;
  int magnitude = sample < 0 ? -sample : sample;
  magnitude = (magnitude > clip ? clip : magnitude) + bias;
  int exponent = 7;
  for (int bit = 0x4000; exponent > 0 && !(magnitude & bit); bit >>= 1)
    --exponent;
  return static_cast<std::uint8_t>(~(sign | exponent << 4 | (magnitude >> (exponent + 3) & 15)));
}

/// The two low bits of a 16 bit sample never matter.
struct tables {
  std::array<std::int16_t, 256> linear;
  std::array<std::uint8_t, 16'384> mulaw;

  tables() {
    for (int code = 0; code < 256; ++code)
      linear[static_cast<std::size_t>(code)] = expand(static_cast<std::uint8_t>(code));
    for (int step = 0; step < 16'384; ++step) {
      const int sample = static_cast<std::int16_t>(step << 2);
      mulaw[static_cast<std::size_t>(step)] = compress(sample);
    }
  }
};

const tables the_tables;

} // namespace

std::int16_t mulaw_to_linear(std::uint8_t code) {
  return the_tables.linear[code];
}

std::uint8_t linear_to_mulaw(std::int16_t sample) {
  return the_tables.mulaw[static_cast<std::uint16_t>(sample) >> 2];
}

void mulaw_decode(const char* codes, std::size_t samples, std::int16_t* out) {
  const auto& linear = the_tables.linear;
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = linear[static_cast<std::uint8_t>(codes[i])];
}

void mulaw_encode(const std::int16_t* pcm, std::size_t samples, char* out) {
  const auto& mulaw = the_tables.mulaw;
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = static_cast<char>(mulaw[static_cast<std::uint16_t>(pcm[i]) >> 2]);
}

} // namespace unpod
