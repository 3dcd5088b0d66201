// Which runner gets a call: the least loaded of those that may, and why each of
// the others did not. Pure. Load = (reserved + active) / seats; ties: fewest
// active, then longest idle, then by name, so that a test can know.
#pragma once

#include "messages/orchestrator.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// What the orchestrator knows of one runner's seats.
struct runner_seats {
  worker_id worker;
  std::uint64_t seats = 0;
  std::uint64_t active = 0;    // jobs given by us and not over
  std::uint64_t reserved = 0;  // offers not answered yet
  std::uint64_t inherited = 0; // jobs it runs that we don't know of: we were restarted
  bool eligible = true;        // heard of lately
  bool draining = false;
  mono_time idle_since{0};

  std::uint64_t busy() const {
    return active + reserved + inherited;
  }
};

struct dispatch_choice {
  std::optional<worker_id> worker;
  std::vector<dispatch_candidate> candidates; // at most candidates_max, the chosen one first
};

/// rows. What is stored with a call of the runners that were looked at.
inline constexpr std::size_t candidates_max = 20;

dispatch_choice choose_runner(const std::vector<runner_seats>& rows,
                              const std::vector<worker_id>& excluded);

/// Is `a` to be preferred to `b`? Compares fractions without dividing.
bool less_loaded(const runner_seats& a, const runner_seats& b);

} // namespace unpod
