// `unpod config`: the settings as they would be, and what is wrong with them and with the
// file of voice profiles.
#include "cli/commands.hpp"
#include "cli/node_flags.hpp"
#include "runtime/profiles.hpp"

#include <ostream>

namespace unpod::cli {

namespace {

command settings_verb(const char* name, const char* summary, bool printing, bench at) {
  command verb;
  verb.name = name;
  verb.summary = summary;
  verb.options = node_options();
  verb.act = [printing, at](const typed_words& words) {
    node_settings settings;
    std::vector<std::string> mistakes;
    settings_of(words, settings, mistakes);
    if (!printing)
      if (const auto mistake = profiles_mistake(settings.profiles); !mistake.empty())
        mistakes.push_back(mistake);
    if (!mistakes.empty()) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    at.out << (printing ? print_settings(settings)
                        : "The settings and the voice profiles are well.\n");
    return exit_well;
  };
  return verb;
}

} // namespace

command config_command(bench at) {
  command made;
  made.name = "config";
  made.summary = "Show or check a node's settings";
  made.verbs = {
    settings_verb("print", "All settings as TOML, with their meaning", true, at),
    settings_verb("check", "Say every mistake; exit 0 when there is none", false, at),
  };
  made.footer = "Examples:\n"
                "  unpod config print > unpod.toml\n"
                "  unpod config check --config unpod.toml";
  return made;
}

} // namespace unpod::cli
