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

/// A JSON string with its quotes; control characters escaped.
inline std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out += '"';
}

class json_line {
public:
  json_line& text(std::string_view key, std::string_view value) {
    return raw(key, json_quoted(value));
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
    if (!body_.empty())
      body_ += ',';
    body_ += json_quoted(key);
    body_ += ':';
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
    return "{" + body_ + "}";
  }

private:
  std::string body_;
};

} // namespace unpod
