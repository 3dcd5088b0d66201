// `unpod start`: one node in the foreground.
#include "cli/commands.hpp"
#include "cli/node_flags.hpp"

#include <CLI/CLI.hpp>

namespace unpod::cli {

action add_start(CLI::App& program, bench at) {
  auto* verb = program.add_subcommand("start", "Run one node in the foreground");
  const auto flags = add_node_flags(*verb);
  const auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "Print address and key as one JSON object");
  verb->footer("Examples:\n"
               "  unpod start --dev\n"
               "  unpod start --data-dir /var/lib/unpod --listen 0.0.0.0:443 \\\n"
               "              --tls-cert cert.pem --tls-key key.pem\n"
               "\n"
               "Every setting may also stand in the environment (UNPOD_NODE_LISTEN) or in the\n"
               "file (listen = \"…\"); flags win, then the environment.\n"
               "SIGTERM drains: live calls finish, no new ones; a second SIGTERM ends at once.");
  return [flags, json, at] {
    node_settings settings;
    std::vector<std::string> mistakes;
    if (!settings_of(*flags, settings, mistakes)) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    return at.tools.start(settings, *json);
  };
}

} // namespace unpod::cli
