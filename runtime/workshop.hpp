// What the verbs of the command line set in motion: a node in the foreground, the
// demo, the reference runner. Here because only here rooms may be joined.
#pragma once

#include "adapters/peers/demo_program.hpp"
#include "adapters/peers/node_client.hpp" // ask_node: a question to a running node
#include "runtime/settings.hpp"

namespace unpod {

/// Runs a node until SIGTERM or SIGINT (drain), a second one (at once). SIGHUP reads
/// the certificate again. Prints where it listens and, if there is one to show,
/// the key; `json` as one object. Returns the exit code.
int run_node(const node_settings& settings, bool json);

/// A demo on a node of its own, on a free port of loopback.
int run_demo(const demo_wishes& wishes);

/// The reference Agent Runner, until SIGTERM or SIGINT.
int run_runner(const runner_wishes& wishes);

} // namespace unpod
