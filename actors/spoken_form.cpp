#include "actors/spoken_form.hpp"

#include "actors/english_words.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}
bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

/// Symbols and pictures below U+10000: arrows to dingbats, what joins and varies them.
bool is_picture(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size() || (static_cast<unsigned char>(text[at]) & 0xF0) != 0xE0)
    return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto c = (byte(0) & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
  return (c >= 0x2190 && c <= 0x27BF) || (c >= 0x2B00 && c <= 0x2BFF)
         || (c >= 0xFE00 && c <= 0xFE0F) || c == 0x200D || c == 0x20E3;
}

/// An underscore between letters is part of a name, or of an address.
bool is_inside(std::string_view text, std::size_t at) {
  return at > 0 && at + 1 < text.size() && is_word(text[at - 1]) && is_word(text[at + 1]);
}

/// Markdown's marks and what no voice can say.
bool is_mute(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  if (c == '#') // "#1" is a number, "# 1" and "##" are headings
    return at + 1 >= text.size() || !is_digit(text[at + 1]);
  if (c == '_')
    return !is_inside(text, at);
  if (c == '*' || c == '`' || c == '~' || c == '|')
    return true;
  return c >= 0xF0 || is_picture(text, at); // emoji and their like
}

/// Bytes of what opens a line and is not said: a bullet, a quotation's mark, a rule.
std::size_t line_opening(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t'))
    ++end;
  auto rule = end;
  while (rule < text.size() && (text[rule] == '-' || text[rule] == '='))
    ++rule;
  if (rule - end >= 3 && (rule == text.size() || text[rule] == '\n'))
    return rule - at;
  if (end + 1 >= text.size() || !is_blank(text[end + 1]))
    return 0;
  return text[end] == '-' || text[end] == '+' || text[end] == '>' ? end + 1 - at : 0;
}

/// `[words](address)` or `![words](address)` at `at`: where its words end; 0: it is none.
std::size_t link_words_end(std::string_view text, std::size_t at) {
  const auto close = text.find("](", at);
  if (close == std::string_view::npos || text.find(')', close) == std::string_view::npos)
    return 0;
  const auto words = text.substr(at + 1, close - at - 1);
  return words.find_first_of("[\n") == std::string_view::npos ? close : 0;
}

std::size_t size_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_continuation(text[end]))
    ++end;
  return end - at;
}

/// Without marks and pictures; blanks are spaces.
class plain_reader {
public:
  plain_reader(std::string_view text, std::uint32_t begin) : text_(text), begin_(begin) {}

  spoken_form read(bool line_begins) {
    for (std::size_t at = 0; at < text_.size();) {
      const auto opening = line_begins ? line_opening(text_, at) : 0;
      line_begins = text_[at] == '\n';
      at += opening;
      if (opening == 0)
        at = step(at);
    }
    return std::move(out_);
  }

private:
  std::size_t step(std::size_t at) {
    if (link_end_ != 0 && at == link_end_) {
      link_end_ = 0;
      return text_.find(')', at) + 1;
    }
    const auto bracket = text_[at] == '!' && at + 1 < text_.size() ? at + 1 : at;
    if (link_end_ == 0 && text_[bracket] == '[')
      if ((link_end_ = link_words_end(text_, bracket)) != 0)
        return bracket + 1;
    const auto size = size_at(text_, at);
    if (!is_mute(text_, at))
      for (std::size_t i = at; i < at + size; ++i) {
        out_.text += is_blank(text_[i]) ? ' ' : text_[i];
        out_.source.push_back(begin_ + static_cast<std::uint32_t>(i));
      }
    return at + size;
  }

  const std::string_view text_;
  const std::uint32_t begin_;
  std::size_t link_end_ = 0; // where the words of the link at hand end
  spoken_form out_;
};

/// The word in front of this place, in lower case.
std::string word_before(std::string_view text, std::size_t at) {
  while (at > 0 && text[at - 1] == ' ')
    --at;
  auto begin = at;
  while (begin > 0 && is_word(text[begin - 1]))
    --begin;
  std::string word;
  for (const char c : text.substr(begin, at - begin))
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

spoken_form in_english(const spoken_form& plain, bool day_first) {
  spoken_form out;
  const std::string_view text = plain.text;
  for (std::size_t at = 0; at < text.size();) {
    const bool inside = at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.');
    const auto found = inside || text[at] == ' '
                         ? std::nullopt
                         : english_form_of(text.substr(at), word_before(text, at), day_first);
    if (!found) {
      out.text += text[at];
      out.source.push_back(plain.source[at++]);
      continue;
    }
    const auto last_word = found->words.rfind(' ') + 1; // npos + 1 is 0
    out.text += found->words;
    out.source.insert(out.source.end(), last_word, plain.source[at]);
    at += found->length;
    out.source.insert(out.source.end(), found->words.size() - last_word, plain.source[at - 1]);
  }
  return out;
}

} // namespace

std::uint32_t written_end(const std::vector<std::uint32_t>& source, std::size_t spoken_end,
                          std::uint32_t end) {
  if (spoken_end == 0 || spoken_end > source.size())
    return end;
  const auto last = source[spoken_end - 1];
  return spoken_end < source.size() && source[spoken_end] == last ? last : last + 1;
}

spoken_form spoken_form_of(std::string_view text, std::uint32_t begin, bool line_begins,
                           std::string_view language) {
  auto spoken = plain_reader{text, begin}.read(line_begins);
  const bool english =
    language.substr(0, 2) == "en" && (language.size() == 2 || language[2] == '-');
  if (english)
    spoken = in_english(spoken, language.size() > 2 && language != "en-US");
  if (std::all_of(spoken.text.begin(), spoken.text.end(), [](char c) { return c == ' '; }))
    spoken = {};
  return spoken;
}

} // namespace unpod
