// `unpod start`: one node in the foreground.
#include "cli/commands.hpp"
#include "cli/node_flags.hpp"

namespace unpod::cli {

command start_command(bench at) {
  command made;
  made.name = "start";
  made.summary = "Run one node in the foreground";
  made.options = node_options();
  made.options.emplace_back("--json", "", "Print address and key as one JSON object");
  made.footer = "Examples:\n"
                "  unpod start --dev\n"
                "  unpod start --data-dir /var/lib/unpod --listen 0.0.0.0:443 \\\n"
                "              --tls-cert cert.pem --tls-key key.pem\n"
                "\n"
                "Every setting may also stand in the environment (UNPOD_NODE_LISTEN) or in the\n"
                "file (listen = \"…\"); flags win, then the environment.\n"
                "SIGTERM drains: live calls finish, no new ones; a second SIGTERM ends at once.";
  made.act = [at](const typed_words& words) {
    node_settings settings;
    std::vector<std::string> mistakes;
    if (!settings_of(words, settings, mistakes)) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    return at.tools.start(settings, words.has("--json"));
  };
  return made;
}

} // namespace unpod::cli
