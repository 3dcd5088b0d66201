// Where another voice goes on in a piece that broke off. Pure.
//
//   spoken   With pleasure. We have a ta|ble by the window
//            |----- whole words -----|  ^ the ring got as far as this
//                                    cut: the next voice begins with "table"
//
// With word times the cut is exact: what is in the ring of the broken word is forgotten, if
// it has not left. A voice that tells them and has told none yet has said no word. Of one that
// tells none it is a guess by the length of the text, and the word the guess falls in counts as
// said, for half a word twice is worse than half a word; a moment of sound is no word.
#pragma once

#include "messages/speech.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

struct resume_point {
  std::size_t cut = 0; // bytes of the spoken text that need not be said again
  /// Samples of the piece that are to stay in the ring; more than there are: all of them.
  std::uint64_t keep = ~std::uint64_t{0};
  std::vector<spoken_word> words; // of what stays
};

/// `got`: samples of the piece in the ring, at `rate_hz`. `tells_times`: this voice has told
/// words' times before.
resume_point find_resume_point(const std::string& spoken, const std::vector<spoken_word>& words,
                               std::uint64_t got, std::uint32_t rate_hz, bool tells_times);

} // namespace unpod
