// `unpod bench setup`, `talk`, `reference`, `soak` and `store` as programs: they run, and report
// what they promise. No figure is judged, but those that must hold on any machine.
#define BOOST_TEST_MODULE bench_verbs
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace {

using namespace unpod;

struct outcome {
  int code = -1;
  std::string out;
};

outcome run(const std::string& arguments) {
  outcome ran;
  const auto command = std::string{BINARY_DIR} + "/unpod " + arguments;
  FILE* pipe = ::popen(command.c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  std::array<char, 4'096> some;
  for (std::size_t size = 0; (size = std::fread(some.data(), 1, some.size(), pipe)) > 0;)
    ran.out.append(some.data(), size);
  const int status = ::pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

struct told {
  explicit told(const outcome& ran) {
    std::string why;
    document = json::parse(ran.out, 8, why);
    BOOST_TEST_INFO(ran.out);
    BOOST_REQUIRE(document.has_value());
  }

  /// A number or null.
  bool is_figure(const json::value& object, const char* key) const {
    const auto* what = json::member(object, key);
    return what != nullptr && (what->IsNumber() || what->IsNull());
  }
  bool has_row(const char* key, const std::vector<const char*>& parts) const {
    const auto* row = json::member(*document, key);
    return row != nullptr && row->IsObject()
           && std::all_of(parts.begin(), parts.end(),
                          [&](const char* part) { return is_figure(*row, part); });
  }
  bool has_words(const char* key) const {
    return !json::text(*document, key).value_or("").empty();
  }

  std::optional<json::document> document;
};

} // namespace

BOOST_AUTO_TEST_CASE(calls_begin_and_a_full_node_refuses_properly) {
  const auto ran = run("bench setup --rate 10 --rate-max 10 --seconds 2 --calls 3 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code != 2); // 1: a slow machine
  const auto* steps = json::member(*report.document, "steps");
  BOOST_REQUIRE(steps != nullptr);
  BOOST_REQUIRE(steps->Size() == 1u);
  BOOST_TEST(json::whole((*steps)[0], "set_up").value_or(-1) == 20);
  BOOST_TEST(json::whole(*report.document, "knocks_refused").value_or(-1) > 0);
  BOOST_TEST(json::whole(*report.document, "knocks_answered_otherwise").value_or(-1) == 0);
  BOOST_TEST(json::member(*report.document, "full")->Size() == 2u);
  BOOST_TEST(report.has_words("command"));
}

BOOST_AUTO_TEST_CASE(the_recording_says_what_the_ledger_says) {
  const auto ran = run("bench talk --calls 1 --turns 1 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code != 2); // 1: they differ by more than 20 ms
  BOOST_TEST(json::whole(*report.document, "calls_failed").value_or(-1) == 0);
  BOOST_TEST(json::whole(*report.document, "turns").value_or(-1) == 1);
  BOOST_TEST(json::number(*report.document, "likeness_min").value_or(0) > 0.9);
  BOOST_TEST(report.has_row("response_ms", {"p50", "p99", "max"}));
}

BOOST_AUTO_TEST_CASE(one_call_is_measured_idle_and_under_load) {
  const auto ran = run("bench reference --calls 3 --turns 1 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code == 0);
  const auto* both = json::member(*report.document, "reference");
  BOOST_REQUIRE(both != nullptr);
  BOOST_REQUIRE(both->Size() == 2u);
  BOOST_TEST(json::whole((*both)[1], "load_calls").value_or(-1) == 3);
  BOOST_TEST(json::number(*json::member((*both)[1], "first_audio_ms"), "p50").has_value());
}

BOOST_AUTO_TEST_CASE(a_soak_loses_no_call_without_a_reason) {
  const auto ran = run("bench soak --seconds 10 --calls 3 --runners 2 --kills 12 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(json::whole(*report.document, "calls").value_or(0) >= 3);
  BOOST_TEST(json::whole(*report.document, "runners_killed").value_or(0) == 2);
  BOOST_TEST(json::whole(*report.document, "calls_failed").value_or(-1) == 0);
}

BOOST_AUTO_TEST_CASE(the_store_keeps_what_it_acknowledges) {
  const auto ran = run("bench store --writers 3 --seconds 1 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code == 0);
  const auto* parts = json::member(*report.document, "parts");
  BOOST_REQUIRE(parts != nullptr);
  BOOST_REQUIRE(parts->Size() == 3u);
  BOOST_TEST(json::number((*parts)[1], "writes_per_second").value_or(0) > 0);
  BOOST_TEST(json::whole((*parts)[2], "lost").value_or(-1) == 0);
}
