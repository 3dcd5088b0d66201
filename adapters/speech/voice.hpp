// The voices in the process: flite's slt (clear, female), rms (clear, male) and
// kal16 (a robot, thirty times as quick). flite's headers stay in voice.cpp.
//
// Any thread; a voice speaks for one at a time, since what it shares is counted
// without locks. slt and rms speak some 100 times faster than real time.
#pragma once

#include "messages/speech.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// samples/s of every voice here.
inline constexpr std::uint32_t voice_rate_hz = 16'000;

/// The default: the first.
const std::vector<std::string>& voice_names();
bool is_voice(const std::string& name);

/// Takes a bit more of the sound; false: enough, stop.
using sound_sink = std::function<bool(const std::int16_t* pcm, std::size_t samples)>;

struct spoken_piece {
  bool whole = false; // the sink took all of it
  std::uint64_t samples = 0;
  std::vector<spoken_word> words; // bytes of the text; samples at voice_rate_hz
};

/// Speaks the text, streaming: the sink gets the first sound some milliseconds
/// after the call. A voice it does not know is the default one. `speed` 0.5 to 2.
/// Text without anything to say is whole, and makes no sound.
spoken_piece speak_aloud(std::string_view text, const std::string& voice, double speed,
                         const sound_sink& sink);

} // namespace unpod
