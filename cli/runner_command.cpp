// `unpod runner`: a reference Agent Runner, for trying a node without Python.
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

namespace unpod::cli {

namespace {

constexpr long delay_max_ms = 10'000;

} // namespace

action add_runner(CLI::App& program, bench at) {
  auto* verb =
    program.add_subcommand("runner", "A small Agent Runner that echoes or follows a script");
  const auto wishes = std::make_shared<runner_wishes>();
  const auto echo = std::make_shared<bool>(false);
  const auto delay_ms = std::make_shared<long>(0);
  verb->add_option("--agent-id", wishes->agent, "The agent it answers for")
    ->type_name("ID")
    ->required();
  auto* echo_flag = verb->add_flag("--echo", *echo, "Say again what was said");
  verb->add_option("--script", wishes->script_file, "Answer as the script says (unpod demo --help)")
    ->type_name("FILE")
    ->excludes(echo_flag);
  verb->add_option("--url", wishes->url, "The node")
    ->type_name("URL")
    ->envname("UNPOD_BASE_URL")
    ->default_val("http://127.0.0.1:8080");
  verb
    ->add_option("--key", wishes->api_key,
                 "API key; better in the environment, where ps shows it not")
    ->type_name("KEY")
    ->envname("UNPOD_API_KEY");
  verb->add_option("--word-delay-ms", *delay_ms, "Pause between the words of an answer")
    ->type_name("MS")
    ->check(CLI::Range(0L, delay_max_ms));
  verb->footer("Examples:\n"
               "  unpod start --dev                                # in another terminal\n"
               "  unpod runner --agent-id baker --echo --key <the key it prints>\n"
               "  UNPOD_API_KEY=… unpod runner --agent-id desk --script talk.txt");
  return [wishes, echo, delay_ms, at] {
    if (!*echo && wishes->script_file.empty()) {
      at.err << "unpod runner: say what it is to answer with, --echo or --script FILE.\n";
      return exit_usage;
    }
    if (wishes->api_key.empty()) {
      at.err << "unpod runner: no API key; `unpod start` prints one. "
                "Set UNPOD_API_KEY or give --key.\n";
      return exit_usage;
    }
    wishes->delta_every = std::chrono::milliseconds{*delay_ms};
    return at.tools.runner(*wishes);
  };
}

} // namespace unpod::cli
