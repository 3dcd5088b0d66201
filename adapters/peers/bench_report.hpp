// What `unpod bench` reports, as values, JSON and a small table. A figure that
// could not be measured is null, and `missing` says why.
#pragma once

#include "adapters/peers/bench_figures.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// Percentiles of one thing, by name: {"p50", …}.
using figure_row = std::vector<std::pair<std::string, figure>>;

/// How the load process fared: the callers and the runners.
struct load_figures {
  double cpu_share = 0;  // of one core
  double sent_share = 1; // of the frames the callers had to send
  figure wait_share;     // of one core: its threads were ready, and others had the core
  figure others_share;   // of all cores: spent by neither node nor load
};

/// Above `busy` (running and waiting) the load process measures itself, as it does when it
/// sends less than it should; above `others` the machine was not ours.
struct load_bounds {
  double busy = 0.85, sent = 0.97, others = 0.1;
};

/// In words, why figures must not be believed; empty: they may.
std::vector<std::string> why_invalid(const load_figures& load, const load_bounds& bounds = {});

/// One posture at one number of calls.
struct calls_report {
  std::size_t calls = 0;
  std::size_t calls_failed = 0;
  figure cpu_us_per_call_second;
  figure memory_kb_per_call;
  figure late_ticks_per_million;
  figure_row pacing_error_ms;
  figure_row text_overhead_ms;  // of both parts together
  figure_row send_ms, speak_ms; // words final to user.text sent; first delta to voice asked
  figure_row first_sample_ms;
  figure_row barge_in_ms;
  figure node_cpu_share; // of the cores it may use
  figure idle_cpu_share; // of one core, before there was a call
  load_figures load;
  double seconds = 0;
  double heard_share = 0; // of the window: frames to callers against all there could be
  std::uint64_t turns = 0, turns_unanswered = 0, barge_ins = 0;
  std::vector<std::string> findings; // what went wrong, the first few
};

/// What must hold for a number of calls to be carried; the ramp stops where one does not.
struct calls_floors {
  double failed_share = 0.001;
  double node_cpu_share = 0.8;
  double pacing_p99_ms = 2;
  double text_p99_ms = 5;
  double first_sample_p99_ms = 45;
};

/// In words, those that broke; `why_invalid` too, for then nothing can be said. Empty: all held.
std::vector<std::string> broken_floors(const calls_report& report, const calls_floors& floors);

/// How it was measured: pairs of words, shown as they are.
using bench_posture = std::vector<std::pair<std::string, std::string>>;

struct bench_frame {
  bench_posture posture;
  std::string command;
  std::string hardware;
};

std::string calls_json(const calls_report& report, const bench_frame& frame);
std::string calls_table(const calls_report& report);

struct calls_growth; // bench_slope.hpp

/// The steps of a ramp, what broke first, and what they have in common.
std::string ramp_json(const std::vector<calls_report>& steps, const std::vector<std::string>& broke,
                      const calls_growth& growth, const bench_frame& frame);
std::string growth_table(const calls_growth& growth);

struct dispatch_report {
  std::size_t runners = 0, jobs = 0, jobs_failed = 0;
  figure_row dispatch_ms; // caller's `start` to `job.assign`
  figure_row node_ms;     // the orchestrator's own time, its runner's answer in it
  figure spread;          // most jobs of a runner minus least, the worst burst
  figure baseline_spread; // of the picker by chance
  std::size_t bursts = 0;
  double jobs_per_second = 0;
  load_figures load; // of the busiest burst
  std::vector<std::string> findings;
};

std::string dispatch_json(const dispatch_report& report, const bench_frame& frame);
std::string dispatch_table(const dispatch_report& report);

std::string posture_text(const bench_frame& frame);

} // namespace unpod
