// Starting and killing a process.
#include "adapters/peers/child_process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace unpod {

namespace {

/// In the child: only what may be called between fork and exec.
[[noreturn]] void become(char* const* arguments, char* const* variables, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) // it died before we asked
    ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int at : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(nothing, at);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(arguments[0], arguments, variables);
  ::_exit(127);
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const auto& word : words)
    pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

} // namespace

std::unique_ptr<child_process>
child_process::start(const std::vector<std::string>& command,
                     const std::vector<std::pair<std::string, std::string>>& variables,
                     std::string& why) {
  std::vector<std::string> environment;
  for (auto** one = environ; *one != nullptr; ++one) {
    const std::string pair{*one};
    const auto is_ours = [&](const auto& own) { return pair.rfind(own.first + "=", 0) == 0; };
    if (std::none_of(variables.begin(), variables.end(), is_ours))
      environment.push_back(pair);
  }
  for (const auto& [name, value] : variables)
    environment.push_back(name + "=" + value);
  const auto arguments = pointers_to(command), values = pointers_to(environment);
  const auto parent = ::getpid();
  const auto pid = command.empty() ? -1 : ::fork();
  if (pid == 0)
    become(arguments.data(), values.data(), parent);
  if (pid < 0) {
    why = "no process can be started: " + std::string{std::strerror(errno)};
    return nullptr;
  }
  return std::unique_ptr<child_process>{new child_process{pid}};
}

child_process::~child_process() {
  kill();
}

bool child_process::is_running() {
  int status = 0;
  if (!reaped_)
    reaped_ = ::waitpid(pid_, &status, WNOHANG) != 0;
  return !reaped_;
}

void child_process::kill() {
  if (!is_running())
    return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reaped_ = true;
}

std::size_t open_descriptors(pid_t pid) {
  std::error_code error;
  std::filesystem::directory_iterator all{"/proc/" + std::to_string(pid) + "/fd", error};
  std::size_t count = 0;
  for (const auto end = std::filesystem::directory_iterator{}; !error && all != end;
       all.increment(error))
    ++count;
  return count;
}

} // namespace unpod
