#include "adapters/speech/speech_catalogue.hpp"

#include <utility>

namespace unpod {

const std::vector<provider_kind>& provider_kinds() {
  static const std::vector<provider_kind> kinds{
    {"cartesia", "CARTESIA_API_KEY", "wss://api.cartesia.ai", {}, make_cartesia_tts},
    {"deepgram", "DEEPGRAM_API_KEY", "wss://api.deepgram.com", make_deepgram_stt, {}},
  };
  return kinds;
}

speech_provider make_provider(const provider_kind& kind, speech_wiring wiring) {
  speech_provider made;
  made.name = kind.name;
  if (kind.hears)
    made.open_stt = make_dialled_stt(wiring, kind.hears);
  if (kind.speaks)
    made.open_tts = make_dialled_tts(std::move(wiring), kind.speaks);
  return made;
}

} // namespace unpod
