// Backups of a running node: one at a time, on a thread of its own, so that neither a
// socket nor the store waits for it.
#pragma once

#include "adapters/api/api.hpp"
#include "storage/rocksdb_backend.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace unpod {

/// The folder under `root` that this name means: the name itself, or a path that lies
/// under `root` as it is. Empty, and words, for anything else. Pure.
std::string backup_folder(const std::string& root, const std::string& name, std::string& why);

/// "2026-01-31T12-00-00.000Z": names sort by time. Pure.
std::string name_of_time(wall_ms at);

class backups {
public:
  /// `root`: data_dir/backups.
  backups(std::shared_ptr<rocksdb_backend> store, std::string root);
  /// Waits for the one under way.
  ~backups();

  backups(const backups&) = delete;
  backups& operator=(const backups&) = delete;

  /// Any thread; does not block. `done` is called once: at once when it is refused,
  /// else on the backup's thread.
  void begin(const std::string& name, std::function<void(backup_outcome)> done);

private:
  void run(const std::string& folder, const std::function<void(backup_outcome)>& done);

  std::shared_ptr<rocksdb_backend> store_;
  std::string root_;
  std::mutex mutex_;
  bool busy_ = false;
  std::thread worker_;
};

} // namespace unpod
