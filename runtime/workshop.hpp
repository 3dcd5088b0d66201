// What the verbs of the command line set in motion: a node in the foreground, the
// demo, the reference runner, the benches. Here because only here rooms may be joined.
#pragma once

#include "adapters/peers/bench_program.hpp"
#include "adapters/peers/bench_wishes.hpp"
#include "adapters/peers/demo_program.hpp"
#include "adapters/peers/node_client.hpp" // ask_node: a question to a running node
#include "runtime/settings.hpp"

#include <string>

namespace unpod {

/// Runs a node until SIGTERM or SIGINT (drain), a second one (at once). SIGHUP reads
/// certificate and voice profiles again. Prints where it listens and, if there is one to show,
/// the key; `json` as one object. Returns the exit code.
int run_node(const node_settings& settings, bool json);

/// A demo on a node of its own, on a free port of loopback.
int run_demo(const demo_wishes& wishes);

/// A backup to put back, and where.
struct restore_wishes {
  std::string from;
  std::string data_dir;
  bool force = false; // a store that is there is put aside
};

/// Puts a backup back where no node runs. Returns the exit code.
int run_restore(const restore_wishes& wishes);

/// The reference Agent Runner, until SIGTERM or SIGINT.
int run_runner(const runner_wishes& wishes);

/// Benches of a node in a process of its own.
int run_calls_bench(const calls_bench_wishes& wishes);
int run_dispatch_bench(const dispatch_bench_wishes& wishes);
int run_setup_bench(const setup_bench_wishes& wishes);
int run_talk_bench(const talk_bench_wishes& wishes);
int run_reference_bench(const reference_bench_wishes& wishes);
int run_soak_bench(const soak_bench_wishes& wishes);
/// The store of this process, in a folder of its own.
int run_store_bench(const store_bench_wishes& wishes);
int run_failover_bench(const failover_bench_wishes& wishes);
int run_faults_bench(const faults_bench_wishes& wishes);

/// `unpod say` and `unpod transcribe`: one voice, one recogniser, without a node.
struct say_wishes {
  node_settings settings; // where the providers are, and their keys
  std::string profile, text, file;
};
struct transcribe_wishes {
  node_settings settings;
  std::string profile, file;
  bool json = false; // words with their times
};
int run_say(const say_wishes& wishes);
int run_transcribe(const transcribe_wishes& wishes);

} // namespace unpod
