#include "runtime/figures.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace unpod {

namespace {

namespace fs = std::filesystem;

/// The beginning of a file of /proc, in one read; empty when it is gone. Streams would take ten
/// times as long, and a node that is watched is asked each second.
std::string beginning_of(const char* path) {
  constexpr std::size_t bytes_max = 512; // a line of stat has some 200, a thread's name 16
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return {};
  char text[bytes_max];
  const auto got = ::read(file, text, sizeof text);
  ::close(file);
  return got > 0 ? std::string(text, static_cast<std::size_t>(got)) : std::string{};
}

/// The n-th number of a text, the first is 0; what is none counts too.
std::uint64_t number_at(const std::string& text, std::size_t n) {
  std::size_t at = text.find_first_not_of(' ');
  for (; n > 0 && at != std::string::npos; --n)
    at = text.find_first_not_of(' ', text.find(' ', at));
  return at == std::string::npos ? 0 : std::strtoull(text.c_str() + at, nullptr, 10);
}

/// Name and CPU time as in proc(5): "42 (name, which may hold anything) S 1 …".
thread_figures thread_of(const std::string& id) {
  constexpr std::size_t utime = 11, stime = 12; // less the two before the name's end
  static const auto per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  thread_figures one;
  one.id = std::strtoull(id.c_str(), nullptr, 10);
  const auto line = beginning_of(("/proc/self/task/" + id + "/stat").c_str());
  const auto open = line.find('('), close = line.rfind(')');
  if (open == std::string::npos || close == std::string::npos)
    return one;
  one.name = line.substr(open + 1, close - open - 1);
  const auto rest = line.substr(close + 1);
  one.cpu_s = static_cast<double>(number_at(rest, utime) + number_at(rest, stime)) / per_s;
  return one;
}

std::vector<thread_figures> all_threads() {
  std::vector<thread_figures> all;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator{"/proc/self/task", gone})
    all.push_back(thread_of(entry.path().filename()));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

std::uint64_t resident_bytes() {
  return number_at(beginning_of("/proc/self/statm"), 1)
         * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// Since Linux 6.2 the folder's size is their number; before, they have to be counted.
std::uint64_t open_file_count() {
  struct stat folder {};
  if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0)
    return static_cast<std::uint64_t>(folder.st_size);
  std::error_code gone;
  return static_cast<std::uint64_t>(
    std::distance(fs::directory_iterator{"/proc/self/fd", gone}, {}));
}

limit_figures open_files() {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  return {"open files", open_file_count(),
          most.rlim_cur == RLIM_INFINITY ? 0 : static_cast<std::uint64_t>(most.rlim_cur)};
}

} // namespace

node_figures process_figures(const std::string& data_dir) {
  node_figures seen;
  seen.pid = static_cast<std::uint64_t>(::getpid());
  seen.memory_bytes = resident_bytes();
  seen.threads = all_threads();
  seen.realtime = std::any_of(seen.threads.begin(), seen.threads.end(), [](const auto& one) {
    return one.name == "media" && ::sched_getscheduler(static_cast<pid_t>(one.id)) == SCHED_FIFO;
  });
  seen.limits.push_back(open_files());
  std::error_code unknown;
  const auto space = fs::space(data_dir, unknown);
  seen.disk_free_bytes = unknown ? 0 : space.available;
  return seen;
}

} // namespace unpod
