// The sums of the living actors, for everyone who looks at the node. To count is to read each
// of them: a node of thousands is counted more rarely, not more slowly.
#pragma once

#include "adapters/api/actor_rows.hpp"
#include "messages/clock.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

/// The living actors added up: of thousands of them a node's view shows these few figures.
struct actor_sums {
  /// A PROVIDER: whose it is, and the phase it shows.
  struct provider {
    std::uint64_t actor = 0;
    std::string name, state;
  };

  std::uint64_t living = 0, suspended = 0;
  std::uint64_t waiting = 0, waiting_for_store = 0, deepest = 0; // messages
  double per_s = 0;
  std::vector<provider> providers;
};

actor_sums sums_of(const std::vector<activity>& actors);

/// Any thread.
class actor_census {
public:
  /// actors. 1,000: are counted in a second; of more, say 4,000, the count is up to four seconds
  /// old. Fewer are counted anew for everyone who asks.
  static constexpr std::uint64_t counted_each_s = 1'000;

  actor_sums take(const activity_registry& actors, mono_time now);

private:
  std::mutex mutex_;
  actor_sums last_;
  mono_time taken_{0};
};

} // namespace unpod
