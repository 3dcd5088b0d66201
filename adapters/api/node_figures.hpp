// What one process takes, and how near each of its limits is: filled by runtime/, shown
// by `GET /v1/node`.
#pragma once

#include "messages/clock.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

struct thread_figures {
  std::string name;
  std::uint64_t id = 0;
  double cpu_s = 0; // since it began
};

/// A limit with a name as in `unpod config print`, and what is used of it.
struct limit_figures {
  std::string name;
  std::uint64_t used = 0;
  std::uint64_t most = 0; // 0: none
};

struct node_figures {
  std::string version;
  std::uint64_t pid = 0;
  wall_ms started = 0;
  std::uint64_t memory_bytes = 0; // resident
  std::uint64_t disk_free_bytes = 0;
  std::uint64_t calls_live = 0;
  std::uint64_t ticks = 0, late_ticks = 0; // of the media threads
  bool realtime = false;                   // they got the priority that was asked for
  std::vector<thread_figures> threads;
  std::vector<limit_figures> limits;
};

} // namespace unpod
