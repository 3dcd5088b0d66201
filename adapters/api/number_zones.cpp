// Countries with one zone for all their people, by their calling codes (ITU-T E.164). Those
// whose numbers do not tell a zone are left out on purpose: North America (+1), Russia and
// Kazakhstan (+7), Mexico (+52), Chile (+56), Brazil (+55), Australia (+61), Indonesia (+62),
// Mongolia (+976), both Congos, Ecuador, Kiribati, Micronesia and the like.
#include "adapters/api/number_zones.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace unpod {

namespace {

using zone_row = std::pair<std::string_view, std::string_view>;

/// No code is the beginning of another.
constexpr std::array<zone_row, 63> zones{{
  {"20", "Africa/Cairo"},
  {"212", "Africa/Casablanca"},
  {"213", "Africa/Algiers"},
  {"216", "Africa/Tunis"},
  {"221", "Africa/Dakar"},
  {"233", "Africa/Accra"},
  {"234", "Africa/Lagos"},
  {"250", "Africa/Kigali"},
  {"251", "Africa/Addis_Ababa"},
  {"254", "Africa/Nairobi"},
  {"255", "Africa/Dar_es_Salaam"},
  {"256", "Africa/Kampala"},
  {"260", "Africa/Lusaka"},
  {"263", "Africa/Harare"},
  {"27", "Africa/Johannesburg"},
  {"30", "Europe/Athens"},
  {"31", "Europe/Amsterdam"},
  {"32", "Europe/Brussels"},
  {"33", "Europe/Paris"},
  {"353", "Europe/Dublin"},
  {"354", "Atlantic/Reykjavik"},
  {"356", "Europe/Malta"},
  {"357", "Asia/Nicosia"},
  {"358", "Europe/Helsinki"},
  {"359", "Europe/Sofia"},
  {"36", "Europe/Budapest"},
  {"370", "Europe/Vilnius"},
  {"371", "Europe/Riga"},
  {"372", "Europe/Tallinn"},
  {"380", "Europe/Kyiv"},
  {"385", "Europe/Zagreb"},
  {"386", "Europe/Ljubljana"},
  {"39", "Europe/Rome"},
  {"40", "Europe/Bucharest"},
  {"41", "Europe/Zurich"},
  {"420", "Europe/Prague"},
  {"421", "Europe/Bratislava"},
  {"43", "Europe/Vienna"},
  {"44", "Europe/London"},
  {"45", "Europe/Copenhagen"},
  {"46", "Europe/Stockholm"},
  {"47", "Europe/Oslo"},
  {"48", "Europe/Warsaw"},
  {"49", "Europe/Berlin"},
  {"51", "America/Lima"},
  {"54", "America/Argentina/Buenos_Aires"},
  {"57", "America/Bogota"},
  {"60", "Asia/Kuala_Lumpur"},
  {"63", "Asia/Manila"},
  {"65", "Asia/Singapore"},
  {"66", "Asia/Bangkok"},
  {"81", "Asia/Tokyo"},
  {"82", "Asia/Seoul"},
  {"84", "Asia/Ho_Chi_Minh"},
  {"852", "Asia/Hong_Kong"},
  {"86", "Asia/Shanghai"},
  {"880", "Asia/Dhaka"},
  {"886", "Asia/Taipei"},
  {"90", "Europe/Istanbul"},
  {"91", "Asia/Kolkata"},
  {"92", "Asia/Karachi"},
  {"94", "Asia/Colombo"},
  {"966", "Asia/Riyadh"},
}};

} // namespace

std::string zone_of_number(std::string_view e164) {
  if (e164.empty() || e164.front() != '+')
    return {};
  const auto digits = e164.substr(1);
  const auto found = std::find_if(zones.begin(), zones.end(), [&](const zone_row& row) {
    return digits.substr(0, row.first.size()) == row.first;
  });
  return found == zones.end() ? std::string{} : std::string{found->second};
}

} // namespace unpod
