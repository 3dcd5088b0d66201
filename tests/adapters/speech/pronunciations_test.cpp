// How words are said: the file, what each provider is sent, and the way back to the text.
#define BOOST_TEST_MODULE pronunciations
#include <boost/test/unit_test.hpp>

#include "adapters/speech/pronunciations.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace unpod;
using form = pronunciation_form;

namespace {

const std::string file = "# names\n"
                         "Unpod = un pod /ʌ n p ɒ d/\r\n"
                         "\n"
                         "san josé = san ho-zay\n"
                         "san = sahn\n"
                         "acme = /æ k m i/\n";

std::string said(const std::string& text, form how = form::respelled) {
  std::string why;
  const auto all = pronunciations::read(file, why);
  BOOST_REQUIRE_MESSAGE(all, why);
  return all->apply(text, how).text;
}

std::string mistake(const std::string& text) {
  std::string why;
  return pronunciations::read(text, why) ? "" : why;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_provider_gets_its_own_form) {
  BOOST_TEST(said("At UNPOD, unpods.") == "At un pod, unpods.");
  BOOST_TEST(said("At Unpod.", form::cartesia) == "At <<ʌ|n|p|ɒ|d>>.");
  BOOST_TEST(said("At Unpod.", form::deepgram)
             == R"(At \{"word": "Unpod", "pronounce": "ʌnpɒd"\}.)");
  BOOST_TEST(said("San José, San Diego", form::cartesia) == "san ho-zay, sahn Diego");
  BOOST_TEST(said("Acme", form::respelled) == "Acme");
  BOOST_TEST(said("nothing here") == "nothing here");
}

BOOST_AUTO_TEST_CASE(what_is_sent_knows_where_it_stands) {
  std::string why;
  const auto all = pronunciations::read(file, why);
  const auto one = all->apply("At Unpod now", form::respelled);
  BOOST_TEST(one.text == "At un pod now");
  BOOST_TEST(one.written_end(2) == 2u); // "At"
  BOOST_TEST(one.written_end(5) == 3u); // "At un": half of it is nothing of it
  BOOST_TEST(one.written_end(9) == 8u); // "At un pod"
  BOOST_TEST(one.written_end(13) == 12u);
  BOOST_TEST(one.written_begin(10) == 9u);
  BOOST_TEST(all->apply("plain", form::respelled).source.empty());
  BOOST_TEST(pronounced_text{}.written_end(4) == 4u);
}

BOOST_AUTO_TEST_CASE(mistakes_name_their_line) {
  BOOST_TEST(mistake("a = b\nno equals") == "line 2 has no '='");
  BOOST_TEST(mistake("a =") == "line 1 lacks a word, or how it is said");
  BOOST_TEST(mistake("= b") == "line 1 lacks a word, or how it is said");
  BOOST_TEST(mistake("a = b /x y") == "line 1 has a / and no second one at its end");
  BOOST_TEST(mistake("a = /") == "line 1 has a / and no second one at its end");
  BOOST_TEST(mistake("a = <b>").rfind("line 1 holds a character", 0) == 0u);
  BOOST_TEST(mistake("a = \"b\"").rfind("line 1 holds a character", 0) == 0u);
  BOOST_TEST(mistake(std::string(65, 'a') + " = b") == "line 1 is too long");
  std::string many;
  for (std::size_t n = 0; n <= pronunciations_max; ++n)
    many += "w" + std::to_string(n) + " = x\n";
  BOOST_TEST(mistake(many) == "line 5001 is one word too many");
  BOOST_TEST(mistake("") == "");
}

BOOST_AUTO_TEST_CASE(a_file_is_bounded) {
  std::string why;
  BOOST_TEST(!read_pronunciations_file("", why));
  BOOST_TEST(why == "");
  BOOST_TEST(!read_pronunciations_file("/nowhere/at/all", why));
  BOOST_TEST(why == "cannot read /nowhere/at/all");
  auto pattern = (std::filesystem::temp_directory_path() / "says.XXXXXX").string();
  const int descriptor = mkstemp(pattern.data());
  ::close(descriptor);
  std::ofstream{pattern} << file;
  BOOST_TEST(read_pronunciations_file(pattern, why)->size() == 4u);
  std::ofstream{pattern} << std::string(pronunciations_bytes_max + 1, '#');
  BOOST_TEST(!read_pronunciations_file(pattern, why));
  std::filesystem::remove(pattern);
}
