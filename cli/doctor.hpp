// `unpod doctor`: what is wrong with this machine or a node, and what to do about it.
// Facts are gathered by the command; what they mean is decided here. Pure.
#pragma once

#include "runtime/workshop.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unpod::cli {

/// Of this machine.
struct machine_facts {
  std::uint64_t open_files_max = 0; // soft limit; 0: none
  bool may_be_realtime = false;     // SCHED_FIFO would be given
  bool clock_synchronised = false;
  std::uint64_t cores = 0;
  std::uint64_t disk_free_bytes = 0; // where the node would keep everything
  bool disk_writable = false;
  std::string data_dir;
  bool has_key = false;    // in the environment, or typed
  std::string listen = {}; // "127.0.0.1:8080"; empty: not looked at
  enum class port { free, taken, refused } port_is = port::free;
  std::vector<std::pair<std::string, bool>> provider_keys = {}; // variable, is it set
};

struct finding {
  enum class how : unsigned char { well, watch, bad };
  how is = how::well;
  std::string what;  // "open files: 1024"
  std::string to_do; // empty when well
};

std::vector<finding> findings_of(const machine_facts& machine);

/// Which keys of speech providers this shell would give a node; without any of them calls are
/// heard and spoken by what is built in.
finding keys_finding(const machine_facts& machine);

/// Is what has the port the node that answered at this address?
finding port_finding(const machine_facts& machine, const std::string& url, const node_reply& node);

/// Of a node that answered `GET /v1/node` and `GET /v1/voice-profiles`, or did not.
std::vector<finding> findings_of(const node_reply& node, const node_reply& profiles);

} // namespace unpod::cli
