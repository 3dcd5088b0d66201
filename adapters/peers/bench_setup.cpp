// Calls that begin, and calls that cannot.
#include "adapters/peers/bench_setup.hpp"

#include "adapters/peers/bench_house.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/http_link.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace unpod {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds hold{300}; // of a call that was set up
constexpr milliseconds setup_wait{5'000}, end_wait{30'000};
constexpr milliseconds knock_wait{5'000};
constexpr double failed_share_max = 0.001; // of the calls of a step
constexpr double setup_p99_ms_max = 250;   // a caller notices
constexpr std::size_t head_bytes_max = 16 * 1024;
constexpr std::size_t findings_max = 5;
constexpr int fill_attempts_max = 10;

knocked knock(const std::string& base, const std::string& url) {
  const auto began = mono_now();
  knocked answer;
  const auto to = parse_http_base(base);
  std::string why;
  const auto link = to ? http_link::open(*to, http_link::clock::now() + knock_wait, why) : nullptr;
  const auto host_at = url.find("://");
  const auto path_at = host_at == std::string::npos ? host_at : url.find('/', host_at + 3);
  if (!link || path_at == std::string::npos)
    return answer;
  const auto asked = "GET " + url.substr(path_at) + " HTTP/1.1\r\nHost: " + to->where()
                     + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"; // RFC 6455 §1.3
  std::string head;
  std::array<char, 1'024> some;
  std::size_t size = 0;
  if (!link->send(asked))
    return answer;
  while (head.find("\r\n\r\n") == std::string::npos && head.size() < head_bytes_max
         && link->receive(some.data(), some.size(), size) == http_link::got::bytes)
    head.append(some.data(), size);
  answer = read_knock(head);
  answer.took_ms = to_ms(mono_now() - began);
  return answer;
}

/// What came of the calls of one rate.
struct setup_step {
  std::size_t rate = 0, offered = 0, well = 0, refused = 0, failed = 0;
  std::vector<double> setup_ms, start_ms;
  figure cpu_ms_per_setup;
  load_figures load;
  std::vector<std::string> findings;

  bool held() const {
    const auto p99 = percentile_figure(setup_ms, 0.99, "").value;
    return refused == 0 && p99 && *p99 <= setup_p99_ms_max
           && static_cast<double>(failed) <= failed_share_max * static_cast<double>(offered);
  }

  bench_sheet sheet() const {
    const std::string why = "no call was set up";
    bench_sheet sheet;
    sheet.count("offered_per_second", "calls offered", rate, "a second")
      .count("offered", "  in all", offered,
             std::to_string(refused) + " refused, " + std::to_string(failed) + " failed")
      .count("set_up", "  set up", well)
      .count("refused", "  refused (503)", refused)
      .count("failed", "  failed otherwise", failed)
      .row("setup_ms", "dialled to `started`", spread_row(setup_ms, why), "ms")
      .row("start_ms", "  `start` to `started`", spread_row(start_ms, why), "ms")
      .one("cpu_ms_per_setup", "node CPU, begin and end", cpu_ms_per_setup, "ms per call")
      .load(load)
      .findings(findings);
    return sheet;
  }
};

/// A full node's callers, alone or while others knock.
struct full_window {
  house_window window;
  told_latencies latencies;
  std::size_t admitted = 0, failed = 0;

  bench_sheet sheet() const {
    const std::string why = "no turn was answered to its end";
    bench_sheet sheet;
    sheet.count("calls_admitted", "calls admitted", admitted)
      .count("calls_failed", "  failed", failed)
      .row("text_overhead_ms", "text overhead", spread_row(latencies.text, why), "ms")
      .row("first_sample_ms", "first byte to first sample", spread_row(latencies.first_sample, why),
           "ms")
      .row("pacing_error_ms", "pacing error", window.pacing_error_ms, "ms")
      .one("late_ticks_per_million", "late ticks", window.late_ticks_per_million, "per million")
      .one("cpu_us_per_call_second", "node CPU", window.cpu_us_per_call_second,
           "us per call-second")
      .load(window.load);
    return sheet;
  }
};

struct knock_figures {
  std::size_t knocks = 0, refused = 0, without_retry_after = 0, otherwise = 0;
  int other_status = 0; // the last of them
  std::vector<double> took_ms;
  std::string retry_after;

  void add(const knocked& one) {
    ++knocks;
    if (one.status != 503)
      other_status = one.status;
    refused += one.status == 503;
    without_retry_after += one.status == 503 && one.retry_after.empty();
    otherwise += one.status != 503;
    took_ms.push_back(one.took_ms);
    if (!one.retry_after.empty())
      retry_after = one.retry_after;
  }
};

class setup_bench {
public:
  setup_bench(const setup_bench_wishes& wishes, std::ostream* err) : wishes_{wishes}, err_{err} {}

  bool measure(std::string& why) {
    return rise(why) && fill_up(why);
  }

  bench_sheet sheet() const;
  std::vector<bench_plot> plots() const;
  bench_frame frame() const;
  bool well() const {
    return !steps_.empty() && steps_.front().held() && alone_.failed + crowded_.failed == 0
           && alone_.admitted >= wishes_.calls && crowded_.admitted >= wishes_.calls
           && knocks_.otherwise + knocks_.without_retry_after == 0;
  }

private:
  bool rise(std::string& why) {
    house_wishes wishes;
    wishes.calls_max = bench_pipe_calls;
    wishes.think = milliseconds{0};
    const auto house = bench_house::open(wishes, wishes_.common, err_, why);
    if (!house || !house->warm_up(why))
      return false;
    posture_ = house->posture();
    for (auto rate = wishes_.rate; rate <= wishes_.rate_max;
         rate += std::max<std::size_t>(1, rate / 2)) {
      steps_.push_back(step(*house, rate));
      if (!steps_.back().held())
        break;
    }
    return true;
  }

  setup_step step(bench_house& house, std::size_t rate) {
    setup_step step;
    step.rate = rate;
    const auto urls = tickets(house, rate * wishes_.seconds, step);
    const auto callers = house.make_callers(true);
    house.progress("offering " + std::to_string(rate) + " calls a second");
    const auto before = read_cpu(house.stand().node());
    const auto began = mono_now();
    for (std::size_t n = 0; n < urls.size(); ++n) {
      callers->add(urls[n], n, milliseconds{0});
      callers->hang_up_older(mono_now() - hold);
      const auto due = began + std::chrono::nanoseconds{1'000'000'000} * (n + 1) / rate;
      std::this_thread::sleep_for(std::max<mono_time>(due - mono_now(), mono_time{0}));
    }
    const auto is_over = [&] {
      const auto now = callers->figures();
      return now.over + now.failed >= urls.size();
    };
    wait_until(setup_wait, [&] {
      callers->hang_up_older(mono_now() - hold);
      return is_over();
    });
    const auto after = read_cpu(house.stand().node());
    step.load = load_between(before, after);
    judge(callers->callers(), step);
    step.cpu_ms_per_setup =
      before.node && after.node && step.well > 0
        ? figure::of(to_ms(*after.node - *before.node) / static_cast<double>(step.well))
        : figure::none("the node's CPU clock cannot be read, or no call was set up");
    house.end_calls(*callers);
    house.progress("");
    return step;
  }

  std::vector<std::string> tickets(bench_house& house, std::size_t count, setup_step& step) {
    house.progress("asking for " + std::to_string(count) + " tokens");
    std::vector<std::string> urls;
    for (std::string why; urls.size() < count;) {
      urls.push_back(house.stand().connect_url(urls.size(), why));
      if (!why.empty()) {
        step.findings.push_back(why);
        urls.pop_back();
        break;
      }
    }
    step.offered = count;
    step.failed = count - urls.size();
    return urls;
  }

  static void judge(const std::vector<told_caller>& callers, setup_step& step) {
    for (const auto& one : callers) {
      if (one.started > mono_time{0}) {
        ++step.well;
        step.setup_ms.push_back(to_ms(one.started - one.added));
        step.start_ms.push_back(to_ms(one.started - one.asked));
        continue;
      }
      const bool refused = one.failed.find("HTTP 503") != std::string::npos;
      ++(refused ? step.refused : step.failed);
      if (step.findings.size() < findings_max)
        step.findings.push_back(one.failed.empty() ? "a call did not start in time" : one.failed);
    }
  }

  bool fill_up(std::string& why) {
    house_wishes wishes;
    wishes.calls_max = wishes_.calls;
    const auto house = bench_house::open(wishes, wishes_.common, err_, why);
    if (!house || !house->warm_up(why))
      return false;
    alone_ = talk(*house, false);
    crowded_ = talk(*house, true);
    return true;
  }

  /// As many calls as the node takes, for one window.
  full_window talk(bench_house& house, bool knocking) {
    full_window told;
    std::vector<std::string> findings;
    const auto callers = house.make_callers();
    fill(house, *callers, findings);
    house.pass("settling", bench_habits{}.turn_every);
    std::atomic<bool> over{false};
    std::thread others;
    if (knocking)
      others = std::thread{
        [this, &house, &over, urls = strangers(house)] { knock_on(house, urls, over); }};
    const auto from = house.read(*callers);
    house.pass(knocking ? "full, and others knock" : "full", std::chrono::seconds{wishes_.seconds});
    const auto to = house.read(*callers);
    over = true;
    if (others.joinable())
      others.join();
    told.window = house.between(from, to);
    house.end_calls(*callers);
    const auto all = callers->callers();
    for (const auto& one : all) {
      told.admitted += one.started > mono_time{0};
      told.failed += one.started > mono_time{0} && (!one.failed.empty() || !one.over);
    }
    house.read_ledgers(all, told.latencies);
    return told;
  }

  /// Until no place is free: who was here before may still be leaving when the first come.
  void fill(bench_house& house, bench_callers& callers, std::vector<std::string>& findings) const {
    for (int attempt = 0; attempt < fill_attempts_max; ++attempt) {
      const auto live = callers.figures().live;
      if (live >= wishes_.calls || house.begin_calls(callers, wishes_.calls - live, findings))
        return;
      std::this_thread::sleep_for(hold);
    }
  }

  /// Half as many as have a place; each has a token, which a refusal does not use up.
  std::vector<std::string> strangers(bench_house& house) const {
    std::vector<std::string> urls;
    std::string why;
    while (urls.size() < std::max<std::size_t>(1, wishes_.calls / 2) && why.empty())
      urls.push_back(house.stand().connect_url(urls.size(), why));
    return urls;
  }

  /// Each of them once a second.
  void knock_on(bench_house& house, const std::vector<std::string>& urls,
                const std::atomic<bool>& over) {
    const auto every = std::chrono::nanoseconds{1'000'000'000} / urls.size();
    auto due = mono_now();
    for (std::size_t n = 0; !over; ++n) {
      knocks_.add(knock(house.stand().node().url(), urls[n % urls.size()]));
      due += every;
      std::this_thread::sleep_for(std::max<mono_time>(due - mono_now(), mono_time{0}));
    }
  }

  const setup_bench_wishes& wishes_;
  std::ostream* err_;
  bench_posture posture_;
  std::vector<setup_step> steps_;
  full_window alone_, crowded_;
  knock_figures knocks_;
};

bench_sheet setup_bench::sheet() const {
  std::size_t held = 0;
  std::vector<bench_sheet> steps;
  for (const auto& step : steps_) {
    steps.push_back(step.sheet());
    if (step.held())
      held = step.rate;
  }
  bench_sheet sheet;
  sheet.steps("steps", "rate", std::move(steps))
    .count("setups_per_second", "calls begun, all well", held,
           !steps_.empty() && steps_.back().held() ? "a second, and none was refused"
                                                   : "a second, the highest rate that held")
    .count("calls_max", "a full node: calls_max", wishes_.calls)
    .count("knocks", "  knocks beyond it", knocks_.knocks)
    .count("knocks_refused", "  answered 503", knocks_.refused,
           "Retry-After: " + (knocks_.retry_after.empty() ? "none" : knocks_.retry_after))
    .count("knocks_without_retry_after", "  without Retry-After", knocks_.without_retry_after)
    .count("knocks_answered_otherwise", "  answered otherwise", knocks_.otherwise,
           knocks_.otherwise > 0 ? "the last with " + std::to_string(knocks_.other_status) : "")
    .row("refusal_ms", "  knock to refusal", spread_row(knocks_.took_ms, "nobody knocked"), "ms")
    .steps("full", "full node (1: alone, 2: at 150 %)", {alone_.sheet(), crowded_.sheet()});
  return sheet;
}

std::vector<bench_plot> setup_bench::plots() const {
  plot_points p50, p99;
  for (const auto& step : steps_) {
    const auto at = static_cast<double>(step.rate);
    if (const auto value = percentile_figure(step.setup_ms, 0.5, "").value)
      p50.emplace_back(at, *value);
    if (const auto value = percentile_figure(step.setup_ms, 0.99, "").value)
      p99.emplace_back(at, *value);
  }
  return {{"Setting up a call", "calls offered a second", "ms", {{"p50", p50}, {"p99", p99}}}};
}

bench_frame setup_bench::frame() const {
  bench_frame frame;
  frame.posture = posture_;
  frame.posture.emplace_back("set-up",
                             "client WebSocket, `start`, a runner's seat and its bridge; the token "
                             "was asked for before; silent calls, hung up after "
                               + std::to_string(hold.count()) + " ms");
  frame.posture.emplace_back("a step holds", "none refused, 0.1 % failed, p99 250 ms");
  frame.command = "unpod bench setup --rate " + std::to_string(wishes_.rate) + " --rate-max "
                  + std::to_string(wishes_.rate_max) + " --seconds "
                  + std::to_string(wishes_.seconds) + " --calls " + std::to_string(wishes_.calls)
                  + common_words(wishes_.common);
  frame.hardware = describe_hardware();
  return frame;
}

} // namespace

knocked read_knock(const std::string& head) {
  knocked answer;
  if (head.rfind("HTTP/1.", 0) != 0 || head.size() < 12)
    return answer;
  answer.status = std::atoi(head.c_str() + 9);
  std::string small;
  for (const char c : head)
    small += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const std::string name = "\r\nretry-after:";
  const auto at = small.find(name);
  if (at == std::string::npos)
    return answer;
  const auto from = head.find_first_not_of(' ', at + name.size());
  const auto to = head.find("\r\n", at + name.size());
  if (from != std::string::npos && to != std::string::npos && from < to)
    answer.retry_after = head.substr(from, to - from);
  return answer;
}

int run_setup_bench_program(const setup_bench_wishes& wishes, std::ostream& out,
                            std::ostream& err) {
  setup_bench bench{wishes, wishes.common.outlets.json ? nullptr : &err};
  std::string why;
  if (!bench.measure(why)
      || !publish("setup", bench.sheet(), bench.frame(), bench.plots(), wishes.common.outlets, out,
                  why)) {
    err << "unpod bench setup: " << why << "\n";
    return 2;
  }
  return bench.well() ? 0 : 1;
}

} // namespace unpod
