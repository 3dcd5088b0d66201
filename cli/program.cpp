// The verbs together: the tree, and what happens with what was typed.
#include "cli/program.hpp"

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"

#include <ostream>

namespace unpod::cli {

namespace {

command grouped(std::string group, command verb) {
  verb.group = std::move(group);
  return verb;
}

/// `made` is where the tree will stand: help and completion look at it when they run.
command program_tree(const command& made, bench at) {
  const auto whole = [&made]() -> const command& { return made; };
  command program;
  program.name = "unpod";
  program.summary = "unpod: a self-hosted speech stack. Callers talk, your Agent Runner reads and "
                    "writes text.";
  program.verbs = {
    grouped("A node", start_command(at)),        grouped("A node", config_command(at)),
    grouped("A node", backup_command(at)),       grouped("A node", restore_command(at)),
    grouped("A node", demo_command(at)),         grouped("A node", runner_command(at)),
    grouped("A node", bench_command(at)),        grouped("A node", say_command(at)),
    grouped("A node", transcribe_command(at)),   grouped("Inside a node", console_command(at)),
    grouped("Inside a node", top_command(at)),   grouped("Inside a node", doctor_command(at)),
    grouped("Inside a node", chaos_command(at)),
  };
  for (const auto& what : all_nouns())
    program.verbs.push_back(noun_command(what, at));
  program.verbs.push_back(grouped("This program", help_command(whole, at)));
  program.verbs.push_back(grouped("This program", completion_command(whole, at)));
  program.verbs.push_back(grouped("This program", version_command(at)));
  program.footer = "First things to try:\n"
                   "  unpod demo                      a conversation, here and now\n"
                   "  unpod start --dev               a node to work with\n"
                   "  unpod runner --agent-id baker --echo --key <the key it prints>\n"
                   "`unpod VERB --help` says more about each.";
  return program;
}

int complain(const reading& read, std::ostream& err) {
  const auto path = path_text(read.path);
  err << path << ": " << read.mistake << "\n`" << path << " --help` shows how.\n";
  return exit_usage;
}

} // namespace

int run(std::vector<std::string> arguments, const workshop& workshop, std::ostream& out,
        std::ostream& err) {
  command program;
  program = program_tree(program, {workshop, out, err});
  if (arguments.empty()) {
    out << help_of({&program});
    return exit_usage;
  }
  const auto read = read_command_line(program, arguments);
  switch (read.what) {
    case reading::outcome::help:
      out << help_of(read.path);
      return exit_well;
    case reading::outcome::run:
      return read.path.back()->act(read.words);
    case reading::outcome::mistake:
      break;
  }
  return complain(read, err);
}

} // namespace unpod::cli
