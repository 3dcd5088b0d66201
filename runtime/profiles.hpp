// The voice profiles a node offers.
#pragma once

#include "messages/providers.hpp"

#include <memory>
#include <vector>

namespace unpod {

/// `embedded-en` needs no key and no network. Latency is the measured p95 of the
/// voice's first byte on the machine of bench/results; it costs nothing.
inline std::shared_ptr<const std::vector<voice_profile>> built_in_profiles() {
  voice_profile embedded;
  embedded.id = "VP_embedded_en";
  embedded.name = "embedded-en";
  embedded.description = "Recogniser and voice inside the node: no key, no network";
  embedded.gender = "female";
  embedded.language = "en";
  embedded.stt = {"embedded"};
  embedded.tts = {"embedded"};
  embedded.stt_model = "pocketsphinx en-us";
  embedded.tts_model = "flite";
  embedded.voice = "slt";
  embedded.latency_ms = 60;
  return std::make_shared<const std::vector<voice_profile>>(std::vector{embedded});
}

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
