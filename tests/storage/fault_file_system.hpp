// A disk that forgets and fails, under RocksDB: what no sync has covered may be
// gone after a power cut, and any write can be made to fail.
//
//   on --cut_after(n) writes--> off: everything fails
//   off --restore_power()--> on, with what the cut left on the disk
//
// What a cut leaves, each choice drawn from the seed: of a file its synced part and
// any length of what follows, of a log also with garbage at its end; of the files
// made, renamed or deleted since their folder was last synced, the first few (a
// journaling file system keeps their order, and RocksDB relies on it). A sync that
// failed covers nothing, and no later one makes up for it: the kernel drops the
// pages it could not write. Syncs only move marks here, so that it is quick.
#pragma once

#include "storage/rocksdb_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace fixtures {

class fault_file_system : public rocksdb::FileSystemWrapper {
public:
  using status = rocksdb::IOStatus;
  using options = rocksdb::IOOptions;
  using debug = rocksdb::IODebugContext;
  template <class T>
  using owned = std::unique_ptr<T>;

  /// `attic` is a folder on the same disk, for what may have to come back.
  fault_file_system(const std::string& attic, std::uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(attic), random_(seed) {
    std::filesystem::create_directories(attic_);
  }

  const char* Name() const override {
    return "fault_file_system";
  }

  // -- what the test does ------------------------------------------------------

  /// The power goes at the n-th write, sync, rename or deletion from now.
  void cut_after(std::size_t n) {
    const std::lock_guard lock{mutex_};
    until_cut_ = n;
  }

  bool is_off() const {
    const std::lock_guard lock{mutex_};
    return off_;
  }

  /// Every write (and if `syncs_only`, only every sync) fails with this errno; 0: none.
  void fail_with(int error, bool syncs_only = false) {
    const std::lock_guard lock{mutex_};
    error_ = error;
    syncs_only_ = syncs_only;
  }

  /// Cuts, if it is on still, and leaves on disk what a cut leaves. The database
  /// must be closed.
  void restore_power() {
    const std::lock_guard lock{mutex_};
    for (auto undone = random_() % (changes_.size() + 1); undone > 0; --undone) {
      undo(changes_.back());
      changes_.pop_back();
    }
    changes_.clear();
    for (const auto& [path, mark] : marks_)
      if (std::filesystem::exists(path))
        tear(path, mark.synced);
    marks_.clear();
    off_ = false;
    until_cut_.reset();
  }

  // -- what RocksDB does ---------------------------------------------------------

  status NewWritableFile(const std::string& path, const rocksdb::FileOptions& how,
                         owned<rocksdb::FSWritableFile>* made, debug* about) override {
    if (auto failed = pass(path, false); !failed.ok())
      return failed;
    owned<rocksdb::FSWritableFile> real;
    auto opened = target()->NewWritableFile(path, how, &real, about);
    if (!opened.ok())
      return opened;
    const std::lock_guard lock{mutex_};
    marks_[path] = {};
    changes_.push_back({change::made, path, "", ""});
    made->reset(new watched_file{std::move(real), path, *this});
    return opened;
  }

  status NewDirectory(const std::string& path, const options& how,
                      owned<rocksdb::FSDirectory>* made, debug* about) override {
    owned<rocksdb::FSDirectory> real;
    auto opened = target()->NewDirectory(path, how, &real, about);
    if (opened.ok())
      made->reset(new watched_folder{std::move(real), *this});
    return opened;
  }

  status RenameFile(const std::string& from, const std::string& to, const options& how,
                    debug* about) override {
    if (auto failed = pass(from, false); !failed.ok())
      return failed;
    const std::lock_guard lock{mutex_};
    const auto kept = std::filesystem::exists(to) ? keep(to, false) : "";
    auto renamed = target()->RenameFile(from, to, how, about);
    if (!renamed.ok())
      return renamed;
    if (const auto mark = marks_.extract(from); !mark.empty())
      marks_[to] = mark.mapped();
    changes_.push_back({change::renamed, from, to, kept});
    return renamed;
  }

  status DeleteFile(const std::string& path, const options&, debug*) override {
    if (auto failed = pass(path, false); !failed.ok())
      return failed;
    const std::lock_guard lock{mutex_};
    if (!std::filesystem::exists(path))
      return status::PathNotFound(path);
    changes_.push_back({change::deleted, path, "", keep(path, true)});
    return status::OK();
  }

private:
  struct mark {
    std::uint64_t synced = 0;
    bool lost = false; // a sync failed: nothing is covered any more
  };

  struct change {
    enum class what { made, renamed, deleted };
    static constexpr auto made = what::made;
    static constexpr auto renamed = what::renamed;
    static constexpr auto deleted = what::deleted;

    what happened;
    std::string path;
    std::string to;   // of a renamed file
    std::string kept; // what `to` or `path` was, in the attic
  };

  class watched_file : public rocksdb::FSWritableFileOwnerWrapper {
  public:
    watched_file(owned<rocksdb::FSWritableFile> real, std::string path, fault_file_system& disk)
      : FSWritableFileOwnerWrapper(std::move(real)), path_(std::move(path)), disk_(disk) {}

    using FSWritableFileWrapper::Append;
    using FSWritableFileWrapper::PositionedAppend;

    status Append(const rocksdb::Slice& data, const options& how, debug* about) override {
      const auto passed = disk_.pass(path_, false);
      if (passed.ok())
        return FSWritableFileWrapper::Append(data, how, about);
      const rocksdb::Slice half{data.data(), data.size() / 2}; // it tears, too
      FSWritableFileWrapper::Append(half, how, about).PermitUncheckedError();
      return passed;
    }
    status Append(const rocksdb::Slice& data, const options& how,
                  const rocksdb::DataVerificationInfo&, debug* about) override {
      return Append(data, how, about);
    }
    status Sync(const options&, debug*) override {
      return disk_.sync(path_);
    }
    status Fsync(const options&, debug*) override {
      return disk_.sync(path_);
    }
    status RangeSync(std::uint64_t, std::uint64_t, const options&, debug*) override {
      return status::OK(); // promises nothing
    }

  private:
    std::string path_;
    fault_file_system& disk_;
  };

  class watched_folder : public rocksdb::FSDirectoryWrapper {
  public:
    watched_folder(owned<rocksdb::FSDirectory> real, fault_file_system& disk)
      : FSDirectoryWrapper(std::move(real)), disk_(disk) {}
    status Fsync(const options&, debug*) override {
      return disk_.sync_folder();
    }
    status FsyncWithDirOptions(const options&, debug*, const rocksdb::DirFsyncOptions&) override {
      return disk_.sync_folder();
    }

  private:
    fault_file_system& disk_;
  };

  /// Does this operation go through? RocksDB's own text log always does.
  status pass(const std::string& path, bool is_sync) {
    const std::lock_guard lock{mutex_};
    if (until_cut_ && *until_cut_ > 0 && --*until_cut_ == 0)
      off_ = true;
    if (off_)
      return status::IOError(path, "the power is off");
    if (error_ == 0 || (syncs_only_ && !is_sync))
      return status::OK();
    if (error_ == ENOSPC)
      return status::NoSpace(path, std::strerror(error_));
    return status::IOError(path, std::strerror(error_));
  }

  status sync(const std::string& path) {
    const auto passed = pass(path, true);
    const std::lock_guard lock{mutex_};
    auto& mark = marks_[path];
    if (!passed.ok())
      mark.lost = true;
    else if (!mark.lost)
      mark.synced = std::filesystem::file_size(path);
    return passed;
  }

  status sync_folder() {
    if (auto failed = pass("folder", true); !failed.ok())
      return failed;
    const std::lock_guard lock{mutex_};
    for (const auto& change : changes_)
      if (!change.kept.empty())
        std::filesystem::remove(change.kept);
    changes_.clear();
    return status::OK();
  }

  std::string keep(const std::string& path, bool take_away) {
    const auto kept = attic_ + "/" + std::to_string(++kept_);
    if (take_away)
      std::filesystem::rename(path, kept);
    else
      std::filesystem::copy_file(path, kept);
    return kept;
  }

  void undo(const change& undone) {
    namespace fs = std::filesystem;
    if (undone.happened == change::made)
      fs::remove(undone.path);
    else if (undone.happened == change::deleted)
      fs::rename(undone.kept, undone.path);
    else if (fs::exists(undone.to)) {
      fs::rename(undone.to, undone.path);
      if (!undone.kept.empty())
        fs::rename(undone.kept, undone.to);
    }
  }

  void tear(const std::string& path, std::uint64_t synced) {
    const auto size = std::filesystem::file_size(path);
    if (size <= synced)
      return;
    const auto left = synced + random_() % (size - synced + 1);
    std::filesystem::resize_file(path, left);
    const bool is_log = std::filesystem::path{path}.extension() == ".log";
    if (left == synced || !is_log || !flip())
      return;
    const auto garbage = std::min<std::uint64_t>(left - synced, 1 + random_() % 16);
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(static_cast<std::streamoff>(left - garbage));
    for (std::uint64_t i = 0; i < garbage; ++i)
      file.put(static_cast<char>(random_()));
  }

  bool flip() {
    return random_() % 2 == 0;
  }

  const std::string attic_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::map<std::string, mark> marks_;
  std::vector<change> changes_;
  std::optional<std::size_t> until_cut_;
  bool off_ = false;
  int error_ = 0;
  bool syncs_only_ = false;
  std::uint64_t kept_ = 0;
};

} // namespace fixtures
