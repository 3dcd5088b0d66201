#include "adapters/speech/tts_job.hpp"

#include <algorithm>

namespace unpod {

tts_job::outcome tts_job::speak(const tts_settings& settings,
                                const std::function<void()>& on_first) {
  if (cancelled_->covers(piece_.utterance))
    return outcome::dropped;
  before_ = port_->given(piece_.utterance);
  const bool far_ahead = is_far_ahead();
  bool first = true;
  spoken_ = speak_aloud(piece_.text, settings.voice, settings.speed,
                        [&](const std::int16_t* pcm, std::size_t samples) {
                          if (cancelled_->covers(piece_.utterance))
                            return false;
                          if ((far_ahead && !first) || !rest_.empty()) {
                            rest_.insert(rest_.end(), pcm, pcm + samples);
                            return true;
                          }
                          const bool taken = play(pcm, samples);
                          if (taken && std::exchange(first, false))
                            on_first();
                          return taken;
                        });
  return spoken_.whole ? settle() : outcome::dropped;
}

tts_job::outcome tts_job::play_rest() {
  if (cancelled_->covers(piece_.utterance))
    return outcome::dropped;
  if (is_far_ahead())
    return outcome::held;
  const auto rest = std::exchange(rest_, {});
  return rest.empty() || play(rest.data(), rest.size()) ? settle() : outcome::dropped;
}

tts_job::outcome tts_job::settle() {
  return rest_.empty() ? outcome::done : outcome::held;
}

/// A ring that is full holds the sound back; one that was flushed wants no more.
bool tts_job::play(const std::int16_t* pcm, std::size_t samples) {
  if (port_->play(piece_.utterance, pcm, samples, voice_rate_hz))
    return true;
  if (cancelled_->covers(piece_.utterance) || !is_far_ahead())
    return false;
  rest_.insert(rest_.end(), pcm, pcm + samples);
  return true;
}

bool tts_job::is_far_ahead() const {
  return port_->position(piece_.utterance).queued > tts_ahead_s_max * port_->rate_hz();
}

tts_piece_done tts_job::report() const {
  const auto given = port_->given(piece_.utterance);
  const auto samples = given - std::min(given, before_);
  auto words = spoken_.words;
  for (auto& word : words)
    word.until_sample = std::min(samples, word.until_sample * port_->rate_hz() / voice_rate_hz);
  return {piece_.utterance, piece_.piece, samples, std::move(words)};
}

} // namespace unpod
