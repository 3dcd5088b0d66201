#include "adapters/speech/speech_catalogue.hpp"

#include <utility>

namespace unpod {

namespace {

/// Deepgram's Flux speaks another protocol, and is known by its models' names.
stt_codec_ptr make_any_deepgram_stt(const provider_access& access, const stt_settings& settings,
                                    std::uint32_t rate_hz) {
  return settings.model.rfind("flux", 0) == 0 ? make_deepgram_flux_stt(access, settings, rate_hz)
                                              : make_deepgram_stt(access, settings, rate_hz);
}

/// So do its Flux voices; a voice is a model there, and a profile may name it as either.
tts_codec_ptr make_any_deepgram_tts(const provider_access& access, const tts_settings& settings,
                                    std::uint32_t rate_hz) {
  const auto& voice = settings.voice.empty() ? settings.model : settings.voice;
  return voice.rfind("flux", 0) == 0 ? make_deepgram_flux_tts(access, settings, rate_hz)
                                     : make_deepgram_tts(access, settings, rate_hz);
}

} // namespace

const std::vector<provider_kind>& provider_kinds() {
  static const std::vector<provider_kind> kinds{
    {"assemblyai", "ASSEMBLYAI_API_KEY", "wss://streaming.assemblyai.com", make_assemblyai_stt, {}},
    {"cartesia", "CARTESIA_API_KEY", "wss://api.cartesia.ai", make_cartesia_stt, make_cartesia_tts},
    {"deepgram", "DEEPGRAM_API_KEY", "wss://api.deepgram.com", make_any_deepgram_stt,
     make_any_deepgram_tts},
    {"elevenlabs", "ELEVENLABS_API_KEY", "wss://api.elevenlabs.io", make_elevenlabs_stt,
     make_elevenlabs_tts},
    {"elevenlabs_single",
     "ELEVENLABS_API_KEY",
     "wss://api.elevenlabs.io",
     {},
     make_elevenlabs_single_tts},
    {"openai", "OPENAI_API_KEY", "wss://api.openai.com", make_openai_stt, make_openai_tts},
    {"openai_compatible", "OPENAI_COMPATIBLE_API_KEY", "", make_openai_stt, make_openai_tts},
    {"vosk", "", "", make_vosk_stt, {}},
  };
  return kinds;
}

speech_provider make_provider(const provider_kind& kind, speech_wiring wiring) {
  speech_provider made;
  made.name = kind.name;
  if (kind.hears)
    made.open_stt = make_dialled_stt(wiring, kind.hears);
  if (kind.speaks) {
    made.stand_by = make_voice_standby(wiring, kind.speaks);
    made.open_tts = make_dialled_tts(std::move(wiring), kind.speaks);
  }
  return made;
}

} // namespace unpod
