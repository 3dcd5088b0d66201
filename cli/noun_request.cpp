#include "cli/noun_request.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod::cli {

namespace {

/// RFC 3986 §2.3, and '+', which begins a number and means itself in a path.
bool may_stand(unsigned char c, bool in_query) {
  constexpr std::string_view marks = "-._~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
         || marks.find(static_cast<char>(c)) != marks.npos || (c == '+' && !in_query);
}

std::string encoded(const std::string& text, bool in_query) {
  constexpr const char* digits = "0123456789ABCDEF";
  std::string out;
  for (const auto byte : text) {
    const auto c = static_cast<unsigned char>(byte);
    if (may_stand(c, in_query))
      out += byte;
    else
      out += {'%', digits[c >> 4], digits[c & 15]};
  }
  return out;
}

/// "a,b" "c" -> a b c
std::vector<std::string> parted(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const auto& word : words)
    for (std::size_t at = 0; at <= word.size();) {
      const auto end = std::min(word.find(',', at), word.size());
      if (end > at)
        out.push_back(word.substr(at, end - at));
      at = end + 1;
    }
  return out;
}

std::string digits_of(const std::string& word) {
  std::string digits;
  std::copy_if(word.begin(), word.end(), std::back_inserter(digits),
               [](unsigned char c) { return c >= '0' && c <= '9'; });
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? "0" : digits;
}

template <class Shape>
std::string json_array(const std::vector<std::string>& words, Shape shape) {
  std::string all;
  for (const auto& word : words)
    all += (all.empty() ? "" : ",") + shape(word);
  return "[" + all + "]";
}

/// A text file ends with a line break that is not meant.
std::string without_last_break(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

/// The field as JSON; nothing, and words, when its file can't be read.
std::optional<std::string> json_of(const field& one, const typed_words& words,
                                   const input_reader& read, std::string& why) {
  const auto& name = one.typed.name;
  const auto typed = words.text(name);
  switch (one.kind) {
    case becomes::whole:
      return std::to_string(words.whole(name));
    case becomes::yes:
      return "true";
    case becomes::no:
      return "false";
    case becomes::words:
      return json_array(parted(words.all(name)), [](auto& word) { return json_quoted(word); });
    case becomes::numbers:
      return json_array(parted(words.all(name)), digits_of);
    case becomes::object:
      if (const auto first = typed.find_first_not_of(" \t\n");
          first != typed.npos && (typed[first] == '{' || typed[first] == '['))
        return typed;
      return read(typed, why);
    case becomes::file:
      if (const auto content = read(typed, why))
        return json_quoted(without_last_break(*content));
      return std::nullopt;
    default:
      return json_quoted(typed);
  }
}

bool in_query(const noun_verb& verb) {
  return verb.method == "GET" || verb.method == "DELETE";
}

bool takes_body(const noun_verb& verb) {
  return !in_query(verb)
         && std::any_of(verb.fields.begin(), verb.fields.end(),
                        [](const field& one) { return one.kind != becomes::place; });
}

/// A switch says "true" in a query; everything else is what was typed.
std::string query_word(const field& one, const typed_words& words) {
  if (one.kind == becomes::yes || one.kind == becomes::no)
    return one.kind == becomes::yes ? "true" : "false";
  return words.text(one.typed.name);
}

/// "adapters.http=debug" for "room=level".
bool fill_pair(const field& one, const typed_words& words, node_question& into, std::string& why) {
  const auto typed = words.text(one.typed.name);
  const auto here = typed.find('='), there = one.member.find('=');
  if (here == typed.npos) {
    why = one.typed.name + " is written with a =, not \"" + typed + "\"";
    return false;
  }
  into.members.push_back({one.member.substr(0, there), json_quoted(typed.substr(0, here)), false});
  into.members.push_back(
    {one.member.substr(there + 1), json_quoted(typed.substr(here + 1)), false});
  return true;
}

bool fill_body(const field& one, const typed_words& words, const input_reader& read,
               node_question& into, std::string& why) {
  const auto& name = one.typed.name;
  if (one.kind == becomes::body) {
    const auto content = read(words.text(name), why);
    if (content)
      into.body = content->empty() ? " " : *content; // an empty file is no JSON either
    return content.has_value();
  }
  if (one.kind == becomes::pair)
    return fill_pair(one, words, into, why);
  auto json = json_of(one, words, read, why);
  if (json)
    into.members.push_back({one.member, std::move(*json), words.is_fallback(name)});
  return json.has_value();
}

} // namespace

std::string filled_in(std::string text, const typed_words& words, const plain_value& answer) {
  for (auto at = text.find('{'); at != text.npos;) {
    const auto end = text.find('}', at);
    const auto name = text.substr(at + 1, end - at - 1);
    const auto* member = answer.find(name);
    const auto word = words.has(name) ? words.text(name) : member ? member->text : "unknown";
    text.replace(at, end - at + 1, word);
    at = text.find('{', at + word.size());
  }
  return text;
}

bool question_of(const noun_verb& verb, const typed_words& words, const input_reader& read,
                 node_question& into, std::string& why) {
  into.method = verb.method;
  into.path = verb.path;
  std::string query;
  for (const auto& one : verb.fields) {
    const auto& name = one.typed.name;
    if (!words.has(name))
      continue;
    if (one.kind == becomes::place) {
      const auto word = encoded(words.text(name), false);
      if (word.empty()) {
        why = name + " is empty";
        return false;
      }
      const auto mark = "{" + name + "}";
      into.path.replace(into.path.find(mark), mark.size(), word);
    } else if (in_query(verb)) {
      const bool first = query.empty() && into.path.find('?') == into.path.npos;
      query += (first ? "?" : "&") + one.member + "=" + encoded(query_word(one, words), true);
    } else if (!fill_body(one, words, read, into, why)) {
      return false;
    }
  }
  into.path += query;
  if (takes_body(verb) && into.body.empty() && into.members.empty())
    into.body = "{}"; // so that the node says what is missing
  return true;
}

} // namespace unpod::cli
