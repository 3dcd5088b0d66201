// Everything a node needs of the store, opened, repaired and running.
#pragma once

#include "messages/limits.hpp"
#include "messages/store.hpp"
#include "storage/repair.hpp"
#include "storage/rocksdb_backend.hpp"
#include "storage/store_engine.hpp"
#include "storage/store_thread.hpp"

#include <memory>
#include <string>

namespace unpod {

/// Owned by the composition root, which lets it go after the last STORE: the thread
/// then writes what waits, and the database closes when nobody reads any more.
struct running_store {
  std::shared_ptr<store_engine> engine; // for spawn_store, again after a crash
  store_reader_ptr reader;
  repair_report repaired;
  std::unique_ptr<store_thread> thread;
  std::shared_ptr<rocksdb_backend> disk; // for backups; null over any other backend
};

/// Opens the database in `folder` (made with mode 0700, its parents too), repairs it
/// and starts the store thread. Throws std::runtime_error, with words, when it can't
/// be opened: another node has it, it can't be read, or the disk is full.
running_store open_store(const std::string& folder, const store_limits& bounds, wall_ms now);

/// The same over any backend.
running_store run_store(backend_ptr disk, const store_limits& bounds, wall_ms now);

} // namespace unpod
