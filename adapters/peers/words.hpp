// Speech as words: lower-case letters and apostrophes, nothing else. What is
// said, what was heard and what stands in a grammar are compared in this form.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

using word_list = std::vector<std::string>;

/// "Of course. Four o'clock?" -> {of, course, four, o'clock}. Other bytes part words.
word_list spoken_words(std::string_view text);

/// The words with one space between them.
std::string joined(const word_list& words);

/// `joined(spoken_words(text))`: equal for two texts that sound alike in our ears.
std::string plain(std::string_view text);

/// Word errors (substituted, left out, added) it takes to get from `expected` to `heard`.
/// Both are bounded by the caller: the work is their product.
std::size_t word_errors(const word_list& expected, const word_list& heard);

/// Share of `wanted`'s words that `said` holds too, counted with repetition; 0..1, 0 when empty.
double word_overlap(const word_list& wanted, const word_list& said);

} // namespace unpod
