#include "adapters/speech/pronunciations.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

namespace unpod {

namespace {

std::string lowered(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80;
}

/// What would end a provider's own mark too early.
bool is_harmless(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20
           || std::string_view{"<>|{}\"\\"}.find(c) != std::string_view::npos;
  });
}

} // namespace

std::uint32_t pronounced_text::written_begin(std::uint32_t begin) const {
  return begin < source.size() ? source[begin] : begin;
}

std::uint32_t pronounced_text::written_end(std::uint32_t end) const {
  if (end == 0 || end > source.size())
    return end;
  const auto last = source[end - 1];
  return end < source.size() && source[end] == last ? last : last + 1;
}

std::shared_ptr<const pronunciations> pronunciations::read(std::string_view file,
                                                           std::string& why) {
  auto made = std::make_shared<pronunciations>();
  std::size_t number = 0;
  const auto fail = [&](const std::string& words) {
    why = "line " + std::to_string(number) + " " + words;
    return nullptr;
  };
  while (!file.empty()) {
    ++number;
    const auto end = std::min(file.find('\n'), file.size());
    const auto line = trimmed(file.substr(0, end));
    file.remove_prefix(std::min(end + 1, file.size()));
    if (line.empty() || line.front() == '#')
      continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return fail("has no '='");
    entry one;
    one.word = lowered(trimmed(line.substr(0, equals)));
    auto say = trimmed(line.substr(equals + 1));
    if (const auto slash = say.find('/'); slash != std::string_view::npos) {
      if (slash + 1 == say.size() || say.back() != '/')
        return fail("has a / and no second one at its end");
      one.ipa = trimmed(say.substr(slash + 1, say.size() - slash - 2));
      say = trimmed(say.substr(0, slash));
    }
    one.say = say;
    if (one.word.empty() || (one.say.empty() && one.ipa.empty()))
      return fail("lacks a word, or how it is said");
    if (one.word.size() > pronounced_word_bytes_max || one.say.size() > pronounced_bytes_max
        || one.ipa.size() > pronounced_bytes_max)
      return fail("is too long");
    if (!is_harmless(one.word) || !is_harmless(one.say) || !is_harmless(one.ipa))
      return fail("holds a character that providers take for a mark of theirs");
    if (made->words_.size() == pronunciations_max)
      return fail("is one word too many");
    made->words_.push_back(std::move(one));
  }
  std::stable_sort(made->words_.begin(), made->words_.end(),
                   [](const entry& a, const entry& b) { return a.word < b.word; });
  return made;
}

/// Of the words that begin with the same byte, the longest that stands there by itself.
const pronunciations::entry* pronunciations::longest_at(std::string_view lowered,
                                                        std::size_t at) const {
  const entry* found = nullptr;
  const auto first = lowered.substr(at, 1);
  auto one = std::lower_bound(words_.begin(), words_.end(), first,
                              [](const entry& a, std::string_view b) { return a.word < b; });
  for (; one != words_.end() && one->word[0] == first[0]; ++one) {
    const auto end = at + one->word.size();
    if (lowered.compare(at, one->word.size(), one->word) == 0
        && (end == lowered.size() || !is_word(lowered[end]))
        && (!found || one->word.size() >= found->word.size()))
      found = &*one;
  }
  return found;
}

std::string pronunciations::said(const entry& one, std::string_view written,
                                 pronunciation_form form) {
  const auto& otherwise = one.say.empty() ? std::string{written} : one.say;
  if (form == pronunciation_form::respelled || one.ipa.empty())
    return otherwise;
  std::string sounds = one.ipa;
  if (form == pronunciation_form::cartesia) {
    std::replace(sounds.begin(), sounds.end(), ' ', '|');
    return "<<" + sounds + ">>";
  }
  sounds.erase(std::remove(sounds.begin(), sounds.end(), ' '), sounds.end());
  return "\\{\"word\": \"" + std::string{written} + "\", \"pronounce\": \"" + sounds + "\"\\}";
}

pronounced_text pronunciations::apply(std::string_view text, pronunciation_form form) const {
  pronounced_text out;
  const auto low = lowered(text);
  bool any = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const auto* one = begins ? longest_at(low, at) : nullptr;
    if (!one) {
      out.text += text[at];
      out.source.push_back(static_cast<std::uint32_t>(at++));
      continue;
    }
    any = true;
    const auto words = said(*one, text.substr(at, one->word.size()), form);
    const auto end = at + one->word.size();
    // As in the agent's own text: the last word of it stands at the end, what is before at the
    // beginning, so that who heard half has not heard it.
    const auto last_word =
      form == pronunciation_form::respelled || one->ipa.empty() ? words.rfind(' ') + 1 : 0;
    out.text += words;
    out.source.insert(out.source.end(), last_word, static_cast<std::uint32_t>(at));
    out.source.insert(out.source.end(), words.size() - last_word,
                      static_cast<std::uint32_t>(end - 1));
    at = end;
  }
  if (!any)
    out.source.clear();
  return out;
}

std::shared_ptr<const pronunciations> read_pronunciations_file(const std::string& path,
                                                               std::string& why) {
  if (path.empty())
    return nullptr;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    why = "cannot read " + path;
    return nullptr;
  }
  std::string text(pronunciations_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > pronunciations_bytes_max) {
    why = path + " has more than " + std::to_string(pronunciations_bytes_max) + " bytes";
    return nullptr;
  }
  auto made = pronunciations::read(text, why);
  if (!made)
    why = path + ": " + why;
  return made;
}

} // namespace unpod
