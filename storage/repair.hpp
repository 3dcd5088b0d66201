// What the store puts right at start, before anyone writes: a store without an index gets
// one, calls that were live when the node died are over, and expired tokens go.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "storage/backend.hpp"

#include <cstddef>

namespace unpod {

/// calls ended in one batch. 200: some 400 KB.
inline constexpr std::size_t repair_calls_per_batch = 200;

/// rows indexed in one batch. 1,000: some 60 KB.
inline constexpr std::size_t repair_rows_per_batch = 1'000;

struct repair_report {
  disk_result result; // not ok: the rest of the work is done at the next start
  std::size_t calls_ended = 0;
  std::size_t tokens_purged = 0;
  std::size_t rows_indexed = 0; // of a store that had no index
};

/// Ends each call under `live/`: status `failed`, reason `node_lost`, ended when it
/// last gave a sign of life, and an `end` entry after the last of its journal; all in
/// one batch, so that a repair that dies itself does nothing twice. Used tokens
/// stay until they expire. Outbound calls that have a row in the queue are the CALL QUEUE's
/// to judge, and stay. Before that, `index` is built where it was never whole.
repair_report repair(backend& disk, const store_limits& bounds, wall_ms now);

} // namespace unpod
