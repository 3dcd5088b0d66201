#include "actors/token_bucket.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace unpod {

void token_bucket::fill(mono_time now) {
  if (now <= last_)
    return;
  const std::chrono::duration<double> passed = now - last_;
  left_ = std::min(rate_.burst, left_ + passed.count() * rate_.per_second);
  last_ = now;
}

milliseconds token_bucket::wait(mono_time now) {
  fill(now);
  if (rate_.per_second <= 0 || left_ >= 1)
    return milliseconds{0};
  return milliseconds{static_cast<std::int64_t>(std::ceil((1 - left_) / rate_.per_second * 1'000))};
}

milliseconds token_bucket::take(mono_time now) {
  const auto until = wait(now);
  if (until.count() == 0 && rate_.per_second > 0)
    left_ -= 1;
  return until;
}

milliseconds bucket_table::wait(const std::string& name, mono_time now) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? milliseconds{0} : found->second->bucket.wait(now);
}

milliseconds bucket_table::take(const std::string& name, mono_time now) {
  if (rate_.per_second <= 0)
    return milliseconds{0};
  auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    if (rows_.size() >= std::max<std::size_t>(1, names_max_)) {
      by_name_.erase(rows_.back().name);
      rows_.pop_back();
    }
    rows_.push_front({name, token_bucket{rate_, now}});
    found = by_name_.emplace(name, rows_.begin()).first;
  } else {
    rows_.splice(rows_.begin(), rows_, found->second);
  }
  return found->second->bucket.take(now);
}

} // namespace unpod
