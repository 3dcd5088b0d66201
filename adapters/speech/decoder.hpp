// One pocketsphinx decoder, and the language model several of them share. The
// library's headers stay in decoder.cpp.
//
//   start --feed*--> (text so far) --finish--> text, words --start--> ...
//
// A decoder is used by one thread at a time. Free speech: the shared model keeps
// a cache of its own, so decoders that share one take turns (`language_model`).
#pragma once

#include "messages/speech.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

/// Files of an English model as pocketsphinx-en-us installs them.
struct speech_model {
  std::string folder = "/usr/share/pocketsphinx/model/en-us"; // Debian's; fixed by its package

  std::string acoustic() const {
    return folder + "/en-us";
  }
  std::string words() const {
    return folder + "/cmudict-en-us.dict";
  }
  std::string language() const {
    return folder + "/en-us.lm.bin";
  }
};

/// samples/s. The model was trained at this rate and takes no other.
inline constexpr std::uint32_t decoder_rate_hz = 16'000;

class decoder;

/// 33 MB of word statistics.
class language_model {
public:
  language_model() = default;
  ~language_model();

  language_model(const language_model&) = delete;
  language_model& operator=(const language_model&) = delete;

private:
  friend class decoder;

  std::mutex turn_;       // one decoder at a time
  void* model_ = nullptr; // ngram_model_t, read by the first decoder that wants it
};

/// What a decoder has learned of a caller's voice and line: cepstral means.
using voice_memory = std::vector<float>;

/// What to begin with on a line of 8,000 samples/s, where the upper half of the
/// spectrum is missing. Measured (mean over three voices): a stranger's first
/// utterance has 3 % of its words wrong with a grammar; as for 16,000 it were 30 %.
const voice_memory& narrow_line();

class decoder {
public:
  /// Takes 0.1 s and 27 MB. Null, and why, when the model is not there.
  static std::unique_ptr<decoder> open(const speech_model& model, std::string& why);
  ~decoder();

  decoder(const decoder&) = delete;
  decoder& operator=(const decoder&) = delete;

  /// A canonical grammar (jsgf.hpp). Takes some ms, nothing when it is set already.
  bool use_grammar(const std::string& canonical, std::string& why);
  /// Takes 0.2 s and 30 MB the first time.
  bool use_free_speech(const speech_model& model, std::shared_ptr<language_model> language,
                       std::string& why);
  /// The grammar in use; empty: free speech, or none.
  const std::string& grammar() const {
    return grammar_;
  }

  /// Begins an utterance of a caller; an empty memory is a stranger's.
  bool start(const voice_memory& memory);
  /// 16,000 samples/s.
  bool feed(const std::int16_t* pcm, std::size_t samples);
  bool finish();
  /// A whole utterance in one go. Better than piece by piece: the means are its own.
  bool hear_whole(const std::int16_t* pcm, std::size_t samples);

  /// Words so far, or for good after `finish`; without silence and noises.
  std::string text();
  /// Each with its samples (16,000/s) since `start`.
  std::vector<timed_word> words();
  voice_memory memory() const;

private:
  struct library;
  explicit decoder(std::unique_ptr<library> with);
  std::unique_lock<std::mutex> take_turn();

  std::unique_ptr<library> library_;
  std::shared_ptr<language_model> language_;
  std::string grammar_;
  voice_memory stranger_;
};

} // namespace unpod
