// Calling hours: what is a form of them, and when they open next, in any zone and on the
// days on which clocks are changed.
#define BOOST_TEST_MODULE calling_hours
#include <boost/test/unit_test.hpp>

#include "messages/calling_hours.hpp"

using namespace unpod;
using std::chrono::minutes;

namespace {

constexpr wall_ms hour = 3'600'000;
constexpr wall_ms day = 24 * hour;
constexpr wall_ms monday = 4 * day; // 1970-01-05, 00:00 UTC

calling_hours hours(const std::string& text) {
  std::string why;
  const auto read = read_calling_hours(text, why);
  BOOST_REQUIRE_MESSAGE(read, text << ": " << why);
  return *read;
}

wall_ms opens(const std::string& text, wall_ms now, minutes ahead = minutes{0}) {
  return next_open(hours(text), now, [&](wall_ms) { return ahead; });
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_no_form_of_hours_is_refused_in_words) {
  for (const auto* bad :
       {"", "daily", "09:00-18:00", "mon-fri 9:00-18:00", "mon-fri 09:00", "mon-fri 18:00-09:00",
        "mon-fri 09:00-09:00", "mon-fri 09:00-24:01", "someday 09:00-18:00", "mon, 09:00-18:00",
        "mon-fri 09:60-18:00", "daily 09:00-18:00 Europe/Berlin twice", "mon- 09:00-18:00"}) {
    std::string why;
    BOOST_TEST(!read_calling_hours(bad, why), bad);
    BOOST_TEST(why.rfind("must be like", 0) == 0u, bad);
  }
  BOOST_TEST(hours("fri-mon 09:00-24:00").days == 0b1110001);
  BOOST_TEST(hours("mon,wed 09:00-10:00 Asia/Kolkata").zone == "Asia/Kolkata");
}

BOOST_AUTO_TEST_CASE(open_hours_are_open_now) {
  BOOST_TEST(opens("mon-fri 09:00-18:00", monday + 9 * hour) == monday + 9 * hour);
  BOOST_TEST(opens("mon-fri 09:00-18:00", monday + 18 * hour - 1) == monday + 18 * hour - 1);
}

BOOST_AUTO_TEST_CASE(closed_hours_open_on_the_next_day_that_is_named) {
  BOOST_TEST(opens("mon-fri 09:00-18:00", monday) == monday + 9 * hour);
  BOOST_TEST(opens("mon-fri 09:00-18:00", monday + 18 * hour) == monday + day + 9 * hour);
  BOOST_TEST(opens("mon-fri 09:00-18:00", monday + 5 * day) == monday + 7 * day + 9 * hour);
  BOOST_TEST(opens("mon 09:00-18:00", monday + 20 * hour) == monday + 7 * day + 9 * hour);
}

BOOST_AUTO_TEST_CASE(the_day_is_the_callees) {
  // 20:00 UTC on Sunday is 01:30 on Monday in Kolkata.
  const auto now = monday - 4 * hour;
  BOOST_TEST(opens("mon 09:00-18:00", now, minutes{330}) == monday + 3 * hour + hour / 2);
  BOOST_TEST(opens("mon 01:00-02:00", now, minutes{330}) == now);
  BOOST_TEST(opens("sun 09:00-18:00", monday + hour, minutes{-480}) == monday + hour);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_changed_in_the_night_is_read_in_the_morning) {
  const auto changed = monday + 26 * hour; // two at night, one hour forward
  const auto ahead = [&](wall_ms at) { return minutes{at < changed ? 60 : 120}; };
  // Monday evening; Tuesday's nine o'clock is seven UTC by then.
  BOOST_TEST(next_open(hours("daily 09:00-18:00"), monday + 20 * hour, ahead)
             == monday + day + 7 * hour);
}
