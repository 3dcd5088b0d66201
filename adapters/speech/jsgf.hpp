// The grammars a pipe may set: a subset of JSGF (JSpeech Grammar Format, W3C
// note of 2000), parsed here, so that the C library sees only what we wrote.
//
//   grammar  := ["#JSGF" ... ";"] ["grammar" name ";"] rule*
//   rule     := ["public"] "<" name ">" "=" choice ";"
//   choice   := sequence ("|" sequence)*
//   sequence := item+
//   item     := word | "<" name ">" | "(" choice ")" | "[" choice "]"
//
// Comments // and /* */ are skipped. Not taken, and said so: * and +, weights,
// tags, quotes, imports, <NULL>, <VOID>, recursion. Words are lower-cased and
// must be in the recogniser's dictionary.
#pragma once

#include "messages/limits.hpp"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// groups within groups. 16: deeper ones are written by machines, and parsed by recursion.
inline constexpr std::size_t grammar_depth_max = 16;
/// words once every rule is written out where it is used. 5,000: the decoder's graph is that large.
inline constexpr std::size_t grammar_expansion_max = 5'000;
/// [optional] parts once written out. 64: the decoder joins every run of them with every other.
inline constexpr std::size_t grammar_optionals_max = 64;
/// troubles told. 20: who has more than these begins with these.
inline constexpr std::size_t grammar_troubles_max = 20;

struct grammar_trouble {
  std::size_t line = 0; // 1 is the first; 0: the grammar as a whole
  std::string what;
};

struct checked_grammar {
  std::string canonical; // for the recogniser; empty when there is trouble
  std::vector<grammar_trouble> troubles;

  bool ok() const {
    return troubles.empty();
  }
  /// "line 3: 'frobnicate' is not in the dictionary; line 9: ..."
  std::string words() const;
};

/// Which of these words the recogniser does not know.
using unknown_among = std::function<std::set<std::string>(const std::set<std::string>&)>;

/// Pure but for `unknown`; without it any word goes.
checked_grammar check_grammar(std::string_view text, const speech_limits& bounds,
                              const unknown_among& unknown = {});

} // namespace unpod
