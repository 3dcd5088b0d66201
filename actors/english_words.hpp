// English for what is written in figures and signs: numbers, money, dates, times, telephone
// numbers, addresses of the web. Pure; a word or a sign that is none of these is left alone.
//
//   "$1,250.50"  one thousand two hundred and fifty dollars and fifty cents
//   "2024-05-03" May third, twenty twenty-four      "14:05" fourteen oh five
//   "+1 (555) 123-4567" plus one, five five five, one two three, four five six seven
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// digits. 15: a longer number is said digit by digit.
inline constexpr std::size_t english_digits_max = 15;

/// "two hundred and five".
std::string english_cardinal(std::uint64_t number);
/// "two hundred and fifth".
std::string english_ordinal(std::uint64_t number);
/// "nineteen eighty-four", "two thousand and five".
std::string english_year(std::uint64_t year);

/// What stands at the beginning of a text, and what is said for it.
struct english_form {
  std::size_t length = 0; // bytes of the text
  std::string words;
};

/// `before` is the word in front of it, in lower case; `day_first`: 3/5 is in May.
std::optional<english_form> english_form_of(std::string_view text, std::string_view before,
                                            bool day_first);

} // namespace unpod
