#include "adapters/api/actor_census.hpp"

#include <algorithm>
#include <chrono>

namespace unpod {

actor_sums sums_of(const std::vector<activity>& actors) {
  actor_sums sums;
  sums.living = actors.size();
  for (const auto& one : actors) {
    sums.waiting += one.mailbox_depth;
    sums.per_s += one.per_s;
    sums.suspended += one.suspended ? 1 : 0;
    sums.deepest = std::max(sums.deepest, one.mailbox_depth);
    if (one.kind == "store")
      sums.waiting_for_store += one.mailbox_depth;
    else if (one.kind == "provider")
      sums.providers.push_back({one.id, one.subject, one.state});
  }
  return sums;
}

actor_sums actor_census::take(const activity_registry& actors, mono_time now) {
  const std::lock_guard lock{mutex_};
  const auto s = static_cast<std::int64_t>((last_.living + counted_each_s - 1) / counted_each_s);
  // Half a second early: who looks once a second comes a little late.
  const auto lasts =
    s < 2 ? mono_time{0} : std::chrono::seconds{s} - std::chrono::milliseconds{500};
  if (now - taken_ >= lasts) {
    last_ = sums_of(actors.snapshot());
    taken_ = now;
  }
  return last_;
}

} // namespace unpod
