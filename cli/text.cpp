#include "cli/text.hpp"

#include <algorithm>
#include <cstdint>

namespace unpod::cli {

namespace {

/// The character at `at` and how many bytes it has; what is no UTF-8 is one byte.
struct character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

character character_at(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (bytes == 1 || at + bytes > text.size())
    return {first, 1};
  std::uint32_t code = first & (0xFFu >> (bytes + 1));
  for (std::size_t next = 1; next < bytes; ++next)
    code = code << 6 | (static_cast<unsigned char>(text[at + next]) & 0x3Fu);
  return {code, bytes};
}

struct range {
  std::uint32_t from, to;
};

template <std::size_t Count>
bool among(const range (&ranges)[Count], std::uint32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [code](const range& one) { return code >= one.from && code <= one.to; });
}

/// Blocks of Unicode, roughly: marks that join the letter before them take no column,
/// ideographs and pictures take two.
std::size_t columns_of(std::uint32_t code) {
  static constexpr range joining[] = {{0x300, 0x36F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}};
  static constexpr range wide[] = {{0x1100, 0x115F}, {0x2E80, 0xA4CF},  {0xAC00, 0xD7A3},
                                   {0xF900, 0xFAFF}, {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
                                   {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}};
  return among(joining, code) ? 0 : among(wide, code) ? 2 : 1;
}

/// C0, DEL and C1.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

} // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = character_at(text, at);
    columns += columns_of(next.code);
    at += next.bytes;
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns)
    return std::string{text};
  std::size_t taken = 0, at = 0;
  while (at < text.size()) {
    const auto next = character_at(text, at);
    if (taken + columns_of(next.code) + 1 > columns)
      break;
    taken += columns_of(next.code);
    at += next.bytes;
  }
  return std::string{text.substr(0, at)} + (columns > 0 ? "…" : "");
}

std::string padded(std::string_view text, std::size_t columns) {
  const auto wide = columns_of(text);
  return std::string{text} + std::string(columns > wide ? columns - wide : 0, ' ');
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string out;
  std::size_t used = 0; // columns of the line so far, without its indent
  const auto room = columns > indent ? columns - indent : 1;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    const auto wide = columns_of(word);
    if (used > 0 && used + 1 + wide > room) {
      out += '\n' + std::string(indent, ' ');
      used = 0;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += wide;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = character_at(text, at);
    if (is_control(next.code))
      out += ' ';
    else
      out += text.substr(at, next.bytes);
    at += next.bytes;
  }
  return out;
}

} // namespace unpod::cli
