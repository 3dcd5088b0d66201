// `unpod demo`: a whole conversation on this machine.
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace unpod::cli {

namespace {

constexpr std::size_t repeat_max = 1'000; // some eight hours
constexpr std::size_t seed_max = 1'000'000'000;

} // namespace

action add_demo(CLI::App& program, bench at) {
  auto* verb = program.add_subcommand(
    "demo", "Hold one spoken conversation: a node, an agent and a caller, all here");
  const auto wishes = std::make_shared<demo_wishes>();
  verb->add_option("--script", wishes->script_file, "What is said, when, and what must be heard")
    ->type_name("FILE");
  verb
    ->add_option("--seed", wishes->seed, "Other phrases and timings; the same for the same number")
    ->type_name("N")
    ->check(CLI::Range(std::size_t{0}, seed_max));
  verb->add_option("--repeat", wishes->repeat, "So many calls, and their sums")
    ->type_name("N")
    ->check(CLI::Range(std::size_t{1}, repeat_max));
  verb->add_flag("--free", wishes->free_speech,
                 "Without a grammar: free speech, with its word error rate");
  verb->add_flag("--json", wishes->json, "Print one JSON object and nothing else");
  verb->add_flag("--keep", wishes->keep, "Keep the node's data too, not only the recording");
  verb->footer("Exit code 0 only if every turn was heard and spoken, judged from the recording.\n"
               "\n"
               "Examples:\n"
               "  unpod demo\n"
               "  unpod demo --seed 7 --repeat 10\n"
               "  unpod demo --json | python3 -m json.tool\n"
               "\n"
               "A script, with its keys (at least 20 decoys make hearing a real choice):\n"
               "  greeting: Good evening. How can I help you?\n"
               "  caller: I would like to book a table for two\n"
               "    or: do you have a table for two\n"
               "  agent: With pleasure. At seven, or rather at eight?\n"
               "  caller: seven sounds wonderful\n"
               "    when: barge-in after 1500 ms\n"
               "  agent: The table is yours.\n"
               "  end: goodbye\n"
               "  decoy: what time do you close");
  return [wishes, at] { return at.tools.demo(*wishes); };
}

} // namespace unpod::cli
