#include "messages/calling_hours.hpp"

#include <array>
#include <sstream>

namespace unpod {

namespace {

constexpr std::size_t text_bytes_max = 128;
constexpr std::array<const char*, 7> day_names{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr wall_ms minute_ms = 60'000;
constexpr wall_ms day_ms = 24 * 60 * minute_ms;

std::optional<std::size_t> day_of(const std::string& name) {
  for (std::size_t day = 0; day < day_names.size(); ++day)
    if (name == day_names[day])
      return day;
  return std::nullopt;
}

/// "mon-fri", "sat", "fri-mon": a week has no end.
bool add_days(const std::string& part, std::uint8_t& days) {
  const auto dash = part.find('-');
  const auto first = day_of(part.substr(0, dash));
  const auto last = dash == std::string::npos ? first : day_of(part.substr(dash + 1));
  if (!first || !last)
    return false;
  for (auto day = *first;; day = (day + 1) % day_names.size()) {
    days = static_cast<std::uint8_t>(days | (1u << day));
    if (day == *last)
      return true;
  }
}

bool read_days(const std::string& text, std::uint8_t& days) {
  if (text == "daily") {
    days = 0x7f;
    return true;
  }
  std::istringstream parts{text};
  std::string part;
  bool good = !text.empty() && text.back() != ',';
  while (good && std::getline(parts, part, ','))
    good = add_days(part, days);
  return good;
}

std::optional<std::chrono::minutes> read_time(const std::string& text) {
  if (text.size() != 5 || text[2] != ':')
    return std::nullopt;
  for (const auto at : {0, 1, 3, 4})
    if (text[at] < '0' || text[at] > '9')
      return std::nullopt;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (minutes > 59 || hours > 24 || (hours == 24 && minutes > 0))
    return std::nullopt;
  return std::chrono::minutes{hours * 60 + minutes};
}

wall_ms floor_day(wall_ms at) {
  const auto past = at % day_ms;
  return at - (past < 0 ? past + day_ms : past);
}

bool is_day_of(const calling_hours& hours, wall_ms midnight) {
  // 1970-01-01 was a Thursday.
  const auto day = ((midnight / day_ms + 3) % 7 + 7) % 7;
  return (hours.days >> day & 1) != 0;
}

} // namespace

std::optional<calling_hours> read_calling_hours(const std::string& text, std::string& why) {
  why = "must be like 'mon-fri 09:00-18:00', or with a zone: 'daily 10:00-20:00 Europe/Berlin'";
  if (text.size() > text_bytes_max)
    return std::nullopt;
  std::istringstream words{text};
  std::string days, span, zone, more;
  words >> days >> span >> zone >> more;
  calling_hours hours;
  const auto dash = span.find('-');
  const auto from = read_time(span.substr(0, dash));
  const auto to = dash == std::string::npos ? std::nullopt : read_time(span.substr(dash + 1));
  if (!more.empty() || !read_days(days, hours.days) || !from || !to || *to <= *from)
    return std::nullopt;
  hours.from = *from;
  hours.to = *to;
  hours.zone = zone;
  why.clear();
  return hours;
}

wall_ms next_open(const calling_hours& hours, wall_ms now,
                  const std::function<std::chrono::minutes(wall_ms at)>& ahead) {
  const auto ahead_ms = [&](wall_ms at) { return ahead(at).count() * minute_ms; };
  const auto local = now + ahead_ms(now);
  const auto today = floor_day(local);
  if (is_day_of(hours, today) && local >= today + hours.from.count() * minute_ms
      && local < today + hours.to.count() * minute_ms)
    return now;
  for (int days = 0; days <= 7; ++days) {
    const auto midnight = today + days * day_ms;
    const auto opens = midnight + hours.from.count() * minute_ms;
    if (!is_day_of(hours, midnight))
      continue;
    // The offset of that morning, which the clocks may have changed before.
    const auto at = opens - ahead_ms(opens - ahead_ms(now));
    if (at > now)
      return at;
  }
  return now + day_ms; // not reached: some day of a week is open
}

} // namespace unpod
