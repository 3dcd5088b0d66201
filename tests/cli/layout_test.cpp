// Tables, wrapping, times and help fit a terminal of 80 columns.
#define BOOST_TEST_MODULE layout
#include <boost/test/unit_test.hpp>

#include "cli/help.hpp"
#include "cli/noun_view.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

#include <cstdlib>
#include <sstream>

namespace {

using namespace unpod::cli;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);)
    all.push_back(line);
  return all;
}

std::size_t widest(const std::string& text) {
  std::size_t most = 0;
  for (const auto& line : lines_of(text))
    most = std::max(most, columns_of(line));
  return most;
}

} // namespace

BOOST_AUTO_TEST_CASE(columns_are_cells_not_bytes) {
  BOOST_TEST(columns_of("abc") == 3u);
  BOOST_TEST(columns_of("caf\xC3\xA9") == 4u);
  BOOST_TEST(columns_of("e\xCC\x81") == 1u);                // a letter and an accent that joins it
  BOOST_TEST(columns_of("\xE6\x97\xA5\xE6\x9C\xAC") == 4u); // two ideographs
  BOOST_TEST(columns_of("\xF0\x9F\x98\x80") == 2u);
  BOOST_TEST(cut("caf\xC3\xA9 noir", 6) == "caf\xC3\xA9 …");
  BOOST_TEST(cut("\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 4) == "\xE6\x97\xA5…");
  BOOST_TEST(cut("abc", 3) == "abc");
  BOOST_TEST(cut("abcd", 1) == "…");
  for (const char* broken : {"\xC3", "\xF0\x9F", "\xFF\xFE", "\x80"}) {
    BOOST_TEST(columns_of(broken) > 0u);
    harmless(broken);
    BOOST_TEST(columns_of(cut(std::string{broken} + "abcdef", 3)) <= 3u);
  }
}

BOOST_AUTO_TEST_CASE(control_characters_do_no_harm) {
  BOOST_TEST(harmless("a\x1B[31mb\x07\n\tc\x7F") == "a [31mb   c ");
  BOOST_TEST(harmless("a\xC2\x9B"
                      "1mb")
             == "a 1mb"); // C1: an escape sequence of one character
  BOOST_TEST(harmless("caf\xC3\xA9") == "caf\xC3\xA9");
}

BOOST_AUTO_TEST_CASE(text_is_broken_at_blanks) {
  BOOST_TEST(wrapped("one two three", 7, 0) == "one two\nthree");
  BOOST_TEST(wrapped("one two three", 9, 2) == "one two\n  three");
  BOOST_TEST(wrapped("a verylongword b", 6, 0) == "a\nverylongword\nb");
  BOOST_TEST(wrapped("", 6, 0) == "");
}

BOOST_AUTO_TEST_CASE(ids_stay_whole_and_the_widest_is_cut) {
  const std::string id = "PIPE_0123456789abcdef";
  const auto text = table_text({{"PIPE", true}, {"NAME"}, {"WHY"}, {"N", false, true}},
                               {{id, std::string(60, 'n'), "short", "7"}, {id, "b", "", "12"}}, 60);
  const auto lines = lines_of(text);
  BOOST_REQUIRE(lines.size() == 3u);
  BOOST_TEST(widest(text) == 60u);
  BOOST_TEST(lines[1].find(id) == 0u);
  BOOST_TEST(lines[1].find("n…  short   7") != std::string::npos, lines[1]);
  BOOST_TEST(lines[2].substr(lines[2].size() - 4) == "  12");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_at_all_is_left_out_from_the_end) {
  const std::string id(30, 'x');
  const auto text = table_text({{"A", true}, {"B", true}, {"C", true}}, {{id, id, id}}, 70);
  BOOST_TEST(lines_of(text)[0].find("C") == std::string::npos);
  BOOST_TEST(widest(text) == 62u);
  BOOST_TEST(table_text({{"A"}, {"EMPTY"}}, {{"x", ""}, {"y", ""}}, 80) == "A\nx\ny\n");
  BOOST_TEST(lines_of(table_text({{"A", true}}, {{std::string(99, 'x')}}, 40))[1].size() == 99u);
}

BOOST_AUTO_TEST_CASE(details_hang_under_themselves) {
  BOOST_TEST(details_text({{"a", "one two three"}, {"long", "x"}}, 13)
             == "a     one two\n      three\nlong  x\n");
}

BOOST_AUTO_TEST_CASE(times_are_local_and_short_when_they_are_near) {
  ::setenv("TZ", "EST5", 1);
  ::tzset();
  const auto now = time_of("2026-11-21T18:00:00.000Z");
  BOOST_TEST(short_time(time_of("2026-11-21T17:03:00Z"), now) == "12:03");
  BOOST_TEST(short_time(time_of("2026-11-21T04:03:00Z"), now) == "Nov 20 23:03");
  BOOST_TEST(short_time(time_of("2025-11-21T17:03:00Z"), now) == "2025-11-21");
  BOOST_TEST(time_of("1970-01-01T00:00:01.500Z") == 1'500);
  BOOST_TEST(time_of("1970-01-01T00:00:01.5Z") == 1'500);
  BOOST_TEST(time_of("1970-01-01T00:00:01.123456+00:00") == 1'123);
  for (const char* bad : {"", "x", "2026-11-21", "2026-11-21T18:00:00", "2026-11-21T18:00:00+02:00",
                          "2026-11-21T18:00:00.Z", "2026-1-1T18:00:00Z", "+14155550101"})
    BOOST_TEST(time_of(bad) == -1, bad);
}

BOOST_AUTO_TEST_CASE(every_help_fits_and_groups_stand_apart) {
  std::ostringstream out, err;
  const auto help = [&](std::vector<std::string> words) {
    out.str("");
    words.push_back("--help");
    BOOST_TEST(run(words, {}, out, err) == 0);
    BOOST_TEST(widest(out.str()) <= 80u, words.front() + "\n" + out.str());
    return out.str();
  };
  const auto whole = help({});
  BOOST_TEST(whole.find("\nA node:\n  start ") != std::string::npos, whole);
  BOOST_TEST(whole.find("\nAgents and voices:\n  pipe ") != std::string::npos);
  BOOST_TEST(lines_of(whole).size() <= 66u);
  for (const char* verb : {"start", "demo", "runner", "completion", "version"})
    help({verb});
  for (const auto& what : all_nouns()) {
    BOOST_TEST(help({what.name}).find("\nVerbs:\n") != std::string::npos);
    for (const auto& verb : what.verbs)
      help({what.name, verb.name});
  }
}
