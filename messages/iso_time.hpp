// Wall time as people and programs read it: ISO 8601 in UTC, to the millisecond.
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <ctime>
#include <string>

namespace unpod {

/// Writes a number over `count` digits of a text.
inline void put_digits(std::string& text, std::size_t at, std::size_t count, int number) {
  for (; count > 0; --count, number /= 10)
    text[at + count - 1] = static_cast<char>('0' + number % 10);
}

/// "2026-11-21T16:20:00.125Z"; empty for 0, which is no time. By hand: a list of a thousand
/// rows has two thousand of them.
inline std::string iso_time(wall_ms at) {
  if (at == 0)
    return {};
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 0, 4, utc.tm_year + 1900);
  put_digits(text, 5, 2, utc.tm_mon + 1);
  put_digits(text, 8, 2, utc.tm_mday);
  put_digits(text, 11, 2, utc.tm_hour);
  put_digits(text, 14, 2, utc.tm_min);
  put_digits(text, 17, 2, utc.tm_sec);
  put_digits(text, 20, 3, static_cast<int>(at % 1'000));
  return text;
}

} // namespace unpod
