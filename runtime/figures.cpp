#include "runtime/figures.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace unpod {

namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::string line;
  std::ifstream in{file};
  std::getline(in, line);
  return line;
}

/// The fields of /proc/PID/stat after the name, which may hold blanks (proc(5)).
std::vector<std::string> stat_fields(const fs::path& folder) {
  const auto line = first_line(folder / "stat");
  const auto end = line.rfind(')');
  std::istringstream rest{end == std::string::npos ? "" : line.substr(end + 1)};
  return {std::istream_iterator<std::string>{rest}, {}};
}

std::uint64_t field(const std::vector<std::string>& fields, std::size_t at) {
  return at < fields.size() ? std::strtoull(fields[at].c_str(), nullptr, 10) : 0;
}

std::vector<thread_figures> all_threads() {
  constexpr std::size_t utime = 11, stime = 12; // of proc(5), less the two before the name's end
  const auto per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::vector<thread_figures> all;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator{"/proc/self/task", gone}) {
    const auto fields = stat_fields(entry.path());
    thread_figures one;
    one.name = first_line(entry.path() / "comm");
    one.id = std::strtoull(entry.path().filename().c_str(), nullptr, 10);
    one.cpu_s = static_cast<double>(field(fields, utime) + field(fields, stime)) / per_s;
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

std::uint64_t resident_bytes() {
  std::istringstream words{first_line("/proc/self/statm")};
  std::uint64_t whole = 0, resident = 0;
  words >> whole >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

limit_figures open_files() {
  rlimit most{};
  ::getrlimit(RLIMIT_NOFILE, &most);
  std::error_code gone;
  const auto used = std::distance(fs::directory_iterator{"/proc/self/fd", gone}, {});
  return {"open files", static_cast<std::uint64_t>(used),
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
