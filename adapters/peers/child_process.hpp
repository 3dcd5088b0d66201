// A process of ours that is there to be killed: it says nothing, dies with us, and is
// reaped. One thread: that which starts it (the system ties its death to that thread's).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace unpod {

class child_process {
public:
  /// `command`: program and arguments; `variables` are added to the environment. Null, and words,
  /// when it can't be started.
  static std::unique_ptr<child_process>
  start(const std::vector<std::string>& command,
        const std::vector<std::pair<std::string, std::string>>& variables, std::string& why);
  /// Kills it.
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  bool is_running();
  /// SIGKILL, and waits for the end. Idempotent.
  void kill();

private:
  explicit child_process(pid_t pid) : pid_{pid} {}

  pid_t pid_;
  bool reaped_ = false;
};

/// Open descriptors of a process; 0 when it is gone.
std::size_t open_descriptors(pid_t pid);

} // namespace unpod
