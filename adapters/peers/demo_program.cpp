// `unpod demo`: the conversation as it happens, then ledger, verdict and what to try next.
#include "adapters/peers/demo_program.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace unpod {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t who_width = 8;

/// The demo's folder: `node/` is the node's data, beside it stay the recordings.
struct demo_folder {
  fs::path path;
  bool keep_data = false;

  ~demo_folder() {
    std::error_code ignored;
    if (!path.empty() && !keep_data)
      fs::remove_all(path / "node", ignored);
    if (!path.empty() && fs::is_empty(path, ignored))
      fs::remove(path, ignored);
  }
};

bool make_folder(demo_folder& folder, std::string& why) {
  std::error_code error;
  auto pattern = (fs::temp_directory_path(error) / "unpod-demo.XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    why = "no temporary folder can be made (is TMPDIR writable?)";
    return false;
  }
  folder.path = pattern;
  return true;
}

/// Moves a recording out of the node's data; where it is then.
std::string keep_recording(const demo_folder& folder, const demo_call& call, std::size_t n) {
  const auto to = folder.path / ("call-" + std::to_string(n) + ".wav");
  std::error_code error;
  fs::rename(call.recording, to, error);
  return error ? call.recording : to.string();
}

void print_event(std::ostream& out, const demo_event& event) {
  char at[32];
  std::snprintf(at, sizeof at, "%7.2f s  ", event.at_s);
  out << at << event.who << std::string(who_width - std::min(who_width, event.who.size()), ' ')
      << "  " << event.words << std::endl; // flushed: people watch it live
}

void print_hearing(std::ostream& out, const demo_call& call) {
  char text[120];
  const auto& report = call.report;
  if (report.words > 0) {
    std::snprintf(text, sizeof text, "\nheard: %zu of %zu words wrong (word error rate %.1f %%)\n",
                  report.word_errors, report.words,
                  100.0 * static_cast<double>(report.word_errors)
                    / static_cast<double>(report.words));
    out << text;
  }
}

void print_measures(std::ostream& out, const demo_call& call) {
  out << "\nmeasured in the recording (caller left, agent right):\n";
  for (std::size_t n = 0; n < call.report.turns.size(); ++n) {
    const auto& turn = call.report.turns[n];
    char text[160];
    std::snprintf(text, sizeof text, "  turn %zu: answer after %.0f ms, longest pause %.0f ms",
                  n + 1, turn.response_ms, turn.longest_gap_ms);
    out << text;
    if (turn.stop_ms >= 0) {
      std::snprintf(text, sizeof text, "; agent silent %.0f ms after the caller cut in",
                    turn.stop_ms);
      out << text;
    }
    out << "\n           the agent's channel says: " << turn.recognised << "\n";
  }
}

void print_cuts(std::ostream& out, const demo_call& call) {
  for (std::size_t n = 0; n < call.turns.size(); ++n)
    if (call.turns[n].cut_off)
      out << "\nthe reply of turn " << n + 1 << " was cut off; heard of it: \""
          << call.turns[n].heard_prefix << "\"\n";
}

void print_findings(std::ostream& out, const std::vector<std::string>& findings) {
  for (const auto& finding : findings)
    out << "  not well: " << finding << "\n";
}

void print_call(std::ostream& out, const demo_call& call) {
  print_cuts(out, call);
  out << "\nlatency, from the caller's last sound to the agent's first sample:\n"
      << ledger_table(call.turns);
  print_measures(out, call);
  print_hearing(out, call);
  print_findings(out, call.report.findings);
}

void print_next(std::ostream& out) {
  out << R"(
What to try next: answer a call yourself, in ten lines of Python (agent.py):

    from unpod import AgentRunner

    async def answer(ctx):
        @ctx.session.on("user_turn")
        async def reply(text):
            await ctx.session.say(f"You said: {text}.")
        await ctx.session.say("Good morning, this is the bakery.")
        await ctx.session.run()

    AgentRunner(answer, agent_id="baker").start()

    unpod start --dev                                  # in another terminal; prints the key
    python3 -m venv venv && venv/bin/pip install --ignore-requires-python unpod
    export UNPOD_BASE_URL=http://127.0.0.1:8080 UNPOD_API_KEY=<the key>
    venv/bin/python agent.py                           # the README has a caller for it
)";
}

bool load_script(const demo_wishes& wishes, talk_script& script, std::string& why) {
  auto read = wishes.script_file.empty() ? parse_script(built_in_script(), why)
                                         : read_script_file(wishes.script_file, why);
  if (read)
    script = std::move(*read);
  return read.has_value();
}

/// What is printed while the calls go on. Quiet for --json; brief for --repeat.
class telling {
public:
  telling(const demo_wishes& wishes, demo_folder& folder, std::ostream& out)
    : wishes_{wishes}, folder_{folder}, out_{out} {}

  demo_watch watch() {
    if (wishes_.json || wishes_.repeat > 1)
      return {};
    return [this](const demo_event& event) { print_event(out_, event); };
  }

  /// Of many calls the last one's recording is kept, and those of calls that went wrong.
  void call_done(const demo_call& call) {
    ++calls_;
    auto path = call.recording;
    if (!path.empty() && (!call.ok() || calls_ == wishes_.repeat))
      path = keep_recording(folder_, call, calls_);
    else if (!path.empty() && !wishes_.keep)
      ::remove(path.c_str());
    recordings_.push_back(path);
    if (wishes_.json)
      return;
    if (wishes_.repeat == 1)
      return print_call(out_, call);
    out_ << "call " << calls_ << " of " << wishes_.repeat << ": "
         << (call.ok() ? "well" : "NOT well") << std::endl;
    print_findings(out_, call.report.findings);
  }

  const std::vector<std::string>& recordings() const {
    return recordings_;
  }

private:
  const demo_wishes& wishes_;
  demo_folder& folder_;
  std::ostream& out_;
  std::size_t calls_ = 0;
  std::vector<std::string> recordings_;
};

void print_end(std::ostream& out, const demo_wishes& wishes, const std::vector<demo_call>& calls,
               bool ok) {
  if (calls.size() > 1)
    out << "\n" << summary_table(calls);
  std::size_t errors = 0, words = 0;
  for (const auto& call : calls) {
    errors += call.report.word_errors;
    words += call.report.words;
  }
  if (calls.size() > 1 && wishes.free_speech && words > 0)
    out << "\nword error rate " << 100.0 * static_cast<double>(errors) / static_cast<double>(words)
        << " % over " << words << " words\n";
  out << "\nrecording: " << calls.back().recording << "\n"
      << (ok ? "Every turn was heard and spoken, as judged from the recording.\n"
             : "The call was NOT as the script wants it; see above.\n");
  if (calls.size() == 1)
    print_next(out);
}

} // namespace

std::optional<talk_script> read_script_file(const std::string& path, std::string& why) {
  constexpr std::size_t bytes_max = 128 * 1024; // the parser's limit speaks for itself below that
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    why = "cannot read " + path;
    return std::nullopt;
  }
  std::string text(bytes_max, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
  auto script = parse_script(text, why);
  if (!script)
    why = path + ", " + why;
  return script;
}

int run_demo_program(const demo_wishes& wishes, const demo_node_starter& start_node,
                     const demo_tools& tools, std::ostream& out, std::ostream& err) {
  demo_settings settings;
  settings.seed = wishes.seed;
  settings.repeat = wishes.repeat;
  settings.free_speech = wishes.free_speech;
  demo_folder folder;
  folder.keep_data = wishes.keep;
  std::string why;
  const auto refuse = [&] {
    err << "unpod demo: " << why << "\n";
    return 2;
  };
  if (!load_script(wishes, settings.script, why))
    return refuse();
  if (why = why_not_performable(settings.script); !why.empty() || !make_folder(folder, why))
    return refuse();
  auto node = start_node((folder.path / "node").string(), why);
  if (node == nullptr)
    return refuse();
  if (!wishes.json)
    out << "a node at " << node->base_url << ", a runner \"" << settings.agent
        << "\", and a caller:\n\n";
  telling tell{wishes, folder, out};
  auto calls = perform_demo(
    *node, settings, tools, tell.watch(), [&](const demo_call& call) { tell.call_done(call); },
    why);
  node.reset();
  if (calls.empty())
    return refuse();
  bool ok = true;
  for (std::size_t n = 0; n < calls.size(); ++n) {
    calls[n].recording = tell.recordings()[n];
    ok = ok && calls[n].ok();
  }
  if (wishes.json)
    out << demo_json(calls) << std::endl;
  else
    print_end(out, wishes, calls, ok);
  if (wishes.keep)
    err << "the node's data stays in " << (folder.path / "node").string() << "\n";
  return ok ? 0 : 1;
}

} // namespace unpod
