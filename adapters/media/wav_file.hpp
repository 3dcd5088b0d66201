// A stereo WAV file that can be read at any moment: the header's sizes are
// patched behind the audio, so a crash loses at most what the last patch missed.
//
//    0 "RIFF" u32 size-8 "WAVE"
//   12 "fmt " u32 16, u16 1 (PCM), u16 2 channels, u32 rate, u32 rate*4, u16 4, u16 16 bit
//   36 "data" u32 bytes, then interleaved little endian samples
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace unpod {

inline constexpr std::size_t wav_header_bytes = 44;

/// bytes of audio. The header counts in 32 bits; 18 hours at 16 kHz.
inline constexpr std::uint64_t wav_data_bytes_max = 0xffff'ff00ull - wav_header_bytes;

std::array<char, wav_header_bytes> wav_header(std::uint32_t rate_hz, std::uint32_t data_bytes);

/// One thread at a time. After an error nothing more is written.
class wav_file {
public:
  /// Makes the file, for its owner only (0600); one that exists is never touched.
  static wav_file create(const std::string& path, std::uint32_t rate_hz, std::string& why);

  wav_file(wav_file&& other) noexcept;
  wav_file& operator=(wav_file&&) = delete;
  ~wav_file();

  bool append(const std::int16_t* interleaved, std::size_t frames);
  /// The header tells of all audio so far.
  bool patch();
  /// Patches, waits for the disk, closes.
  void complete();

  bool is_open() const {
    return file_ >= 0;
  }

  /// What went wrong first; empty: nothing.
  const std::string& error() const {
    return error_;
  }

private:
  wav_file(int file, std::uint32_t rate_hz) : file_(file), rate_hz_(rate_hz) {}

  bool write_at(std::uint64_t offset, const char* bytes, std::size_t size);
  bool fail(const std::string& doing);

  int file_;
  std::uint32_t rate_hz_;
  std::uint64_t data_bytes_ = 0, patched_ = 0;
  std::string error_;
};

} // namespace unpod
