#include "actors/english_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace unpod {

namespace {

using form = std::optional<english_form>;

constexpr std::array<std::string_view, 20> ones{
  "zero",     "one",     "two",     "three",     "four",     "five",    "six",
  "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
  "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> tens{"",      "",      "twenty",  "thirty", "forty",
                                                "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_word(char c) {
  return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
}
char lower(char c) {
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}
char at(std::string_view text, std::size_t place) {
  return place < text.size() ? text[place] : '\0';
}
std::string_view from(std::string_view text, std::size_t place,
                      std::size_t count = std::string_view::npos) {
  return text.substr(std::min(place, text.size()), count);
}
bool begins(std::string_view text, std::string_view what) {
  return text.size() >= what.size()
         && std::equal(what.begin(), what.end(), text.begin(),
                       [](char a, char b) { return lower(b) == a; });
}
/// Does `what` stand there as a word of its own?
bool is_there(std::string_view text, std::size_t place, std::string_view what) {
  return begins(from(text, place), what) && !is_word(at(text, place + what.size()));
}

std::size_t digits_at(std::string_view text, std::size_t place) {
  std::size_t count = 0;
  while (is_digit(at(text, place + count)))
    ++count;
  return count;
}

std::uint64_t value_of(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits)
    if (is_digit(c))
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

std::string one_by_one(std::string_view digits) {
  std::string words;
  for (const char c : digits)
    if (is_digit(c))
      words.append(words.empty() ? "" : " ").append(ones[static_cast<std::size_t>(c - '0')]);
  return words;
}

std::string below_thousand(std::uint64_t number) {
  std::string words;
  if (number >= 100) {
    words.append(ones[number / 100]).append(" hundred");
    number %= 100;
    if (number == 0)
      return words;
    words += " and ";
  }
  if (number < 20)
    return words.append(ones[number]);
  words.append(tens[number / 10]);
  if (number % 10 != 0)
    words.append("-").append(ones[number % 10]);
  return words;
}

/// A whole number as it is written, with its thousands parted by commas or not.
struct whole_number {
  std::size_t length = 0;
  std::string digits;

  std::string words() const {
    const bool coded = digits.size() > 1 && digits[0] == '0';
    return coded || digits.size() > english_digits_max ? one_by_one(digits)
                                                       : english_cardinal(value_of(digits));
  }
};

whole_number whole_at(std::string_view text, std::size_t place) {
  whole_number number;
  number.length = digits_at(text, place);
  number.digits = std::string{from(text, place, number.length)};
  if (number.length == 0 || number.length > 3)
    return number;
  while (at(text, place + number.length) == ','
         && digits_at(text, place + number.length + 1) == 3) {
    number.digits += text.substr(place + number.length + 1, 3);
    number.length += 4;
  }
  return number;
}

int month_named(std::string_view text, std::size_t place) {
  for (std::size_t n = 0; n < months.size(); ++n) {
    std::string name;
    for (const char c : months[n])
      name += lower(c);
    if (is_there(text, place, name) || (n != 4 && is_there(text, place, name.substr(0, 3))))
      return static_cast<int>(n) + 1;
  }
  return 0;
}

std::string date_words(std::uint64_t year, std::uint64_t month, std::uint64_t day) {
  return std::string{months[month - 1]} + " " + english_ordinal(day) + ", " + english_year(year);
}

// -- addresses of the web ----------------------------------------------------------------

bool is_address(char c) {
  return is_digit(c) || is_letter(c)
         || std::string_view{"-._~%/?#=&+@:,;!"}.find(c) != std::string_view::npos;
}

/// "example.com/a-b" as people say it.
std::string address_words(std::string_view address) {
  std::string words;
  for (const char c : address) {
    const std::string_view sign = c == '.'   ? " dot "
                                  : c == '/' ? " slash "
                                  : c == '-' ? " dash "
                                  : c == '_' ? " underscore "
                                  : c == '@' ? " at "
                                  : c == '+' ? " plus "
                                             : "";
    if (!sign.empty())
      words += sign;
    else if (is_digit(c))
      words.append(words.empty() || words.back() == ' ' ? "" : " ")
        .append(ones[static_cast<std::size_t>(c - '0')])
        .append(" ");
    else if (is_letter(c))
      words += c;
  }
  while (!words.empty() && words.back() == ' ')
    words.pop_back();
  std::string single;
  for (const char c : words)
    if (c != ' ' || (!single.empty() && single.back() != ' '))
      single += c;
  return single;
}

bool is_known_top(std::string_view label) {
  static constexpr std::array<std::string_view, 20> known{
    "com", "org", "net", "io", "ai", "co", "dev",  "app", "edu", "gov",
    "uk",  "in",  "de",  "fr", "eu", "us", "info", "biz", "ca",  "au"};
  return std::any_of(known.begin(), known.end(), [&](std::string_view one) {
    return label.size() == one.size() && begins(label, one);
  });
}

form web_address(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_address(text[length]))
    ++length;
  while (length > 0 && std::string_view{".,;:!?-"}.find(text[length - 1]) != std::string_view::npos)
    --length;
  auto address = text.substr(0, length);
  const bool whole = begins(address, "http://") || begins(address, "https://");
  if (whole)
    address.remove_prefix(address.find("//") + 2);
  const bool www = begins(address, "www.");
  if (www)
    address.remove_prefix(4);
  address = address.substr(0, address.find_first_of("?#"));
  while (!address.empty() && address.back() == '/')
    address.remove_suffix(1);
  const auto host = address.substr(0, address.find_first_of("/:"));
  const auto dot = host.rfind('.');
  const bool named = dot != std::string_view::npos && dot > 0
                     && host.find("..") == std::string_view::npos
                     && is_known_top(host.substr(dot + 1));
  const auto mail = host.find('@');
  const bool letter = mail != std::string_view::npos && mail > 0 && dot != std::string_view::npos
                      && dot > mail + 1 && dot + 1 < host.size();
  if (address.empty() || !(whole || www || named || letter))
    return std::nullopt;
  return english_form{length, address_words(address)};
}

// -- telephone numbers -------------------------------------------------------------------

/// 10 to 15 digits with a plus in front or something between them, or seven as 555-1234.
form telephone(std::string_view text) {
  constexpr std::size_t digits_min = 10, digits_max = 15;
  std::vector<std::string> groups;
  std::size_t place = 0, end = 0, digits = 0;
  const bool plus = at(text, 0) == '+';
  place += plus ? 1 : 0;
  while (place < text.size() && groups.size() < digits_max) {
    const bool bracket = text[place] == '(';
    const auto count = digits_at(text, place + (bracket ? 1 : 0));
    if (count == 0 || (bracket && at(text, place + 1 + count) != ')'))
      break;
    groups.emplace_back(text.substr(place + (bracket ? 1 : 0), count));
    digits += count;
    place += count + (bracket ? 2 : 0);
    end = place;
    if (at(text, place) == ' ' || at(text, place) == '-' || at(text, place) == '.')
      ++place;
  }
  const bool local =
    groups.size() == 2 && groups[0].size() == 3 && groups[1].size() == 4 && at(text, 3) == '-';
  const bool longer = digits >= digits_min && digits <= digits_max && (plus || groups.size() > 2);
  if ((!local && !longer) || is_word(at(text, end)))
    return std::nullopt;
  std::string words = plus ? "plus " : "";
  for (std::size_t n = 0; n < groups.size(); ++n)
    words.append(n == 0 ? "" : ", ").append(one_by_one(groups[n]));
  return english_form{end, words};
}

// -- dates and times ---------------------------------------------------------------------

form date(std::string_view text, bool day_first) {
  const auto first = digits_at(text, 0);
  const char sign = at(text, first);
  if (first == 0 || first > 4 || (sign != '-' && sign != '/'))
    return std::nullopt;
  const auto second = digits_at(text, first + 1);
  const auto third_at = first + 1 + second + 1;
  const auto third = digits_at(text, third_at);
  if (second == 0 || second > 2 || at(text, third_at - 1) != sign
      || is_word(at(text, third_at + third)))
    return std::nullopt;
  const auto a = value_of(text.substr(0, first)), b = value_of(from(text, first + 1, second)),
             c = value_of(from(text, third_at, third));
  const auto length = third_at + third;
  const auto fits = [](std::uint64_t month, std::uint64_t day) {
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
  };
  if (first == 4 && third >= 1 && third <= 2 && fits(b, c))
    return english_form{length, date_words(a, b, c)};
  if (first > 2 || third != 4 || sign != '/')
    return std::nullopt;
  const bool swap = fits(a, b) && fits(b, a) ? day_first : !fits(a, b);
  if (!fits(swap ? b : a, swap ? a : b))
    return std::nullopt;
  return english_form{length, swap ? date_words(c, b, a) : date_words(c, a, b)};
}

/// "a.m.", "PM" at or after a blank; how long, and how it is said.
form half_of_day(std::string_view text, std::size_t place) {
  const auto blank = at(text, place) == ' ' ? 1U : 0U;
  const auto rest = from(text, place + blank);
  const char half = lower(at(rest, 0));
  if (half != 'a' && half != 'p')
    return std::nullopt;
  const bool dotted = begins(from(rest, 1), ".m.");
  if (!dotted && (!begins(from(rest, 1), "m") || is_word(at(rest, 2))))
    return std::nullopt;
  // The last dot may end the sentence, and stays.
  return english_form{blank + (dotted ? 3U : 2U), half == 'a' ? "a m" : "p m"};
}

form time_of_day(std::string_view text) {
  const auto hours = digits_at(text, 0);
  if (hours == 0 || hours > 2)
    return std::nullopt;
  const auto hour = value_of(text.substr(0, hours));
  if (const auto half = half_of_day(text, hours); half && hour >= 1 && hour <= 12)
    return english_form{hours + half->length, english_cardinal(hour) + " " + half->words};
  if (at(text, hours) != ':' || digits_at(text, hours + 1) != 2 || hour > 24)
    return std::nullopt;
  auto length = hours + 3;
  const auto minute = value_of(text.substr(hours + 1, 2));
  if (minute > 59 || at(text, length) == ':' || is_word(at(text, length)))
    return std::nullopt;
  auto words = english_cardinal(hour);
  const auto half = half_of_day(text, length);
  if (minute == 0)
    words += half ? "" : hour <= 12 && hour > 0 ? " o'clock" : " hundred";
  else
    words += (minute < 10 ? " oh " : " ") + english_cardinal(minute);
  if (half) {
    words += " " + half->words;
    length += half->length;
  }
  return english_form{length, words};
}

// -- money -------------------------------------------------------------------------------

struct currency {
  std::string_view sign, one, many, small_one, small_many;
};
constexpr std::array<currency, 5> currencies{{
  {"$", "dollar", "dollars", "cent", "cents"},
  {"£", "pound", "pounds", "penny", "pence"},
  {"€", "euro", "euros", "cent", "cents"},
  {"₹", "rupee", "rupees", "paisa", "paise"},
  {"¥", "yen", "yen", "sen", "sen"},
}};

form money(std::string_view text) {
  for (const auto& kind : currencies) {
    if (text.substr(0, kind.sign.size()) != kind.sign)
      continue;
    const auto whole = whole_at(text, kind.sign.size());
    auto length = kind.sign.size() + whole.length;
    if (whole.length == 0)
      return std::nullopt;
    auto words = whole.words();
    const auto cents = at(text, length) == '.' ? digits_at(text, length + 1) : 0;
    const auto small = value_of(from(text, length + 1, cents));
    for (const std::string_view size : {" thousand", " million", " billion", " trillion"})
      if (is_there(text, length + (cents > 0 ? cents + 1 : 0), size)) {
        if (cents > 0)
          words += " point " + one_by_one(text.substr(length + 1, cents));
        length += (cents > 0 ? cents + 1 : 0) + size.size();
        return english_form{length, words.append(size).append(" ").append(kind.many)};
      }
    words.append(" ").append(whole.digits == "1" ? kind.one : kind.many);
    if (cents == 2) {
      length += 3;
      if (small > 0)
        words.append(" and ")
          .append(english_cardinal(small))
          .append(" ")
          .append(small == 1 ? kind.small_one : kind.small_many);
    }
    return english_form{length, words};
  }
  return std::nullopt;
}

// -- numbers -----------------------------------------------------------------------------

bool precedes_a_year(std::string_view before) {
  static constexpr std::array<std::string_view, 8> known{"in",    "since", "by",   "of",
                                                         "until", "from",  "year", "before"};
  return std::find(known.begin(), known.end(), before) != known.end()
         || (!before.empty() && month_named(before, 0) != 0);
}

/// What follows the digits makes it something else than a number of things.
form with_suffix(std::string_view text, const whole_number& whole, std::string_view before) {
  const auto value = value_of(whole.digits);
  const bool sayable = whole.digits.size() <= english_digits_max;
  for (const std::string_view end : {"st", "nd", "rd", "th"})
    if (sayable && is_there(text, whole.length, end))
      return english_form{whole.length + 2, english_ordinal(value)};
  const bool day = whole.length <= 2 && value >= 1 && value <= 31;
  if (day && !before.empty() && month_named(before, 0) != 0)
    return english_form{whole.length, english_ordinal(value)};
  if (day && at(text, whole.length) == ' ' && month_named(text, whole.length + 1) != 0)
    return english_form{whole.length,
                        (before == "the" ? "" : "the ") + english_ordinal(value) + " of"};
  if (whole.length == 4 && value >= 1'100 && value <= 2'099 && precedes_a_year(before))
    return english_form{4, english_year(value)};
  return std::nullopt;
}

form number(std::string_view text, std::string_view before) {
  const auto whole = whole_at(text, 0);
  if (whole.length == 0)
    return std::nullopt;
  if (auto special = with_suffix(text, whole, before))
    return special;
  auto length = whole.length;
  auto words = whole.words();
  while (at(text, length) == '.' && is_digit(at(text, length + 1))) { // 3.14, or 1.2.3
    const auto digits = digits_at(text, length + 1);
    words += " point " + one_by_one(text.substr(length + 1, digits));
    length += 1 + digits;
  }
  if (at(text, length) == '%') {
    ++length;
    words += " percent";
  } else if (is_word(at(text, length)) && !begins(from(text, length), "°")) {
    return std::nullopt; // 5G, 3D, 10kg: voices know them
  } else if (const auto more = whole_at(text, length + 1);
             at(text, length) == '-' && more.length > 0
             && !is_word(at(text, length + 1 + more.length))
             && at(text, length + 1 + more.length) != '-') {
    words += " to " + more.words();
    length += 1 + more.length;
  } else if (at(text, length) == '/' && more.length > 0
             && !is_word(at(text, length + 1 + more.length))) {
    const bool always = whole.digits == "24" && more.digits == "7";
    words += (always ? " " : " over ") + more.words();
    length += 1 + more.length;
  }
  if (begins(from(text, length), "°c") || begins(from(text, length), "°f")) {
    words += lower(text[length + 2]) == 'c' ? " degrees Celsius" : " degrees Fahrenheit";
    length += 3;
  }
  return english_form{length, words};
}

} // namespace

std::string english_cardinal(std::uint64_t number) {
  static constexpr std::array<std::string_view, 6> sizes{"",         " thousand", " million",
                                                         " billion", " trillion", " quadrillion"};
  if (number < 1'000)
    return below_thousand(number);
  std::string words;
  std::uint64_t unit = 1'000;
  std::size_t size = 1;
  while (number / unit >= 1'000 && size + 1 < sizes.size()) {
    unit *= 1'000;
    ++size;
  }
  for (; size > 0; --size, unit /= 1'000)
    if (const auto part = number / unit % 1'000; part > 0)
      words.append(words.empty() ? "" : " ").append(below_thousand(part)).append(sizes[size]);
  if (const auto rest = number % 1'000; rest > 0)
    words.append(rest < 100 ? " and " : " ").append(below_thousand(rest));
  return words;
}

std::string english_ordinal(std::uint64_t number) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> odd{
    {{"one", "first"},
     {"two", "second"},
     {"three", "third"},
     {"five", "fifth"},
     {"eight", "eighth"},
     {"nine", "ninth"},
     {"twelve", "twelfth"}}};
  auto words = english_cardinal(number);
  const auto last = words.find_last_of(" -");
  const auto begin = last == std::string::npos ? 0 : last + 1;
  const auto word = words.substr(begin);
  for (const auto& [plain, counted] : odd)
    if (word == plain)
      return words.replace(begin, std::string::npos, counted);
  if (word.back() == 'y')
    return words.replace(words.size() - 1, 1, "ieth");
  return words + "th";
}

std::string english_year(std::uint64_t year) {
  const auto rest = year % 100;
  if (year < 1'100 || year > 2'099 || (year >= 2'000 && year < 2'010))
    return english_cardinal(year);
  const auto century = english_cardinal(year / 100);
  if (rest == 0)
    return century + " hundred";
  return century + (rest < 10 ? " oh " : " ") + english_cardinal(rest);
}

std::optional<english_form> english_form_of(std::string_view text, std::string_view before,
                                            bool day_first) {
  const char first = at(text, 0);
  if (is_letter(first))
    return web_address(text);
  if (first == '#' && is_digit(at(text, 1))) {
    auto counted = number(text.substr(1), before);
    if (counted)
      *counted = {counted->length + 1, "number " + counted->words};
    return counted;
  }
  if (first == '&' && at(text, 1) == ' ')
    return english_form{1, "and"};
  if (first == '+' || first == '(')
    return telephone(text);
  if (!is_digit(first))
    return money(text);
  for (auto found : {date(text, day_first), telephone(text), time_of_day(text)})
    if (found)
      return found;
  return number(text, before);
}

} // namespace unpod
