// `unpod bench` as programs. Each starts a node as a process of its own, loads it
// from this one over real sockets, and says what that cost; the command line hands
// in the wishes. 0: measured, and all calls well; 1: some failed; 2: it could not be
// done. Figures not to be believed are marked `invalid`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace unpod {

struct calls_bench_wishes {
  std::size_t calls = 50;
  std::size_t seconds = 20;    // the window that is measured
  std::string codec = "pcm16"; // pcmu, pcm16, opus
  /// `simulated`: providers behind sockets of the load process; `inside`: none; else one of the
  /// node's own.
  std::string profile = "simulated";
  bool provider_tls = false;
  bool record = false;
  bool pin = false;  // the node on core 0, the load on core 1
  bool ramp = false; // from `calls` on, doubled until a floor breaks
  bool json = false;
  std::uint64_t seed = 1;
  std::chrono::milliseconds think{150};   // of the runner
  std::vector<std::string> node_settings; // NAME=VALUE for the node
};

struct dispatch_bench_wishes {
  std::size_t runners = 10;
  std::size_t jobs = 200;
  std::size_t rate = 50; // jobs a second
  bool json = false;
  std::uint64_t seed = 1;
  std::vector<std::string> node_settings;
};

struct failover_bench_wishes {
  std::size_t calls = 20;
  std::size_t utterances = 100; // of all calls together, each with an answer
  bool json = false;
  std::uint64_t seed = 1;
  std::string codec = "pcmu";             // pcmu, pcm16
  std::vector<std::string> node_settings; // NAME=VALUE for the node
};

struct faults_bench_wishes {
  std::size_t runs = 200;
  std::size_t calls = 50; // at a time
  bool json = false;
  std::uint64_t seed = 1;
  std::vector<std::string> node_settings;
};

/// Calls of one bench at most: what one load process could ever drive.
inline constexpr std::size_t bench_calls_max = 2'000;

int run_calls_bench_program(const calls_bench_wishes& wishes, std::ostream& out, std::ostream& err);
int run_dispatch_bench_program(const dispatch_bench_wishes& wishes, std::ostream& out,
                               std::ostream& err);
int run_failover_bench_program(const failover_bench_wishes& wishes, std::ostream& out,
                               std::ostream& err);
int run_faults_bench_program(const faults_bench_wishes& wishes, std::ostream& out,
                             std::ostream& err);

} // namespace unpod
