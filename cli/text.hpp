// Text on a terminal: how wide it is, how it is cut, wrapped and made harmless. Pure.
// A column is one character cell; wide characters take two.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unpod::cli {

/// columns. 80: what every terminal has.
inline constexpr std::size_t columns_usual = 80;

/// Columns this text takes; UTF-8.
std::size_t columns_of(std::string_view text);

/// As it is when it fits, else cut and ended with "…".
std::string cut(std::string_view text, std::size_t columns);

/// Filled up with blanks on its right.
std::string padded(std::string_view text, std::size_t columns);

/// Broken at blanks so that no line is wider; lines after the first begin with so many
/// blanks. A word that is wider than a line stays whole.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

/// Text that others wrote, for a terminal: control characters, which could move its
/// cursor or paint it, become blanks.
std::string harmless(std::string_view text);

} // namespace unpod::cli
