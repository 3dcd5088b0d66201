// Buckets that fill with time, tables of them that stay small, and what counts as one
// asker.
#define BOOST_TEST_MODULE brakes
#include <boost/test/unit_test.hpp>

#include "runtime/brakes.hpp"

using namespace unpod;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_bucket_gives_its_burst_then_its_rate) {
  token_bucket bucket{{2, 3}, 10s};
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(bucket.take(10s).count() == 0);
  BOOST_TEST(bucket.take(10s).count() == 500);
  BOOST_TEST(bucket.take(10s + 400ms).count() == 100); // asking costs nothing
  BOOST_TEST(bucket.take(10s + 500ms).count() == 0);
  BOOST_TEST(bucket.take(10s + 500ms).count() == 500);
  BOOST_TEST(bucket.wait(20s).count() == 0);
  for (int i = 0; i < 3; ++i) // never more than the burst
    BOOST_TEST(bucket.take(20s).count() == 0);
  BOOST_TEST(bucket.take(20s).count() == 500);
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing) {
  token_bucket bucket{{1, 1}, 10s};
  BOOST_TEST(bucket.take(10s).count() == 0);
  BOOST_TEST(bucket.take(5s).count() == 1'000);
  BOOST_TEST(bucket.take(11s).count() == 0);
}

BOOST_AUTO_TEST_CASE(a_rate_of_nothing_is_no_limit) {
  token_bucket bucket{{0, 1}, 0s};
  bucket_table table{{0, 1}, 2};
  for (int i = 0; i < 10'000; ++i) {
    BOOST_TEST(bucket.take(0s).count() == 0);
    BOOST_TEST(table.take("a", 0s).count() == 0);
  }
  BOOST_TEST(table.size() == 0u);
}

BOOST_AUTO_TEST_CASE(each_name_has_its_own_bucket) {
  bucket_table table{{1, 1}, 10};
  BOOST_TEST(table.take("a", 1s).count() == 0);
  BOOST_TEST(table.take("b", 1s).count() == 0);
  BOOST_TEST(table.take("a", 1s).count() == 1'000);
  BOOST_TEST(table.wait("a", 1s + 300ms).count() == 700);
  BOOST_TEST(table.wait("never seen", 1s).count() == 0);
  BOOST_TEST(table.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_table_forgets_whoever_was_quiet_for_longest) {
  bucket_table table{{0.001, 1}, 3};
  for (const auto* name : {"a", "b", "c"})
    BOOST_TEST(table.take(name, 1s).count() == 0);
  BOOST_TEST(table.take("a", 2s).count() > 0); // heard of again, if braked
  BOOST_TEST(table.take("d", 3s).count() == 0);
  BOOST_TEST(table.size() == 3u);
  BOOST_TEST(table.wait("a", 3s).count() > 0);
  BOOST_TEST(table.wait("b", 3s).count() == 0); // gone
  for (int i = 0; i < 100'000; ++i)
    table.take(std::to_string(i), 4s);
  BOOST_TEST(table.size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_asker_is_an_address_or_a_whole_subnet) {
  BOOST_TEST(address_of_peer("192.0.2.7:4711") == "192.0.2.7");
  BOOST_TEST(address_of_peer("[2001:db8:1:2:3:4:5:6]:80") == "2001:db8:1:2::/64");
  BOOST_TEST(address_of_peer("[2001:db8:1:2:ffff::1]:81") == "2001:db8:1:2::/64");
  BOOST_TEST(address_of_peer("[::ffff:192.0.2.7]:80") == "::ffff:192.0.2.7");
  BOOST_TEST(address_of_peer("nonsense") == "nonsense");
  BOOST_TEST(address_of_peer("") == "");
}

BOOST_AUTO_TEST_CASE(bad_keys_brake_their_address_alone) {
  api_limits bounds;
  bounds.bad_keys_burst = 2;
  bounds.bad_keys_per_min = 60;
  mono_time now = 5s;
  request_brakes brakes{bounds, [&] { return now; }};
  for (const auto* peer : {"192.0.2.7:1", "192.0.2.7:2"}) {
    BOOST_TEST(brakes.peer_wait(peer).count() == 0);
    brakes.peer_failed(peer);
  }
  BOOST_TEST(brakes.peer_wait("192.0.2.7:3").count() == 1'000);
  BOOST_TEST(brakes.peer_wait("192.0.2.8:3").count() == 0);
  now += 1s;
  BOOST_TEST(brakes.peer_wait("192.0.2.7:3").count() == 0);
}

BOOST_AUTO_TEST_CASE(keys_have_the_rate_of_the_settings) {
  api_limits bounds;
  bounds.key_rate_per_s = 10;
  bounds.key_burst = 5;
  mono_time now = 5s;
  request_brakes brakes{bounds, [&] { return now; }};
  for (int i = 0; i < 5; ++i)
    BOOST_TEST(brakes.key_wait("k").count() == 0);
  BOOST_TEST(brakes.key_wait("k").count() == 100);
  BOOST_TEST(brakes.key_wait("other").count() == 0);
}
