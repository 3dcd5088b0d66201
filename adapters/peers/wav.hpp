// Reading the recording of a call: RIFF/WAVE, 16 bit PCM, one or two channels.
// A file that was cut off is read as far as it goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// bytes of a recording that is judged. 512 MB: two hours of stereo at 16 kHz.
inline constexpr std::size_t wav_bytes_max = 512u * 1024 * 1024;

struct wav_audio {
  std::uint32_t rate_hz = 0;
  std::vector<std::int16_t> left;  // the caller
  std::vector<std::int16_t> right; // the agent; empty when mono
};

/// Nothing, and words in `why`, when these bytes are no such file.
std::optional<wav_audio> read_wav(std::string_view bytes, std::string& why);
std::optional<wav_audio> read_wav_file(const std::string& path, std::string& why);

/// True when the file is there and as long as its head says: its writer is done.
bool is_complete_wav(const std::string& path);

/// The bytes of a file with these channels (equally long; the shorter is filled with silence).
std::string wav_bytes(const wav_audio& audio);

} // namespace unpod
