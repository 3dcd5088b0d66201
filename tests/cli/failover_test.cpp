// The benches of failing providers, run as anybody would: the program, its node and its
// providers in processes of their own.
#define BOOST_TEST_MODULE failover
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <sys/wait.h>

using namespace unpod;

namespace {

/// What the program printed, as JSON; `code` is what it ended with.
json::document run(const std::string& arguments, int& code) {
  const auto command = std::string{BINARY_DIR} + "/unpod " + arguments;
  FILE* pipe = ::popen(command.c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::string out, why;
  std::array<char, 4'096> some;
  for (std::size_t size = 0; (size = std::fread(some.data(), 1, some.size(), pipe)) > 0;)
    out.append(some.data(), size);
  const int status = ::pclose(pipe);
  code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  auto document = json::parse(out, 8, why);
  BOOST_TEST_MESSAGE(out);
  BOOST_REQUIRE(document.has_value());
  return std::move(*document);
}

} // namespace

BOOST_AUTO_TEST_CASE(killed_providers_cost_no_word) {
  int code = -1;
  const auto report = run("bench failover --calls 4 --utterances 16 --seed 5 --json", code);
  BOOST_TEST(json::whole(report, "utterances").value_or(-1) == 16);
  BOOST_TEST(json::whole(report, "kills").value_or(0) >= 4);
  for (const char* none : {"calls_dropped", "words_lost", "words_doubled", "unanswered"})
    BOOST_TEST(json::whole(report, none).value_or(-1) == 0, none);
  BOOST_TEST(json::member(report, "gap_ms") != nullptr);
  BOOST_TEST(json::number(report, "silence_ms_max").has_value());
  BOOST_TEST(!json::text(report, "command").value_or("").empty());
  BOOST_TEST(!json::text(report, "hardware").value_or("").empty());
  BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(two_hundred_calls_with_every_fault_all_end) {
  int code = -1;
  const auto report = run("bench faults --runs 200 --calls 50 --seed 11 --json", code);
  BOOST_TEST(json::whole(report, "ended").value_or(-1) == 200);
  BOOST_TEST(json::whole(report, "stuck").value_or(-1) == 0);
  BOOST_TEST(json::member(report, "actors_left")->MemberCount() == 0u);
  BOOST_TEST(json::whole(report, "node_exit_code").value_or(-1) == 0);
  BOOST_TEST(code == 0);
}
