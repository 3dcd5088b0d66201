// The store as anyone reads it: over the backend itself, from any thread.
#pragma once

#include "messages/limits.hpp"
#include "messages/store.hpp"
#include "storage/backend.hpp"

namespace unpod {

/// Sees every write that was answered. A record that can't be read is left out
/// and logged. A list holds at most `bounds.list_rows_max` rows, whatever is asked.
store_reader_ptr make_reader(backend_ptr from, const store_limits& bounds);

} // namespace unpod
