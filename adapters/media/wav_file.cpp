#include "adapters/media/wav_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace unpod {

namespace {

std::string words_of(int error) {
  return std::generic_category().message(error);
}

void put(char* at, std::string_view name) {
  std::copy(name.begin(), name.end(), at);
}

void put(char* at, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    at[i] = static_cast<char>(value >> (8 * i));
}

} // namespace

std::array<char, wav_header_bytes> wav_header(std::uint32_t rate_hz, std::uint32_t data_bytes) {
  std::array<char, wav_header_bytes> header{};
  char* at = header.data();
  put(at, "RIFF");
  put(at + 4, data_bytes + wav_header_bytes - 8, 4);
  put(at + 8, "WAVEfmt ");
  put(at + 16, 16, 4);
  put(at + 20, 1, 2);
  put(at + 22, 2, 2);
  put(at + 24, rate_hz, 4);
  put(at + 28, rate_hz * 4, 4);
  put(at + 32, 4, 2);
  put(at + 34, 16, 2);
  put(at + 36, "data");
  put(at + 40, data_bytes, 4);
  return header;
}

wav_file wav_file::create(const std::string& path, std::uint32_t rate_hz, std::string& why) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  wav_file made{file, rate_hz};
  if (file < 0) {
    why = "the recording cannot be made: " + words_of(errno);
    return made;
  }
  const auto header = wav_header(rate_hz, 0);
  if (!made.write_at(0, header.data(), header.size())) {
    why = made.error();
    close(std::exchange(made.file_, -1));
    unlink(path.c_str());
  }
  return made;
}

wav_file::wav_file(wav_file&& other) noexcept
  : file_(std::exchange(other.file_, -1)), rate_hz_(other.rate_hz_), data_bytes_(other.data_bytes_),
    patched_(other.patched_), error_(std::move(other.error_)) {}

wav_file::~wav_file() {
  complete();
}

bool wav_file::append(const std::int16_t* interleaved, std::size_t frames) {
  if (!error_.empty() || !is_open())
    return false;
  const auto bytes = frames * 4;
  if (data_bytes_ + bytes > wav_data_bytes_max) {
    error_ = "the recording is as long as a WAV file can be";
    return false;
  }
  if (!write_at(wav_header_bytes + data_bytes_, reinterpret_cast<const char*>(interleaved), bytes))
    return false;
  data_bytes_ += bytes;
  return true;
}

bool wav_file::patch() {
  if (!is_open() || patched_ == data_bytes_)
    return is_open();
  const auto header = wav_header(rate_hz_, static_cast<std::uint32_t>(data_bytes_));
  if (!write_at(0, header.data(), header.size()))
    return false;
  patched_ = data_bytes_;
  return true;
}

void wav_file::complete() {
  if (!is_open())
    return;
  patch();
  if (fdatasync(file_) != 0)
    fail("completed");
  if (close(std::exchange(file_, -1)) != 0)
    fail("closed");
}

bool wav_file::write_at(std::uint64_t offset, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto written = pwrite(file_, bytes, size, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return fail("written");
    bytes += written;
    offset += static_cast<std::uint64_t>(written);
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool wav_file::fail(const std::string& doing) {
  if (error_.empty())
    error_ = "the recording cannot be " + doing + ": " + words_of(errno);
  return false;
}

} // namespace unpod
