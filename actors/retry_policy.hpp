// Whether a call that was not answered is dialled again, and when. Pure.
//
//   busy, rejected, cancelled, lost      never
//   no_answer                            no_answer_retries times, no_answer_wait doubled each time
//   media_unavailable (the trunk failed) failure_retries times, failure_wait doubled each time
#pragma once

#include "messages/end_reason.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace unpod {

/// How long to wait after the attempt of this number (from 1) ended so; nothing: never again.
inline std::optional<milliseconds> retry_wait(end_reason reason, std::int64_t attempt,
                                              const queue_limits& bounds) {
  const bool unanswered = reason == end_reason::no_answer;
  if (!unanswered && reason != end_reason::media_unavailable)
    return std::nullopt;
  const auto retries = unanswered ? bounds.no_answer_retries : bounds.failure_retries;
  if (attempt < 1 || attempt > static_cast<std::int64_t>(retries))
    return std::nullopt;
  constexpr std::int64_t doublings_max = 10; // of 2 min: a day and a half
  const milliseconds first = unanswered ? bounds.no_answer_wait : bounds.failure_wait;
  return first * (std::int64_t{1} << std::min(attempt - 1, doublings_max));
}

} // namespace unpod
