// The node's small services: which runner is chosen, and what is counted.
#define BOOST_TEST_MODULE services
#include <boost/test/unit_test.hpp>

#include "actors/accountant.hpp"
#include "actors/dispatch_choice.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <algorithm>
#include <map>

using namespace unpod;

namespace {

runner_seats row(const char* worker, std::uint64_t seats, std::uint64_t active = 0,
                 std::uint64_t reserved = 0, mono_time idle_since = mono_time{0}) {
  runner_seats made;
  made.worker = worker_id{worker};
  made.seats = seats;
  made.active = active;
  made.reserved = reserved;
  made.idle_since = idle_since;
  return made;
}

std::string chosen(const std::vector<runner_seats>& rows, std::vector<worker_id> excluded = {}) {
  const auto choice = choose_runner(rows, excluded);
  return choice.worker ? choice.worker->str() : "";
}

} // namespace

// -- the choice ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_least_loaded_is_chosen_by_its_share) {
  BOOST_TEST(chosen({}) == "");
  BOOST_TEST(chosen({row("a", 10, 5), row("b", 2, 0)}) == "b");
  BOOST_TEST(chosen({row("a", 10, 4), row("b", 2, 1)}) == "a");     // 40 % is less than 50 %
  BOOST_TEST(chosen({row("a", 10, 0, 3), row("b", 10, 2)}) == "b"); // reserved seats count
  BOOST_TEST(chosen({row("a", 1, 1), row("b", 1, 0, 1)}) == "");
  BOOST_TEST(chosen({row("a", 0)}) == "");
}

BOOST_AUTO_TEST_CASE(ties_go_to_the_fewest_active_then_the_longest_idle) {
  BOOST_TEST(chosen({row("a", 10, 1), row("b", 10, 0, 1)}) == "b");
  BOOST_TEST(chosen({row("a", 10, 0, 0, std::chrono::seconds{5}),
                     row("b", 10, 0, 0, std::chrono::seconds{3})})
             == "b");
  BOOST_TEST(chosen({row("b", 10), row("a", 10)}) == "a");
}

BOOST_AUTO_TEST_CASE(who_may_not_be_chosen_is_told_why) {
  auto silent = row("silent", 9);
  silent.eligible = false;
  auto draining = row("draining", 9);
  draining.draining = true;
  const auto choice = choose_runner(
    {silent, draining, row("full", 1, 1), row("tried", 9), row("worse", 9, 3), row("good", 9)},
    {worker_id{"tried"}});
  BOOST_REQUIRE(choice.worker);
  BOOST_TEST(choice.worker->str() == "good");
  std::map<std::string, std::string> verdicts;
  for (const auto& candidate : choice.candidates)
    verdicts[candidate.worker.str()] = candidate.verdict;
  BOOST_TEST(choice.candidates.front().worker.str() == "good");
  BOOST_TEST(verdicts["good"] == "chosen");
  BOOST_TEST(verdicts["silent"] == "no heartbeat lately");
  BOOST_TEST(verdicts["draining"] == "draining");
  BOOST_TEST(verdicts["full"] == "full");
  BOOST_TEST(verdicts["tried"] == "tried already");
  BOOST_TEST(verdicts["worse"] == "more loaded");
}

BOOST_AUTO_TEST_CASE(a_thousand_picks_over_equal_runners_are_even) {
  std::vector<runner_seats> rows;
  for (int i = 0; i < 7; ++i)
    rows.push_back(row(("r" + std::to_string(i)).c_str(), 200));
  for (int pick = 0; pick < 1'000; ++pick) {
    const auto choice = choose_runner(rows, {});
    BOOST_REQUIRE(choice.worker);
    for (auto& one : rows)
      one.reserved += one.worker == *choice.worker;
  }
  const auto [least, most] = std::minmax_element(
    rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.busy() < b.busy(); });
  BOOST_TEST(most->busy() - least->busy() <= 1);
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_a_choice_is_bounded) {
  std::vector<runner_seats> rows;
  for (int i = 0; i < 100; ++i)
    rows.push_back(row(("r" + std::to_string(i)).c_str(), 9));
  BOOST_TEST(choose_runner(rows, {}).candidates.size() == candidates_max);
}

// -- counting -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(counters_and_histograms_are_told_as_prometheus_reads_them) {
  metric_book book;
  book.count("unpod_calls_total", "", 1);
  book.count("unpod_calls_total", "", 2);
  book.count("unpod_ends_total", "reason=\"completed\"", 1);
  book.time("unpod_turn_seconds", "", 0.003);
  book.time("unpod_turn_seconds", "", 99);
  const auto text = book.text();
  const auto has = [&](const std::string& line) {
    BOOST_TEST_INFO(text);
    return text.find(line + "\n") != std::string::npos;
  };
  BOOST_TEST(has("# TYPE unpod_calls_total counter"));
  BOOST_TEST(has("unpod_calls_total 3"));
  BOOST_TEST(has("unpod_ends_total{reason=\"completed\"} 1"));
  BOOST_TEST(has("# TYPE unpod_turn_seconds histogram"));
  BOOST_TEST(has("unpod_turn_seconds_bucket{le=\"0.0025\"} 0"));
  BOOST_TEST(has("unpod_turn_seconds_bucket{le=\"0.005\"} 1"));
  BOOST_TEST(has("unpod_turn_seconds_bucket{le=\"10\"} 1"));
  BOOST_TEST(has("unpod_turn_seconds_bucket{le=\"+Inf\"} 2"));
  BOOST_TEST(has("unpod_turn_seconds_sum 99.003"));
  BOOST_TEST(has("unpod_turn_seconds_count 2"));
}

BOOST_AUTO_TEST_CASE(a_bound_belongs_to_its_bucket) {
  metric_book book;
  book.time("t", "k=\"v\"", 0.001);
  BOOST_TEST(book.text().find("t_bucket{k=\"v\",le=\"0.001\"} 1\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(series_are_bounded) {
  metric_book book;
  for (std::size_t i = 0; i < metric_book::series_max + 100; ++i)
    book.count("c", "n=\"" + std::to_string(i) + "\"", 1);
  book.time("late", "", 1);
  book.count("c", "n=\"0\"", 1); // a known one still counts
  const auto text = book.text();
  const auto lines = std::count(text.begin(), text.end(), '\n');
  BOOST_TEST(lines == static_cast<std::ptrdiff_t>(metric_book::series_max) + 1);
  BOOST_TEST(text.find("c{n=\"0\"} 2\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_accountant_adds_up_what_it_is_told, fixtures::deterministic_system) {
  const auto subject = sys.spawn(accountant);
  tell(subject, count_metric{"c", {}, 2}, count_metric{"c", {}, 1}, time_metric{"t", {}, 0.5});
  const auto answer = ask<metrics_text>(subject, read_metrics{});
  BOOST_REQUIRE(answer);
  BOOST_TEST(answer->text.find("c 3\n") != std::string::npos);
  BOOST_TEST(answer->text.find("t_count 1\n") != std::string::npos);
  end(subject, caf::exit_reason::kill);
}
