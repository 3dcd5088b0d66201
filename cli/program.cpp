// The verbs together: parsing, help, and errors that name the next command.
#include "cli/program.hpp"

#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <ostream>

namespace unpod::cli {

namespace {

/// The deepest verb that was typed, as one would type it: "unpod config print".
std::string typed(const CLI::App& program) {
  std::string words = program.get_name();
  for (const auto* verb : program.get_subcommands())
    words += " " + typed(*verb);
  return words;
}

/// The verb that is spelt most like this word; empty when none is near.
std::string nearest(const CLI::App& program, const std::string& word) {
  for (const auto* verb : program.get_subcommands([](const CLI::App*) { return true; })) {
    const auto name = verb->get_name();
    const auto common = std::mismatch(name.begin(), name.end(), word.begin(), word.end());
    if (common.first - name.begin() >= 2 || (name.find(word) != std::string::npos && !word.empty()))
      return name;
  }
  return {};
}

int complain(const CLI::App& program, const CLI::ParseError& error,
             const std::vector<std::string>& arguments, std::ostream& err) {
  const auto verb = typed(program);
  if (verb == "unpod" && !arguments.empty() && arguments.front().rfind('-', 0) != 0) {
    const auto near = nearest(program, arguments.front());
    err << "unpod: there is no verb \"" << arguments.front() << "\""
        << (near.empty() ? "" : "; did you mean `unpod " + near + "`?") << "\n";
  } else {
    err << verb << ": " << error.what() << "\n";
  }
  err << "`" << verb << " --help` shows how.\n";
  return exit_usage;
}

} // namespace

int run(std::vector<std::string> arguments, const workshop& workshop, std::ostream& out,
        std::ostream& err) {
  CLI::App program{"unpod: a self-hosted speech stack. Callers talk, your Agent Runner reads and "
                   "writes text."};
  program.name("unpod");
  program.require_subcommand(1);
  program.footer("First things to try:\n"
                 "  unpod demo                      a conversation, here and now\n"
                 "  unpod start --dev               a node to work with\n"
                 "  unpod runner --agent-id baker --echo --key <the key it prints>\n"
                 "`unpod VERB --help` says more about each.");
  const bench at{workshop, out, err};
  const std::map<std::string, action> actions{{"start", add_start(program, at)},
                                              {"demo", add_demo(program, at)},
                                              {"runner", add_runner(program, at)},
                                              {"bench", add_bench(program, at)},
                                              {"config", add_config(program, at)},
                                              {"version", add_version(program, at)}};
  auto backwards = arguments; // as CLI11 wants them
  std::reverse(backwards.begin(), backwards.end());
  try {
    if (arguments.empty()) {
      out << program.help();
      return exit_usage;
    }
    program.parse(std::move(backwards));
  } catch (const CLI::CallForHelp&) {
    out << program.help() << "\n"; // of the verb that was typed
    return exit_well;
  } catch (const CLI::ParseError& error) {
    return complain(program, error, arguments, err);
  }
  return actions.at(program.get_subcommands().front()->get_name())();
}

} // namespace unpod::cli
