// The speech providers this program speaks with: their names, where their key is found,
// where they are, and how streams of them are opened. One line each.
#pragma once

#include "adapters/speech/dialled_speech.hpp"

#include <string>
#include <vector>

namespace unpod {

struct provider_kind {
  std::string name;     // as voice profiles write it
  std::string key;      // the environment variable of its key; empty: it asks for none
  std::string base_url; // where it is when nothing else is said; empty: that must be said
  stt_codec_maker hears;
  tts_codec_maker speaks;
};

const std::vector<provider_kind>& provider_kinds();

/// Streams of this provider, over these wires.
speech_provider make_provider(const provider_kind& kind, speech_wiring wiring);

} // namespace unpod
