// One function a verb, or a noun with its verbs: each adds a branch to the command tree.
#pragma once

#include "cli/command.hpp"
#include "cli/noun.hpp"
#include "cli/program.hpp"

#include <functional>
#include <iosfwd>
#include <vector>

namespace unpod::cli {

/// Where verbs print, and whom they set in motion.
struct bench {
  const workshop& tools;
  std::ostream& out;
  std::ostream& err;
};

command start_command(bench at);
command demo_command(bench at);
command runner_command(bench at);
command config_command(bench at);
command bench_command(bench at);
command say_command(bench at);
command transcribe_command(bench at);
/// The verbs of it that are not calls and dispatch.
std::vector<command> more_bench_verbs(bench at);
command version_command(bench at);
/// "0.1.0".
const char* program_version();
command console_command(bench at);
command chaos_command(bench at);
command doctor_command(bench at);
/// `unpod top`: what `unpod actor top` is.
command top_command(bench at);
command backup_command(bench at);
command restore_command(bench at);
/// `what` outlives the command.
command noun_command(const noun& what, bench at);
/// The tree it completes is there when it runs.
command completion_command(std::function<const command&()> program, bench at);
command help_command(std::function<const command&()> program, bench at);

} // namespace unpod::cli
