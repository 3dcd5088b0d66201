// `unpod say` and `unpod transcribe`: one voice or one recogniser, tried without a node.
#include "cli/commands.hpp"
#include "cli/node_flags.hpp"

namespace unpod::cli {

namespace {

/// What both take of a node's settings.
std::vector<option> with_settings(std::vector<option> own) {
  own.push_back({"--config", "FILE", "TOML file of a node's settings"});
  own.push_back({"--profiles", "FILE", "TOML file of voice profiles"});
  own.push_back(option{"--set", "NAME=VALUE", "Any setting, as in providers.deepgram.key"}.many());
  return own;
}

constexpr const char* keys_footer =
  "No node is needed: the provider's key is read from the environment, or from the settings.\n"
  "The first choice of the profile is what is tried.\n"
  "\n";

} // namespace

command say_command(bench at) {
  command made;
  made.name = "say";
  made.summary = "Let a profile's voice say a text into a file";
  made.options =
    with_settings({option{"TEXT", "", "What is said"}.must(),
                   option{"--profile", "PROFILE", "Voice profile, by id or name"}.must(),
                   option{"-o", "FILE", "WAV file to write"}.must()});
  made.footer = std::string{keys_footer}
                + "Examples:\n"
                  "  unpod say --profile embedded-en \"Good evening.\" -o evening.wav";
  made.act = [at](const typed_words& words) {
    say_wishes wishes;
    std::vector<std::string> mistakes;
    if (!settings_of(words, wishes.settings, mistakes)) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    wishes.text = words.text("TEXT");
    wishes.profile = words.text("--profile");
    wishes.file = words.text("-o");
    return at.tools.say(wishes);
  };
  return made;
}

command transcribe_command(bench at) {
  command made;
  made.name = "transcribe";
  made.summary = "Let a profile's recogniser hear a file";
  made.options =
    with_settings({option{"FILE", "", "WAV, 16 bit; of two channels the left"}.must(),
                   option{"--profile", "PROFILE", "Voice profile, by id or name"}.must(),
                   {"--json", "", "One object a line, with the words' times"}});
  made.footer = std::string{keys_footer}
                + "Examples:\n"
                  "  unpod transcribe --profile embedded-en evening.wav";
  made.act = [at](const typed_words& words) {
    transcribe_wishes wishes;
    std::vector<std::string> mistakes;
    if (!settings_of(words, wishes.settings, mistakes)) {
      print_mistakes(mistakes, at.err);
      return exit_usage;
    }
    wishes.file = words.text("FILE");
    wishes.profile = words.text("--profile");
    wishes.json = words.has("--json");
    return at.tools.transcribe(wishes);
  };
  return made;
}

} // namespace unpod::cli
