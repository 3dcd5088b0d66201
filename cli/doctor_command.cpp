// `unpod doctor`: gathers the facts of this machine and of a node, and prints what they mean.
#include "cli/commands.hpp"
#include "cli/doctor.hpp"
#include "cli/node_talk.hpp"
#include "cli/text.hpp"

#include "messages/json_line.hpp"

#include <filesystem>
#include <ostream>
#include <thread>

#include <sched.h>
#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

namespace unpod::cli {

namespace {

namespace fs = std::filesystem;

machine_facts look_around(const std::string& data_dir, bool has_key) {
  machine_facts seen;
  rlimit files{}, priority{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  seen.open_files_max =
    files.rlim_cur == RLIM_INFINITY ? 0 : static_cast<std::uint64_t>(files.rlim_cur);
  ::getrlimit(RLIMIT_RTPRIO, &priority);
  seen.may_be_realtime = priority.rlim_cur > 0 || ::geteuid() == 0;
  timex clock{};
  seen.clock_synchronised = ::adjtimex(&clock) != TIME_ERROR;
  seen.cores = std::thread::hardware_concurrency();
  seen.data_dir = data_dir;
  // A folder that is not there yet is judged by the one it will be made in.
  std::error_code ignored;
  auto folder = fs::absolute(data_dir, ignored);
  while (!fs::exists(folder, ignored) && folder.has_parent_path() && folder != folder.parent_path())
    folder = folder.parent_path();
  seen.disk_writable = ::access(folder.c_str(), W_OK) == 0;
  const auto space = fs::space(folder, ignored);
  seen.disk_free_bytes = ignored ? 0 : space.available;
  seen.has_key = has_key;
  return seen;
}

const char* mark_of(finding::how is) {
  static constexpr const char* marks[] = {"ok", "look", "BAD"};
  return marks[static_cast<std::size_t>(is)];
}

int tell(const std::vector<finding>& all, bool json, bench at) {
  bool bad = false;
  std::string rows;
  for (const auto& one : all) {
    bad = bad || one.is == finding::how::bad;
    rows += (rows.empty() ? "" : ",")
            + json_line{}
                .text("is", mark_of(one.is))
                .text("what", one.what)
                .text("to_do", one.to_do)
                .str();
    if (json)
      continue;
    at.out << wrapped(padded(mark_of(one.is), 6) + harmless(one.what), at.tools.columns, 6) << "\n";
    if (!one.to_do.empty())
      at.out << "      " << wrapped(harmless(one.to_do), at.tools.columns - 6, 6) << "\n";
  }
  if (json)
    at.out << "[" << rows << "]\n";
  return bad ? exit_failed : exit_well;
}

} // namespace

command doctor_command(bench at) {
  command made;
  made.name = "doctor";
  made.summary = "Look for what is wrong here and with a node, and say what helps";
  made.options = connection_options();
  made.options.push_back(
    option{"--data-dir", "DIR", "Where the node keeps everything"}.or_else("unpod-data"));
  made.footer = "Exit code 1 when something is bad.\n"
                "\n"
                "Examples:\n"
                "  unpod doctor\n"
                "  unpod doctor --url https://voice.example.org --json";
  made.act = [at](const typed_words& words) {
    const auto key = words.text("--key");
    auto all = findings_of(look_around(words.text("--data-dir"), !key.empty()));
    const auto node = at.tools.ask(question_to(words, "GET", "/v1/node"));
    const auto profiles = node.what == node_reply::outcome::answered
                            ? at.tools.ask(question_to(words, "GET", "/v1/voice-profiles"))
                            : node_reply{};
    for (auto& one : findings_of(node, profiles))
      all.push_back(std::move(one));
    return tell(all, words.has("--json"), at);
  };
  return made;
}

} // namespace unpod::cli
