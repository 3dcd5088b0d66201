// A node under calls, with the runners and callers they need: what `bench setup`,
// `reference`, `talk` and `soak` stand on. One thread.
//
//   open: node, runners, voice --warm_up: one call with an answer--> begin callers
//   read --…window…--> read: what the node spent, and how punctual it was
#pragma once

#include "adapters/peers/bench_callers.hpp"
#include "adapters/peers/bench_providers.hpp"
#include "adapters/peers/bench_sheet.hpp"
#include "adapters/peers/bench_stand.hpp"
#include "adapters/peers/bench_wishes.hpp"
#include "adapters/peers/demo.hpp"
#include "adapters/peers/runner_client.hpp"

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

struct house_wishes {
  std::size_t calls_max = 1;
  std::string codec = "pcmu"; // pcmu, pcm16, opus
  bool record = false;
  bool runners = true;                  // of our own; else somebody else starts them
  std::chrono::milliseconds think{150}; // of a runner
};

audio_format bench_format(const std::string& codec);

/// One reading of all that only grows, and the memory of the moment.
struct house_reading {
  std::string metrics;
  cpu_reading cpu;
  callers_figures callers;
  std::optional<std::uint64_t> resident_kb;
};

/// What happened between two readings.
struct house_window {
  double seconds = 0;
  figure cpu_us_per_call_second;
  figure node_cpu_share; // of one core
  figure late_ticks_per_million;
  figure_row pacing_error_ms;
  load_figures load;
};

/// The parts of calls' turns, ms: from the calls' own ledgers.
struct told_latencies {
  std::vector<double> text, first_sample, total;
};

/// A row of the histogram `name` between two pages of /metrics, in ms.
figure_row histogram_row(const std::string& before, const std::string& after,
                         const std::string& name);

class bench_house {
public:
  /// Null, and words, when there is nothing to measure. Progress goes to `err`, unless it is null.
  static std::unique_ptr<bench_house> open(const house_wishes& wishes, const bench_wishes& common,
                                           std::ostream* err, std::string& why);
  ~bench_house();

  bench_house(const bench_house&) = delete;
  bench_house& operator=(const bench_house&) = delete;

  bench_stand& stand() {
    return *stand_;
  }
  net_threads& threads() {
    return *threads_;
  }
  const demo_tools& tools() const {
    return tools_;
  }
  /// What callers say, at `phrase_rate_hz`.
  const pcm_samples& phrase() const {
    return phrase_;
  }
  std::uint32_t phrase_rate_hz() const {
    return phrase_rate_hz_;
  }
  const bench_voice& voice() const {
    return voice_;
  }

  /// One call with one answer, hung up again: what is loaded on first use is no cost of a call.
  bool warm_up(std::string& why);

  /// Callers whose calls are still to be added.
  std::unique_ptr<bench_callers> make_callers(bool silent = false);

  /// Adds calls, their turns spread over a round; what was refused goes to `findings`. False when
  /// not all were live in time.
  bool begin_calls(bench_callers& callers, std::size_t calls, std::vector<std::string>& findings);

  /// Hangs up, and waits until the node has no call; false when it still has.
  bool end_calls(bench_callers& callers);

  house_reading read(const bench_callers& callers);
  house_window between(const house_reading& from, const house_reading& to) const;

  /// Adds what the records of these callers' calls tell.
  void read_ledgers(const std::vector<told_caller>& callers, told_latencies& into) const;

  /// Waits this long, saying so.
  void pass(const std::string& what, mono_time span);
  /// One line that is overwritten; empty: gone.
  void progress(const std::string& words);

  /// Do providers speak in tones, over sockets of their own?
  bool is_over_sockets() const {
    return providers_ != nullptr;
  }

  /// Shared by all frames: how providers, callers and runners were.
  bench_posture posture() const;

private:
  bench_house(const house_wishes& wishes, const bench_wishes& common, std::ostream* err)
    : wishes_{wishes}, common_{common}, err_{err} {}

  bool prepare(std::string& why);
  bool open_stand(std::string& why);
  bench_posture speech_posture() const;
  bool start_runners(std::string& why);

  const house_wishes wishes_;
  const bench_wishes& common_;
  std::ostream* err_;
  std::unique_ptr<bench_providers> providers_; // outlive the node
  std::unique_ptr<bench_stand> stand_;
  std::unique_ptr<net_threads> threads_;
  demo_tools tools_;
  pcm_samples phrase_;
  std::uint32_t phrase_rate_hz_ = 0;
  bench_voice voice_;
  std::uint64_t calls_begun_ = 0;
  std::vector<std::unique_ptr<runner_client>> runners_; // before the threads they use
};

/// The end of a command line that all benches share: providers, seed, settings.
std::string common_words(const bench_wishes& common);

} // namespace unpod
