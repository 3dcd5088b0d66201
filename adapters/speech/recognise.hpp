// Recognising and speaking in one go, for tools and tests: blocking, without
// actors, on the same engines as calls.
#pragma once

#include "adapters/speech/decoder_pool.hpp"
#include "messages/speech.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct recognised {
  std::string text;
  std::vector<timed_word> words; // on the audio's own samples
  std::string trouble;           // why nothing could be recognised; empty is good
};

/// One utterance of up to a minute, 8,000 or 16,000 samples/s, with some quiet
/// around the speech. `grammar` is JSGF as a pipe would set it; empty: free speech.
recognised recognise(decoder_pool& pool, const std::vector<std::int16_t>& pcm,
                     std::uint32_t rate_hz, std::string_view grammar, const speech_limits& bounds);

struct synthesised {
  std::vector<std::int16_t> pcm;
  std::uint32_t rate_hz = 0;
  std::vector<spoken_word> words;
};

/// The voice says the text; an unknown voice is the default one. Voices: voice.hpp.
synthesised synthesise(std::string_view text, const std::string& voice, double speed = 1.0);

} // namespace unpod
