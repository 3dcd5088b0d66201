// A node as a process of its own, for measuring: what it spends is its own, and it
// dies with us. One thread at a time; start it before other threads are.
//
//   start: exec --first line of stdout is {"url":…,"api_key":…}--> running
//   stop:  SIGTERM, after `stop_wait` SIGKILL, reaped
#pragma once

#include "messages/clock.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace unpod {

/// s. How long a node may take to say where it listens, and to stop when told to.
inline constexpr std::chrono::seconds node_start_wait{30}, node_stop_wait{20};

/// The path of the program that is running.
std::string own_program();

class node_process {
public:
  /// `command`: program and arguments. `core`: the only one it may use; negative: any.
  /// Null, and words, when it does not come up.
  static std::unique_ptr<node_process> start(const std::vector<std::string>& command, int core,
                                             std::string& why);
  ~node_process();

  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  const std::string& url() const {
    return url_;
  }
  const std::string& api_key() const {
    return api_key_;
  }
  pid_t pid() const {
    return pid_;
  }

  /// CPU time of all its threads so far, user and kernel; nothing when it is gone.
  std::optional<mono_time> cpu_time() const;
  /// Resident memory, KB; nothing when it is gone.
  std::optional<std::uint64_t> resident_kb() const;
  bool is_running();

  /// Idempotent.
  void stop();

  /// What it ended with; negative: it has not, or a signal ended it.
  int exit_code() const {
    return exit_code_;
  }

private:
  node_process(pid_t pid, int out) : pid_{pid}, out_{out} {}

  bool read_greeting(std::string& why);
  bool reap(std::chrono::milliseconds wait);

  pid_t pid_ = -1;
  int out_ = -1;
  bool reaped_ = false;
  int exit_code_ = -1;
  std::string url_, api_key_;
};

/// How long threads of this process stood ready and had no core, all together so far; nothing
/// when the system does not tell. What others on the machine do to a measurement.
std::optional<mono_time> waited_for_cpu(pid_t pid);

/// CPU time of everybody on this machine so far, without interrupts, which are no one's; and
/// what a hypervisor took. Nothing when the system does not tell.
std::optional<mono_time> machine_cpu_time();

/// This process may use this core only from now on; false when the system refuses.
bool pin_to_core(int core);

/// As many open files as the system lets us have; inherited by what is started.
void raise_open_files();

} // namespace unpod
