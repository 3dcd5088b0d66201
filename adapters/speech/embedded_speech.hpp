// The embedded speech engine: recogniser and voices in this process, no key, no
// account. One per node, made by the composition root; loads nothing by itself.
#pragma once

#include "adapters/speech/decoder_pool.hpp"
#include "adapters/speech/jsgf.hpp"
#include "adapters/speech/speech_threads.hpp"
#include "adapters/speech/stt_session.hpp"

#include <memory>
#include <string>

namespace unpod {

struct embedded_settings {
  speech_model model;
  speech_limits bounds;
  /// `finalize_silence`, `pre_roll` and `bounds` are the node's own limits.
  stt_knobs hearing;
  /// Callers who may speak at one time; the others' words wait for a decoder.
  std::size_t lent_max = decoders_lent_max;
  /// Default: cores - 1, two at least.
  std::size_t threads = speech_threads::threads_by_default();
};

/// Settings from the node's limits.
embedded_settings embedded_settings_of(const limits& bounds);

class embedded_speech {
public:
  explicit embedded_speech(embedded_settings settings);

  /// Is this a grammar the recogniser takes? Reads the dictionary: 5 ms.
  checked_grammar check(std::string_view grammar) const;

  const embedded_settings& settings() const {
    return settings_;
  }
  speech_threads& threads() {
    return threads_;
  }
  const std::shared_ptr<decoder_pool>& decoders() const {
    return decoders_;
  }

private:
  embedded_settings settings_;
  std::shared_ptr<decoder_pool> decoders_;
  speech_threads threads_; // the last: they end first
};

using embedded_speech_ptr = std::shared_ptr<embedded_speech>;

} // namespace unpod
