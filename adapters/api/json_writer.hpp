// JSON objects written straight into one text, for answers of thousands of rows: what
// json_line (messages/json_line.hpp) makes for each of them alone would be most of the work.
#pragma once

#include "messages/iso_time.hpp"
#include "messages/json_line.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace unpod {

/// One object; its members in the order they are given. Names are literals of ours, which
/// need no escape.
class json_writer {
public:
  explicit json_writer(std::string& out) : out_(out) {
    out_ += '{';
  }

  template <std::size_t N>
  json_writer& text(const char (&key)[N], std::string_view value) {
    name(key, N - 1);
    append_json_quoted(out_, value);
    return *this;
  }

  /// Null when it is empty.
  template <std::size_t N>
  json_writer& text_or_null(const char (&key)[N], std::string_view value) {
    return value.empty() ? raw(key, "null") : text(key, value);
  }

  /// As text, since JavaScript's numbers have 53 bits; null for 0.
  template <std::size_t N>
  json_writer& id(const char (&key)[N], std::uint64_t value) {
    if (value == 0)
      return raw(key, "null");
    name(key, N - 1);
    out_ += '"';
    digits(value);
    out_ += '"';
    return *this;
  }

  template <std::size_t N, class Int, std::enable_if_t<std::is_integral_v<Int>, int> = 0>
  json_writer& whole(const char (&key)[N], Int value) {
    name(key, N - 1);
    digits(value);
    return *this;
  }

  /// To the thousandth, as json_line has it.
  template <std::size_t N>
  json_writer& number(const char (&key)[N], double value) {
    constexpr double exact_below = 1e12; // thousandths of it are still whole numbers
    if (!std::isfinite(value))
      return raw(key, "null");
    name(key, N - 1);
    if (std::fabs(value) >= exact_below) {
      char text[512]; // the largest double has 309 digits before the point
      const auto wrote = std::snprintf(text, sizeof text, "%.3f", value);
      out_.append(text, static_cast<std::size_t>(wrote));
      return *this;
    }
    const auto thousandths = std::llround(std::fabs(value) * 1'000);
    if (value < 0 && thousandths > 0)
      out_ += '-';
    digits(thousandths / 1'000);
    const auto rest = static_cast<int>(thousandths % 1'000);
    const char fraction[] = {'.', static_cast<char>('0' + rest / 100),
                             static_cast<char>('0' + rest / 10 % 10),
                             static_cast<char>('0' + rest % 10)};
    out_.append(fraction, sizeof fraction);
    return *this;
  }

  template <std::size_t N>
  json_writer& flag(const char (&key)[N], bool value) {
    return raw(key, value ? "true" : "false");
  }

  /// ISO 8601; null for 0.
  template <std::size_t N>
  json_writer& time(const char (&key)[N], wall_ms at) {
    if (at == 0)
      return raw(key, "null");
    name(key, N - 1);
    out_ += '"';
    out_ += iso_time(at);
    out_ += '"';
    return *this;
  }

  /// A value that is JSON already.
  template <std::size_t N>
  json_writer& raw(const char (&key)[N], std::string_view json) {
    name(key, N - 1);
    out_ += json;
    return *this;
  }

  void close() {
    out_ += '}';
  }

private:
  void name(const char* key, std::size_t bytes) {
    if (any_)
      out_ += ',';
    any_ = true;
    out_ += '"';
    out_.append(key, bytes);
    out_.append("\":", 2);
  }

  template <class Int>
  void digits(Int value) {
    char text[24];
    out_.append(
      text, static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text));
  }

  std::string& out_;
  bool any_ = false;
};

} // namespace unpod
