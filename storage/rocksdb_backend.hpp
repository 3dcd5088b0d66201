// The backend on disk: one small RocksDB in a folder of its own, readable by its
// owner alone.
//
//   open --commit failed--> ailing: reads go on, commits fail
//   ailing --heal: the probe file can't be written--> ailing
//   ailing --heal: probe written, closed, opened again--> open
//   ailing --heal: closed, not opened again--> opened for reading only, ailing
//
// Healing is always closing and opening: what the log holds is then read back
// and written to a synced table file, whatever a failed fsync left behind it.
#pragma once

#include "storage/backend.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace unpod {

/// How big the database may grow in memory and file handles. A node's own records
/// are few and small; what is read often stays in the page cache anyway.
struct rocksdb_bounds {
  /// bytes of one memtable. Default 2 MB: five spaces, at most two each.
  std::size_t memtable_bytes = 2 * 1024 * 1024;
  /// bytes of all memtables together. Default 8 MB.
  std::size_t memtables_bytes_max = 8 * 1024 * 1024;
  /// bytes of uncompressed blocks kept. Default 8 MB.
  std::size_t cache_bytes = 8 * 1024 * 1024;
  /// bytes of log before memtables are written out. Default 16 MB: read back at start in 0.2 s.
  std::size_t log_bytes_max = 16 * 1024 * 1024;
  /// files. Default 128.
  int open_files_max = 128;
  /// bytes of RocksDB's own text log, of which two are kept. Default 1 MB.
  std::size_t info_log_bytes_max = 1024 * 1024;
  /// bytes written to find out whether the disk takes anything again. Default 256 KB:
  /// about what opening writes.
  std::size_t probe_bytes = 256 * 1024;
  /// ms. Default 1,000: how long healing waits for readers to let go.
  std::chrono::milliseconds readers_wait{1'000};
};

class rocksdb_backend : public backend {
public:
  /// Opens, or creates with mode 0700. Throws std::runtime_error with words for the
  /// one who starts the node: it must not start on a store it can't read.
  static std::shared_ptr<rocksdb_backend> open(const std::string& folder,
                                               const rocksdb_bounds& bounds = {},
                                               std::shared_ptr<rocksdb::FileSystem> files = {});

  ~rocksdb_backend() override;

  lookup get(space where, std::string_view key) const override;
  bool scan(const scan_range& range, const row_visitor& visit) const override;
  disk_result commit(const key_batch& batch) override;
  disk_result heal() override;
  std::unique_ptr<const key_view> snapshot() const override;

  /// All that was committed before, as a database of its own in `folder`, which must not
  /// be there. Any thread; commits go on. Healing waits for it, and tries again later.
  disk_result checkpoint(const std::string& folder) const;

private:
  struct inside;
  class frozen;

  explicit rocksdb_backend(std::unique_ptr<inside> in);

  std::unique_ptr<inside> in_;
};

} // namespace unpod
