// Where a call may be handed to. A pipe names the numbers it allows; none, when it names
// none: whatever an agent was talked into, it cannot dial out by itself. Pure.
//
//   allow = entry (' ' entry)*    entry = +14155550101 | +1415* (a beginning)
#pragma once

#include "messages/access.hpp"

#include <string>
#include <string_view>

namespace unpod {

/// E.164: '+', a country code that does not begin with 0, 2 to 15 digits.
inline bool is_phone_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0'
         && text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

/// Is this number, or a beginning of it, in the list?
inline bool is_allowed_number(std::string_view allow, std::string_view number) {
  if (has_word(allow, number))
    return true;
  for (auto size = number.size(); size > 1; --size)
    if (has_word(allow, std::string{number.substr(0, size)} + "*"))
      return true;
  return false;
}

/// Why this number is no target for a transfer, in words; empty: it is one.
inline std::string number_refusal(std::string_view allow, std::string_view number) {
  if (!is_phone_number(number))
    return "a call can be transferred to a number in E.164 only";
  if (!is_allowed_number(allow, number))
    return "the pipe does not allow transfers to this number (transfer_allowed_numbers, "
           "transfer_allowed_prefixes)";
  return {};
}

} // namespace unpod
