// Splitting text into spoken words and counting how far two word lists are apart.
#include "adapters/peers/words.hpp"

#include <algorithm>
#include <map>

namespace unpod {

namespace {

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool of_a_word(char c) {
  return (c >= 'a' && c <= 'z') || c == '\'';
}

} // namespace

word_list spoken_words(std::string_view text) {
  word_list words;
  std::string word;
  for (const char raw : text) {
    if (const char c = lowered(raw); of_a_word(c)) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty())
    words.push_back(std::move(word));
  return words;
}

std::string joined(const word_list& words) {
  std::string text;
  for (const auto& word : words)
    text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string plain(std::string_view text) {
  return joined(spoken_words(text));
}

std::size_t word_errors(const word_list& expected, const word_list& heard) {
  std::vector<std::size_t> row(heard.size() + 1);
  for (std::size_t h = 0; h < row.size(); ++h)
    row[h] = h;
  for (std::size_t e = 1; e <= expected.size(); ++e) {
    std::size_t diagonal = row[0];
    row[0] = e;
    for (std::size_t h = 1; h < row.size(); ++h) {
      const auto replaced = diagonal + (expected[e - 1] == heard[h - 1] ? 0 : 1);
      diagonal = row[h];
      row[h] = std::min({row[h] + 1, row[h - 1] + 1, replaced});
    }
  }
  return row.back();
}

double word_overlap(const word_list& wanted, const word_list& said) {
  std::map<std::string, std::size_t> there;
  for (const auto& word : said)
    ++there[word];
  std::size_t found = 0;
  for (const auto& word : wanted)
    if (auto hit = there.find(word); hit != there.end() && hit->second > 0) {
      --hit->second;
      ++found;
    }
  return wanted.empty() ? 0.0 : static_cast<double>(found) / static_cast<double>(wanted.size());
}

} // namespace unpod
