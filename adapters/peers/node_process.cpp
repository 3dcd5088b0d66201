// Starting, watching and ending a node's process.
#include "adapters/peers/node_process.hpp"

#include "adapters/json/json.hpp"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace unpod {

namespace {

constexpr std::size_t greeting_bytes_max = 4'096;
constexpr std::size_t json_depth_max = 4;
constexpr std::chrono::milliseconds look_every{10};

/// In the child: only what may be called between fork and exec.
[[noreturn]] void become(char* const* arguments, int core, int out, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) // it died before we asked
    ::_exit(127);
  if (core >= 0)
    pin_to_core(core);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

} // namespace

std::string own_program() {
  char path[PATH_MAX];
  const auto size = ::readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string{path, static_cast<std::size_t>(size)} : std::string{};
}

std::unique_ptr<node_process> node_process::start(const std::vector<std::string>& command, int core,
                                                  std::string& why) {
  std::vector<char*> arguments;
  for (const auto& word : command)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int pipe[2];
  if (command.empty() || ::pipe2(pipe, O_CLOEXEC) != 0) {
    why = "no node can be started: " + std::string{std::strerror(errno)};
    return nullptr;
  }
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0)
    become(arguments.data(), core, pipe[1], parent);
  ::close(pipe[1]);
  if (pid < 0) {
    ::close(pipe[0]);
    why = "no node can be started: " + std::string{std::strerror(errno)};
    return nullptr;
  }
  std::unique_ptr<node_process> node{new node_process{pid, pipe[0]}};
  return node->read_greeting(why) ? std::move(node) : nullptr;
}

node_process::~node_process() {
  stop();
  ::close(out_);
}

bool node_process::read_greeting(std::string& why) {
  std::string line;
  const auto until = std::chrono::steady_clock::now() + node_start_wait;
  while (line.find('\n') == std::string::npos && line.size() < greeting_bytes_max) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    pollfd ready{out_, POLLIN, 0};
    char some[512];
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) {
      why = "the node said nothing within " + std::to_string(node_start_wait.count()) + " s";
      return false;
    }
    const auto size = ::read(out_, some, sizeof some);
    if (size <= 0) {
      why = "the node ended at once; what it complained of stands above";
      return false;
    }
    line.append(some, static_cast<std::size_t>(size));
  }
  const auto told = json::parse(line.substr(0, line.find('\n')), json_depth_max, why);
  if (!told || !told->IsObject())
    return false;
  url_ = json::text(*told, "url").value_or("");
  api_key_ = json::text(*told, "api_key").value_or("");
  if (url_.empty() || api_key_.empty())
    why = "the node did not say its address and key";
  return why.empty();
}

std::optional<mono_time> node_process::cpu_time() const {
  // The clock of all its threads, in ns; /proc/PID/stat has the same in steps of 10 ms.
  clockid_t clock;
  timespec spent{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &spent) != 0)
    return std::nullopt;
  return std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
}

std::optional<std::uint64_t> node_process::resident_kb() const {
  std::ifstream in{"/proc/" + std::to_string(pid_) + "/status"};
  for (std::string line; std::getline(in, line);)
    if (line.rfind("VmRSS:", 0) == 0)
      return std::strtoull(line.c_str() + 6, nullptr, 10);
  return std::nullopt;
}

bool node_process::is_running() {
  return !reap(std::chrono::milliseconds{0});
}

bool node_process::reap(std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (!reaped_) {
    int status = 0;
    const auto gone = ::waitpid(pid_, &status, WNOHANG);
    reaped_ = gone == pid_ || (gone < 0 && errno == ECHILD);
    if (gone == pid_ && WIFEXITED(status))
      exit_code_ = WEXITSTATUS(status);
    if (reaped_ || std::chrono::steady_clock::now() >= until)
      break;
    std::this_thread::sleep_for(look_every);
  }
  return reaped_;
}

void node_process::stop() {
  if (reap(std::chrono::milliseconds{0}))
    return;
  ::kill(pid_, SIGTERM);
  if (reap(node_stop_wait))
    return;
  ::kill(pid_, SIGKILL);
  reap(node_stop_wait);
}

std::optional<mono_time> waited_for_cpu(pid_t pid) {
  std::error_code error;
  std::filesystem::directory_iterator tasks{"/proc/" + std::to_string(pid) + "/task", error};
  std::optional<mono_time> all;
  for (const auto end = std::filesystem::directory_iterator{}; !error && tasks != end;
       tasks.increment(error)) {
    std::int64_t ran = 0, waited = 0;
    if (std::ifstream in{tasks->path() / "schedstat"}; in >> ran >> waited)
      all = all.value_or(mono_time{0}) + mono_time{waited};
  }
  return all;
}

std::optional<mono_time> machine_cpu_time() {
  std::ifstream in{"/proc/stat"};
  std::string cpu;
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, soft = 0, stolen = 0;
  if (!(in >> cpu >> user >> nice >> system >> idle >> wait >> irq >> soft >> stolen))
    return std::nullopt;
  const auto tick = std::chrono::nanoseconds{std::chrono::seconds{1}} / ::sysconf(_SC_CLK_TCK);
  return (user + nice + system + stolen) * tick;
}

bool pin_to_core(int core) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<std::size_t>(core), &only);
  return ::sched_setaffinity(0, sizeof only, &only) == 0;
}

void raise_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
}

} // namespace unpod
