// What flite is given of a piece of text, and the way back: plain ASCII words,
// one blank apart, each knowing which bytes of the piece it stands for. Pure.
//
//   piece:  "It’s  “fine” 🙂 – ok"      spoken: "It's "fine" ok"
//   words:  [0,6)  [8,18)  [28,30), the unsayable ones between have no sound
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct spoken_text {
  struct token {
    std::uint32_t begin = 0; // bytes of the piece
    std::uint32_t end = 0;
    std::size_t at = 0; // where it begins in `ascii`; of an unsayable one: where the next does
    bool sayable = false;
  };

  std::string ascii; // empty: there is nothing to say
  std::vector<token> tokens;

  /// The token that flite's reader had just read at this place of `ascii`; nothing: tokens.size().
  std::size_t token_before(std::size_t position) const;
};

spoken_text spoken_of(std::string_view piece);

} // namespace unpod
