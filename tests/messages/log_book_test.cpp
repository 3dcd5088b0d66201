// The log on its way out: levels by room, lines that say the same again, secrets.
#define BOOST_TEST_MODULE log_book
#include <boost/test/unit_test.hpp>

#include "messages/log_book.hpp"

using namespace unpod;

namespace {

log_line line(const std::string& room, log_level level, const std::string& words = "words",
              wall_ms at = 0) {
  return {0, at, level, room, "", words, 0, 0};
}

} // namespace

BOOST_AUTO_TEST_CASE(the_nearest_room_with_a_level_decides) {
  log_book book{log_level::warn};
  BOOST_TEST(!book.take(line("adapters.http", log_level::info)));
  BOOST_TEST(book.set_level("adapters", log_level::info));
  BOOST_TEST(book.set_level("adapters.speech", log_level::error));
  BOOST_TEST(book.take(line("adapters.http", log_level::info)).has_value());
  BOOST_TEST(!book.take(line("adapters.speech", log_level::warn)));
  BOOST_TEST(!book.take(line("actors.call", log_level::info)));
  BOOST_TEST(!book.take(line("adaptersish", log_level::info)));
  book.set_level("", log_level::debug);
  BOOST_TEST(book.take(line("actors.call", log_level::debug)).has_value());
  for (std::size_t i = 0; i < 2 * log_book::rooms_max; ++i)
    book.set_level("room" + std::to_string(i), log_level::debug);
  BOOST_TEST(!book.set_level("one more", log_level::debug));
  BOOST_TEST(book.levels().size() == log_book::rooms_max + 1);
}

BOOST_AUTO_TEST_CASE(what_is_said_again_and_again_is_counted_instead) {
  log_book book;
  std::size_t told = 0;
  for (wall_ms at = 0; at < 1'000; ++at)
    told += book.take(line("a", log_level::info, "broken", at)) ? 1 : 0;
  BOOST_TEST(told == log_book::alike_max);
  BOOST_TEST(book.take(line("a", log_level::info, "another", 1'000)).has_value());
  const auto later = book.take(line("a", log_level::info, "broken", 20'000));
  BOOST_REQUIRE(later.has_value());
  BOOST_TEST(later->skipped == 990u);
  BOOST_TEST(book.take(line("a", log_level::info, "broken", 20'001))->skipped == 0u);
}

BOOST_AUTO_TEST_CASE(the_last_lines_can_be_read_on) {
  log_book book;
  for (std::size_t i = 0; i < log_book::lines_max + 5; ++i)
    book.take(line("a", log_level::info, std::to_string(i)));
  const auto last = log_book::lines_max + 5;
  BOOST_TEST(book.after(0, 5'000).size() == log_book::lines_max);
  BOOST_TEST(book.after(0, 3).size() == 3u);
  BOOST_TEST(book.after(0, 3).front().seq == last - 2);
  BOOST_TEST(book.after(last - 1, 10).size() == 1u);
  BOOST_TEST(book.after(last, 10).empty());
}

BOOST_AUTO_TEST_CASE(no_secret_is_told_whatever_words_hold_it) {
  BOOST_TEST(masked_secrets("key sk_abc123_Xy-Z9 was bad") == "key sk_*** was bad");
  BOOST_TEST(masked_secrets("GET /x?token=abcdef123&a=b") == "GET /x?token=***&a=b");
  BOOST_TEST(masked_secrets("Authorization: Bearer eyJhbGciOi.x.y") == "Authorization: Bearer ***");
  BOOST_TEST(masked_secrets("token=on, two sk_ and Bearer of news")
             == "token=on, two sk_ and Bearer of news");
  log_book book;
  BOOST_TEST(book.take(line("a", log_level::info, "sk_abc123_XyZ"))->words == "sk_***");
}
