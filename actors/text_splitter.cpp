#include "actors/text_splitter.hpp"

#include "actors/spoken_form.hpp"

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

/// Does `text` up to and with the byte at `at` end with one of these?
template <std::size_t Count>
bool ends_with_any(std::string_view text, std::size_t at,
                   const std::array<std::string_view, Count>& ends) {
  const auto until = text.substr(0, at + 1);
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return until.size() >= end.size() && until.substr(until.size() - end.size()) == end;
  });
}

/// The last byte before the quotes, brackets and markdown that close at `at`.
std::size_t before_closers(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 9> closers{"\"", "'", ")", "]", "*",
                                                           "_",  "”", "’", "»"};
  while (ends_with_any(text, at, closers)) {
    while (at > 0 && is_continuation(text[at]))
      --at;
    if (at == 0)
      break;
    --at;
  }
  return at;
}

/// The word that a dot ends, in lower case, without what opens before it.
std::string word_before(std::string_view text, std::size_t dot) {
  std::size_t begin = dot;
  while (begin > 0 && !is_blank(text[begin - 1]))
    --begin;
  while (begin < dot && std::ispunct(static_cast<unsigned char>(text[begin])))
    ++begin;
  std::string word;
  for (const char c : text.substr(begin, dot - begin))
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

/// Words whose dot ends no sentence: "Dr.", "e.g.", an initial.
bool is_abbreviation(const std::string& word) {
  static constexpr std::array<std::string_view, 21> known{
    "mr",  "mrs", "ms",  "dr",  "st", "vs", "etc", "prof", "approx", "e.g", "i.e",
    "a.m", "p.m", "u.s", "u.k", "jr", "sr", "fig", "inc",  "ltd",    "dept"};
  const bool initial = word.size() == 1 && std::isalpha(static_cast<unsigned char>(word[0]));
  return initial || std::find(known.begin(), known.end(), word) != known.end();
}

/// "No. 5" is a number, "No. I do not" is an answer.
bool is_number_sign(std::string_view text, std::size_t dot, const std::string& word) {
  return word == "no" && dot + 2 < text.size()
         && std::isdigit(static_cast<unsigned char>(text[dot + 2]));
}

/// "1." where a line begins: what it numbers belongs to it.
bool is_list_number(std::string_view text, std::size_t dot, const std::string& word) {
  const bool digits = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isdigit(c) != 0;
  });
  return digits && (dot == word.size() || text[dot - word.size() - 1] == '\n');
}

/// Does a sentence (or, when `clause`, a clause) end with the mark at `at`, or with
/// what closes behind the mark? A blank must follow: "3.5" and "https://a.b" go on.
bool ends_at(std::string_view text, std::size_t at, bool clause) {
  static constexpr std::array<std::string_view, 3> wide{"。", "！", "？"}; // no blank follows these
  static constexpr std::array<std::string_view, 6> sentence{"!", "?", "…", "।", "॥", "؟"};
  static constexpr std::array<std::string_view, 4> part{",", ";", ":", "،"};
  if (text[at] == '\n' || ends_with_any(text, at, wide))
    return true;
  if (at + 1 >= text.size() || !is_blank(text[at + 1]) || is_blank(text[at]))
    return false;
  at = before_closers(text, at);
  if (text[at] == '.') {
    const auto word = word_before(text, at);
    return !is_abbreviation(word) && !is_number_sign(text, at, word)
           && !is_list_number(text, at, word);
  }
  return ends_with_any(text, at, sentence) || (clause && ends_with_any(text, at, part));
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
  return first_ && waiting_.size() <= piece_bytes_max_
           ? 0
           : std::max<std::size_t>(whole_characters(waiting_, most), 1);
}

text_piece text_splitter::cut(std::size_t bytes) {
  const auto end = released_ + static_cast<std::uint32_t>(bytes);
  const auto text = std::string_view{waiting_}.substr(0, bytes);
  auto spoken = spoken_form_of(text, released_, line_begins_, language_);
  line_begins_ = text.back() == '\n';
  text_piece piece{released_, end, std::move(spoken.text), std::move(spoken.source)};
  waiting_.erase(0, bytes);
  released_ = piece.end;
  first_ = false;
  return piece;
}

} // namespace unpod
