// JSON as it comes from outside: depth counted outside of strings, encoding checked.
#define BOOST_TEST_MODULE json
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"

#include <random>

using namespace unpod;

namespace {

/// What depth_of says, byte by byte.
std::size_t plain_depth(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      at += c == '\\';
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

bool parses(std::string_view text) {
  std::string why;
  return json::parse(text, 8, why).has_value();
}

} // namespace

BOOST_AUTO_TEST_CASE(brackets_count_outside_of_strings_only) {
  const std::pair<const char*, std::size_t> cases[]{{R"({"a":[1]})", 2},
                                                    {R"({"a":"[[[{"})", 1},
                                                    {R"({"a":"\"[[["})", 1},
                                                    {R"({"a":"\\"})", 1},
                                                    {R"(["\\",[]])", 2},
                                                    {R"(["\\\"",[[]]])", 3},
                                                    {R"("[[)", 0},
                                                    {R"("\)", 0},
                                                    {R"("\\)", 0},
                                                    {"", 0},
                                                    {"]]][", 1}};
  for (const auto& [text, depth] : cases)
    BOOST_TEST(json::depth_of(text) == depth, text);
}

BOOST_AUTO_TEST_CASE(depth_is_the_same_as_byte_by_byte) {
  std::minstd_rand dice{7};
  constexpr std::string_view alphabet = "\"\\{}[]a ";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto left = dice() % 24; left > 0; --left)
      text += alphabet[dice() % alphabet.size()];
    BOOST_REQUIRE_MESSAGE(json::depth_of(text) == plain_depth(text), text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_is_not_json) {
  BOOST_TEST(parses(R"({"a":"plain text, long enough for eight bytes at once"})"));
  BOOST_TEST(parses("{\"a\":\"gr\xc3\xbc\xc3\x9f\"}"));
  BOOST_TEST(!parses("{\"a\":\"gr\xc3\"}"));
  BOOST_TEST(!parses("{\"a\":\"\xff\"}"));
  BOOST_TEST(!parses("{\"a\":1}\xff"));
  BOOST_TEST(!parses(R"({"a":"\ud800"})")); // half a pair
  BOOST_TEST(parses(R"({"a":"\ud83d\ude00"})"));
  BOOST_TEST(!parses("[[[[[[[[[1]]]]]]]]]"));
}
