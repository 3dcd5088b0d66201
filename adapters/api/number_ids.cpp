#include "adapters/api/number_ids.hpp"

#include <charconv>

namespace unpod {

namespace {

constexpr std::size_t e164_digits_min = 2, e164_digits_max = 15;
constexpr std::size_t trunk_digits_max = 15;

/// Digits alone, the first of them not 0.
bool is_count(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && text.front() != '0'
         && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view without(std::string_view prefix, std::string_view text) {
  return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : text;
}

std::int64_t whole_of(std::string_view digits) {
  std::int64_t whole = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  return whole;
}

} // namespace

bool is_e164(std::string_view text) {
  return !text.empty() && text.front() == '+'
         && is_count(text.substr(1), e164_digits_min, e164_digits_max);
}

std::optional<std::string> number_of_id(std::string_view id) {
  const auto bare = without("NUM_", id);
  const auto number = "+" + std::string{bare.size() < id.size() ? bare : without("+", id)};
  return is_e164(number) ? std::optional{number} : std::nullopt;
}

std::string number_id_of(std::string_view number) {
  return "NUM_" + std::string{without("+", number)};
}

std::int64_t number_int_of(std::string_view number) {
  return is_e164(number) ? whole_of(number.substr(1)) : 0;
}

std::int64_t number_int_meant(std::string_view written) {
  const auto number = number_of_id(written);
  return number ? number_int_of(*number) : whole_of(written);
}

std::optional<std::string> trunk_of_id(std::string_view id) {
  const auto digits = without("TK_", id);
  if (!is_count(digits, 1, trunk_digits_max) || whole_of(digits) > trunk_int_max)
    return std::nullopt;
  return "TK_" + std::string{digits};
}

std::string trunk_id_of(std::int64_t whole) {
  return "TK_" + std::to_string(whole);
}

std::int64_t trunk_int_of(std::string_view id) {
  const auto known = trunk_of_id(id);
  return known ? whole_of(without("TK_", *known)) : 0;
}

} // namespace unpod
