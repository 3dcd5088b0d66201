// `unpod bench reference`: one call on the idle node and one under load. Its caller has
// net thread and pacer of its own, so that the load process' other callers do not delay it.
//
//   idle --> reference call --> load: given, or 80 % of the capacity of a probe --> reference call
#include "adapters/peers/bench_dialogue.hpp"
#include "adapters/peers/bench_house.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds look_every{20};
constexpr std::chrono::seconds probe_window{8};
constexpr double load_share = 0.8;      // of the capacity
constexpr double load_thread_max = 0.8; // of a core: one thread has all load callers
constexpr double frame_ms = 20;
constexpr std::size_t findings_max = 5;

struct reference_tale {
  std::size_t load = 0;
  dialogue_tale call;
  told_latencies latencies;
  house_window window;
  std::vector<std::string> findings;

  bench_sheet sheet() const {
    const std::string why = "no turn was answered";
    std::vector<double> first, gaps;
    for (const auto& turn : call.turns)
      first.push_back(to_ms(turn.first_heard - turn.said));
    for (const auto gap : call.gaps_ms)
      gaps.push_back(std::abs(gap - frame_ms));
    bench_sheet sheet;
    sheet.count("load_calls", "other calls", load)
      .one("setup_ms", "dialled to `started`",
           call.started > mono_time{0} ? figure::of(to_ms(call.started - call.dialled))
                                       : figure::none("the call did not start"),
           "ms")
      .row("first_audio_ms", "phrase said to first audio", spread_row(first, why), "ms")
      .row("total_ms", "  the ledger's total", spread_row(latencies.total, why), "ms")
      .row("text_overhead_ms", "text overhead", spread_row(latencies.text, why), "ms")
      .row("first_sample_ms", "first byte to first sample", spread_row(latencies.first_sample, why),
           "ms")
      .row("gap_error_ms", "frames heard, off 20 ms", spread_row(gaps, why), "ms")
      .row("node_pacing_error_ms", "pacing of all calls, by node", window.pacing_error_ms, "ms")
      .one("node_cpu_share", "node CPU", window.node_cpu_share, "of a core")
      .load(window.load)
      .findings(findings);
    return sheet;
  }

  bool well() const {
    return call.failed.empty() && findings.empty();
  }
};

class reference_bench {
public:
  reference_bench(const reference_bench_wishes& wishes, std::ostream* err)
    : wishes_{wishes}, err_{err} {}

  bool measure(std::string& why) {
    house_wishes house;
    house.calls_max = std::max(wishes_.calls, most_) + 2;
    house.codec = wishes_.codec;
    house_ = bench_house::open(house, wishes_.common, err_, why);
    if (!house_ || !house_->warm_up(why))
      return false;
    threads_ = std::make_unique<net_threads>(1);
    tools_ = make_demo_tools(*threads_);
    idle_ = call(0, why);
    if (!why.empty())
      return false;
    if (wishes_.calls == 0)
      probe();
    loaded_ = call(wishes_.calls > 0 ? wishes_.calls : load_, why);
    return why.empty();
  }

  bench_sheet sheet() const {
    bench_sheet sheet;
    if (wishes_.calls == 0)
      sheet.one("capacity_calls", "capacity", capacity_,
                "calls, extrapolated from " + std::to_string(wishes_.probe) + " (" + bound_ + ")");
    sheet.steps("reference", "reference call (1: idle node, 2: under load)",
                {idle_.sheet(), loaded_.sheet()});
    return sheet;
  }

  bench_frame frame() const {
    bench_frame frame;
    frame.posture = house_->posture();
    frame.posture.emplace_back("reference call", "one more WebSocket with a net thread and a pacer "
                                                 "of its own, "
                                                   + std::to_string(wishes_.turns) + " turns");
    frame.command = "unpod bench reference"
                    + (wishes_.calls > 0 ? " --calls " + std::to_string(wishes_.calls)
                                         : " --probe " + std::to_string(wishes_.probe))
                    + " --turns " + std::to_string(wishes_.turns) + " --codec " + wishes_.codec
                    + common_words(wishes_.common);
    frame.hardware = describe_hardware();
    return frame;
  }

  bool well() const {
    return idle_.well() && loaded_.well();
  }

private:
  /// Fills the node with so many others, and performs the one.
  reference_tale call(std::size_t others, std::string& why) {
    reference_tale told;
    told.load = others;
    const auto callers = house_->make_callers();
    if (others > 0 && !house_->begin_calls(*callers, others, told.findings))
      told.findings.emplace_back("not all calls of the load came to be");
    if (others > 0)
      house_->pass("settling", bench_habits{}.turn_every);
    const auto url = house_->stand().connect_url(0, why);
    if (url.empty())
      return told;
    caller_pacer pacer;
    bench_dialogue one{
      tools_.dial,  pacer, bench_format(wishes_.codec), house_->phrase(), house_->phrase_rate_hz(),
      wishes_.turns};
    const auto from = house_->read(*callers);
    one.begin(url, mono_now());
    house_->progress("the reference call, " + std::to_string(others) + " others");
    while (!one.go_on(mono_now()))
      std::this_thread::sleep_for(look_every);
    told.window = house_->between(from, house_->read(*callers));
    if (others == 0)
      told.window.load.sent_share = 1; // there was nothing to send
    told.call = one.tale();
    if (!told.call.failed.empty())
      told.findings.push_back("the reference call: " + told.call.failed);
    house_->end_calls(*callers);
    for (const auto& other : callers->callers())
      if (!other.failed.empty() && told.findings.size() < findings_max)
        told.findings.push_back("a call of the load: " + other.failed);
    told_caller as_told;
    as_told.call = told.call.call;
    house_->read_ledgers({as_told}, told.latencies);
    house_->progress("");
    return told;
  }

  /// How many calls fill the machine, if all cost what these do.
  void probe() {
    std::vector<std::string> ignored;
    const auto callers = house_->make_callers();
    house_->begin_calls(*callers, wishes_.probe, ignored);
    house_->pass("settling", bench_habits{}.turn_every);
    const auto from = house_->read(*callers);
    house_->pass("measuring the capacity", probe_window);
    const auto window = house_->between(from, house_->read(*callers));
    house_->end_calls(*callers);
    const auto probe = static_cast<double>(wishes_.probe);
    const auto cores = static_cast<double>(std::max(1U, std::thread::hardware_concurrency()));
    const auto node = window.node_cpu_share.value.value_or(0) / probe;
    const auto load = window.load.cpu_share / probe;
    if (node <= 0 || load <= 0)
      return;
    const auto machine = cores / (node + load), thread = load_thread_max / load;
    bound_ = machine <= thread ? "node and load fill all cores" : "the load's one thread is full";
    capacity_ = figure::of(std::floor(std::min(machine, thread)));
    load_ =
      std::clamp<std::size_t>(static_cast<std::size_t>(load_share * *capacity_.value), 1, most_);
  }

  const reference_bench_wishes& wishes_;
  std::ostream* err_;
  const std::size_t most_ = 2'000; // calls, as bench_calls_max
  std::unique_ptr<bench_house> house_;
  std::unique_ptr<net_threads> threads_;
  demo_tools tools_;
  figure capacity_ = figure::none("the CPU clocks cannot be read");
  std::string bound_ = "nothing was measured";
  std::size_t load_ = 1;
  reference_tale idle_, loaded_;
};

} // namespace

int run_reference_bench_program(const reference_bench_wishes& wishes, std::ostream& out,
                                std::ostream& err) {
  reference_bench bench{wishes, wishes.common.outlets.json ? nullptr : &err};
  std::string why;
  if (!bench.measure(why)
      || !publish("reference", bench.sheet(), bench.frame(), {}, wishes.common.outlets, out, why)) {
    err << "unpod bench reference: " << why << "\n";
    return 2;
  }
  return bench.well() ? 0 : 1;
}

} // namespace unpod
