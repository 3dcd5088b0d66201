// One function a verb: adds itself to the command line and leaves behind what
// is to be done when it was the one that was typed.
#pragma once

#include "cli/program.hpp"

#include <functional>
#include <iosfwd>

namespace CLI {
class App;
}

namespace unpod::cli {

/// Where verbs print, and whom they set in motion.
struct bench {
  const workshop& tools;
  std::ostream& out;
  std::ostream& err;
};

/// Runs when its verb was typed; the exit code.
using action = std::function<int()>;

action add_start(CLI::App& program, bench at);
action add_bench(CLI::App& program, bench at);
action add_demo(CLI::App& program, bench at);
action add_runner(CLI::App& program, bench at);
action add_config(CLI::App& program, bench at);
action add_version(CLI::App& program, bench at);

} // namespace unpod::cli
