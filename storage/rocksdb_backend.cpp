// Reads go through a door that healing closes for the moment of reopening.
#include "storage/rocksdb_backend.hpp"

#include "storage/rocksdb_open.hpp"

#include <rocksdb/convenience.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <sys/stat.h>

namespace unpod {

namespace {

lookup get_from(const open_database& open, const rocksdb::ReadOptions& options, space where,
                std::string_view key) {
  std::string value;
  const rocksdb::Slice slice{key.data(), key.size()};
  const auto status = open.db->Get(options, open.family(where), slice, &value);
  if (status.ok())
    return {std::move(value), false};
  return {std::nullopt, !status.IsNotFound()};
}

void seek_start(rocksdb::Iterator& at, const scan_range& range) {
  const auto end = end_of_prefix(range.prefix);
  if (!range.backwards) {
    at.Seek(range.after < range.prefix ? range.prefix : range.after);
    if (!range.after.empty() && at.Valid() && at.key() == rocksdb::Slice{range.after})
      at.Next();
    return;
  }
  const bool from_after = !range.after.empty() && (end.empty() || range.after < end);
  const auto& before = from_after ? range.after : end;
  if (before.empty()) {
    at.SeekToLast();
    return;
  }
  at.SeekForPrev(before);
  if (at.Valid() && at.key() == rocksdb::Slice{before})
    at.Prev();
}

bool scan_from(const open_database& open, const rocksdb::ReadOptions& options,
               const scan_range& range, const row_visitor& visit) {
  const std::unique_ptr<rocksdb::Iterator> at{
    open.db->NewIterator(options, open.family(range.where))};
  for (seek_start(*at, range); at->Valid(); range.backwards ? at->Prev() : at->Next())
    if (!at->key().starts_with(range.prefix)
        || !visit(at->key().ToStringView(), at->value().ToStringView()))
      return true;
  return at->status().ok();
}

void make_private_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  const auto parent = fs::path{folder}.parent_path();
  if (!parent.empty())
    fs::create_directories(parent);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    throw std::runtime_error("can't create the store's folder " + folder + ": "
                             + std::strerror(errno));
  fs::permissions(folder, fs::perms::owner_all); // one that was there already
}

} // namespace

// -- the database and the door to it --------------------------------------------

struct rocksdb_backend::inside {
  inside(const std::string& folder, const rocksdb_bounds& bounds, file_system_ptr files)
    : place(folder, bounds, std::move(files)) {}

  /// Waits while the door is closed. Null: there is nothing to read from.
  const open_database* enter() {
    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return !closed; });
    ++readers;
    return current.get();
  }

  void leave() {
    const std::lock_guard lock{mutex};
    if (--readers == 0)
      changed.notify_all();
  }

  /// Closes the door and waits for those inside; false: they stayed too long.
  bool close_door() {
    std::unique_lock lock{mutex};
    closed = true;
    if (changed.wait_for(lock, place.bounds.readers_wait, [this] { return readers == 0; }))
      return true;
    closed = false;
    changed.notify_all();
    return false;
  }

  void open_door() {
    const std::lock_guard lock{mutex};
    closed = false;
    changed.notify_all();
  }

  rocksdb_place place;
  std::mutex mutex;
  std::condition_variable changed;
  bool closed = false;
  std::size_t readers = 0;
  std::unique_ptr<open_database> current; // changed only behind the closed door
};

namespace {

/// One reader, from entering to leaving.
template <class Inside>
struct visit_of {
  explicit visit_of(Inside& in) : in(in), open(in.enter()) {}
  ~visit_of() {
    in.leave();
  }
  visit_of(const visit_of&) = delete;
  visit_of& operator=(const visit_of&) = delete;

  Inside& in;
  const open_database* open;
};

} // namespace

class rocksdb_backend::frozen : public key_view {
public:
  explicit frozen(inside& in)
    : visit_(in), snapshot_(visit_.open ? visit_.open->db->GetSnapshot() : nullptr) {}

  ~frozen() override {
    if (snapshot_)
      visit_.open->db->ReleaseSnapshot(snapshot_);
  }

  lookup get(space where, std::string_view key) const override {
    return visit_.open ? get_from(*visit_.open, options(), where, key) : lookup{std::nullopt, true};
  }

  bool scan(const scan_range& range, const row_visitor& visit) const override {
    return visit_.open && scan_from(*visit_.open, options(), range, visit);
  }

private:
  rocksdb::ReadOptions options() const {
    rocksdb::ReadOptions o;
    o.snapshot = snapshot_;
    return o;
  }

  visit_of<inside> visit_;
  const rocksdb::Snapshot* snapshot_;
};

// -- the backend -----------------------------------------------------------------

std::shared_ptr<rocksdb_backend> rocksdb_backend::open(const std::string& folder,
                                                       const rocksdb_bounds& bounds,
                                                       file_system_ptr files) {
  make_private_folder(folder);
  auto in = std::make_unique<inside>(folder, bounds, std::move(files));
  const auto result = open_for_writing(in->place, in->current);
  if (!result.ok())
    throw std::runtime_error("can't open the store in " + folder + ": " + result.words);
  std::shared_ptr<rocksdb_backend> made{new rocksdb_backend{std::move(in)}};
  const auto format = made->get(space::meta, format_key);
  if (format.failed)
    throw std::runtime_error("can't read the store in " + folder + "; is its disk in order?");
  if (format.value && *format.value != format_value)
    throw std::runtime_error("the store in " + folder + " has format " + *format.value
                             + "; this version reads format " + format_value);
  if (!format.value) {
    const auto stamped = made->commit({{space::meta, format_key, format_value}});
    if (!stamped.ok())
      throw std::runtime_error("can't write to the store in " + folder + ": " + stamped.words);
  }
  return made;
}

rocksdb_backend::rocksdb_backend(std::unique_ptr<inside> in) : in_(std::move(in)) {}

rocksdb_backend::~rocksdb_backend() = default;

lookup rocksdb_backend::get(space where, std::string_view key) const {
  const visit_of visit{*in_};
  return visit.open ? get_from(*visit.open, {}, where, key) : lookup{std::nullopt, true};
}

bool rocksdb_backend::scan(const scan_range& range, const row_visitor& visit_row) const {
  const visit_of visit{*in_};
  return visit.open && scan_from(*visit.open, {}, range, visit_row);
}

disk_result rocksdb_backend::commit(const key_batch& batch) {
  const visit_of visit{*in_};
  if (!visit.open || visit.open->read_only)
    return {disk_result::cause::broken, "the store is open for reading only"};
  rocksdb::WriteBatch all;
  for (const auto& change : batch) {
    auto* family = visit.open->family(change.where);
    const auto staged =
      change.value ? all.Put(family, change.key, *change.value) : all.Delete(family, change.key);
    if (!staged.ok())
      return result_of(staged);
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return result_of(visit.open->db->Write(synced, &all));
}

disk_result rocksdb_backend::heal() {
  if (auto probed = probe(in_->place); !probed.ok())
    return probed;
  // A background job that failed lingers for a second: better while readers may read.
  if (const visit_of visit{*in_}; visit.open)
    rocksdb::CancelAllBackgroundWork(visit.open->db.get(), true);
  if (!in_->close_door())
    return {disk_result::cause::broken, "readers did not let go of the store in time"};
  in_->current.reset();
  auto result = open_for_writing(in_->place, in_->current);
  if (!result.ok())
    open_for_reading(in_->place, in_->current);
  in_->open_door();
  return result;
}

std::unique_ptr<const key_view> rocksdb_backend::snapshot() const {
  return std::make_unique<frozen>(*in_);
}

/// The log goes along and no memtable is written out: what one batch put into several
/// families is there in all of them or in none.
disk_result rocksdb_backend::checkpoint(const std::string& folder) const {
  constexpr auto never_flush = std::numeric_limits<std::uint64_t>::max();
  const visit_of visit{*in_};
  if (!visit.open || visit.open->read_only)
    return {disk_result::cause::broken, "the store is open for reading only"};
  rocksdb::Checkpoint* made = nullptr;
  const auto status = rocksdb::Checkpoint::Create(visit.open->db.get(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  return result_of(status.ok() ? checkpoint->CreateCheckpoint(folder, never_flush) : status);
}

} // namespace unpod
