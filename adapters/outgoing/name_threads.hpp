// Names into addresses, on threads of its own: the system's resolver blocks for as long as
// somebody's name server likes. A lookup cannot be called off; a thread that is in one when
// the node stops is left to end by itself, and holds nothing of the node.
#pragma once

#include "adapters/outgoing/ip_address.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// `done` is called once, on any thread: all addresses of a name, or none and why.
using name_resolver =
  std::function<void(const std::string& host,
                     std::function<void(std::vector<ip_address> addresses, std::string why)> done)>;

/// The system's resolver on `threads` threads; `waiting_max` lookups wait at most.
name_resolver make_system_resolver(std::size_t threads, std::size_t waiting_max);

} // namespace unpod
