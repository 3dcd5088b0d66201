// `unpod bench dispatch`: bursts of real calls for runners that only take jobs.
// A burst is over before the node asks where its runners' bridges are.
#include "adapters/peers/bench_callers.hpp"
#include "adapters/peers/bench_program.hpp"
#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/bench_runners.hpp"
#include "adapters/peers/bench_stand.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/demo.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr const char* agent = "bench";
constexpr std::size_t burst_s = 8; // well below dispatch_limits::pairing_wait
constexpr std::size_t seats_least = 50, seats_most = 1'000;
constexpr milliseconds register_wait{30'000}, job_wait{5'000}, end_wait{30'000};
constexpr milliseconds cancel_wait{300}; // for job.cancel to reach the runners
constexpr const char* histogram = "unpod_dispatch_seconds";

class dispatch_bench {
public:
  dispatch_bench(const dispatch_bench_wishes& wishes, std::ostream& err)
    : wishes_{wishes}, err_{err}, burst_{std::min(wishes.jobs, wishes.rate * burst_s)},
      seats_{std::clamp(2 * ((burst_ + wishes.runners - 1) / wishes.runners), seats_least,
                        seats_most)} {}

  bool open(std::string& why) {
    stand_wishes stand;
    stand.calls_max = 2 * burst_; // those of the last burst may still be leaving
    stand.node_settings = wishes_.node_settings;
    stand.agent = agent;
    stand_ = bench_stand::open(stand, why);
    if (!stand_)
      return false;
    threads_ = std::make_unique<net_threads>(1);
    tools_ = make_demo_tools(*threads_);
    runners_ = std::make_unique<bench_runners>(
      *threads_, tools_.dial,
      bench_runners_settings{stand_->node().url(), stand_->node().api_key(), agent, wishes_.runners,
                             seats_});
    if (wait_until(register_wait, [&] { return runners_->registered() == wishes_.runners; }))
      return true;
    why = std::to_string(runners_->registered()) + " of " + std::to_string(wishes_.runners)
          + " runners could register; " + runners_->trouble();
    return false;
  }

  dispatch_report measure() {
    dispatch_report report;
    report.runners = wishes_.runners;
    report.jobs = wishes_.jobs;
    const auto before = histogram_in(stand_->metrics(), histogram);
    std::size_t worst = 0, worst_by_chance = 0;
    for (std::size_t done = 0; done < wishes_.jobs; done += burst_) {
      const auto jobs = std::min(burst_, wishes_.jobs - done);
      progress("jobs " + std::to_string(done) + " of " + std::to_string(wishes_.jobs));
      ++report.bursts;
      worst = std::max(worst, burst(jobs, report));
      worst_by_chance =
        std::max(worst_by_chance, spread_of(weighted_random_burst(wishes_.runners, jobs, seats_,
                                                                  wishes_.seed + report.bursts)));
    }
    progress("");
    const auto after = histogram_in(stand_->metrics(), histogram);
    finish(report, histogram_since(before, after));
    report.spread = figure::of(static_cast<double>(worst));
    report.baseline_spread = figure::of(static_cast<double>(worst_by_chance));
    return report;
  }

  bench_frame frame() const {
    bench_frame frame;
    frame.posture = {
      {"jobs", "real calls: token, client WebSocket, `start`; no audio, no TLS"},
      {"runners", "a control socket each from the load process; they accept and dial no bridge"},
      {"seats", std::to_string(seats_) + " a runner"},
      {"cores", "shared by node and load"},
      {"baseline", "computed: each job to a runner by chance, weighted by the seats that were free "
                   "before the burst"},
      {"seed", std::to_string(wishes_.seed)},
    };
    frame.command = "unpod bench dispatch --runners " + std::to_string(wishes_.runners) + " --jobs "
                    + std::to_string(wishes_.jobs) + " --rate " + std::to_string(wishes_.rate)
                    + " --seed " + std::to_string(wishes_.seed);
    for (const auto& pair : wishes_.node_settings)
      frame.command += " --set " + pair;
    frame.hardware = describe_hardware();
    return frame;
  }

private:
  /// Returns most minus least jobs of a runner, all of the burst's calls being live.
  std::size_t burst(std::size_t jobs, dispatch_report& report) {
    const auto first_job = runners_->jobs().size();
    bench_callers callers{*threads_, tools_.dial, make_bench_voice({}, {}, 16'000), bench_habits{},
                          true};
    std::vector<std::string> urls;
    for (std::string why; urls.size() < jobs && why.empty();)
      urls.push_back(stand_->connect_url(urls.size(), why));
    const auto began = mono_now();
    const auto before = read_cpu(stand_->node());
    for (std::size_t n = 0; n < urls.size(); ++n) {
      callers.add(urls[n], n, milliseconds{0});
      const auto due = began + std::chrono::nanoseconds{1'000'000'000} * (n + 1) / wishes_.rate;
      std::this_thread::sleep_for(std::max<mono_time>(due - mono_now(), mono_time{0}));
    }
    wait_until(job_wait, [&] { return runners_->jobs().size() >= first_job + jobs; });
    spent_ += mono_now() - began;
    note_load(report, load_between(before, read_cpu(stand_->node())));
    const auto told = callers.callers();
    callers.hang_up_all();
    wait_until(end_wait, [&] {
      const auto now = callers.figures();
      return now.over + now.failed >= urls.size();
    });
    wait_until(end_wait, [this] { return stand_->is_quiet(); });
    std::this_thread::sleep_for(cancel_wait);
    return match(told, first_job, jobs, report);
  }

  static void note_load(dispatch_report& report, load_figures load) {
    if (report.bursts <= 1 || load.cpu_share > report.load.cpu_share)
      report.load = std::move(load);
  }

  std::size_t match(const std::vector<told_caller>& told, std::size_t first_job, std::size_t jobs,
                    dispatch_report& report) {
    std::map<std::string, arrived_job> arrived;
    const auto all = runners_->jobs();
    for (auto n = first_job; n < all.size(); ++n)
      arrived.emplace(all[n].call, all[n]);
    std::vector<std::size_t> load(wishes_.runners, 0);
    std::size_t well = 0;
    for (const auto& one : told) {
      const auto job = arrived.find(one.call);
      if (job == arrived.end()) {
        if (report.findings.size() < 5)
          report.findings.push_back(one.failed.empty() ? "a call got no runner" : one.failed);
        continue;
      }
      ++well;
      ++load[job->second.runner];
      took_ms_.push_back(to_ms(job->second.at - one.asked));
    }
    report.jobs_failed += jobs - std::min(jobs, well);
    return spread_of(load);
  }

  void finish(dispatch_report& report, const told_histogram& node) const {
    const std::string why = "no job reached a runner";
    for (const auto& [part, p] : {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}}) {
      report.dispatch_ms.emplace_back(part, percentile_figure(took_ms_, p, why));
      auto inside = histogram_quantile(node, p);
      if (inside.value)
        *inside.value *= 1'000;
      report.node_ms.emplace_back(part, std::move(inside));
    }
    const auto seconds = to_ms(spent_) / 1'000;
    report.jobs_per_second = seconds > 0 ? static_cast<double>(took_ms_.size()) / seconds : 0;
    if (!runners_->trouble().empty())
      report.findings.push_back("a runner's socket: " + runners_->trouble());
  }

  void progress(const std::string& words) {
    if (!wishes_.json)
      err_ << '\r' << words << std::string(words.empty() ? 40 : 4, ' ')
           << (words.empty() ? "\r" : "") << std::flush;
  }

  const dispatch_bench_wishes& wishes_;
  std::ostream& err_;
  const std::size_t burst_, seats_;
  std::unique_ptr<bench_stand> stand_;
  std::unique_ptr<net_threads> threads_;
  demo_tools tools_;
  std::unique_ptr<bench_runners> runners_; // before the threads they use
  std::vector<double> took_ms_;
  mono_time spent_{0};
};

} // namespace

int run_dispatch_bench_program(const dispatch_bench_wishes& wishes, std::ostream& out,
                               std::ostream& err) {
  dispatch_bench bench{wishes, err};
  std::string why;
  if (!bench.open(why)) {
    err << "unpod bench dispatch: " << why << "\n";
    return 2;
  }
  const auto report = bench.measure();
  if (wishes.json)
    out << dispatch_json(report, bench.frame()) << std::endl;
  else
    out << dispatch_table(report) << posture_text(bench.frame()) << std::flush;
  return report.jobs_failed == 0 ? 0 : 1;
}

} // namespace unpod
