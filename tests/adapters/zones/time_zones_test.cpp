// The system's time zones: where clocks stand, on both sides of the day they are changed.
#define BOOST_TEST_MODULE time_zones
#include <boost/test/unit_test.hpp>

#include "adapters/zones/time_zones.hpp"

using namespace unpod;

namespace {

constexpr wall_ms january = 1'768'478'400'000; // 2026-01-15, 12:00 UTC
constexpr wall_ms july = 1'784'116'800'000;    // 2026-07-15, 12:00 UTC

std::int64_t minutes_ahead(const std::string& zone, wall_ms at) {
  const auto found = system_zones()(zone, at);
  BOOST_REQUIRE_MESSAGE(found, zone);
  return found->count();
}

} // namespace

BOOST_AUTO_TEST_CASE(clocks_stand_where_they_are_said_to) {
  BOOST_TEST(minutes_ahead("Europe/Berlin", january) == 60);
  BOOST_TEST(minutes_ahead("Europe/Berlin", july) == 120);
  BOOST_TEST(minutes_ahead("Asia/Kolkata", july) == 330);
  BOOST_TEST(minutes_ahead("America/New_York", january) == -300);
  BOOST_TEST(minutes_ahead("America/New_York", july) == -240);
  BOOST_TEST(minutes_ahead("Australia/Sydney", january) == 660);
}

BOOST_AUTO_TEST_CASE(what_is_no_zone_has_no_clock) {
  for (const std::string bad :
       {"", "Mars/North", "../../etc/passwd", "/etc/passwd", "Europe/Berlin ", "europe"})
    BOOST_TEST(!system_zones()(bad, july).has_value(), bad);
  BOOST_TEST(!system_zones()(std::string(10'000, 'A'), july).has_value());
}
