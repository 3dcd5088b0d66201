// Where another voice goes on, and who of two may sound.
#define BOOST_TEST_MODULE resume_point
#include <boost/test/unit_test.hpp>

#include "actors/resume_point.hpp"
#include "actors/voice_right.hpp"
#include "tests/fixtures/fake_media_port.hpp"

using namespace unpod;

namespace {

const std::string text = "With pleasure. We have a table.";

/// "With pleasure." and "We", a second of sound each word.
const std::vector<spoken_word> three{{0, 4, 16'000}, {5, 14, 32'000}, {15, 17, 48'000}};

std::string rest(const std::vector<spoken_word>& words, std::uint64_t got,
                 bool tells_times = false) {
  return text.substr(find_resume_point(text, words, got, 16'000, tells_times).cut);
}

} // namespace

BOOST_AUTO_TEST_CASE(with_word_times_the_cut_is_behind_the_last_whole_word) {
  BOOST_TEST(rest(three, 0) == text);
  BOOST_TEST(rest(three, 15'999) == text);
  BOOST_TEST(rest(three, 16'000) == "pleasure. We have a table.");
  BOOST_TEST(rest(three, 40'000) == "We have a table."); // not with a full stop
  const auto point = find_resume_point(text, three, 50'000, 16'000, true);
  BOOST_TEST(text.substr(point.cut) == "have a table.");
  BOOST_TEST(point.keep == 48'000u);
  BOOST_TEST(point.words.size() == 3u);
  BOOST_TEST(find_resume_point(text, three, 100, 16'000, true).keep == 0u);
}

BOOST_AUTO_TEST_CASE(without_them_it_is_guessed_and_no_word_is_said_twice) {
  BOOST_TEST(rest({}, 0) == text);
  BOOST_TEST(rest({}, 4'799) == text); // a moment is no word
  BOOST_TEST(find_resume_point(text, {}, 4'799, 16'000, false).keep == 0u);
  BOOST_TEST(rest({}, 4'800) == "pleasure. We have a table.");
  BOOST_TEST(rest({}, 16'000) == "have a table.");
  BOOST_TEST(rest({}, 160'000) == "");
  BOOST_TEST(find_resume_point(text, {}, 16'000, 16'000, false).keep > 1'000'000u);
}

BOOST_AUTO_TEST_CASE(who_tells_times_and_has_told_none_has_said_nothing) {
  BOOST_TEST(rest({}, 16'000, true) == text);
  BOOST_TEST(find_resume_point(text, {}, 16'000, 16'000, true).keep == 0u);
}

BOOST_AUTO_TEST_CASE(all_of_a_piece_leaves_nothing) {
  const std::vector<spoken_word> all{{0, 30, 9'000}};
  BOOST_TEST(rest(all, 9'000) == "");
}

BOOST_AUTO_TEST_CASE(only_the_voice_that_sounded_first_is_heard) {
  const auto port = std::make_shared<fixtures::fake_media_port>();
  const auto right = std::make_shared<voice_right>();
  voice_port first{port, right, 1}, second{port, right, 2};
  const std::int16_t pcm[10] = {};
  BOOST_TEST(second.play(1, pcm, 10, 16'000));
  BOOST_TEST(!first.play(1, pcm, 10, 16'000));
  BOOST_TEST(right->holder() == 2u);
  right->give(1);
  BOOST_TEST(!second.play(1, pcm, 10, 16'000));
  BOOST_TEST(first.play(1, pcm, 10, 16'000));
  right->set_free();
  BOOST_TEST(second.play(1, pcm, 10, 16'000));
  BOOST_TEST(port->given(1) == 30u);
}

BOOST_AUTO_TEST_CASE(who_is_lost_leaves_its_right_to_the_other_only_before_it_sounded) {
  voice_right right;
  right.set_free();
  BOOST_TEST(!right.lose(1, 2, 9)); // neither had sounded
  BOOST_TEST(right.holder() == 2u);
  right.set_free();
  BOOST_TEST(right.use(1, [] { return true; }));
  BOOST_TEST(right.lose(1, 2, 9)); // the other was to say all of it
  BOOST_TEST(right.holder() == 9u);
  right.set_free();
  BOOST_TEST(right.use(2, [] { return true; }));
  BOOST_TEST(!right.lose(1, 2, 9)); // the other sounds already
  BOOST_TEST(right.holder() == 2u);
  right.give(1);
  BOOST_TEST(right.lose(1, 0, 9)); // there is no other
  BOOST_TEST(right.holder() == 9u);
}
