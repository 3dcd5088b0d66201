// Backups of a store: one taken while it is written to, and its way back.
//
//   backups/<name>.part ... checkpoint, synced --rename--> backups/<name>
//   restore: <name> --copied, synced--> store.restoring --rename--> store
//            (what was there before is kept as store.before-<time>)
//
// A backup is a whole RocksDB of its own; files that never change are shared with the
// store by hard links, so that it costs little. Recordings are not in it.
#pragma once

#include "messages/clock.hpp"
#include "storage/rocksdb_backend.hpp"

#include <cstdint>
#include <string>

namespace unpod {

/// What became of a backup: how big it is, or what went wrong.
struct backup_result {
  disk_result disk;
  std::uint64_t bytes = 0;
};

/// Writes all that was committed before into `folder`, whose parent is made if need be
/// (0700). The folder must not be there. Blocks for as long as the disk takes; any
/// thread but the store's, and writes go on meanwhile.
backup_result back_up(rocksdb_backend& store, const std::string& folder);

struct restore_wish {
  std::string from;     // a backup
  std::string folder;   // the store's own: data_dir/store
  bool replace = false; // there is a store already: it is put aside
  wall_ms now = 0;
};

/// Offline. False, and words: a node has the store open, the backup is none or is broken,
/// there is a store already. Then nothing was changed.
bool restore(const restore_wish& wish, std::string& why);

} // namespace unpod
