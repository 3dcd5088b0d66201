// The command line of `unpod`: a tree of verbs as plain data (command.hpp), read by
// one parser, shown by one help, completed by one generator. What a verb sets in
// motion is handed in, so that every line a person may type can be tested without a
// node. The nouns of a node's API are a table (noun.hpp) that one engine runs.
//
//   unpod start    one node                     unpod runner   a reference Agent Runner
//   unpod demo     a whole conversation         unpod config   settings: print, check
//   unpod pipe list, unpod call get SCL_…       a node's API
//   unpod bench    what a call costs            unpod help, completion, version
#pragma once

#include "runtime/workshop.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace unpod::cli {

/// What verbs set in motion; each returns the exit code.
struct workshop {
  /// Runs a node until it was told to stop. `json`: what is printed, is JSON.
  std::function<int(const node_settings& settings, bool json)> start;
  std::function<int(const demo_wishes& wishes)> demo;
  std::function<int(const runner_wishes& wishes)> runner;
  std::function<node_reply(const node_question& question)> ask;
  std::istream* in = nullptr; // what "-" reads
  std::size_t columns = 80;   // of the terminal
  std::function<int(const restore_wishes& wishes)> restore;
  std::function<int(const calls_bench_wishes& wishes)> bench_calls;
  std::function<int(const dispatch_bench_wishes& wishes)> bench_dispatch;
  std::function<node_reply(const node_question& question,
                           const std::function<bool(const plain_value& event)>& see)>
    follow;
  /// Waits; false when it is to be over.
  std::function<bool(seconds how_long)> pause;
  std::function<int(const setup_bench_wishes& wishes)> bench_setup;
  std::function<int(const talk_bench_wishes& wishes)> bench_talk;
  std::function<int(const reference_bench_wishes& wishes)> bench_reference;
  std::function<int(const soak_bench_wishes& wishes)> bench_soak;
  std::function<int(const store_bench_wishes& wishes)> bench_store;
  std::function<int(const failover_bench_wishes& wishes)> bench_failover;
  std::function<int(const faults_bench_wishes& wishes)> bench_faults;
  std::function<int(const say_wishes& wishes)> say;
  std::function<int(const transcribe_wishes& wishes)> transcribe;
};

/// Exit codes: 0 well, 1 it went wrong or the node refused, 2 the request can't be
/// carried out as it is, 3 no node answers.
inline constexpr int exit_well = 0, exit_failed = 1, exit_usage = 2, exit_unreachable = 3;

/// The whole program. `arguments` without the program's name.
int run(std::vector<std::string> arguments, const workshop& workshop, std::ostream& out,
        std::ostream& err);

} // namespace unpod::cli
