// The voice profiles a node offers: read from TOML, all of them or none, and matched
// with the providers this node can use. profiles.toml says what stands in a file.
#pragma once

#include "messages/profile_catalogue.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// bytes of one file of profiles. 1 MB.
inline constexpr std::size_t profiles_bytes_max = 1024 * 1024;
/// profiles. 1,000: a list of them is one answer.
inline constexpr std::size_t profiles_max = 1'000;
/// providers of one profile, each way. 8: the tenth choice is no choice.
inline constexpr std::size_t choices_max = 8;

/// What of the providers is there on this node.
struct provider_ground {
  std::vector<std::string> adapters;
  /// Is the key of this variable, or of this provider in a region ("deepgram@eu"), there or not
  /// needed? Its value is nobody's business here.
  std::function<bool(const std::string& variable)> has_key;
};

/// Reads the text of a file called `name`; null, and the first mistake with its line. In
/// the answer those that can be used come first, else in the order of the file.
profile_list parse_profiles(const std::string& text, const std::string& name,
                            const provider_ground& ground, std::string& why);

/// The same of a file; when it is called "", of profiles.toml as it was built in.
profile_list load_profiles(const std::string& file, const provider_ground& ground,
                           std::string& why);

/// The first mistake in such a file, in words, whatever this node can use; empty: none.
std::string profiles_mistake(const std::string& file);

/// `simulated` neither hears nor speaks in earnest (adapters/speech/simulated_speech.hpp).
inline voice_profile simulated_profile() {
  voice_profile simulated;
  simulated.id = "VP_simulated";
  simulated.name = "simulated";
  simulated.description = "Counting words for speech, a hum for words: for benches only";
  simulated.stt = {"simulated"};
  simulated.tts = {"simulated"};
  simulated.stt_model = "simulated";
  simulated.tts_model = "simulated";
  return simulated;
}

} // namespace unpod
