// A secret comes out by one door; everything that prints gets a mask.
#define BOOST_TEST_MODULE secret
#include <boost/test/unit_test.hpp>

#include "messages/register_messages.hpp"
#include "messages/runner.hpp"
#include "messages/secret.hpp"

#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

#include <sstream>
#include <type_traits>

using namespace unpod;

namespace {

template <class Secret, class = void>
struct joins_text : std::false_type {};

template <class Secret>
struct joins_text<Secret,
                  std::void_t<decltype(std::string{"key "} + std::declval<const Secret&>())>>
  : std::true_type {};

} // namespace

BOOST_AUTO_TEST_CASE(it_is_kept_and_compared_as_it_is) {
  secret_text one{"canary"};
  BOOST_TEST(one.reveal() == "canary");
  BOOST_TEST((one == secret_text{"canary"}));
  BOOST_TEST((one != secret_text{"Canary"}));
  one.clear();
  BOOST_TEST(one.empty());
}

BOOST_AUTO_TEST_CASE(it_prints_as_a_mask) {
  std::ostringstream out;
  out << secret_text{"canary"} << "|" << secret_text{};
  BOOST_TEST(out.str() == "***|");
  BOOST_TEST(caf::deep_to_string(secret_text{"canary"}).find("canary") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_words_are_made_with_it_by_accident) {
  BOOST_TEST(joins_text<std::string>::value);
  BOOST_TEST(!joins_text<secret_text>::value);
  BOOST_TEST((!std::is_convertible_v<secret_text, std::string>));
}

BOOST_AUTO_TEST_CASE(a_message_with_one_shows_that_it_is_there) {
  const auto shown = caf::make_message(job_assign{job_id{"JOB_1"}, "a1", call_id{"SCL_1"},
                                                  agent_id{"baker"}, "ws://n/call", "canary"});
  BOOST_TEST(to_string(shown).find("canary") == std::string::npos);
  BOOST_TEST(to_string(shown).find("***") != std::string::npos);
}
