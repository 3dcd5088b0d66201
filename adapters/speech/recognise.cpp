#include "adapters/speech/recognise.hpp"

#include "adapters/speech/dictionary.hpp"
#include "adapters/speech/jsgf.hpp"
#include "adapters/speech/upsampler.hpp"
#include "adapters/speech/voice.hpp"

#include <utility>

namespace unpod {

namespace {

/// s. One utterance: the decoder keeps all of it.
constexpr std::size_t utterance_s_max = 60;

} // namespace

recognised recognise(decoder_pool& pool, const std::vector<std::int16_t>& pcm,
                     std::uint32_t rate_hz, std::string_view grammar, const speech_limits& bounds) {
  if ((rate_hz != 8'000 && rate_hz != 16'000) || pcm.size() > utterance_s_max * rate_hz)
    return {{}, {}, "the audio is not an utterance of 8,000 or 16,000 samples a second"};
  const dictionary known{pool.model().words()};
  const auto checked =
    grammar.empty()
      ? checked_grammar{}
      : check_grammar(grammar, bounds, [&](const auto& words) { return known.lacks(words); });
  if (!checked.ok())
    return {{}, {}, checked.words()};
  recognised heard;
  auto with = pool.lend(checked.canonical, heard.trouble);
  if (!with) {
    heard.trouble = heard.trouble.empty() ? "all decoders are lent" : heard.trouble;
    return heard;
  }
  std::vector<std::int16_t> doubled;
  if (rate_hz != decoder_rate_hz)
    upsampler{}.push(pcm.data(), pcm.size(), doubled);
  const auto& heard_pcm = doubled.empty() ? pcm : doubled;
  if (!with->hear_whole(heard_pcm.data(), heard_pcm.size())) {
    pool.write_off(std::move(with));
    heard.trouble = "the recogniser failed";
    return heard;
  }
  heard.words = with->words();
  pool.give_back(std::move(with));
  for (auto& word : heard.words) {
    heard.text += (heard.text.empty() ? "" : " ") + word.text;
    word.from = word.from * rate_hz / decoder_rate_hz;
    word.to = word.to * rate_hz / decoder_rate_hz;
  }
  return heard;
}

synthesised synthesise(std::string_view text, const std::string& voice, double speed) {
  synthesised spoken;
  spoken.rate_hz = voice_rate_hz;
  auto piece = speak_aloud(text, voice, speed, [&](const std::int16_t* pcm, std::size_t samples) {
    spoken.pcm.insert(spoken.pcm.end(), pcm, pcm + samples);
    return true;
  });
  spoken.words = std::move(piece.words);
  return spoken;
}

} // namespace unpod
