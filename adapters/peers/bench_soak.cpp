// `unpod bench soak`: cohorts of calls come and go, runners are killed, and the node is
// looked at all the while.
//
//   cohort: filling, a call a step --> living, 5 to 20 s by seed --> ending --> judged, a new one
//   runners: processes, one killed every so often and started again at once
#include "adapters/peers/bench_growth.hpp"
#include "adapters/peers/bench_house.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/child_process.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <random>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds step_every{100}, sample_every{2'000};
constexpr milliseconds life_least{5'000}, life_most{20'000};
constexpr milliseconds end_wait{15'000}, settle_wait{40'000}, runner_wait{20'000};
constexpr std::size_t cohorts_max = 4;
constexpr std::size_t findings_max = 5;
/// Memory counts against a run of ten minutes and more: before, caches and memtables still fill.
constexpr std::size_t memory_judged_s = 600;
constexpr double memory_over_max = 1.05; // of the base, as the limits have it

struct cohort {
  std::unique_ptr<bench_callers> callers;
  std::size_t wanted = 0, added = 0;
  mono_time over_at{0}, ending_since{0};
};

class soak_bench {
public:
  soak_bench(const soak_bench_wishes& wishes, std::ostream* err)
    : wishes_{wishes}, err_{err}, dice_{wishes.common.seed} {}

  bool measure(std::string& why) {
    house_wishes house;
    house.calls_max = 2 * wishes_.calls + 1; // those of a cohort may still be leaving
    house.runners = false;
    house_ = bench_house::open(house, wishes_.common, err_, why);
    if (!house_ || !start_runners(why) || !house_->warm_up(why))
      return false;
    settle_in();
    base_ = settled();
    churn(std::chrono::seconds{wishes_.seconds}, true);
    while (!cohorts_.empty())
      retire(cohorts_.size() - 1, true);
    end_ = settled();
    house_->progress("");
    return true;
  }

  bench_sheet sheet() const;
  bench_frame frame() const;
  std::vector<bench_plot> plots() const {
    return growth_plots(samples_);
  }
  bool well() const {
    return unexplained_ == 0 && calls_ > 0 && end_.actors <= base_.actors
           && end_.descriptors <= base_.descriptors
           && (wishes_.seconds < memory_judged_s
               || end_.memory_kb <= memory_over_max * base_.memory_kb);
  }

private:
  std::unique_ptr<child_process> start_runner(std::string& why) const {
    auto& node = house_->stand().node();
    return child_process::start(
      {own_program(), "runner", "--echo", "--agent-id", stand_wishes{}.agent},
      {{"UNPOD_BASE_URL", node.url()}, {"UNPOD_API_KEY", node.api_key()}}, why);
  }

  bool start_runners(std::string& why) {
    for (std::size_t n = 0; n < wishes_.runners; ++n) {
      runners_.push_back(start_runner(why));
      if (!runners_.back())
        return false;
    }
    const auto all = static_cast<double>(wishes_.runners);
    if (wait_until(runner_wait, [&] { return runners_registered() >= all; }))
      return true;
    why = "the runners could not register";
    return false;
  }

  double runners_registered() const {
    return metric_in(house_->stand().metrics(), "unpod_actors{kind=\"runner\"}").value_or(0);
  }

  /// What so many calls at a time need at all, before anything is compared.
  void settle_in() {
    churn(life_least + milliseconds{2'000}, false);
    while (!cohorts_.empty())
      retire(cohorts_.size() - 1, false);
  }

  void churn(mono_time span, bool counted) {
    const auto began = mono_now();
    auto next_sample = began;
    const auto kill_every = std::chrono::milliseconds{60'000}
                            / static_cast<std::int64_t>(std::max<std::size_t>(1, wishes_.kills));
    auto next_kill = began + kill_every / 2;
    for (auto now = began; now < began + span; now = mono_now()) {
      tend(now, counted);
      if (counted && wishes_.kills > 0 && now >= next_kill) {
        kill_one(now);
        next_kill = now + kill_every;
      }
      if (counted && now >= next_sample && samples_.size() < growth_samples_max) {
        samples_.push_back(look(began));
        next_sample += sample_every;
        tell(now - began, span);
      }
      std::this_thread::sleep_for(step_every);
    }
  }

  void tend(mono_time now, bool counted) {
    const auto cohorts = std::min(cohorts_max, wishes_.calls);
    while (cohorts_.size() < cohorts)
      cohorts_.push_back(fresh(cohorts_.size(), cohorts, now));
    for (std::size_t n = 0; n < cohorts_.size(); ++n) {
      auto& one = cohorts_[n];
      if (one.added < one.wanted) {
        fill(one);
      } else if (one.ending_since == mono_time{0} && now >= one.over_at) {
        one.callers->hang_up_all();
        one.ending_since = now;
      } else if (one.ending_since > mono_time{0}
                 && (now - one.ending_since > end_wait || is_over(one))) {
        judge(one, counted);
        one = fresh(n, cohorts, now);
      }
    }
  }

  cohort fresh(std::size_t n, std::size_t cohorts, mono_time now) {
    std::uniform_int_distribution<std::int64_t> life{life_least.count(), life_most.count()};
    cohort made;
    made.callers = house_->make_callers();
    made.wanted = wishes_.calls / cohorts + (n < wishes_.calls % cohorts ? 1 : 0);
    made.over_at = now + milliseconds{life(dice_)};
    return made;
  }

  void fill(cohort& one) {
    std::string why;
    const auto url = house_->stand().connect_url(added_, why);
    if (url.empty())
      find(why);
    else
      one.callers->add(url, wishes_.common.seed * 1'000'003 + added_,
                       milliseconds{static_cast<std::int64_t>(dice_() % 3'000)});
    ++added_;
    ++one.added;
  }

  static bool is_over(const cohort& one) {
    const auto now = one.callers->figures();
    return now.over + now.failed >= one.added;
  }

  void judge(cohort& one, bool counted) {
    for (const auto& told : one.callers->callers()) {
      if (!counted)
        continue;
      ++calls_;
      turns_ += told.tale.turns;
      if (told.failed.empty() && told.over)
        continue;
      const failed_call failed{told.added, told.closed > mono_time{0} ? told.closed : mono_now(),
                               told.failed.empty() ? "did not end in time" : told.failed};
      const bool explained = is_explained(failed, kills_);
      ++(explained ? explained_ : unexplained_);
      if (!explained)
        find(failed.why);
    }
  }

  void retire(std::size_t n, bool counted) {
    auto& one = cohorts_[n];
    one.callers->hang_up_all();
    wait_until(end_wait, [&] { return is_over(one); });
    judge(one, counted);
    cohorts_.erase(cohorts_.begin() + static_cast<std::ptrdiff_t>(n));
  }

  void kill_one(mono_time now) {
    auto& victim = runners_[dice_() % runners_.size()];
    kills_.push_back(now);
    victim->kill();
    std::string why;
    if (auto next = start_runner(why))
      victim = std::move(next);
    else
      find(why);
  }

  growth_sample look(mono_time began) {
    auto& node = house_->stand().node();
    const auto metrics = house_->stand().metrics();
    growth_sample now;
    now.at_s = to_ms(mono_now() - began) / 1'000;
    now.memory_kb = static_cast<double>(node.resident_kb().value_or(0));
    now.descriptors = static_cast<double>(open_descriptors(node.pid()));
    now.actors = actors_in(metrics);
    now.calls = metric_in(metrics, "unpod_media_calls").value_or(0);
    if (metrics.empty())
      find("the node did not answer /metrics");
    return now;
  }

  /// Without a call and with all runners: at the base's figures, or as near as it gets in time.
  growth_sample settled() {
    house_->progress("settling");
    growth_sample now;
    const auto all = static_cast<double>(wishes_.runners);
    wait_until(settle_wait, [&] {
      now = look(mono_now());
      return now.calls == 0 && runners_registered() == all
             && (base_.actors == 0
                 || (now.actors <= base_.actors && now.descriptors <= base_.descriptors));
    });
    return now;
  }

  void tell(mono_time gone, mono_time span) {
    char text[80];
    std::snprintf(text, sizeof text, "%.0f of %.0f s, %zu calls, %zu kills", to_ms(gone) / 1'000,
                  to_ms(span) / 1'000, static_cast<std::size_t>(calls_), kills_.size());
    house_->progress(text);
  }

  void find(const std::string& words) {
    if (findings_.size() < findings_max)
      findings_.push_back(words);
  }

  const soak_bench_wishes& wishes_;
  std::ostream* err_;
  std::mt19937_64 dice_;
  std::unique_ptr<bench_house> house_;
  std::vector<std::unique_ptr<child_process>> runners_;
  std::vector<cohort> cohorts_;
  std::vector<mono_time> kills_;
  std::vector<growth_sample> samples_;
  growth_sample base_, end_;
  std::uint64_t calls_ = 0, turns_ = 0, explained_ = 0, unexplained_ = 0;
  std::size_t added_ = 0;
  std::vector<std::string> findings_;
};

bench_sheet soak_bench::sheet() const {
  const auto row = [](double base, double end) {
    return figure_row{{"base", figure::of(base)}, {"end", figure::of(end)}};
  };
  const auto slopes = slopes_of(samples_);
  bench_sheet sheet;
  sheet.count("seconds", "churned for", wishes_.seconds, "s")
    .count("calls", "calls", calls_, std::to_string(turns_) + " turns")
    .count("turns", "turns", turns_)
    .count("runners_killed", "runners killed", kills_.size())
    .count("calls_failed_explained", "calls failed with a runner", explained_)
    .count("calls_failed", "calls failed otherwise", unexplained_)
    .row("memory_kb", "memory", row(base_.memory_kb, end_.memory_kb), "KB")
    .one("memory_kb_per_hour", "  slope", slopes.memory_kb, "KB an hour, second half")
    .row("descriptors", "descriptors", row(base_.descriptors, end_.descriptors), "open")
    .one("descriptors_per_hour", "  slope", slopes.descriptors, "an hour, second half")
    .row("actors", "actors", row(base_.actors, end_.actors), "living")
    .one("actors_per_hour", "  slope", slopes.actors, "an hour, second half")
    .findings(findings_);
  return sheet;
}

bench_frame soak_bench::frame() const {
  bench_frame frame;
  for (auto& line : house_->posture())
    if (line.first != "runner")
      frame.posture.push_back(line);
  frame.posture.emplace_back("runners", std::to_string(wishes_.runners)
                                          + " processes (unpod runner, echo), "
                                          + std::to_string(wishes_.kills) + " killed a minute");
  frame.posture.emplace_back("base", "the quiet node after a first churn of "
                                       + std::to_string(wishes_.calls) + " calls; memory is judged "
                                       + "(5 %) in runs of ten minutes and more");
  frame.command = "unpod bench soak --seconds " + std::to_string(wishes_.seconds) + " --calls "
                  + std::to_string(wishes_.calls) + " --runners " + std::to_string(wishes_.runners)
                  + " --kills " + std::to_string(wishes_.kills) + common_words(wishes_.common);
  frame.hardware = describe_hardware();
  return frame;
}

} // namespace

int run_soak_bench_program(const soak_bench_wishes& wishes, std::ostream& out, std::ostream& err) {
  soak_bench bench{wishes, wishes.common.outlets.json ? nullptr : &err};
  std::string why;
  if (!bench.measure(why)
      || !publish("soak", bench.sheet(), bench.frame(), bench.plots(), wishes.common.outlets, out,
                  why)) {
    err << "unpod bench soak: " << why << "\n";
    return 2;
  }
  return bench.well() ? 0 : 1;
}

} // namespace unpod
