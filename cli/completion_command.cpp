// `unpod completion` and `unpod help`: what is made from the command tree itself.
#include "cli/commands.hpp"

#include "cli/completion.hpp"
#include "cli/help.hpp"

#include <ostream>

namespace unpod::cli {

command completion_command(std::function<const command&()> program, bench at) {
  command made;
  made.name = "completion";
  made.summary = "Print completion of this command line for a shell";
  made.options = {option{"SHELL", "", "Which"}.must().among({"bash", "zsh", "fish"})};
  made.footer = "Examples:\n"
                "  source <(unpod completion bash)          # in ~/.bashrc\n"
                "  source <(unpod completion zsh)           # in ~/.zshrc, after compinit\n"
                "  unpod completion fish > ~/.config/fish/completions/unpod.fish";
  made.act = [program = std::move(program), at](const typed_words& words) {
    const auto shell = words.text("SHELL");
    at.out << (shell == "bash"  ? bash_completion(program())
               : shell == "zsh" ? zsh_completion(program())
                                : fish_completion(program()));
    return exit_well;
  };
  return made;
}

command help_command(std::function<const command&()> program, bench at) {
  command made;
  made.name = "help";
  made.summary = "Say more about a verb";
  made.options = {option{"VERB", "", "As in: unpod help pipe create"}.many()};
  made.act = [program = std::move(program), at](const typed_words& words) {
    command_path path{&program()};
    for (const auto& word : words.all("VERB")) {
      const auto* verb = path.back()->verb(word);
      if (!verb) {
        at.err << "unpod help: there is no `" << path_text(path) << " " << word << "`.\n`"
               << path_text(path) << " --help` shows what there is.\n";
        return exit_usage;
      }
      path.push_back(verb);
    }
    at.out << help_of(path);
    return exit_well;
  };
  return made;
}

} // namespace unpod::cli
