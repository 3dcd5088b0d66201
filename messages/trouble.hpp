// What may be wrong with a speech provider's stream, by kind: what is counted, and what a
// circuit breaker makes of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace unpod {

enum class trouble : std::uint8_t {
  none,
  unreachable, // no connection, or no handshake in time
  key,         // 401 or 403: it does not take our key
  busy,        // 429 or 503: it has too much to do
  full,        // our own cap of streams is reached; nobody was asked
  slow,        // no first sound in time, or another voice was quicker
  deaf,        // the caller spoke, and no words came
  stalled,     // a voice broke off in mid-sentence, the socket still open
  closed,      // it hung up
  refused,     // it said so itself, or what it says is not its protocol
  died,        // the stream's actor died
  unable,      // this node cannot open such a stream at all
};

inline constexpr std::size_t trouble_kinds = 12;

inline const char* to_string(trouble kind) {
  constexpr std::array<const char*, trouble_kinds> names{"none",   "unreachable", "key",  "busy",
                                                         "full",   "slow",        "deaf", "stalled",
                                                         "closed", "refused",     "died", "unable"};
  return names[static_cast<std::size_t>(kind) % trouble_kinds];
}

} // namespace unpod
