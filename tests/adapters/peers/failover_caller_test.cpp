// A caller of the failover bench, and the brain it talks with.
#define BOOST_TEST_MODULE failover_caller
#include <boost/test/unit_test.hpp>

#include "adapters/peers/failover_caller.hpp"

using namespace unpod;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(a_caller_speaks_is_answered_rests_and_speaks_again) {
  failover_caller caller{7, 2, 10s};
  BOOST_TEST(caller.next(9s, 0, 0s).empty());
  BOOST_TEST(caller.next(10s, 0, 0s).size() == utterance_words);
  BOOST_TEST(caller.next(11s, 0, 0s).empty());
  BOOST_TEST(caller.next(12s, 1, 0s).empty());  // answered
  BOOST_TEST(caller.next(13s, 1, 9s).empty());  // and not yet through
  BOOST_TEST(caller.next(14s, 1, 13s).empty()); // now it is
  BOOST_TEST(caller.next(14s + 200ms, 1, 13s).empty());
  BOOST_TEST(!caller.is_over());
  BOOST_TEST(caller.next(15s, 1, 13s).size() == utterance_words);
  BOOST_TEST(caller.next(16s, 2, 13s).empty());
  BOOST_TEST(caller.next(17s, 2, 17s).empty());
  BOOST_TEST(caller.is_over());
  BOOST_TEST(caller.said().size() == 2 * utterance_words);
  BOOST_TEST(caller.utterances() == 2u);
  BOOST_TEST(caller.unanswered() == 0u);
}

BOOST_AUTO_TEST_CASE(an_answer_that_never_comes_is_counted_and_waited_for_no_longer) {
  failover_caller caller{7, 1, 0s};
  BOOST_TEST(!caller.next(1s, 0, 0s).empty());
  BOOST_TEST(caller.next(20s, 0, 0s).empty());
  BOOST_TEST(!caller.is_over());
  BOOST_TEST(caller.next(21s, 0, 0s).empty());
  BOOST_TEST(caller.is_over());
  BOOST_TEST(caller.unanswered() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_seed_says_the_same) {
  failover_caller one{7, 1, 0s}, same{7, 1, 0s}, other{8, 1, 0s};
  const auto words = one.next(1s, 0, 0s);
  BOOST_TEST((words == same.next(1s, 0, 0s)));
  BOOST_TEST((words != other.next(1s, 0, 0s)));
}

BOOST_AUTO_TEST_CASE(a_brain_answers_when_it_has_heard_all_of_an_utterance) {
  const auto book = std::make_shared<call_book>();
  tone_brain brain{book, 3};
  BOOST_TEST(brain.answer("one two").text.empty());
  const auto reply = brain.answer("Three four five six.");
  BOOST_TEST(reply.text.back() == '.');
  BOOST_TEST(book->splits() == 1u);
  BOOST_TEST(book->heard().size() == 6u);
  BOOST_REQUIRE(book->answers() == 1u);
  BOOST_TEST((plain_words(reply.text) == book->said().front().words));
  BOOST_TEST(book->said().front().words.size() >= answer_words_least);
}

BOOST_AUTO_TEST_CASE(each_call_has_one_book) {
  call_books books;
  BOOST_TEST(books.of("a") == books.of("a"));
  BOOST_TEST(books.of("a") != books.of("b"));
}
