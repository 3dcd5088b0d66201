// `unpod bench`: what a call costs, and how fast a runner is found.
#include "cli/commands.hpp"

namespace unpod::cli {

namespace {

constexpr std::int64_t seconds_max = 86'400;
constexpr std::int64_t seed_max = 1'000'000'000;
constexpr std::int64_t runners_max = 5'000;
constexpr std::int64_t jobs_max = 20'000;
constexpr std::int64_t rate_max = 1'000;
constexpr std::int64_t think_max_ms = 10'000;
constexpr std::int64_t failover_calls_max = 1'000;
constexpr std::int64_t utterances_max = 1'000'000;

constexpr const char* calls_footer =
  "The node is a process of its own, so its CPU and memory are; the callers and the runner are\n"
  "this one, over real sockets. Providers are simulated inside the node, without sockets or "
  "TLS.\n"
  "\n"
  "  cpu_us_per_call_second  the node's CPU, user and kernel\n"
  "  memory_kb_per_call      resident, beyond the idle node that has had one call\n"
  "  late_ticks_per_million  ticks of the media thread that came a whole period late\n"
  "  pacing_error_ms         time between two frames to a caller, off 20 ms; by the node's "
  "clock\n"
  "  text_overhead_ms        words final to user.text (text_send_ms), plus first delta to voice\n"
  "                          asked (text_speak_ms)\n"
  "  first_sample_ms         the voice's first byte to the caller's first sample\n"
  "  barge_in_ms             a caller's first sound against the agent to `interrupted`, with "
  "the\n"
  "                          300 ms of speech that the node waits for; seen by the caller\n"
  "\n"
  "Figures are marked invalid when the load process ran or waited for 85 % of a core, sent less\n"
  "than 97 % of its frames, or others took 10 % of the machine.\n"
  "\n"
  "Floors of --ramp: 0.1 % of calls failed, 80 % of the node's cores, pacing p99 2 ms, text\n"
  "overhead p99 5 ms, first sample p99 45 ms; and all that makes figures invalid.\n"
  "\n"
  "Examples:\n"
  "  unpod bench calls --calls 100 --pin\n"
  "  unpod bench calls --codec opus --ramp --json | python3 -m json.tool";

constexpr const char* dispatch_footer =
  "A job is a real call: token, WebSocket, `start`. It is timed from `start` to the\n"
  "runner's job.assign, by one clock; no audio is sent and no bridge dialled.\n"
  "\n"
  "Examples:\n"
  "  unpod bench dispatch --runners 100 --jobs 500\n"
  "  unpod bench dispatch --runners 1000 --jobs 1000 --rate 100 --json";

constexpr const char* failover_footer =
  "The node is a process of its own; this one has the callers, the runner and two simulated\n"
  "recognisers and two voices behind real sockets, in which every word is a coded tone. One of\n"
  "the four is killed at a random moment and refuses everybody for a second, then the next.\n"
  "\n"
  "  words_lost, words_doubled  decoded from the sound that arrived: at the recognisers of what\n"
  "                             the callers said, at the callers of what the runner answered\n"
  "  gap_ms                     silence within an answer whose voice was killed, beyond the\n"
  "                             100 ms that every voice leaves between two words\n"
  "  gap_beyond_first_byte_ms   the same, without what the next voice needs to begin\n"
  "  silence_ms_max             from a caller's last sound to the answer, or within it\n"
  "\n"
  "Exit code 0: no call was dropped, no word lost or doubled.\n"
  "\n"
  "Examples:\n"
  "  unpod bench failover --calls 100 --utterances 1000 --seed 7\n"
  "  unpod bench failover --calls 5 --utterances 25 --json";

constexpr const char* faults_footer =
  "As `bench failover`, but every connection to a provider draws a fault of its own: none, 401,\n"
  "429, a slow handshake, a stall, half a frame, garbage, the wrong order, a close, deafness to\n"
  "a close. Each call must end, and leave no actor behind; the node must end well.\n"
  "\n"
  "Examples:\n"
  "  unpod bench faults --runs 1000 --seed 7 --json";

/// What all benches take.
std::vector<option> with_common(std::vector<option> own) {
  own.push_back(
    option{"--seed", "N", "Other moments, the same for the same number"}.whole(0, seed_max));
  own.push_back(option{"--set", "NAME=VALUE", "A setting of the node that is measured"}.many());
  own.emplace_back("--json", "", "Print one JSON object and nothing else");
  return own;
}

/// What was typed, in place of what stands there.
template <class Number>
void take(const typed_words& words, const char* flag, Number& into) {
  if (words.has(flag))
    into = static_cast<Number>(words.whole(flag));
}

template <class Wishes>
void take_common(const typed_words& words, Wishes& wishes) {
  take(words, "--seed", wishes.seed);
  wishes.node_settings = words.all("--set");
  wishes.json = words.has("--json");
}

command calls_verb(bench at) {
  command made;
  made.name = "calls";
  made.summary = "Calls at a time: CPU, memory, punctuality of one";
  made.options = with_common(
    {option{"--calls", "N", "So many at a time"}.whole(1,
                                                       static_cast<std::int64_t>(bench_calls_max)),
     option{"--seconds", "S", "How long it is measured, after settling"}.whole(1, seconds_max),
     option{"--codec", "CODEC", "Between caller and node"}.among({"pcmu", "pcm16", "opus"}),
     option{"--profile", "P",
            "Speech: simulated (its protocols over sockets), inside (without them), or the node's"},
     option{"--provider-tls", "on|off", "TLS to the simulated providers"}.among({"on", "off"}),
     {"--record", "", "Every call is recorded"},
     {"--pin", "", "The node on core 0, the load on core 1"},
     {"--ramp", "", "Double the calls until a floor breaks"},
     option{"--think-ms", "MS", "How long the runner thinks"}.whole(0, think_max_ms)});
  made.footer = calls_footer;
  made.act = [at](const typed_words& words) {
    calls_bench_wishes wishes;
    take(words, "--calls", wishes.calls);
    take(words, "--seconds", wishes.seconds);
    if (words.has("--codec"))
      wishes.codec = words.text("--codec");
    if (words.has("--profile"))
      wishes.profile = words.text("--profile");
    wishes.provider_tls = words.has("--provider-tls") && words.text("--provider-tls") == "on";
    wishes.record = words.has("--record");
    wishes.pin = words.has("--pin");
    wishes.ramp = words.has("--ramp");
    if (words.has("--think-ms"))
      wishes.think = std::chrono::milliseconds{words.whole("--think-ms")};
    take_common(words, wishes);
    return at.tools.bench_calls(wishes);
  };
  return made;
}

command dispatch_verb(bench at) {
  command made;
  made.name = "dispatch";
  made.summary = "Jobs to runners: how fast, and how evenly";
  made.options =
    with_common({option{"--runners", "N", "Registered over real sockets"}.whole(1, runners_max),
                 option{"--jobs", "M", "Calls that want one, in bursts"}.whole(1, jobs_max),
                 option{"--rate", "R", "Calls a second"}.whole(1, rate_max)});
  made.footer = dispatch_footer;
  made.act = [at](const typed_words& words) {
    dispatch_bench_wishes wishes;
    take(words, "--runners", wishes.runners);
    take(words, "--jobs", wishes.jobs);
    take(words, "--rate", wishes.rate);
    take_common(words, wishes);
    return at.tools.bench_dispatch(wishes);
  };
  return made;
}

command failover_verb(bench at) {
  command made;
  made.name = "failover";
  made.summary = "Speech providers killed in calls: what callers lose";
  made.options =
    with_common({option{"--calls", "N", "So many at a time"}.whole(1, failover_calls_max),
                 option{"--utterances", "M", "Of all callers together"}.whole(1, utterances_max),
                 option{"--codec", "CODEC", "Between caller and node"}.among({"pcmu", "pcm16"})});
  made.footer = failover_footer;
  made.act = [at](const typed_words& words) {
    failover_bench_wishes wishes;
    take(words, "--calls", wishes.calls);
    take(words, "--utterances", wishes.utterances);
    if (words.has("--codec"))
      wishes.codec = words.text("--codec");
    take_common(words, wishes);
    return at.tools.bench_failover(wishes);
  };
  return made;
}

command faults_verb(bench at) {
  command made;
  made.name = "faults";
  made.summary = "Calls whose providers do everything wrong: does each end?";
  made.options = with_common(
    {option{"--runs", "N", "Calls, each with faults of its own"}.whole(1, utterances_max),
     option{"--calls", "N", "So many at a time"}.whole(1, failover_calls_max)});
  made.footer = faults_footer;
  made.act = [at](const typed_words& words) {
    faults_bench_wishes wishes;
    take(words, "--runs", wishes.runs);
    take(words, "--calls", wishes.calls);
    take_common(words, wishes);
    return at.tools.bench_faults(wishes);
  };
  return made;
}

} // namespace

command bench_command(bench at) {
  command made;
  made.name = "bench";
  made.summary = "What a call costs on this machine";
  made.verbs = {calls_verb(at), dispatch_verb(at), failover_verb(at), faults_verb(at)};
  for (auto& verb : more_bench_verbs(at))
    made.verbs.push_back(std::move(verb));
  made.footer = "Examples:\n"
                "  unpod bench calls --calls 100 --pin\n"
                "  unpod bench dispatch --runners 100 --jobs 500\n"
                "  unpod bench failover --calls 20 --utterances 200";
  return made;
}

} // namespace unpod::cli
