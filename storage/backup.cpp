// See backup.hpp.
#include "storage/backup.hpp"

#include "storage/rocksdb_open.hpp"

#include <rocksdb/env.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace unpod {

namespace {

namespace fs = std::filesystem;

/// A file's or folder's own bytes, and its names, on the disk.
bool sync_path(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

disk_result failed(const std::string& what) {
  const int error = errno;
  const auto cause = error == ENOSPC || error == EDQUOT ? disk_result::cause::full
                     : error == EROFS                   ? disk_result::cause::read_only
                                                        : disk_result::cause::broken;
  return {cause, what + ": " + std::strerror(error)};
}

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator{folder, ignored})
    bytes += file.is_regular_file(ignored) ? file.file_size(ignored) : 0;
  return bytes;
}

/// Holds the store's lock, as a node does while it runs.
class store_lock {
public:
  explicit store_lock(const std::string& folder) {
    const auto status = rocksdb::Env::Default()->LockFile(folder + "/LOCK", &lock_);
    held_ = status.ok();
  }
  ~store_lock() {
    if (lock_)
      rocksdb::Env::Default()->UnlockFile(lock_).PermitUncheckedError();
  }
  store_lock(const store_lock&) = delete;
  store_lock& operator=(const store_lock&) = delete;

  bool held() const {
    return held_;
  }

private:
  rocksdb::FileLock* lock_ = nullptr;
  bool held_ = false;
};

/// Opens it for reading, and looks at its stamp.
bool is_sound(const std::string& folder, std::string& why) {
  const rocksdb_place place{folder, {}, {}};
  std::unique_ptr<open_database> opened;
  const auto result = open_for_reading(place, opened);
  if (!result.ok()) {
    why = folder + " is no backup that can be read: " + result.words;
    return false;
  }
  std::string format;
  const auto status =
    opened->db->Get(rocksdb::ReadOptions{}, opened->family(space::meta), format_key, &format);
  if (status.ok() && format == format_value)
    return true;
  why = folder + " has format '" + format + "'; this version reads format " + format_value;
  return false;
}

/// Each file copied and synced; links would make the restored store and its backup one.
void copy_all(const fs::path& from, const fs::path& to) {
  fs::create_directory(to);
  fs::permissions(to, fs::perms::owner_all);
  for (const auto& file : fs::directory_iterator{from}) {
    if (!file.is_regular_file() || file.path().filename() == "LOCK")
      continue;
    const auto copy = to / file.path().filename();
    fs::copy_file(file.path(), copy);
    if (!sync_path(copy))
      throw fs::filesystem_error("cannot sync", copy, {errno, std::generic_category()});
  }
  sync_path(to);
}

bool has_store(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "CURRENT", ignored);
}

} // namespace

backup_result back_up(rocksdb_backend& store, const std::string& folder) {
  const fs::path whole{folder}, part{folder + ".part"};
  std::error_code error;
  fs::create_directories(whole.parent_path(), error);
  fs::permissions(whole.parent_path(), fs::perms::owner_all, error);
  if (fs::exists(whole))
    return {{disk_result::cause::broken, folder + " is there already"}, 0};
  fs::remove_all(part, error); // of one that was cut short
  const auto taken = store.checkpoint(part.string());
  if (!taken.ok()) {
    fs::remove_all(part, error);
    return {taken, 0};
  }
  fs::permissions(part, fs::perms::owner_all, error);
  if (::rename(part.c_str(), whole.c_str()) != 0 || !sync_path(whole.parent_path()))
    return {failed("cannot name the backup " + folder), 0};
  return {{}, bytes_in(whole)};
}

bool restore(const restore_wish& wish, std::string& why) {
  const fs::path target{wish.folder}, fresh{wish.folder + ".restoring"};
  try {
    if (!has_store(wish.from)) {
      why = wish.from + " is no backup: there is no store in it";
      return false;
    }
    if (has_store(target)) {
      const store_lock lock{wish.folder};
      if (!lock.held()) {
        why = "a node has " + wish.folder + " open; stop it first";
        return false;
      }
      if (!wish.replace) {
        why = wish.folder + " holds a store already; --force puts it aside";
        return false;
      }
    }
    if (!is_sound(wish.from, why))
      return false;
    fs::create_directories(target.parent_path());
    fs::remove_all(fresh);
    copy_all(wish.from, fresh);
    if (fs::exists(target))
      fs::rename(target, wish.folder + ".before-" + std::to_string(wish.now));
    fs::rename(fresh, target);
    sync_path(target.parent_path());
    return true;
  } catch (const fs::filesystem_error& error) {
    why = error.what();
    return false;
  }
}

} // namespace unpod
