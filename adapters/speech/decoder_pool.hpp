// Decoders, lent for one utterance at a time. None is loaded before it is
// wanted; some stay warm for the next caller.
//
//   lend: warm with this grammar > warm > a new one > none (wait for a return)
//   give back: warm, or gone when enough are warm
//
// Thread-safe. Lending may load (0.1 s; 0.4 s for the first free speech): speech
// threads only.
#pragma once

#include "adapters/speech/decoder.hpp"
#include "messages/limits.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

/// decoders lent at one time. 64: some 2 GB with grammars; the 65th speaker's words wait.
inline constexpr std::size_t decoders_lent_max = 64;

class decoder_pool {
public:
  /// `languages_max`: how many free-speech decodes may run side by side, each on
  /// a copy of the language model (33 MB).
  decoder_pool(speech_model model, const speech_limits& bounds, std::size_t languages_max,
               std::size_t lent_max = decoders_lent_max);

  /// A decoder for this canonical grammar (empty: free speech). Null with `why`: the
  /// model is not there, or refuses the grammar. Null without: all are lent.
  std::unique_ptr<decoder> lend(const std::string& grammar, std::string& why);
  void give_back(std::unique_ptr<decoder> lent);
  /// A lent decoder that failed: it does not come back.
  void write_off(std::unique_ptr<decoder> lent);

  /// Calls once, on the thread that gives one back; at once when one is free.
  /// False from `tell`: nobody wants it any more, the next in line is told.
  void when_free(std::function<bool()> tell);

  const speech_model& model() const {
    return model_;
  }
  std::size_t warm() const;
  std::size_t lent() const;

private:
  std::unique_ptr<decoder> take_warm(const std::string& grammar);
  std::shared_ptr<language_model> pick_language();
  void note_return();

  const speech_model model_;
  const std::size_t warm_max_, lent_max_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<decoder>> grammar_, free_; // warm, the last used at the end
  std::vector<std::shared_ptr<language_model>> languages_;
  std::size_t lent_ = 0;
  std::deque<std::function<bool()>> waiting_;
};

} // namespace unpod
