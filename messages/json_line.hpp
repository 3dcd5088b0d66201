// One flat JSON object as text, for what actors write down (journal, ledger,
// metadata). Writing only: nothing here reads JSON.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace unpod {

/// Appends a JSON string with its quotes; control characters escaped.
inline void append_json_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0; // what is plain is copied in one go
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20)
      continue;
    out.append(text, from, at - from);
    from = at + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    }
  }
  out.append(text, from);
  out += '"';
}

/// The same as a string of its own.
inline std::string json_quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_json_quoted(out, text);
  return out;
}

class json_line {
public:
  json_line& text(std::string_view key, std::string_view value) {
    name(key);
    append_json_quoted(body_, value);
    return *this;
  }

  template <class Int, std::enable_if_t<std::is_integral_v<Int>, int> = 0>
  json_line& whole(std::string_view key, Int value) {
    return raw(key, std::to_string(value));
  }

  /// Milliseconds and the like, to the microsecond.
  json_line& number(std::string_view key, double value) {
    if (!std::isfinite(value))
      return raw(key, "null");
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.3f", value);
    return raw(key, digits);
  }

  json_line& flag(std::string_view key, bool value) {
    return raw(key, value ? "true" : "false");
  }

  /// A value that is JSON already.
  json_line& raw(std::string_view key, std::string_view json) {
    name(key);
    body_ += json;
    return *this;
  }

  /// Takes over the members of an object that is JSON already.
  json_line& members_of(std::string_view object) {
    const auto open = object.find('{');
    const auto close = object.rfind('}');
    if (open == std::string_view::npos || close == std::string_view::npos || close <= open + 1)
      return *this;
    const auto inside = object.substr(open + 1, close - open - 1);
    if (inside.find_first_not_of(" \t\r\n") == std::string_view::npos)
      return *this;
    if (!body_.empty())
      body_ += ',';
    body_ += inside;
    return *this;
  }

  std::string str() const {
    std::string all;
    all.reserve(body_.size() + 2);
    return all.append(1, '{').append(body_).append(1, '}');
  }

private:
  void name(std::string_view key) {
    if (!body_.empty())
      body_ += ',';
    append_json_quoted(body_, key);
    body_ += ':';
  }

  std::string body_;
};

} // namespace unpod
