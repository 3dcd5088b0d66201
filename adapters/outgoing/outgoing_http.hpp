// The way out over HTTP (messages/outgoing.hpp): libcurl on one thread of its own.
//
//   send --> judged --> resolved --> judged again, pinned --> connected --> head --> body --> ended
//               \____________\____________\____ refused, or a deadline, or abort ____/
//
// Each exchange connects to an address that the guard has seen, and to no other: libcurl is
// given the address, not the name, and a socket to anywhere else is not opened. TLS is
// checked against the name, always. HTTP/1.1; no redirects, proxies, cookies or compression.
#pragma once

#include "adapters/outgoing/guard.hpp"
#include "adapters/outgoing/name_threads.hpp"
#include "messages/limits.hpp"
#include "messages/outgoing.hpp"

#include <string>

namespace unpod {

/// threads. 4: names being resolved at a time.
inline constexpr std::size_t name_threads_count = 4;

struct outgoing_options {
  outgoing_rules rules;
  outgoing_limits bounds;
  std::string ca_file;   // PEM; empty: the system's
  name_resolver resolve; // empty: the system's
};

/// Stops its thread when it is let go, on any other thread; what is going on then is ended.
outgoing_http_ptr make_outgoing_http(outgoing_options options);

} // namespace unpod
