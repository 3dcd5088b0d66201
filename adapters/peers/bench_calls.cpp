// `unpod bench calls`: so many calls at a time, and what one of them costs.
//
//   idle (after one call, so that nothing is loaded for the first time) -> calls begin
//   -> one round of turns to settle -> the window -> hang up -> the calls' own ledgers
#include "adapters/media/call_media.hpp"
#include "adapters/peers/bench_callers.hpp"
#include "adapters/peers/bench_slope.hpp"
#include "adapters/peers/bench_program.hpp"
#include "adapters/peers/bench_providers.hpp"
#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/bench_stand.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/demo.hpp"
#include "adapters/speech/simulated_speech.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr const char* agent = "bench";
constexpr const char* phrase = "I would like to know when you are open on sunday";
constexpr milliseconds open_every{10}; // between two calls' beginnings
constexpr milliseconds start_wait{20'000}, end_wait{30'000}, warm_wait{20'000};
constexpr milliseconds rest{1'000};              // before idle is read
constexpr std::size_t seats_of_a_runner = 1'000; // dispatch_limits::seats_max
constexpr std::size_t findings_max = 5;
constexpr double frames_a_second = 50;

audio_format format_of(const std::string& codec) {
  if (codec == "pcmu")
    return {audio_encoding::mulaw, 8'000};
  if (codec == "opus")
    return {audio_encoding::opus, 48'000};
  return {audio_encoding::pcm_s16le, 16'000};
}

/// What tones can say: a word a tone.
constexpr const char* counted_phrase = "one two three four five six seven eight";
constexpr std::uint32_t tone_rate_hz = 16'000;

/// Says again what was heard, and nothing before it was asked.
class bench_brain : public runner_brain {
public:
  std::string greeting() override {
    return {};
  }
  brain_reply answer(const std::string& user_text) override {
    return {"Ninety nine: " + user_text + ".", false, {}};
  }
};

double seconds_of(mono_time span) {
  return to_ms(span) / 1'000;
}

/// One reading of all that only grows.
struct reading {
  std::string metrics;
  cpu_reading cpu;
  callers_figures callers;
};

figure difference_of(const reading& from, const reading& to, const char* name) {
  const auto before = metric_in(from.metrics, name), after = metric_in(to.metrics, name);
  return before && after ? figure::of(*after - *before)
                         : figure::none(std::string{name} + " is not in /metrics");
}

figure_row pacing_of(const reading& from, const reading& to) {
  const std::string name = "unpod_media_pacing_error_seconds";
  const auto errors =
    histogram_since(histogram_in(from.metrics, name), histogram_in(to.metrics, name));
  figure_row row;
  for (const auto& [part, p] :
       {std::pair{"p50", 0.5}, std::pair{"p99", 0.99}, std::pair{"p999", 0.999}}) {
    auto value = histogram_quantile(errors, p);
    if (value.value)
      *value.value *= 1'000;
    row.emplace_back(part, std::move(value));
  }
  return row;
}

figure_row two_of(const std::vector<double>& values, const std::string& why) {
  return {{"p50", percentile_figure(values, 0.5, why)},
          {"p99", percentile_figure(values, 0.99, why)}};
}

/// One run of the bench, from the first call to the last figure.
class calls_bench {
public:
  calls_bench(const calls_bench_wishes& wishes, std::ostream& err) : wishes_{wishes}, err_{err} {}

  ~calls_bench() {
    for (const auto& runner : runners_) {
      runner->stop();
      runner->wait_closed(farewell_max);
    }
  }

  calls_bench(const calls_bench&) = delete;
  calls_bench& operator=(const calls_bench&) = delete;

  bool open(std::string& why) {
    // Before any thread of the load's is begun.
    if (wishes_.pin && (std::thread::hardware_concurrency() < 2 || !pin_to_core(1))) {
      why = "--pin needs two cores of our own";
      return false;
    }
    stand_wishes stand;
    const auto most = wishes_.ramp ? bench_calls_max : wishes_.calls;
    stand.calls_max = most + 1; // one to warm up with may still be leaving
    stand.node_core = wishes_.pin ? 0 : -1;
    stand.node_settings = wishes_.node_settings;
    stand.agent = agent;
    stand.voice_profile =
      wishes_.profile == bench_profile_inside ? simulated_provider_name : wishes_.profile;
    if (is_over_sockets()) {
      providers_ = bench_providers::open(wishes_.provider_tls, why);
      if (!providers_)
        return false;
      const auto& more = providers_->node_settings();
      stand.node_settings.insert(stand.node_settings.end(), more.begin(), more.end());
      stand.voice_profile = bench_providers::node_profile();
    }
    stand.record = wishes_.record;
    stand_ = bench_stand::open(stand, why);
    if (!stand_)
      return false;
    threads_ = std::make_unique<net_threads>(1, load_looks_every);
    tools_ = make_demo_tools(*threads_);
    std::uint32_t rate_hz = tone_rate_hz;
    const auto pcm = is_over_sockets()
                       ? tones_of(counted_phrase, tone_alphabet::numbers(), tone_rate_hz)
                       : tools_.speak(phrase, rate_hz);
    if (pcm.empty()) {
      why = "the callers' voice says nothing";
      return false;
    }
    voice_ = make_bench_voice(format_of(wishes_.codec), pcm, rate_hz);
    return start_runners(most, why) && warm_up(why);
  }

  calls_report measure(std::size_t calls) {
    calls_report report;
    report.calls = calls;
    bench_callers callers{*threads_, tools_.dial, voice_, bench_habits{}, false};
    begin_calls(callers, calls, report);
    wait_until(start_wait, [&] {
      const auto now = callers.figures();
      return now.live + now.failed >= calls;
    });
    pass("settling", bench_habits{}.turn_every);
    const auto from = read(callers, false);
    pass("measuring", std::chrono::seconds{wishes_.seconds});
    const auto to = read(callers, true);
    const auto resident = stand_->node().resident_kb();
    progress("hanging up");
    callers.hang_up_all();
    wait_until(end_wait, [&] {
      const auto now = callers.figures();
      return now.over + now.failed >= calls;
    });
    fill(report, from, to);
    report.memory_kb_per_call =
      resident && idle_kb_
        ? figure::of((static_cast<double>(*resident) - static_cast<double>(*idle_kb_))
                     / static_cast<double>(calls))
        : figure::none("/proc does not tell the node's memory");
    tell_callers(report, callers.callers());
    if (!stand_->node().is_running())
      report.findings.insert(report.findings.begin(), "the node ended while it was measured");
    wait_until(end_wait, [this] { return stand_->is_quiet(); });
    progress("");
    return report;
  }

  bench_frame frame() const;

private:
  bool is_over_sockets() const {
    return wishes_.profile == bench_profile_sockets;
  }
  bench_posture speech_posture() const;

  bool start_runners(std::size_t calls, std::string& why) {
    for (std::size_t n = 0; n <= calls / seats_of_a_runner; ++n) {
      runner_settings runner;
      runner.base_url = stand_->node().url();
      runner.api_key = stand_->node().api_key();
      runner.agent = agent;
      runner.limits.jobs_max = seats_of_a_runner;
      runner.think = wishes_.think;
      runner.whole_answers = true; // a voice is asked for a clause: waiting for words is not ours
      runners_.push_back(std::make_unique<runner_client>(
        std::move(runner), [](const call_facts&) { return std::make_unique<bench_brain>(); },
        tools_.dial, tools_.later));
      runners_.back()->start();
    }
    for (const auto& runner : runners_)
      if (!runner->wait_registered(start_wait)) {
        why = "the runner could not register: " + runner->why_refused();
        return false;
      }
    return true;
  }

  /// One call with one answer: what is loaded on first use is no cost of a call.
  bool warm_up(std::string& why) {
    progress("warming up");
    bench_callers one{*threads_, tools_.dial, voice_, bench_habits{}, false};
    const auto url = stand_->connect_url(0, why);
    if (url.empty())
      return false;
    one.add(url, wishes_.seed, milliseconds{200});
    const bool answered = wait_until(warm_wait, [&] {
      const auto told = one.callers().front();
      if (!told.failed.empty())
        why = "the first call failed: " + told.failed;
      return !why.empty() || (told.tale.turns > 0 && !told.waiting);
    });
    if (!answered && why.empty())
      why = "the first call had no answer";
    one.hang_up_all();
    wait_until(end_wait, [this] { return stand_->is_quiet(); });
    const auto began = mono_now();
    const auto spent = stand_->node().cpu_time();
    std::this_thread::sleep_for(rest);
    if (const auto then = stand_->node().cpu_time(); spent && then)
      idle_share_ = figure::of(to_ms(*then - *spent) / to_ms(mono_now() - began));
    idle_kb_ = stand_->node().resident_kb();
    return why.empty();
  }

  void begin_calls(bench_callers& callers, std::size_t calls, calls_report& report) {
    const auto round = bench_habits{}.turn_every;
    std::string why;
    for (std::size_t n = 0; n < calls; ++n) {
      progress("calls " + std::to_string(n + 1) + " of " + std::to_string(calls));
      const auto next = mono_now() + open_every;
      if (const auto url = stand_->connect_url(n, why); !url.empty()) {
        // Spread over a round, whenever each call began.
        const auto turn = milliseconds{static_cast<std::int64_t>(n + 1) * round.count()
                                       / static_cast<std::int64_t>(calls)};
        callers.add(url, wishes_.seed * 1'000'003 + n, turn);
      } else if (report.findings.size() < findings_max) {
        report.findings.push_back(why);
      }
      std::this_thread::sleep_for(std::max(next - mono_now(), mono_time{0}));
    }
  }

  /// The node's CPU is read nearest to the window: /metrics costs the node something too.
  reading read(const bench_callers& callers, bool cpu_first) {
    reading now;
    if (!cpu_first)
      now.metrics = stand_->metrics();
    now.callers = callers.figures();
    now.cpu = read_cpu(stand_->node());
    if (cpu_first)
      now.metrics = stand_->metrics();
    return now;
  }

  void fill(calls_report& report, const reading& from, const reading& to) const;
  void tell_callers(calls_report& report, const std::vector<told_caller>& callers);
  void read_ledgers(calls_report& report, const std::vector<told_caller>& callers);

  void pass(const char* what, mono_time span) {
    const auto until = mono_now() + span;
    for (auto left = span; left > mono_time{0}; left = until - mono_now()) {
      char text[64];
      std::snprintf(text, sizeof text, "%s, %.0f s left", what, seconds_of(left));
      progress(text);
      std::this_thread::sleep_for(std::min<mono_time>(left, std::chrono::seconds{1}));
    }
  }

  void progress(const std::string& words) {
    constexpr std::size_t width = 40;
    if (!wishes_.json)
      err_ << '\r' << words << std::string(width - std::min(width, words.size()), ' ')
           << (words.empty() ? "\r" : "") << std::flush;
  }

  const calls_bench_wishes& wishes_;
  std::ostream& err_;
  std::unique_ptr<bench_providers> providers_; // outlive the node
  std::unique_ptr<bench_stand> stand_;
  std::unique_ptr<net_threads> threads_;
  demo_tools tools_;
  bench_voice voice_;
  std::optional<std::uint64_t> idle_kb_;
  figure idle_share_ = figure::none("the node's CPU clock cannot be read");
  std::vector<std::unique_ptr<runner_client>> runners_; // before the threads they use
};

void calls_bench::fill(calls_report& report, const reading& from, const reading& to) const {
  report.idle_cpu_share = idle_share_;
  report.seconds = seconds_of(to.cpu.at - from.cpu.at);
  const auto live = static_cast<double>(from.callers.live + to.callers.live) / 2;
  report.load = load_between(from.cpu, to.cpu);
  if (live == 0) {
    report.cpu_us_per_call_second = figure::none("no call was live in the window");
  } else if (!from.cpu.node || !to.cpu.node) {
    report.cpu_us_per_call_second = figure::none("the node's CPU clock cannot be read");
  } else {
    const auto spent = seconds_of(*to.cpu.node - *from.cpu.node);
    report.cpu_us_per_call_second = figure::of(spent * 1e6 / (report.seconds * live));
    const auto cores = wishes_.pin ? 1U : std::max(1U, std::thread::hardware_concurrency());
    report.node_cpu_share = figure::of(spent / (report.seconds * cores));
  }
  const auto late = difference_of(from, to, "unpod_media_late_ticks_total");
  const auto ticks = difference_of(from, to, "unpod_media_ticks_total");
  report.late_ticks_per_million = late.value && ticks.value && *ticks.value > 0
                                    ? figure::of(1e6 * *late.value / *ticks.value)
                                    : figure::none("no tick was counted");
  report.pacing_error_ms = pacing_of(from, to);
  if (live > 0) {
    const auto all = frames_a_second * report.seconds * live;
    report.heard_share = static_cast<double>(to.callers.frames_in - from.callers.frames_in) / all;
    report.load.sent_share =
      static_cast<double>(to.callers.frames_out - from.callers.frames_out) / all;
  }
}

void calls_bench::tell_callers(calls_report& report, const std::vector<told_caller>& callers) {
  std::size_t well = 0;
  std::vector<double> barge_in;
  for (const auto& one : callers) {
    report.turns += one.tale.turns;
    report.turns_unanswered += one.tale.unanswered;
    report.barge_ins += one.tale.cuts;
    barge_in.insert(barge_in.end(), one.tale.barge_in_ms.begin(), one.tale.barge_in_ms.end());
    const auto why = !one.failed.empty()       ? one.failed
                     : one.call.empty()        ? "the call never started"
                     : one.tale.unanswered > 0 ? "a turn had no answer"
                     : !one.over               ? "the call did not end in time"
                                               : "";
    well += why.empty();
    if (!why.empty() && report.findings.size() < findings_max)
      report.findings.push_back(why);
  }
  report.calls_failed = report.calls - std::min(report.calls, well);
  report.barge_in_ms = two_of(barge_in, "nobody cut in while the agent spoke");
  read_ledgers(report, callers);
}

void calls_bench::read_ledgers(calls_report& report, const std::vector<told_caller>& callers) {
  std::vector<double> text, sends, speaks, sample;
  for (const auto& one : callers) {
    const auto told = one.call.empty() ? std::nullopt : stand_->call(one.call);
    for (const auto& turn : told ? told->transcript : std::vector<told_turn>{}) {
      const auto send = ledger_part(turn.ledger, "send"), speak = ledger_part(turn.ledger, "speak");
      const auto playout = ledger_part(turn.ledger, "playout");
      if (send >= 0 && speak >= 0) {
        sends.push_back(send);
        speaks.push_back(speak);
        text.push_back(send + speak);
      }
      if (playout >= 0)
        sample.push_back(playout);
    }
  }
  const std::string why = "no turn was answered to its end";
  report.text_overhead_ms = two_of(text, why);
  report.send_ms = two_of(sends, why);
  report.speak_ms = two_of(speaks, why);
  report.first_sample_ms = two_of(sample, why);
}

std::string ms(milliseconds span) {
  return std::to_string(span.count()) + " ms";
}

bench_posture calls_bench::speech_posture() const {
  if (is_over_sockets()) {
    const auto& pace = providers_->pace();
    return {{"providers", std::string{"Deepgram's and Cartesia's protocols over real WebSockets "}
                            + (wishes_.provider_tls ? "with TLS" : "without TLS")
                            + ", served by the load process; words are tones"},
            {"hearing", "a final when it is asked for, or " + ms(pace.endpointing)
                          + " after the end of speech"},
            {"speaking", "first sound after " + ms(pace.first_byte) + ", then "
                           + std::to_string(pace.chunk / pace.chunk_every) + " times real time"}};
  }
  if (wishes_.profile != bench_profile_inside)
    return {{"providers", "of the profile " + wishes_.profile}};
  const simulated_knobs knobs;
  return {{"providers", "simulated in the node's process, without sockets or TLS: what those cost "
                        "is not in these figures"},
          {"hearing", "a final " + ms(knobs.final_after) + " after the end of speech"},
          {"speaking", "first sound after " + ms(knobs.first_byte_after) + ", then "
                         + std::to_string(knobs.speed) + " times real time"}};
}

bench_frame calls_bench::frame() const {
  const bench_habits habits;
  bench_frame frame;
  frame.posture = {
    {"codec", wishes_.codec},
    {"recording", wishes_.record ? "on" : "off"},
    {"cores", wishes_.pin ? "node on core 0, load on core 1" : "shared by node and load"},
    {"load", "looks at its sockets every "
               + ms(std::chrono::duration_cast<milliseconds>(load_looks_every))
               + ", so that no frame wakes it"},
    {"callers", "real WebSockets, no TLS; " + ms(milliseconds{20} * voice_.phrase.size())
                  + " of speech every " + ms(habits.turn_every) + ", one turn in "
                  + std::to_string(habits.cut_one_in) + " cuts in; no playback reports"},
    {"runner", "bridges from the load process, echo, thinks " + ms(wishes_.think)
                 + ", an answer is one delta"},
    {"seed", std::to_string(wishes_.seed)},
  };
  frame.posture.emplace_back("VAD", "WebRTC's and an energy floor, on");
  for (auto& pair : stand_->posture())
    frame.posture.push_back(std::move(pair));
  const auto speech = speech_posture();
  frame.posture.insert(frame.posture.end(), speech.begin(), speech.end());
  std::string settings;
  for (const auto& pair : wishes_.node_settings)
    settings += (settings.empty() ? "" : " ") + pair;
  if (!settings.empty())
    frame.posture.emplace_back("node settings", settings);
  frame.command =
    "unpod bench calls --calls " + std::to_string(wishes_.calls) + " --seconds "
    + std::to_string(wishes_.seconds) + " --codec " + wishes_.codec + " --profile "
    + wishes_.profile
    + (is_over_sockets() ? wishes_.provider_tls ? " --provider-tls on" : " --provider-tls off" : "")
    + (wishes_.record ? " --record" : "") + (wishes_.pin ? " --pin" : "")
    + (wishes_.ramp ? " --ramp" : "") + " --think-ms " + std::to_string(wishes_.think.count())
    + " --seed " + std::to_string(wishes_.seed);
  for (const auto& pair : wishes_.node_settings)
    frame.command += " --set " + pair;
  frame.hardware = describe_hardware();
  return frame;
}

int ramp(calls_bench& bench, const calls_bench_wishes& wishes, std::ostream& out) {
  std::vector<calls_report> steps;
  std::vector<std::string> broke;
  for (auto calls = wishes.calls; calls <= bench_calls_max && broke.empty(); calls *= 2) {
    steps.push_back(bench.measure(calls));
    broke = broken_floors(steps.back(), calls_floors{});
    if (!wishes.json)
      out << calls_table(steps.back()) << "\n" << std::flush;
  }
  const auto cores = wishes.pin ? 1U : std::max(1U, std::thread::hardware_concurrency());
  const auto growth = growth_of(steps, cores, calls_floors{}.node_cpu_share);
  if (wishes.json) {
    out << ramp_json(steps, broke, growth, bench.frame()) << std::endl;
    return 0;
  }
  out << (broke.empty() ? "no floor broke up to " : "broke at ") << steps.back().calls
      << " calls\n";
  for (const auto& what : broke)
    out << "  " << what << "\n";
  out << growth_table(growth) << posture_text(bench.frame()) << std::flush;
  return 0;
}

} // namespace

int run_calls_bench_program(const calls_bench_wishes& wishes, std::ostream& out,
                            std::ostream& err) {
  calls_bench bench{wishes, err};
  std::string why;
  if (!bench.open(why)) {
    err << "unpod bench calls: " << why << "\n";
    return 2;
  }
  if (wishes.ramp)
    return ramp(bench, wishes, out);
  const auto report = bench.measure(wishes.calls);
  if (wishes.json)
    out << calls_json(report, bench.frame()) << std::endl;
  else
    out << calls_table(report) << posture_text(bench.frame()) << std::flush;
  return report.calls_failed == 0 ? 0 : 1;
}

} // namespace unpod
