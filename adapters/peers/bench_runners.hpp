// Many Agent Runners that only take jobs: a control socket each, all on one net
// thread. They accept and never dial the bridge, so that what is measured is
// dispatch; the node waits `pairing_wait` (20 s) for them, a burst is shorter.
#pragma once

#include "adapters/websocket/client.hpp"
#include "messages/clock.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

class net_threads;

/// One job.assign as it arrived.
struct arrived_job {
  std::string call;
  std::size_t runner = 0;
  mono_time at{0};
};

struct bench_runners_settings {
  std::string base_url;
  std::string api_key; // never logged
  std::string agent;
  std::size_t runners = 1;
  std::size_t seats = 50; // of each
};

class bench_runners {
public:
  /// `threads` has one thread and outlives this.
  bench_runners(net_threads& threads, websocket_dialer dial, bench_runners_settings settings);
  ~bench_runners();

  bench_runners(const bench_runners&) = delete;
  bench_runners& operator=(const bench_runners&) = delete;

  /// How many the node has taken in.
  std::size_t registered() const;
  /// All jobs so far.
  std::vector<arrived_job> jobs() const;
  /// Words, when a socket was lost or refused.
  std::string trouble() const;

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace unpod
