// How names and terms are said, in one file for all providers, and what each provider is sent
// for it. Pure, but for `read_pronunciations_file`.
//
//   # word = how it sounds to read, /its IPA sounds, one blank apart/; one of the two will do
//   Unpod = un pod /ʌ n p ɒ d/
//   San José = san ho-zay
//
//   form        Unpod becomes
//   respelled   un pod                                       (any provider)
//   cartesia    <<ʌ|n|p|ɒ|d>>
//   deepgram    \{"word": "Unpod", "pronounce": "ʌnpɒd"\}
//
// Words are whole, in letters of any size; the longest one that fits is taken. A provider
// whose form wants IPA gets the respelling of a word that has none, or the word itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

enum class pronunciation_form : std::uint8_t { respelled, cartesia, deepgram };

/// bytes of a file; words in it; bytes of a word and of how it is said.
inline constexpr std::size_t pronunciations_bytes_max = 256 * 1024, pronunciations_max = 5'000,
                             pronounced_word_bytes_max = 64, pronounced_bytes_max = 128;

/// What is sent for a text, and where each byte of it stands there.
struct pronounced_text {
  std::string text;
  std::vector<std::uint32_t> source; // empty: it is the text itself

  /// Where that of which `end` bytes were sent ends in the text; before what is half said.
  std::uint32_t written_begin(std::uint32_t begin) const;
  std::uint32_t written_end(std::uint32_t end) const;
};

class pronunciations {
public:
  /// Nothing, and words with the line, on a mistake.
  static std::shared_ptr<const pronunciations> read(std::string_view file, std::string& why);

  pronounced_text apply(std::string_view text, pronunciation_form form) const;
  std::size_t size() const {
    return words_.size();
  }

private:
  struct entry {
    std::string word; // in small letters
    std::string say, ipa;
  };

  const entry* longest_at(std::string_view lowered, std::size_t at) const;
  static std::string said(const entry& one, std::string_view written, pronunciation_form form);

  std::vector<entry> words_; // by word, for a search by its first bytes
};

/// Of a node's settings; an empty path is no file, and no mistake.
std::shared_ptr<const pronunciations> read_pronunciations_file(const std::string& path,
                                                               std::string& why);

} // namespace unpod
