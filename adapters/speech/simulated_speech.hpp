// Simulated speech: streams behind the same ports as the embedded ones that only
// pretend, so that a bench measures the node and no engine. Nothing leaves the
// process: what a provider's sockets and TLS would cost is not in it.
//
//   hearing   speech ends -(final_after)-> as many words as speech really arrived for
//   speaking  a piece -(first_byte_after)-> a hum as long as the words would take,
//             `speed` times as fast as it plays, never more than `ahead_max` ahead
//
// No threads of their own, no partials. Units in the names.
#pragma once

#include "messages/speech.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

/// The name its streams go by.
inline constexpr const char* simulated_provider_name = "simulated";

struct simulated_knobs {
  /// ms. Default 100: from the end of speech, as the tap is told of it, to its final. With the
  /// VAD's 240 ms the words are there before the default end of turn at 500 ms.
  std::chrono::milliseconds final_after{100};
  /// ms. Default 300: speech of one counted word.
  std::chrono::milliseconds word{300};
  /// ms. Default 120: from a piece to its first sound.
  std::chrono::milliseconds first_byte_after{120};
  /// ms. Default 65: sound of one byte of text, 15 letters a second.
  std::chrono::milliseconds letter{65};
  /// ms. Default 50: between two blocks of sound.
  std::chrono::milliseconds block_every{50};
  /// times real time. Default 4.
  std::uint32_t speed = 4;
  /// s. Default 3: sound that may wait to be played before no more is given (architecture §3).
  std::chrono::seconds ahead_max{3};
};

/// samples/s of the hum when the port's is another: real voices are asked for the call's own.
inline constexpr std::uint32_t simulated_voice_rate_hz = 16'000;

/// "one two three …" for speech of this length; nothing for none, one word at least for any.
std::string counted_words(std::uint64_t samples, std::uint32_t rate_hz,
                          std::chrono::milliseconds word);

/// Two seconds of a hum with the loudness and pitch of a voice; its end fits its beginning.
/// At 8,000 samples/s, or else at `simulated_voice_rate_hz`.
const std::vector<std::int16_t>& simulated_voice(std::uint32_t rate_hz);

stt_spawner make_simulated_stt(simulated_knobs knobs);
tts_spawner make_simulated_tts(simulated_knobs knobs);

} // namespace unpod
