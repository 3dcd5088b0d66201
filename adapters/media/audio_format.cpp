// The names of the encodings a client may ask for.
#include "adapters/media/call_media.hpp"

namespace unpod {

std::string to_string(audio_encoding encoding) {
  switch (encoding) {
    case audio_encoding::pcm_s16le:
      return "pcm_s16le";
    case audio_encoding::mulaw:
      return "mulaw";
    case audio_encoding::opus:
      return "opus";
  }
  return "unknown";
}

std::optional<audio_encoding> encoding_of(std::string_view name) {
  for (auto encoding : {audio_encoding::pcm_s16le, audio_encoding::mulaw, audio_encoding::opus})
    if (name == to_string(encoding))
      return encoding;
  return std::nullopt;
}

bool is_supported(const audio_format& format) {
  for (std::uint32_t rate : {8'000u, 16'000u, 24'000u, 48'000u})
    if (format.sample_rate == rate)
      return true;
  return false;
}

} // namespace unpod
