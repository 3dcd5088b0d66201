// Words as tones, so that no script can pretend that audio arrived: each word of an
// alphabet is a chord of three tones over a buzz, and is read back from the samples alone.
//
//   |buzz + a + b + c, 200 ms|  100 ms of nothing  |next word ...
//
// The buzz makes a VAD take it for speech; all of it passes a telephone. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// ms of a word's sound, and of the silence behind it.
inline constexpr std::uint32_t tone_word_ms = 200, tone_gap_ms = 100;
/// words an alphabet may have: six tones in each of three bands.
inline constexpr std::size_t tone_words_max = 216;

/// The words that can be told apart, each once, in small letters.
class tone_alphabet {
public:
  /// More than `tone_words_max` are not taken.
  explicit tone_alphabet(const std::vector<std::string>& words);
  /// "one" to "ninety-nine", as people say them without the hyphen: a hundred words.
  static tone_alphabet numbers();

  /// Negative: it is not in the alphabet.
  int code_of(std::string_view word) const;
  const std::string& word_of(int code) const {
    return words_[static_cast<std::size_t>(code)];
  }
  std::size_t size() const {
    return words_.size();
  }
  const std::vector<std::string>& words() const {
    return words_;
  }

private:
  std::vector<std::string> words_;
  std::map<std::string, int, std::less<>> codes_;
};

/// The sound of one word and the silence behind it.
std::vector<std::int16_t> tone_of(int code, std::uint32_t rate_hz);

/// The words of a text, parted by blanks, without their punctuation, in small letters.
std::vector<std::string> plain_words(std::string_view text);

/// A text as tones; a word that is not in the alphabet is a silence as long.
std::vector<std::int16_t> tones_of(std::string_view text, const tone_alphabet& alphabet,
                                   std::uint32_t rate_hz);

/// A chord that was there, and where.
struct heard_tone {
  int code = 0;
  std::uint64_t from = 0, to = 0; // samples since the first one fed
  bool whole = false;             // else too short to be a word: it was cut
};

/// Reads tones from samples as they come, in pieces of any size.
class tone_reader {
public:
  explicit tone_reader(std::uint32_t rate_hz);

  /// Appends what ended; `idle_samples` says for how long nothing has been heard.
  void feed(const std::int16_t* pcm, std::size_t samples, std::vector<heard_tone>& out);
  /// What was still sounding ended here.
  void finish(std::vector<heard_tone>& out);

  std::uint64_t idle_samples() const {
    return idle_;
  }
  std::uint64_t fed() const {
    return fed_;
  }

private:
  int look(const std::int16_t* frame) const;
  void note(int code, std::vector<heard_tone>& out);

  std::uint32_t rate_hz_;
  std::size_t frame_, hop_;
  std::vector<std::int16_t> waiting_;
  std::uint64_t fed_ = 0, looked_ = 0, idle_ = 0;
  int code_ = -1;
  std::uint64_t from_ = 0;
  std::size_t frames_ = 0;
};

} // namespace unpod
