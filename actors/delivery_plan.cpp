// See delivery_plan.hpp.
#include "actors/delivery_plan.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

namespace unpod {

namespace {

/// bytes. 300: words kept of a failure.
constexpr std::size_t error_bytes_max = 300;

/// The status that means: never again (RFC 9110 §15.5.11).
constexpr std::int64_t gone = 410;

std::string words_of(const delivery_answered& answer) {
  auto words = answer.status > 0    ? "it answered " + std::to_string(answer.status)
               : answer.why.empty() ? "no answer came"
                                    : answer.why;
  words.resize(std::min(words.size(), error_bytes_max));
  return words;
}

} // namespace

milliseconds retry_wait(const webhook_limits& bounds, std::int64_t attempts, std::string_view id) {
  const milliseconds most{bounds.retry_max};
  milliseconds wait{bounds.first_retry};
  for (std::int64_t i = 1; i < attempts && wait < most; ++i)
    wait *= 2;
  wait = std::min(wait, most);
  const auto spread = wait.count() / 5;
  if (spread == 0)
    return wait;
  const auto chance = std::hash<std::string>{}(std::string{id} + std::to_string(attempts));
  return wait - milliseconds{spread}
         + milliseconds{static_cast<std::int64_t>(chance % (2 * static_cast<std::size_t>(spread)))};
}

delivery_record settled(delivery_record row, const delivery_answered& answer,
                        const webhook_limits& bounds, wall_ms now) {
  ++row.attempts;
  row.last_status = answer.status;
  if (answer.status >= 200 && answer.status < 300) {
    row.status = "delivered";
    row.delivered = now;
    row.last_error.clear();
    return row;
  }
  row.last_error = words_of(answer);
  row.due = now + retry_wait(bounds, row.attempts, row.id).count();
  const auto last = row.queued + milliseconds{bounds.give_up}.count();
  if (answer.refused || answer.status == gone || row.due > last)
    row.status = "dead";
  return row;
}

std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  std::string host{url.substr(0, url.find_first_of("/?#"))};
  std::transform(host.begin(), host.end(), host.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return host;
}

} // namespace unpod
