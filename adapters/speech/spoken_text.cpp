#include "adapters/speech/spoken_text.hpp"

#include <algorithm>
#include <array>

namespace unpod {

namespace {

bool is_blank(unsigned char c) {
  return c <= ' ' || c == 0x7f;
}

bool is_letter_or_digit(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// U+00C0 to U+00FF, in their nearest plain letters; '*' stands for none.
constexpr std::string_view latin =
  "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo*ouuuuyty";

/// What an English voice makes of a character beyond ASCII; 0: nothing.
char plain(char32_t c) {
  if (c >= 0xC0 && c <= 0xFF)
    return latin[c - 0xC0] == '*' ? '\0' : latin[c - 0xC0];
  if (c == 0x2018 || c == 0x2019 || c == 0x02BC)
    return '\'';
  if (c == 0x201C || c == 0x201D)
    return '"';
  if (c == 0x2010 || c == 0x2011)
    return '-';
  return '\0';
}

/// Reads one character at `at` and moves on; a byte that is not UTF-8 is taken alone, as nothing.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80)
    return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  char32_t c = more == 0 ? 0 : lead & (0x3F >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if (at >= text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80)
      return 0;
    c = (c << 6) | (static_cast<unsigned char>(text[at++]) & 0x3F);
  }
  return c < 0x80 ? 0 : c; // written longer than it needs to be
}

std::string ascii_of(std::string_view word) {
  std::string ascii;
  for (std::size_t at = 0; at < word.size();) {
    const auto c = next_character(word, at);
    const char said = c >= 0x80 ? plain(c) : static_cast<char>(c);
    if (said != '\0')
      ascii += said;
  }
  return ascii;
}

} // namespace

spoken_text spoken_of(std::string_view piece) {
  spoken_text spoken;
  for (std::size_t at = 0; at < piece.size();) {
    if (is_blank(static_cast<unsigned char>(piece[at]))) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < piece.size() && !is_blank(static_cast<unsigned char>(piece[at])))
      ++at;
    const auto ascii = ascii_of(piece.substr(begin, at - begin));
    const bool sayable = std::any_of(ascii.begin(), ascii.end(), [](char c) {
      return is_letter_or_digit(static_cast<unsigned char>(c));
    });
    if (sayable && !spoken.ascii.empty())
      spoken.ascii += ' ';
    spoken.tokens.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at),
                             spoken.ascii.size(), sayable});
    if (sayable)
      spoken.ascii += ascii;
  }
  return spoken;
}

std::size_t spoken_text::token_before(std::size_t position) const {
  auto found = tokens.size();
  for (std::size_t i = 0; i < tokens.size() && tokens[i].at < position; ++i)
    if (tokens[i].sayable)
      found = i;
  return found;
}

} // namespace unpod
