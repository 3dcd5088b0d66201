#include "adapters/speech/elevenlabs_speech.hpp"

#include "adapters/speech/base64.hpp"

namespace unpod {

namespace {

/// characters of one alignment. 4,000: a piece has far fewer.
constexpr rapidjson::SizeType characters_max = 4'000;

const json::value* either(const json::value& object, const char* one, const char* other) {
  const auto* found = list_of(object, one);
  return found ? found : list_of(object, other);
}

} // namespace

wire_dial elevenlabs_speech::dial(const provider_access& access, const tts_settings& settings,
                                  std::uint32_t rate_hz, const char* way) {
  wire_query query{access.base_url,
                   "/v1/text-to-speech/" + percent_encoded(settings.voice) + "/" + way};
  query.add("model_id", settings.model.empty() ? "eleven_flash_v2_5" : settings.model)
    .add("output_format", is_mulaw_rate(rate_hz) ? "ulaw_8000" : "pcm_" + std::to_string(rate_hz))
    .add("auto_mode", "true")
    .add("sync_alignment", "true")
    .add("inactivity_timeout", "180");
  return {query.str(), {{"xi-api-key", access.key.reveal()}}};
}

void elevenlabs_speech::begin(json::writer& out, double speed) {
  out.key("voice_settings").object().field("speed", std::clamp(speed, 0.7, 1.2)).end();
}

bool elevenlabs_speech::take(const json::value& frame, tts_sink& sink) {
  take_words(frame, sink);
  take_sound(frame, sink);
  const auto over =
    json::flag(frame, "isFinal").value_or(false) || json::flag(frame, "is_final").value_or(false);
  if (over)
    end_word(sink);
  return over;
}

void elevenlabs_speech::take_sound(const json::value& frame, tts_sink& sink) {
  const auto* audio = json::member(frame, "audio");
  if (!audio || !audio->IsString())
    return;
  std::string decoded;
  if (!base64_decode({audio->GetString(), audio->GetStringLength()}, decoded))
    return sink.failed("its sound is not base64");
  const auto& pcm = sound_.take(decoded);
  samples_ += pcm.size();
  if (!pcm.empty())
    sink.sound(piece_, pcm.data(), pcm.size());
}

void elevenlabs_speech::take_words(const json::value& frame, tts_sink& sink) {
  const auto* alignment = json::member(frame, "alignment");
  if (!alignment || !alignment->IsObject())
    return;
  const auto* chars = list_of(*alignment, "chars");
  const auto* starts = either(*alignment, "charStartTimesMs", "charsStartTimesMs");
  const auto* lasts = either(*alignment, "charDurationsMs", "charsDurationsMs");
  if (!chars || !starts || !lasts)
    return;
  const auto base = static_cast<wire_us>(samples_ * 1'000'000 / rate_hz_);
  const auto count = std::min({chars->Size(), starts->Size(), lasts->Size(), characters_max});
  for (rapidjson::SizeType i = 0; i < count; ++i) {
    const auto ms = [&](const json::value& list) {
      return us_of(list[i].IsNumber() ? std::optional{list[i].GetDouble()} : std::nullopt, in_ms);
    };
    const std::string letter = (*chars)[i].IsString() ? (*chars)[i].GetString() : " ";
    if (letter.find_first_not_of(' ') == std::string::npos) {
      end_word(sink);
      continue;
    }
    if (word_.empty())
      word_from_ = base + ms(*starts);
    word_ += letter;
    word_to_ = base + ms(*starts) + ms(*lasts);
  }
}

void elevenlabs_speech::end_word(tts_sink& sink) {
  if (!word_.empty())
    sink.words(piece_, {{std::exchange(word_, {}), word_from_, word_to_}});
}

} // namespace unpod
