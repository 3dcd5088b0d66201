// The benches as programs: they run, and report what they promise. No figure is judged.
#define BOOST_TEST_MODULE bench
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
  bool has_figure(const char* key) const {
    return is_figure(*document, key);
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

/// Three callers spoke for a round and more: their turns were measured, not left out.
void check_calls(const outcome& ran, const char* providers) {
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(json::whole(*report.document, "calls").value_or(-1) == 3);
  BOOST_TEST(json::whole(*report.document, "calls_failed").value_or(-1) == 0);
  for (const char* key : {"cpu_us_per_call_second", "memory_kb_per_call", "late_ticks_per_million"})
    BOOST_TEST(report.has_figure(key), key);
  BOOST_TEST(report.has_row("pacing_error_ms", {"p50", "p99", "p999"}));
  for (const char* key : {"text_overhead_ms", "first_sample_ms", "barge_in_ms"})
    BOOST_TEST(report.has_row(key, {"p50", "p99"}), key);
  BOOST_TEST(json::number(*json::member(*report.document, "pacing_error_ms"), "p50").has_value());
  BOOST_TEST(json::number(*json::member(*report.document, "text_overhead_ms"), "p50").has_value());
  BOOST_TEST(json::number(*report.document, "cpu_us_per_call_second").value_or(0) > 0);
  const auto* posture = json::member(*report.document, "posture");
  BOOST_REQUIRE(posture != nullptr);
  BOOST_TEST(json::text(*posture, "providers").value_or("").find(providers) != std::string::npos);
  BOOST_TEST(json::text(*posture, "version").value_or("").find("unpod ") == 0u);
  BOOST_TEST(report.has_words("command"));
  BOOST_TEST(report.has_words("hardware"));
}

BOOST_AUTO_TEST_CASE(three_calls_over_provider_sockets_are_measured_and_none_fails) {
  check_calls(run("bench calls --calls 3 --seconds 4 --json"), "WebSockets without TLS");
}

BOOST_AUTO_TEST_CASE(three_calls_with_tls_to_the_providers_are_measured_and_none_fails) {
  check_calls(run("bench calls --calls 3 --seconds 4 --codec pcmu --provider-tls on --json"),
              "WebSockets with TLS");
}

BOOST_AUTO_TEST_CASE(jobs_reach_all_runners_evenly) {
  const auto ran = run("bench dispatch --runners 4 --jobs 12 --rate 20 --json");
  const told report{ran};
  BOOST_TEST_INFO(ran.out);
  BOOST_TEST(ran.code == 0);
  BOOST_TEST(json::whole(*report.document, "jobs_failed").value_or(-1) == 0);
  BOOST_TEST(report.has_row("dispatch_ms", {"p50", "p99"}));
  BOOST_TEST(report.has_row("orchestrator_ms", {"p50", "p99"}));
  BOOST_TEST(json::whole(*report.document, "spread_jobs").value_or(-1) == 0);
  BOOST_TEST(report.has_figure("baseline_spread_jobs"));
}

BOOST_AUTO_TEST_CASE(a_node_that_cannot_be_is_said_so) {
  BOOST_TEST(run("bench calls --calls 1 --seconds 1 --set nonsense 2>/dev/null").code == 2);
}
