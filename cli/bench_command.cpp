// `unpod bench`: what a call costs, and how fast a runner is found.
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace unpod::cli {

namespace {

constexpr std::size_t seconds_max = 86'400;
constexpr std::size_t seed_max = 1'000'000'000;
constexpr std::size_t runners_max = 5'000;
constexpr std::size_t jobs_max = 20'000;
constexpr std::size_t rate_max = 1'000;
constexpr long think_max_ms = 10'000;

/// What both benches take.
template <class Wishes>
void add_common(CLI::App& verb, Wishes& wishes) {
  verb.add_option("--seed", wishes.seed, "Other moments, the same for the same number")
    ->type_name("N")
    ->check(CLI::Range(std::size_t{0}, seed_max));
  verb
    .add_option("--set", wishes.node_settings, "A setting of the node that is measured; may repeat")
    ->type_name("NAME=VALUE")
    ->expected(1)
    ->take_all();
  verb.add_flag("--json", wishes.json, "Print one JSON object and nothing else");
}

CLI::App* add_calls(CLI::App& bench, calls_bench_wishes& wishes, long& think_ms) {
  auto* verb = bench.add_subcommand("calls", "Calls at a time: CPU, memory, punctuality of one");
  const auto most = CLI::Range(std::size_t{1}, bench_calls_max);
  verb->add_option("--calls", wishes.calls, "So many at a time")->type_name("N")->check(most);
  verb->add_option("--seconds", wishes.seconds, "How long it is measured, after settling")
    ->type_name("S")
    ->check(CLI::Range(std::size_t{1}, seconds_max));
  verb->add_option("--codec", wishes.codec, "pcmu, pcm16 or opus")
    ->type_name("CODEC")
    ->check(CLI::IsMember({"pcmu", "pcm16", "opus"}));
  verb->add_flag("--record", wishes.record, "Every call is recorded");
  verb->add_flag("--pin", wishes.pin, "The node on core 0, the load on core 1");
  verb->add_flag("--ramp", wishes.ramp, "Double the calls until a floor breaks");
  verb->add_option("--think-ms", think_ms, "How long the runner thinks")
    ->type_name("MS")
    ->check(CLI::Range(0L, think_max_ms));
  add_common(*verb, wishes);
  verb->footer(
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
    "  unpod bench calls --codec opus --ramp --json | python3 -m json.tool");
  return verb;
}

void add_dispatch(CLI::App& bench, dispatch_bench_wishes& wishes) {
  auto* verb = bench.add_subcommand("dispatch", "Jobs to runners: how fast, and how evenly");
  verb->add_option("--runners", wishes.runners, "Registered over real sockets")
    ->type_name("N")
    ->check(CLI::Range(std::size_t{1}, runners_max));
  verb->add_option("--jobs", wishes.jobs, "Calls that want one, in bursts")
    ->type_name("M")
    ->check(CLI::Range(std::size_t{1}, jobs_max));
  verb->add_option("--rate", wishes.rate, "Calls a second")
    ->type_name("R")
    ->check(CLI::Range(std::size_t{1}, rate_max));
  add_common(*verb, wishes);
  verb->footer("A job is a real call: token, WebSocket, `start`. It is timed from `start` to the\n"
               "runner's job.assign, by one clock; no audio is sent and no bridge dialled.\n"
               "\n"
               "Examples:\n"
               "  unpod bench dispatch --runners 100 --jobs 500\n"
               "  unpod bench dispatch --runners 1000 --jobs 1000 --rate 100 --json");
}

} // namespace

action add_bench(CLI::App& program, bench at) {
  auto* verb = program.add_subcommand("bench", "What a call costs on this machine");
  verb->require_subcommand(1);
  const auto calls = std::make_shared<calls_bench_wishes>();
  const auto think_ms = std::make_shared<long>(static_cast<long>(calls->think.count()));
  const auto dispatch = std::make_shared<dispatch_bench_wishes>();
  const auto* calls_verb = add_calls(*verb, *calls, *think_ms);
  add_dispatch(*verb, *dispatch);
  verb->footer("Examples:\n"
               "  unpod bench calls --calls 100 --pin\n"
               "  unpod bench dispatch --runners 100 --jobs 500");
  return [=] {
    calls->think = std::chrono::milliseconds{*think_ms};
    return calls_verb->parsed() ? at.tools.bench_calls(*calls) : at.tools.bench_dispatch(*dispatch);
  };
}

} // namespace unpod::cli
