#include "adapters/api/trace_text.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"
#include "messages/log_book.hpp"

#include <algorithm>
#include <string_view>

namespace unpod {

namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Of a word outside quotes: "speak_text", "0.5", "12us".
bool is_in_word(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.'
         || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Ids that this node makes; those of numbers are not among them: they are telephone numbers.
bool is_id(std::string_view text) {
  static constexpr std::string_view prefixes[] = {"SCL_", "PIPE_", "JOB_", "WRK_", "WHK_",
                                                  "DLV_", "ABK_",  "VP_",  "PRJ_"};
  constexpr std::size_t id_bytes_max = 40;
  return text.size() <= id_bytes_max
         && std::any_of(std::begin(prefixes), std::end(prefixes),
                        [&](auto prefix) { return text.substr(0, prefix.size()) == prefix; })
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return is_in_word(c) && c != '.' && (c & 0x80) == 0; });
}

/// A number, a span of time, yes or no, or the name of one of our types, which has a bar in it
/// and an open bracket behind it.
bool is_plain(std::string_view word, char next) {
  static constexpr std::string_view units[] = {"", "ns", "us", "ms", "s", "min", "h", "d"};
  if (word == "true" || word == "false")
    return true;
  const auto rest = word.find_first_not_of("0123456789.");
  if (is_digit(word.front()))
    return std::find(std::begin(units), std::end(units), rest == word.npos ? "" : word.substr(rest))
           != std::end(units);
  return next == '(' && word.find('_') != word.npos
         && std::all_of(word.begin(), word.end(),
                        [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

std::string length_of(std::size_t bytes) {
  return "<" + std::to_string(bytes) + " bytes>";
}

/// Past the quote that ends the text which begins at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return std::min(at + 1, text.size());
}

} // namespace

std::string shown_fields(const std::string& text, bool words) {
  constexpr std::string_view empty_secret = "***()"; // as CAF prints one
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at + 1;
    if (text.compare(at, empty_secret.size(), empty_secret) == 0) {
      shown += "***";
      end = at + empty_secret.size();
    } else if (words) {
      shown += text[at];
    } else if (text[at] == '"') {
      end = end_of_quoted(text, at);
      const auto inside = std::string_view{text}.substr(at + 1, end - at - 1);
      const auto said = inside.substr(0, inside.rfind('"'));
      shown +=
        said.empty() || is_id(said) ? "\"" + std::string{said} + "\"" : length_of(said.size());
    } else if (is_in_word(text[at])) {
      while (end < text.size() && is_in_word(text[end]))
        ++end;
      const auto word = std::string_view{text}.substr(at, end - at);
      shown += is_plain(word, end < text.size() ? text[end] : '\0') ? std::string{word}
                                                                    : length_of(word.size());
    } else {
      shown += text[at];
    }
    at = end;
  }
  return words ? masked_secrets(std::move(shown)) : shown;
}

std::string trace_json(const traced_message& seen, const trace_view& view, wall_ms at) {
  constexpr double us_in_ms = 1'000;
  return json_line{}
    .text("what", "message")
    .raw("at", json_time(at))
    .number("after_ms", static_cast<double>((seen.at - view.began).count() / 1'000) / us_in_ms)
    .text("way", seen.receiver == view.about ? "in" : "out")
    .text("receiver", std::to_string(seen.receiver))
    .raw("receiver_name", json_or_null(view.receiver))
    .raw("sender", seen.sender == 0 ? "null" : json_quoted(std::to_string(seen.sender)))
    .raw("sender_name", json_or_null(view.sender))
    .text("type", seen.type)
    .whole("bytes", seen.bytes)
    .text("fields", shown_fields(seen.text, view.words))
    .str();
}

} // namespace unpod
