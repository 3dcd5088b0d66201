// A bench's pure parts: figures, histograms, the picker by chance, a caller's habits,
// and a process that is watched.
#define BOOST_TEST_MODULE peers_bench
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/peers/bench_caller.hpp"
#include "adapters/peers/bench_callers.hpp"
#include "adapters/peers/bench_slope.hpp"
#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/node_process.hpp"

#include <numeric>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

const std::string some_metrics = "# TYPE a counter\n"
                                 "a 7\n"
                                 "ab 8\n"
                                 "# TYPE h histogram\n"
                                 "h_bucket{le=\"0.001\"} 50\n"
                                 "h_bucket{le=\"0.002\"} 90\n"
                                 "h_bucket{le=\"+Inf\"} 100\n"
                                 "h_sum 1.5\n"
                                 "h_count 100\n"
                                 "h_bucket{x=\"y\",le=\"0.001\"} 3\n";

/// A caller, and the clock of its ticks.
struct listening_caller {
  bench_habits habits;
  bench_caller caller;
  mono_time now = 100s;

  explicit listening_caller(bench_habits with = {}, std::uint64_t seed = 1)
    : habits{with}, caller{with, seed, 100s, 100} {}

  /// How many frames of speech in this span.
  std::size_t pass(mono_time span, bool agent_speaks = false) {
    std::size_t spoken = 0;
    for (const auto until = now + span; now < until; now += 20ms) {
      if (agent_speaks)
        caller.agent_sounds(now);
      spoken += caller.next(now).has_value();
    }
    return spoken;
  }
};

bench_habits with_cuts(std::uint32_t one_in) {
  bench_habits habits;
  habits.cut_one_in = one_in;
  return habits;
}

} // namespace

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(a_metric_is_found_by_its_whole_name) {
  BOOST_TEST(metric_in(some_metrics, "a").value() == 7);
  BOOST_TEST(metric_in(some_metrics, "ab").value() == 8);
  BOOST_TEST(!metric_in(some_metrics, "b").has_value());
  BOOST_TEST(!metric_in("", "a").has_value());
}

BOOST_AUTO_TEST_CASE(quantiles_lie_within_their_bucket) {
  const auto told = histogram_in(some_metrics, "h");
  BOOST_REQUIRE(told.size() == 3u);
  BOOST_TEST(*histogram_quantile(told, 0.25).value == 0.0005, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*histogram_quantile(told, 0.5).value == 0.001, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*histogram_quantile(told, 0.7).value == 0.0015, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*histogram_quantile(told, 0.99).value == 0.002); // the open bucket's lower bound
  BOOST_TEST(!histogram_quantile({}, 0.5).value.has_value());
  BOOST_TEST(!histogram_quantile(histogram_since(told, told), 0.5).value.has_value());
  BOOST_TEST(histogram_since({}, told).back().second == 100);
}

BOOST_AUTO_TEST_CASE(chance_gives_all_jobs_and_not_evenly) {
  const auto given = weighted_random_burst(10, 200, 50, 7);
  BOOST_TEST(std::accumulate(given.begin(), given.end(), std::size_t{0}) == 200u);
  BOOST_TEST(spread_of(given) > 3u);
  BOOST_TEST((given == weighted_random_burst(10, 200, 50, 7)));
  const auto full = weighted_random_burst(3, 100, 4, 7);
  BOOST_TEST((full == std::vector<std::size_t>{4, 4, 4}));
  BOOST_TEST(weighted_random_burst(0, 5, 5, 7).empty());
  BOOST_TEST(spread_of({}) == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_null_with_a_reason) {
  calls_report report;
  report.calls = 2;
  report.cpu_us_per_call_second = figure::of(812.34567);
  report.memory_kb_per_call = figure::none("no /proc");
  report.barge_in_ms = {{"p50", figure::none("nobody cut in")}};
  std::string why;
  const auto told = json::parse(calls_json(report, {{{"codec", "pcmu"}}, "c", "h"}), 8, why);
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(json::number(*told, "cpu_us_per_call_second").value() == 812.346);
  BOOST_TEST(json::member(*told, "memory_kb_per_call")->IsNull());
  const auto* missing = json::member(*told, "missing");
  BOOST_TEST(json::text(*missing, "memory_kb_per_call").value_or("") == "no /proc");
  BOOST_TEST(json::text(*missing, "barge_in_ms.p50").value_or("") == "nobody cut in");
  BOOST_TEST(json::text(*json::member(*told, "posture"), "codec").value_or("") == "pcmu");
  BOOST_TEST(calls_table(report).find("nobody cut in") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_load_that_was_held_up_is_not_believed) {
  load_figures load;
  load.cpu_share = 0.4;
  load.wait_share = figure::none("no schedstat");
  load.others_share = figure::of(0.05);
  BOOST_TEST(why_invalid(load).empty());
  load.wait_share = figure::of(0.5);
  load.sent_share = 0.9;
  load.others_share = figure::of(0.4);
  BOOST_TEST(why_invalid(load).size() == 3u);
}

BOOST_AUTO_TEST_CASE(growth_leaves_out_what_the_node_needs_for_itself_and_steps_not_believed) {
  std::vector<calls_report> steps;
  for (const std::size_t calls : {50, 100, 200, 400}) {
    auto& step = steps.emplace_back();
    step.calls = calls;
    const auto each = 20'000.0 / static_cast<double>(calls); // 20 ms a second, whatever the calls
    step.cpu_us_per_call_second = figure::of(600 + each);
    step.memory_kb_per_call = figure::of(120);
  }
  steps.back().load.cpu_share = 0.95; // it measured itself
  steps.back().cpu_us_per_call_second = figure::of(5'000);
  const auto growth = growth_of(steps, 1, 0.8);
  BOOST_TEST(growth.steps == 3u);
  BOOST_TEST(*growth.cpu_us_per_call_second.value == 600, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*growth.memory_kb_per_call.value == 120, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(*growth.calls_at_full.value == 1'300); // (800,000 - 20,000) / 600
  steps.resize(2);
  BOOST_TEST(!growth_of(steps, 1, 0.8).cpu_r2.value.has_value());
}

BOOST_AUTO_TEST_CASE(a_broken_floor_is_named) {
  calls_report report;
  report.calls = 100;
  report.pacing_error_ms = {{"p50", figure::of(1)}, {"p99", figure::of(1.9)}};
  BOOST_TEST(broken_floors(report, {}).empty());
  report.pacing_error_ms[1].second = figure::of(2.5);
  report.calls_failed = 1;
  report.load.cpu_share = 0.9;
  const auto broken = broken_floors(report, {});
  BOOST_REQUIRE(broken.size() == 3u);
  BOOST_TEST(broken[1].find("pacing_error_ms.p99 is 2.500") == 0u);
  BOOST_TEST(broken[2].find("invalid: the load process") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(habits)

BOOST_AUTO_TEST_CASE(a_turn_every_eight_seconds_and_quiet_between) {
  listening_caller quiet{with_cuts(0)};
  BOOST_TEST(quiet.pass(3s) == 100u);
  BOOST_TEST(quiet.caller.is_waiting());
  BOOST_TEST(quiet.pass(1s, true) == 0u);
  BOOST_TEST(!quiet.caller.is_waiting());
  BOOST_TEST(quiet.pass(4s) == 0u);
  BOOST_TEST(quiet.pass(2s) == 100u);
  BOOST_TEST(quiet.caller.tale().turns == 2u);
  BOOST_TEST(quiet.caller.tale().unanswered == 0u);
  quiet.pass(6s);
  quiet.pass(20ms); // the third turn begins, and the second had no answer
  BOOST_TEST(quiet.caller.tale().unanswered == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_speaks_into_an_answer_by_accident) {
  listening_caller polite{with_cuts(0)};
  BOOST_TEST(polite.pass(2s) == 100u);
  BOOST_TEST(polite.pass(10s, true) == 0u); // a long answer
  BOOST_TEST(polite.pass(400ms) <= 1u);
  BOOST_TEST(polite.pass(2s) >= 99u);
}

BOOST_AUTO_TEST_CASE(a_cut_is_timed_to_the_nodes_word) {
  listening_caller rude{with_cuts(1)};
  BOOST_TEST(rude.pass(2s) == 100u);
  BOOST_TEST(rude.pass(580ms, true) == 0u);
  BOOST_TEST(rude.pass(440ms, true) > 0u);
  BOOST_TEST(rude.caller.tale().cuts == 1u);
  rude.caller.interrupted(rude.now);
  BOOST_REQUIRE(rude.caller.tale().barge_in_ms.size() == 1u);
  BOOST_TEST(rude.caller.tale().barge_in_ms[0] <= 440.0);
  rude.caller.interrupted(rude.now); // once is enough
  BOOST_TEST(rude.caller.tale().barge_in_ms.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_seed_is_one_conduct) {
  const auto cuts = [](std::uint64_t seed) {
    listening_caller one{with_cuts(5), seed};
    for (int turn = 0; turn < 40; ++turn) {
      one.pass(2s);
      one.pass(2s, true);
      one.pass(5s);
    }
    return one.caller.tale().cuts;
  };
  BOOST_TEST(cuts(3) == cuts(3));
  BOOST_TEST(cuts(3) > 0u);
  BOOST_TEST(cuts(3) < 25u);
}

BOOST_AUTO_TEST_CASE(a_voice_is_cut_into_frames_of_its_codec) {
  const pcm_samples second(16'000, 1'000);
  const auto pcm = make_bench_voice({audio_encoding::pcm_s16le, 16'000}, second, 16'000);
  BOOST_TEST(pcm.phrase.size() == 50u);
  BOOST_TEST(pcm.phrase[0].size() == 640u);
  BOOST_TEST(pcm.room.size() == 50u);
  const auto ulaw = make_bench_voice({audio_encoding::mulaw, 8'000}, second, 16'000);
  BOOST_TEST(ulaw.phrase.size() == 50u);
  BOOST_TEST(ulaw.phrase[0].size() == 160u);
  const auto opus = make_bench_voice({audio_encoding::opus, 48'000}, second, 16'000);
  BOOST_TEST(opus.phrase.size() == 50u);
  BOOST_TEST(opus.phrase[0].size() < 400u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(a_process_that_greets_is_watched_and_ended) {
  std::string why;
  const auto node = node_process::start(
    {"/bin/sh", "-c", R"(echo '{"url":"http://127.0.0.1:1","api_key":"k"}'; exec sleep 600)"}, -1,
    why);
  BOOST_REQUIRE_MESSAGE(node, why);
  BOOST_TEST(node->url() == "http://127.0.0.1:1");
  BOOST_TEST(node->api_key() == "k");
  BOOST_TEST(node->is_running());
  BOOST_TEST(node->cpu_time().has_value());
  BOOST_TEST(node->resident_kb().value_or(0) > 0u);
  BOOST_TEST(machine_cpu_time().value_or(mono_time{0}).count() > 0);
  node->stop();
  BOOST_TEST(!node->is_running());
  BOOST_TEST(!node->resident_kb().has_value());
  node->stop();
}

BOOST_AUTO_TEST_CASE(one_that_does_not_greet_is_none) {
  for (const char* says : {"exit 3", "echo nonsense", "echo '{}'", "echo '{\"url\":\"u\"}'"}) {
    std::string why;
    BOOST_TEST(!node_process::start({"/bin/sh", "-c", says}, -1, why), says);
    BOOST_TEST(!why.empty());
  }
  std::string why;
  BOOST_TEST(!node_process::start({"/nowhere/at/all"}, -1, why));
  BOOST_TEST(!node_process::start({}, -1, why));
}

BOOST_AUTO_TEST_SUITE_END()
