#include "adapters/speech/stt_codec.hpp"

#include "adapters/media/g711.hpp"

namespace unpod {

namespace {

/// bytes. 160: a sentence.
constexpr std::size_t provider_words_max = 160;

} // namespace

std::string provider_words(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, provider_words_max))
    out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? ' ' : c;
  return out.empty() ? "an error without words" : out;
}

std::string linear_audio(const std::int16_t* pcm, std::size_t samples) {
  std::string bytes(samples * 2, '\0');
  for (std::size_t i = 0; i < samples; ++i) {
    const auto sample = static_cast<std::uint16_t>(pcm[i]);
    bytes[2 * i] = static_cast<char>(sample & 0xff);
    bytes[2 * i + 1] = static_cast<char>(sample >> 8);
  }
  return bytes;
}

std::string wire_audio(const std::int16_t* pcm, std::size_t samples, std::uint32_t rate_hz) {
  if (!is_mulaw_rate(rate_hz))
    return linear_audio(pcm, samples);
  std::string bytes(samples, '\0');
  mulaw_encode(pcm, samples, bytes.data());
  return bytes;
}

} // namespace unpod
