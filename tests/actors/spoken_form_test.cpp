// What is said for what is written, and where in the text each word of it stands.
#define BOOST_TEST_MODULE spoken_form
#include <boost/test/unit_test.hpp>

#include "actors/english_words.hpp"
#include "actors/spoken_form.hpp"
#include "actors/text_splitter.hpp"

using namespace unpod;

namespace {

std::string said(const std::string& text, const std::string& language = "en-US") {
  const auto form = spoken_form_of(text, 0, true, language);
  BOOST_TEST(form.text.size() == form.source.size());
  BOOST_TEST(std::is_sorted(form.source.begin(), form.source.end()));
  return form.text;
}

} // namespace

BOOST_AUTO_TEST_CASE(numbers_are_words) {
  BOOST_TEST(english_cardinal(0) == "zero");
  BOOST_TEST(english_cardinal(21) == "twenty-one");
  BOOST_TEST(english_cardinal(100) == "one hundred");
  BOOST_TEST(english_cardinal(1'005) == "one thousand and five");
  BOOST_TEST(english_cardinal(1'234'567)
             == "one million two hundred and thirty-four thousand five hundred and sixty-seven");
  BOOST_TEST(english_cardinal(999'999'999'999'999).rfind("nine hundred", 0) == 0u);
  BOOST_TEST(english_ordinal(1) == "first");
  BOOST_TEST(english_ordinal(12) == "twelfth");
  BOOST_TEST(english_ordinal(20) == "twentieth");
  BOOST_TEST(english_ordinal(33) == "thirty-third");
  BOOST_TEST(english_ordinal(111) == "one hundred and eleventh");
  BOOST_TEST(english_year(1984) == "nineteen eighty-four");
  BOOST_TEST(english_year(1900) == "nineteen hundred");
  BOOST_TEST(english_year(2005) == "two thousand and five");
  BOOST_TEST(english_year(2024) == "twenty twenty-four");
  BOOST_TEST(english_year(1805) == "eighteen oh five");
}

BOOST_AUTO_TEST_CASE(figures_are_said) {
  const std::pair<const char*, const char*> cases[] = {
    {"Room 12 of 1,250.", "Room twelve of one thousand two hundred and fifty."},
    {"Pi is 3.14, I think", "Pi is three point one four, I think"},
    {"It is 5.", "It is five."},
    {"50% off", "fifty percent off"},
    {"the 3rd and 21st", "the third and twenty-first"},
    {"code 0042", "code zero zero four two"},
    {"5-10 days, 24/7", "five to ten days, twenty-four seven"},
    {"3/4 of it", "three over four of it"},
    {"#7 & more", "number seven and more"},
    {"It is 21°C", "It is twenty-one degrees Celsius"},
    {"5G, B12 and mp3", "5G, B12 and mp3"},
    {"v1.2.3 or 1.2.3", "v1.2.3 or one point two point three"},
    {"12345678901234567",
     "one two three four five six seven eight nine zero one two three four five six seven"},
  };
  for (const auto& [text, words] : cases)
    BOOST_TEST(said(text) == words);
}

BOOST_AUTO_TEST_CASE(money_is_said) {
  const std::pair<const char*, const char*> cases[] = {
    {"Pay $5 now", "Pay five dollars now"},
    {"$1.01", "one dollar and one cent"},
    {"$1,250.50.", "one thousand two hundred and fifty dollars and fifty cents."},
    {"£3.00 or €2.10", "three pounds or two euros and ten cents"},
    {"₹500", "five hundred rupees"},
    {"$2.5 million", "two point five million dollars"},
    {"a $ sign", "a $ sign"},
  };
  for (const auto& [text, words] : cases)
    BOOST_TEST(said(text) == words);
}

BOOST_AUTO_TEST_CASE(dates_and_times_are_said) {
  BOOST_TEST(said("on 2024-05-03.") == "on May third, twenty twenty-four.");
  BOOST_TEST(said("on 5/3/2024") == "on May third, twenty twenty-four");
  BOOST_TEST(said("on 5/3/2024", "en-GB") == "on March fifth, twenty twenty-four");
  BOOST_TEST(said("on 31/3/2024") == "on March thirty-first, twenty twenty-four");
  BOOST_TEST(said("May 3 or 4 June") == "May third or the fourth of June");
  BOOST_TEST(said("since 1999, 1999 times")
             == "since nineteen ninety-nine, one thousand nine hundred and ninety-nine times");
  BOOST_TEST(said("at 14:05, 3:30 pm or 9:00")
             == "at fourteen oh five, three thirty p m or nine o'clock");
  BOOST_TEST(said("at 5pm or 7 a.m. sharp") == "at five p m or seven a m. sharp");
  BOOST_TEST(said("25:99") == "twenty-five:ninety-nine");
}

BOOST_AUTO_TEST_CASE(telephone_numbers_are_said_digit_by_digit) {
  const auto words = "plus one, five five five, one two three, four five six seven";
  BOOST_TEST(said("Call +1 (555) 123-4567.") == std::string{"Call "} + words + ".");
  BOOST_TEST(said("+1-555-123-4567") == words);
  BOOST_TEST(said("555-1234") == "five five five, one two three four");
  BOOST_TEST(said("(555) 123-4567") == std::string{words}.substr(10));
  BOOST_TEST(said("555 123 4567") == std::string{words}.substr(10));
  BOOST_TEST(said("12 30 people") == "twelve thirty people");
}

BOOST_AUTO_TEST_CASE(addresses_of_the_web_are_said) {
  BOOST_TEST(said("See https://www.example.com/a-b?x=1#y.")
             == "See example dot com slash a dash b.");
  BOOST_TEST(said("example.co.uk, ok") == "example dot co dot uk, ok");
  BOOST_TEST(said("Write to jo.e_1@mail.com!")
             == "Write to jo dot e underscore one at mail dot com!");
  BOOST_TEST(said("e.g. this, i.e. that. Then end.No") == "e.g. this, i.e. that. Then end.No");
}

BOOST_AUTO_TEST_CASE(markdown_is_no_text) {
  BOOST_TEST(said("# Title") == " Title");
  BOOST_TEST(said("- one\n* two\n> three\n---\nfour") == " one  two  three  four");
  BOOST_TEST(said("see [the menu](https://a.co/m) or ![a cat](c.png)!")
             == "see the menu or a cat!");
  BOOST_TEST(said("[not a link] (really)") == "[not a link] (really)");
  BOOST_TEST(said("snake_case _so_ `x`") == "snake_case so x");
  BOOST_TEST(said("| a | b |") == " a  b ");
  BOOST_TEST(said("🙂 ✅") == "");
}

BOOST_AUTO_TEST_CASE(other_languages_keep_their_figures) {
  BOOST_TEST(said("**Es** kostet 5,50 € 🙂", "de") == "Es kostet 5,50 € ");
  BOOST_TEST(said("$5", "") == "$5");
  BOOST_TEST(said("$5", "enx") == "$5");
  BOOST_TEST(said("$5", "en") == "five dollars");
}

BOOST_AUTO_TEST_CASE(what_is_said_knows_where_it_stands) {
  const std::string text = "**Pay $5** [here](https://a.co)";
  const auto form = spoken_form_of(text, 100, true, "en");
  BOOST_TEST(form.text == "Pay five dollars here");
  const auto stands = [&](const char* word) { return form.source[form.text.find(word)]; };
  BOOST_TEST(stands("Pay") == 102u);
  BOOST_TEST(stands("five") == 106u);
  BOOST_TEST(stands("dollars") == 107u);
  BOOST_TEST(stands(" here") == 110u);
  BOOST_TEST(stands("here") == 112u);
}

BOOST_AUTO_TEST_CASE(what_is_half_said_was_not_heard) {
  const std::string text = "It is £1,250 or 7 now.";
  const auto form = spoken_form_of(text, 0, true, "en");
  BOOST_TEST(form.text == "It is one thousand two hundred and fifty pounds or seven now.");
  const auto heard = [&](const std::string& words) {
    BOOST_TEST(form.text.rfind(words, 0) == 0u);
    return text.substr(0, written_end(form.source, words.size(), 99));
  };
  BOOST_TEST(heard("It") == "It");
  BOOST_TEST(heard("It is") == "It is");
  BOOST_TEST(heard("It is one") == "It is ");
  BOOST_TEST(heard("It is one thousand two hundred and fifty") == "It is ");
  BOOST_TEST(heard("It is one thousand two hundred and fifty pounds") == "It is £1,250");
  BOOST_TEST(heard("It is one thousand two hundred and fifty pounds or seven")
             == "It is £1,250 or 7");
  BOOST_TEST(heard(form.text) == text);
  BOOST_TEST(written_end({}, 3, 9) == 9u);
}

BOOST_AUTO_TEST_CASE(pieces_cover_the_text_whatever_is_said) {
  const std::string text = "Sure! It costs $1,250.50 until 2024-05-03.\n- Call +1 (555) 123-4567.";
  for (const bool at_once : {true, false}) {
    text_splitter splitter{600, "en-US"};
    std::vector<text_piece> pieces;
    const auto take = [&](std::vector<text_piece> more) {
      pieces.insert(pieces.end(), more.begin(), more.end());
    };
    for (std::size_t at = 0; !at_once && at < text.size(); ++at)
      take(splitter.add(std::string_view{text}.substr(at, 1)));
    if (at_once)
      take(splitter.add(text));
    take(splitter.finish());
    std::uint32_t end = 0;
    std::string all;
    for (const auto& piece : pieces) {
      BOOST_TEST(piece.begin == end);
      end = piece.end;
      all += piece.spoken;
      for (const auto source : piece.source)
        BOOST_TEST((source >= piece.begin && source < piece.end));
    }
    BOOST_TEST(end == text.size());
    BOOST_TEST(all
               == "Sure! It costs one thousand two hundred and fifty dollars and fifty cents until "
                  "May third, twenty twenty-four.  Call plus one, five five five, one two three, "
                  "four five six seven.");
  }
}
