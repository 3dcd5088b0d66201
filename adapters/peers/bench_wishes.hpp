// What `unpod bench setup`, `talk`, `reference`, `soak` and `store` are asked for, and
// the programs that do it. As in bench_program.hpp: 0: measured, and all as it should be;
// 1: measured, and something was not; 2: it could not be done.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace unpod {

/// Where a bench puts what it found, beside its standard output.
struct bench_outlets {
  bool json = false;
  std::string plot;    // a file; empty: none
  std::string results; // a directory; empty: none
  std::string release; // "unpod 0.1.0", for the results file
};

/// The same for all benches.
struct bench_wishes {
  std::uint64_t seed = 1;
  std::string profile = "simulated"; // as calls_bench_wishes has it
  bool provider_tls = false;
  std::vector<std::string> node_settings; // NAME=VALUE for the node
  bench_outlets outlets;
};

struct setup_bench_wishes {
  std::size_t rate = 20;        // calls offered a second, at first; then half as many more a step
  std::size_t rate_max = 2'000; // no step above
  std::size_t seconds = 5;      // of a step, and of both windows of the full node
  std::size_t calls = 20;       // calls_max of the node that is to be full
  bench_wishes common;
};

struct talk_bench_wishes {
  std::size_t calls = 4; // at a time
  std::size_t turns = 3; // of each
  std::string codec = "pcmu";
  bench_wishes common;
};

struct reference_bench_wishes {
  std::size_t calls = 0;  // of load; 0: 80 % of the capacity that is measured first
  std::size_t probe = 40; // calls that the capacity is measured with
  std::size_t turns = 5;  // of the reference call
  std::string codec = "pcmu";
  bench_wishes common;
};

struct soak_bench_wishes {
  std::size_t seconds = 60;
  std::size_t calls = 10;  // at a time, each for 5 to 20 s
  std::size_t runners = 3; // processes of 50 seats
  std::size_t kills = 6;   // of runners, with SIGKILL, a minute
  bench_wishes common;
};

struct store_bench_wishes {
  std::size_t writers = 8;
  std::size_t seconds = 5; // of each part
  bench_wishes common;
};

int run_setup_bench_program(const setup_bench_wishes& wishes, std::ostream& out, std::ostream& err);
int run_talk_bench_program(const talk_bench_wishes& wishes, std::ostream& out, std::ostream& err);
int run_reference_bench_program(const reference_bench_wishes& wishes, std::ostream& out,
                                std::ostream& err);
int run_soak_bench_program(const soak_bench_wishes& wishes, std::ostream& out, std::ostream& err);

} // namespace unpod
