// `unpod config`: the settings as they would be, and what is wrong with them.
#include "cli/commands.hpp"
#include "cli/node_flags.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace unpod::cli {

action add_config(CLI::App& program, bench at) {
  auto* verb = program.add_subcommand("config", "Show or check a node's settings");
  verb->require_subcommand(1);
  auto* print = verb->add_subcommand("print", "All settings as TOML, with their meaning");
  auto* check = verb->add_subcommand("check", "Say every mistake; exit 0 when there is none");
  const auto print_flags = add_node_flags(*print);
  const auto check_flags = add_node_flags(*check);
  verb->footer("Examples:\n"
               "  unpod config print > unpod.toml\n"
               "  unpod config check --config unpod.toml");
  return [print, print_flags, check_flags, at] {
    const bool printing = print->parsed();
    node_settings settings;
    std::vector<std::string> mistakes;
    if (!settings_of(printing ? *print_flags : *check_flags, settings, mistakes)) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    at.out << (printing ? print_settings(settings) : "The settings are well.\n");
    return exit_well;
  };
}

} // namespace unpod::cli
