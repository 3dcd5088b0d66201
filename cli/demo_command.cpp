// `unpod demo`: a whole conversation on this machine.
#include "cli/commands.hpp"

namespace unpod::cli {

namespace {

constexpr std::int64_t repeat_max = 1'000; // some eight hours
constexpr std::int64_t seed_max = 1'000'000'000;

} // namespace

command demo_command(bench at) {
  command made;
  made.name = "demo";
  made.summary = "Hold one spoken conversation: node, agent and caller, all here";
  made.options = {
    {"--script", "FILE", "What is said, when, and what must be heard"},
    option{"--seed", "N", "Other phrases and timings; the same for the same number"}.whole(
      0, seed_max),
    option{"--repeat", "N", "So many calls, and their sums"}.whole(1, repeat_max),
    {"--free", "", "Without a grammar: free speech, with its word error rate"},
    {"--json", "", "Print one JSON object and nothing else"},
    {"--keep", "", "Keep the node's data too, not only the recording"},
  };
  made.footer = "Exit code 0 only if every turn was heard and spoken, judged from the recording.\n"
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
                "  decoy: what time do you close";
  made.act = [at](const typed_words& words) {
    demo_wishes wishes;
    wishes.script_file = words.text("--script");
    wishes.seed = static_cast<std::uint64_t>(words.whole("--seed"));
    if (words.has("--repeat"))
      wishes.repeat = static_cast<std::size_t>(words.whole("--repeat"));
    wishes.free_speech = words.has("--free");
    wishes.json = words.has("--json");
    wishes.keep = words.has("--keep");
    return at.tools.demo(wishes);
  };
  return made;
}

} // namespace unpod::cli
