#include "adapters/speech/embedded_speech.hpp"

#include "adapters/speech/dictionary.hpp"

#include <utility>

namespace unpod {

embedded_settings embedded_settings_of(const limits& bounds) {
  embedded_settings settings;
  settings.bounds = bounds.speech;
  settings.hearing.finalize_silence = bounds.turn.finalize_silence;
  settings.hearing.pre_roll = bounds.media.pre_roll;
  settings.hearing.backlog_max = bounds.speech.decode_backlog_max;
  settings.hearing.bounds = bounds.speech;
  return settings;
}

embedded_speech::embedded_speech(embedded_settings settings)
  : settings_(std::move(settings)), threads_(settings_.threads) {
  decoders_ = std::make_shared<decoder_pool>(settings_.model, settings_.bounds,
                                             threads_.steady_max(), settings_.lent_max);
}

checked_grammar embedded_speech::check(std::string_view grammar) const {
  const dictionary known{settings_.model.words()};
  return check_grammar(grammar, settings_.bounds,
                       [&](const auto& words) { return known.lacks(words); });
}

} // namespace unpod
