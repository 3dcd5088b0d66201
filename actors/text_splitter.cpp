#include "actors/text_splitter.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace unpod {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Words whose dot ends no sentence.
bool is_abbreviation(std::string_view text, std::size_t dot) {
  static constexpr std::array<std::string_view, 14> known{
    "mr", "mrs", "ms", "dr", "st", "no", "vs", "etc", "prof", "approx", "e.g", "i.e", "a.m", "p.m"};
  std::size_t begin = dot;
  while (begin > 0 && !is_blank(text[begin - 1]))
    --begin;
  std::string word;
  for (const char c : text.substr(begin, dot - begin))
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool initial = word.size() == 1 && std::isalpha(static_cast<unsigned char>(word[0]));
  return initial || std::find(known.begin(), known.end(), word) != known.end();
}

/// Does a sentence (or, when `clause`, a clause) end with the mark at `at`? What
/// follows must be a blank: "3.5" and "https://a.b" go on.
bool ends_at(std::string_view text, std::size_t at, bool clause) {
  const char mark = text[at];
  if (mark == '\n')
    return true;
  if (at + 1 >= text.size() || !is_blank(text[at + 1]))
    return false;
  if (mark == '!' || mark == '?')
    return true;
  if (mark == '.')
    return !is_abbreviation(text, at);
  return clause && (mark == ',' || mark == ';' || mark == ':');
}

/// Markdown's marks and what no voice can say: left out of `spoken`.
bool is_mute(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c == '*' || c == '_' || c == '`' || c == '#' || c == '~')
    return true;
  return c >= 0xF0; // emoji and their like: four bytes of UTF-8
}

std::size_t size_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_continuation(text[end]))
    ++end;
  return end - at;
}

/// The last place at or before `at` where no character is cut.
std::size_t whole_characters(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && is_continuation(text[at]))
    --at;
  return at;
}

} // namespace

std::vector<text_piece> text_splitter::add(std::string_view delta) {
  waiting_ += delta;
  std::vector<text_piece> ready;
  while (const auto bytes = next_cut())
    ready.push_back(cut(bytes));
  return ready;
}

std::vector<text_piece> text_splitter::finish() {
  std::vector<text_piece> ready;
  while (waiting_.size() > piece_bytes_max_)
    ready.push_back(cut(next_cut()));
  if (!waiting_.empty())
    ready.push_back(cut(waiting_.size()));
  first_ = true;
  return ready;
}

/// How many waiting bytes make a piece now; 0 when more text is wanted. The
/// blanks behind a mark belong to its piece.
std::size_t text_splitter::next_cut() const {
  const auto least = first_ ? first_clause_min : std::size_t{1};
  for (std::size_t at = 0; at < waiting_.size() && at < piece_bytes_max_; ++at)
    if (at + 1 >= least && ends_at(waiting_, at, first_)) {
      std::size_t end = at + 1;
      while (end < waiting_.size() && is_blank(waiting_[end]))
        ++end;
      return end;
    }
  const auto most = first_ ? first_piece_max : piece_bytes_max_;
  if (waiting_.size() <= most)
    return 0;
  const auto space = waiting_.rfind(' ', most - 1);
  if (space != std::string::npos && space > 0)
    return space + 1;
  return first_ && waiting_.size() <= piece_bytes_max_ ? 0
                                                       : std::max<std::size_t>(
                                                         whole_characters(waiting_, most), 1);
}

text_piece text_splitter::cut(std::size_t bytes) {
  text_piece piece{released_, released_ + static_cast<std::uint32_t>(bytes), {}, {}};
  const auto text = std::string_view{waiting_}.substr(0, bytes);
  for (std::size_t at = 0; at < text.size();) {
    const auto size = size_at(text, at);
    if (!is_mute(text, at))
      for (std::size_t i = at; i < at + size; ++i) {
        piece.spoken += is_blank(text[i]) ? ' ' : text[i];
        piece.source.push_back(piece.begin + static_cast<std::uint32_t>(i));
      }
    at += size;
  }
  if (std::all_of(piece.spoken.begin(), piece.spoken.end(), [](char c) { return is_blank(c); })) {
    piece.spoken.clear();
    piece.source.clear();
  }
  waiting_.erase(0, bytes);
  released_ = piece.end;
  first_ = false;
  return piece;
}

} // namespace unpod
