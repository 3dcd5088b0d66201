// RIFF/WAVE: "RIFF" size "WAVE", then chunks of id, size, content (even-padded).
#include "adapters/peers/wav.hpp"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>

namespace unpod {

namespace {

std::uint32_t u16(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at])
         | static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + 1])) << 8;
}

std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return u16(bytes, at) | u16(bytes, at + 2) << 16;
}

void put(std::string& out, std::uint32_t number, int bytes) {
  for (int n = 0; n < bytes; ++n)
    out += static_cast<char>(number >> (8 * n) & 0xff);
}

/// Reads `fmt `; returns the channels, 0 when it is not for us.
std::size_t channels_of(std::string_view format, wav_audio& audio, std::string& why) {
  constexpr std::uint32_t pcm = 1, extensible = 0xfffe;
  if (format.size() < 16) {
    why = "the format chunk is too short";
    return 0;
  }
  const auto kind = u16(format, 0), channels = u16(format, 2), bits = u16(format, 14);
  audio.rate_hz = u32(format, 4);
  if ((kind != pcm && kind != extensible) || bits != 16 || channels < 1 || channels > 2
      || audio.rate_hz < 4'000 || audio.rate_hz > 192'000) {
    why = "not 16 bit PCM with one or two channels";
    return 0;
  }
  return channels;
}

void take_samples(std::string_view data, std::size_t channels, wav_audio& audio) {
  const auto frames = data.size() / (2 * channels);
  audio.left.reserve(frames);
  audio.right.reserve(channels == 2 ? frames : 0);
  for (std::size_t n = 0; n < frames; ++n) {
    audio.left.push_back(static_cast<std::int16_t>(u16(data, n * 2 * channels)));
    if (channels == 2)
      audio.right.push_back(static_cast<std::int16_t>(u16(data, n * 4 + 2)));
  }
}

} // namespace

std::optional<wav_audio> read_wav(std::string_view bytes, std::string& why) {
  if (bytes.size() < 12 || bytes.substr(0, 4) != "RIFF" || bytes.substr(8, 4) != "WAVE") {
    why = "not a WAV file";
    return std::nullopt;
  }
  wav_audio audio;
  std::size_t channels = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const auto id = bytes.substr(at, 4);
    const std::size_t size = u32(bytes, at + 4);
    const auto content = bytes.substr(at + 8, size); // as far as there is
    if (id == "fmt " && (channels = channels_of(content, audio, why)) == 0)
      return std::nullopt;
    if (id == "data") {
      if (channels == 0)
        break;
      take_samples(content, channels, audio);
      return audio;
    }
    at += 8 + size + size % 2;
  }
  why = channels == 0 ? "the format chunk is missing" : "the data chunk is missing";
  return std::nullopt;
}

std::optional<wav_audio> read_wav_file(const std::string& path, std::string& why) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) {
    why = "there is no file " + path;
    return std::nullopt;
  }
  if (static_cast<std::uint64_t>(about.st_size) > wav_bytes_max) {
    why = path + " is too long to be judged";
    return std::nullopt;
  }
  std::ifstream in{path, std::ios::binary};
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  return read_wav(bytes, why);
}

bool is_complete_wav(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode) || about.st_size < 12)
    return false;
  std::string head(8, '\0');
  std::ifstream in{path, std::ios::binary};
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  return in.good() && u32(head, 4) + std::uint64_t{8} == static_cast<std::uint64_t>(about.st_size);
}

std::string wav_bytes(const wav_audio& audio) {
  const std::uint32_t channels = audio.right.empty() ? 1 : 2;
  const auto frames = std::max(audio.left.size(), audio.right.size());
  const auto data = static_cast<std::uint32_t>(frames * 2 * channels);
  std::string out = "RIFF";
  put(out, 36 + data, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, 1, 2);
  put(out, channels, 2);
  put(out, audio.rate_hz, 4);
  put(out, audio.rate_hz * 2 * channels, 4);
  put(out, 2 * channels, 2);
  put(out, 16, 2);
  out += "data";
  put(out, data, 4);
  const auto sample = [](const std::vector<std::int16_t>& from, std::size_t n) {
    return static_cast<std::uint16_t>(n < from.size() ? from[n] : 0);
  };
  for (std::size_t n = 0; n < frames; ++n) {
    put(out, sample(audio.left, n), 2);
    if (channels == 2)
      put(out, sample(audio.right, n), 2);
  }
  return out;
}

} // namespace unpod
