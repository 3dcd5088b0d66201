// `unpod runner`: a reference Agent Runner, for trying a node without Python.
#include "cli/commands.hpp"
#include "cli/noun.hpp"

#include <ostream>

namespace unpod::cli {

namespace {

constexpr std::int64_t delay_max_ms = 10'000;

int run_runner_verb(const typed_words& words, bench at) {
  const auto complain = [at](const char* mistake) {
    at.err << "unpod runner: " << mistake << "\n";
    return exit_usage;
  };
  if (words.has("--echo") == words.has("--script"))
    return complain("say what it is to answer with, --echo or --script FILE.");
  runner_wishes wishes;
  wishes.agent = words.text("--agent-id");
  wishes.script_file = words.text("--script");
  wishes.url = words.text("--url");
  wishes.api_key = words.text("--key");
  wishes.delta_every = std::chrono::milliseconds{words.whole("--word-delay-ms")};
  if (wishes.api_key.empty())
    return complain("no API key; `unpod start` prints one. Set UNPOD_API_KEY or give --key.");
  return at.tools.runner(wishes);
}

} // namespace

command runner_command(bench at) {
  command made;
  made.name = "runner";
  made.summary = "A small Agent Runner that echoes or follows a script";
  made.options = {
    option{"--agent-id", "ID", "The agent it answers for"}.must(),
    {"--echo", "", "Say again what was said"},
    {"--script", "FILE", "Answer as the script says (unpod demo --help)"},
    option{"--url", "URL", "The node"}.from("UNPOD_BASE_URL").or_else("http://127.0.0.1:8080"),
    option{"--key", "KEY", "API key; better in the environment, where ps shows it not"}.from(
      "UNPOD_API_KEY"),
    option{"--word-delay-ms", "MS", "Pause between the words of an answer"}.whole(0, delay_max_ms),
  };
  made.footer = "Examples:\n"
                "  unpod start --dev                                # in another terminal\n"
                "  unpod runner --agent-id baker --echo --key <the key it prints>\n"
                "  UNPOD_API_KEY=… unpod runner --agent-id desk --script talk.txt";
  made.act = [at](const typed_words& words) { return run_runner_verb(words, at); };
  // What stands behind `unpod worker`, under the name runners have everywhere else.
  for (const auto& noun : all_nouns())
    if (noun.name == "worker")
      made.verbs = noun_command(noun, at).verbs;
  return made;
}

} // namespace unpod::cli
