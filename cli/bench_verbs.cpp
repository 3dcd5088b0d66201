// `unpod bench setup`, `talk`, `reference`, `soak` and `store`.
#include "cli/commands.hpp"

namespace unpod::cli {

namespace {

constexpr std::int64_t seed_max = 1'000'000'000;
constexpr std::int64_t calls_max = 400; // of one pipe of a bench
constexpr std::int64_t load_calls_max = 2'000;
constexpr std::int64_t step_seconds_max = 3'600;
constexpr std::int64_t rate_least = 1, rate_most = 5'000;
constexpr std::int64_t turns_max = 100;
constexpr std::int64_t soak_minutes_max = 24 * 60;
constexpr std::int64_t runners_max = 20, kills_max = 60;
constexpr std::int64_t writers_max = 64;

constexpr const char* setup_footer =
  "First calls are offered at rising rates, each hung up as soon as it stands, until one is\n"
  "refused, 0.1 % fail or p99 passes 250 ms. Then a second node with calls_max=N is filled with\n"
  "callers who talk, and measured twice: alone, and while half as many more knock every second.\n"
  "Those must be answered 503 with Retry-After, and the admitted must not notice.\n"
  "\n"
  "Examples:\n"
  "  unpod bench setup\n"
  "  unpod bench setup --rate 50 --seconds 10 --plot setup.svg --json";

constexpr const char* talk_footer =
  "Truth from the waveform. Each call is recorded, and its recording is read back: the caller's\n"
  "own phrase is found on the left channel by cross-correlation, so that its last sample is known\n"
  "to the sample, and the agent's first sound on the right one. That is the response time; the\n"
  "call's own ledger must say the same.\n"
  "\n"
  "Example:\n"
  "  unpod bench talk --calls 8 --turns 5";

constexpr const char* reference_footer =
  "One call is measured on the idle node, and once more under load; load must be invisible to\n"
  "it. Its caller has a socket, a thread and a clock of its own. Without --calls the capacity is\n"
  "measured first: the calls at which node and load would fill their cores, said to be\n"
  "extrapolated; the load is 80 % of it.\n"
  "\n"
  "Examples:\n"
  "  unpod bench reference\n"
  "  unpod bench reference --calls 300 --turns 10 --json";

constexpr const char* soak_footer =
  "Calls come and go, 5 to 20 s each; runners are processes, killed without warning and started\n"
  "again. Every 2 s memory, descriptors and actors of the node are read: the slope is that of the\n"
  "line through the second half. A call that fails while a runner is killed is explained by it;\n"
  "any other is not, and the bench fails. At the end all calls are hung up, and the node must\n"
  "return to where it began.\n"
  "\n"
  "Examples:\n"
  "  unpod bench soak --minutes 60 --calls 100 --plot soak.svg\n"
  "  unpod bench soak --seconds 30 --json";

constexpr const char* store_footer =
  "The real store (RocksDB, synced) in this process and a folder of its own: writers who each "
  "wait\n"
  "for the answer before they write again. Once with a record each, once with a journal entry\n"
  "behind each record, as live calls add them. A write shares its sync with those that came\n"
  "meanwhile: `writes_per_sync`.\n"
  "\n"
  "Example:\n"
  "  unpod bench store --writers 32 --seconds 10";

std::vector<option> with_common(std::vector<option> own, bool node, bool plot) {
  own.push_back(
    option{"--seed", "N", "Other moments, the same for the same number"}.whole(0, seed_max));
  if (node) {
    own.emplace_back("--profile", "P",
                     "simulated: over sockets; inside: without; or one of the node's");
    own.push_back(
      option{"--provider-tls", "on|off", "TLS to the simulated providers"}.among({"on", "off"}));
    own.push_back(option{"--set", "NAME=VALUE", "A setting of the node that is measured"}.many());
  }
  if (plot)
    own.emplace_back("--plot", "FILE", "Draw the curves into this SVG file");
  own.emplace_back("--results", "DIR", "Add a page with hardware, posture and command there");
  own.emplace_back("--json", "", "Print one JSON object and nothing else");
  return own;
}

template <class Number>
void take(const typed_words& words, const char* flag, Number& into) {
  if (words.has(flag))
    into = static_cast<Number>(words.whole(flag));
}

void take_text(const typed_words& words, const char* flag, std::string& into) {
  if (words.has(flag))
    into = words.text(flag);
}

void take_common(const typed_words& words, bench_wishes& wishes) {
  take(words, "--seed", wishes.seed);
  take_text(words, "--profile", wishes.profile);
  wishes.provider_tls = words.has("--provider-tls") && words.text("--provider-tls") == "on";
  wishes.node_settings = words.all("--set");
  wishes.outlets.json = words.has("--json");
  take_text(words, "--plot", wishes.outlets.plot);
  take_text(words, "--results", wishes.outlets.results);
  wishes.outlets.release = std::string{"unpod "} + program_version();
}

option codec_option() {
  return option{"--codec", "CODEC", "Between caller and node"}.among({"pcmu", "pcm16", "opus"});
}

command setup_verb(bench at) {
  command made;
  made.name = "setup";
  made.summary = "Calls that begin: how many a second, and past calls_max";
  made.options = with_common(
    {option{"--rate", "R", "Calls a second at first; then half as many more a step"}.whole(
       rate_least, rate_most),
     option{"--rate-max", "R", "No step above"}.whole(rate_least, rate_most),
     option{"--seconds", "S", "Of a step, and of both windows"}.whole(1, step_seconds_max),
     option{"--calls", "N", "calls_max of the node that is filled"}.whole(1, calls_max)},
    true, true);
  made.footer = setup_footer;
  made.act = [at](const typed_words& words) {
    setup_bench_wishes wishes;
    take(words, "--rate", wishes.rate);
    take(words, "--rate-max", wishes.rate_max);
    take(words, "--seconds", wishes.seconds);
    take(words, "--calls", wishes.calls);
    take_common(words, wishes.common);
    return at.tools.bench_setup(wishes);
  };
  return made;
}

command talk_verb(bench at) {
  command made;
  made.name = "talk";
  made.summary = "Response times read from the recordings, beside the ledger";
  made.options =
    with_common({option{"--calls", "N", "So many at a time"}.whole(1, calls_max),
                 option{"--turns", "T", "Of each call"}.whole(1, turns_max), codec_option()},
                true, false);
  made.footer = talk_footer;
  made.act = [at](const typed_words& words) {
    talk_bench_wishes wishes;
    take(words, "--calls", wishes.calls);
    take(words, "--turns", wishes.turns);
    take_text(words, "--codec", wishes.codec);
    take_common(words, wishes.common);
    return at.tools.bench_talk(wishes);
  };
  return made;
}

command reference_verb(bench at) {
  command made;
  made.name = "reference";
  made.summary = "One call on an idle node and under load, side by side";
  made.options = with_common(
    {option{"--calls", "N", "Of load; without: 80 % of the capacity"}.whole(1, load_calls_max),
     option{"--probe", "N", "Calls that the capacity is measured with"}.whole(1, calls_max),
     option{"--turns", "T", "Of the reference call"}.whole(1, turns_max), codec_option()},
    true, false);
  made.footer = reference_footer;
  made.act = [at](const typed_words& words) {
    reference_bench_wishes wishes;
    take(words, "--calls", wishes.calls);
    take(words, "--probe", wishes.probe);
    take(words, "--turns", wishes.turns);
    take_text(words, "--codec", wishes.codec);
    take_common(words, wishes.common);
    return at.tools.bench_reference(wishes);
  };
  return made;
}

command soak_verb(bench at) {
  command made;
  made.name = "soak";
  made.summary = "Calls come and go and runners are killed: what grows";
  made.options =
    with_common({option{"--minutes", "M", "How long"}.whole(1, soak_minutes_max),
                 option{"--seconds", "S", "The same, for a short look"}.whole(1, step_seconds_max),
                 option{"--calls", "N", "So many at a time"}.whole(1, calls_max),
                 option{"--runners", "N", "Processes of 50 seats"}.whole(1, runners_max),
                 option{"--kills", "N", "Runners killed a minute"}.whole(0, kills_max)},
                true, true);
  made.footer = soak_footer;
  made.act = [at](const typed_words& words) {
    constexpr std::size_t minute_s = 60;
    soak_bench_wishes wishes;
    take(words, "--minutes", wishes.seconds);
    if (words.has("--minutes"))
      wishes.seconds *= minute_s;
    take(words, "--seconds", wishes.seconds);
    take(words, "--calls", wishes.calls);
    take(words, "--runners", wishes.runners);
    take(words, "--kills", wishes.kills);
    take_common(words, wishes.common);
    return at.tools.bench_soak(wishes);
  };
  return made;
}

command store_verb(bench at) {
  command made;
  made.name = "store";
  made.summary = "Acknowledged writes a second, and how many share a sync";
  made.options =
    with_common({option{"--writers", "N", "Who each wait for the answer"}.whole(1, writers_max),
                 option{"--seconds", "S", "Of each part"}.whole(1, step_seconds_max)},
                false, false);
  made.footer = store_footer;
  made.act = [at](const typed_words& words) {
    store_bench_wishes wishes;
    take(words, "--writers", wishes.writers);
    take(words, "--seconds", wishes.seconds);
    take_common(words, wishes.common);
    return at.tools.bench_store(wishes);
  };
  return made;
}

} // namespace

std::vector<command> more_bench_verbs(bench at) {
  return {setup_verb(at), talk_verb(at), reference_verb(at), soak_verb(at), store_verb(at)};
}

} // namespace unpod::cli
