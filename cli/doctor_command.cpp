// `unpod doctor`: gathers the facts of this machine and of a node, and prints what they mean.
#include "cli/commands.hpp"
#include "cli/doctor.hpp"
#include "cli/node_talk.hpp"
#include "cli/text.hpp"

#include "messages/json_line.hpp"
#include "runtime/settings.hpp"
#include "runtime/speech_access.hpp"

#include <cerrno>
#include <filesystem>
#include <memory>
#include <ostream>
#include <thread>

#include <netdb.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

namespace unpod::cli {

namespace {

namespace fs = std::filesystem;

/// Would a node get this address? Asked for and given back at once.
machine_facts::port port_at(const std::string& listen) {
  using port = machine_facts::port;
  std::string host;
  std::uint16_t number = 0;
  if (!split_listen(listen, host, number))
    return port::refused;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(number).c_str(), &hints,
                    &found)
      != 0)
    return port::refused;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner{found, ::freeaddrinfo};
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1; // as the node does it: one that has just stopped is no obstacle
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool got =
    fd >= 0 && ::bind(fd, found->ai_addr, found->ai_addrlen) == 0 && ::listen(fd, 1) == 0;
  const auto error = errno;
  ::close(fd);
  return got ? port::free : error == EADDRINUSE ? port::taken : port::refused;
}

machine_facts look_around(const std::string& data_dir, const std::string& listen, bool has_key) {
  machine_facts seen;
  seen.listen = listen;
  seen.port_is = port_at(listen);
  seen.provider_keys = keys_given(real_environment());
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
  made.options.push_back(
    option{"--listen", "HOST:PORT", "Where the node listens, or is to"}.or_else("127.0.0.1:8080"));
  made.footer = "Exit code 1 when something is bad.\n"
                "\n"
                "Examples:\n"
                "  unpod doctor\n"
                "  unpod doctor --url https://voice.example.org --json";
  made.act = [at](const typed_words& words) {
    const auto key = words.text("--key");
    const auto machine =
      look_around(words.text("--data-dir"), words.text("--listen"), !key.empty());
    auto all = findings_of(machine);
    const auto node = at.tools.ask(question_to(words, "GET", "/v1/node"));
    const auto profiles = node.what == node_reply::outcome::answered
                            ? at.tools.ask(question_to(words, "GET", "/v1/voice-profiles"))
                            : node_reply{};
    all.push_back(port_finding(machine, words.text("--url"), node));
    all.push_back(keys_finding(machine));
    for (auto& one : findings_of(node, profiles))
      all.push_back(std::move(one));
    return tell(all, words.has("--json"), at);
  };
  return made;
}

} // namespace unpod::cli
