// Source text with comments, strings and characters turned into blanks, line
// breaks kept: what is left can be read brace by brace.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace tidy {

/// One past the end of the comment or literal that begins at `at`; `at` itself
/// when none does.
inline std::size_t end_of_noise(const std::string& text, std::size_t at) {
  const auto past = [&](const std::string& mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string::npos ? text.size() : found + mark.size();
  };
  const bool after_word = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1]));
  if (text.compare(at, 2, "//") == 0)
    return std::min(text.find('\n', at), text.size());
  if (text.compare(at, 2, "/*") == 0)
    return past("*/", at + 2);
  if (text.compare(at, 2, "R\"") == 0 && !after_word) {
    const auto open = text.find('(', at);
    return open == std::string::npos ? text.size()
                                     : past(")" + text.substr(at + 2, open - at - 2) + "\"", open);
  }
  const char quote = text[at];
  if (quote != '"' && (quote != '\'' || after_word)) // 16'000 is a number
    return at;
  auto end = at + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n')
    end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

inline std::string blank_out(std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto end = end_of_noise(text, at);
    for (auto i = at; i < end; ++i)
      if (text[i] != '\n')
        text[i] = ' ';
    at = std::max(end, at + 1);
  }
  return text;
}

} // namespace tidy
