// What actors say to themselves, later. Not part of their interfaces, yet here:
// the type-id block wants every message complete where a system is configured.
#pragma once

#include "messages/inspect.hpp"
#include "messages/type_ids.hpp"

#include <cstdint>

namespace unpod {

/// Timer of a CALL. Look at the turn again; stale when `epoch` is not the call's.
struct turn_check {
  std::uint64_t epoch = 0;
};
UNPOD_MESSAGE(turn_check, x.epoch)

/// Timer of a CALL. A phase took too long, or something is due in it.
struct phase_check {
  std::uint64_t epoch = 0;
};
UNPOD_MESSAGE(phase_check, x.epoch)

/// Timer of a CALL or RUNNER. The regular look at what goes by the clock.
struct clock_check {};
UNPOD_OPAQUE_MESSAGE(clock_check)

/// Timer of a SYNTHESIZER. Has the voice made a sound yet?
struct voice_check {
  std::uint32_t utterance = 0;
  std::uint32_t piece = 0;
};
UNPOD_MESSAGE(voice_check, x.utterance, x.piece)

/// Timer of a RUNNER. The answer to this offer is overdue.
struct ack_check {
  std::uint64_t offer = 0;
};
UNPOD_MESSAGE(ack_check, x.offer)

/// Timer of a PIPE. A crashed call's apology has been played.
struct farewell_check {
  std::uint64_t call = 0;
};
UNPOD_MESSAGE(farewell_check, x.call)

/// Timer of the CALL QUEUE. Look what may be placed now; stale when `epoch` is another.
struct queue_check {
  std::uint64_t epoch = 0;
};
UNPOD_MESSAGE(queue_check, x.epoch)

} // namespace unpod
