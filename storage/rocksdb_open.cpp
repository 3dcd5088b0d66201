// See rocksdb_open.hpp.
#include "storage/rocksdb_open.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace unpod {

namespace {

/// Keeps RocksDB from healing itself in the background. It would write out one family
/// after the other past the torn end of the log, and when it is stopped between two,
/// no one can open the database any more. (atomic_flush, which would help, can abort
/// the process in 7.8 when a flush fails.)
class no_recovery : public rocksdb::EventListener {
public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* by_itself) override {
    *by_itself = false;
  }
};

rocksdb::DBOptions database_options(const rocksdb_place& place) {
  const auto& bounds = place.bounds;
  rocksdb::DBOptions o;
  o.env = place.env.get();
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.max_background_jobs = 2;
  o.max_subcompactions = 1;
  o.max_open_files = bounds.open_files_max;
  o.max_file_opening_threads = 1;
  o.db_write_buffer_size = bounds.memtables_bytes_max;
  o.max_total_wal_size = bounds.log_bytes_max;
  o.max_manifest_file_size = 4 * 1024 * 1024;
  o.info_log_level = rocksdb::WARN_LEVEL;
  o.max_log_file_size = bounds.info_log_bytes_max;
  o.keep_log_file_num = 2;
  o.stats_dump_period_sec = 0; // an idle node is idle
  o.stats_persist_period_sec = 0;
  o.max_bgerror_resume_count = 0;
  o.listeners.push_back(std::make_shared<no_recovery>());
  // A torn tail is what a power cut leaves; all that was synced lies before it.
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return o;
}

rocksdb::ColumnFamilyOptions family_options(const rocksdb_bounds& bounds,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true; // counted, so bounded
  rocksdb::ColumnFamilyOptions o;
  o.write_buffer_size = bounds.memtable_bytes;
  o.arena_block_size = 64 * 1024; // five memtables that are nearly empty
  o.max_write_buffer_number = 2;
  o.target_file_size_base = 8 * 1024 * 1024;
  o.max_bytes_for_level_base = 32 * 1024 * 1024;
  o.compression = rocksdb::kLZ4Compression;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return o;
}

/// Ours first, in the order of `space`; then what a newer version left, untouched.
std::vector<rocksdb::ColumnFamilyDescriptor>
families_of(const rocksdb_place& place, const rocksdb::DBOptions& options, bool make_ours) {
  std::vector<std::string> there;
  rocksdb::DB::ListColumnFamilies(options, place.folder, &there).PermitUncheckedError();
  const std::set<std::string> known{there.begin(), there.end()};
  const auto cache = rocksdb::NewLRUCache(place.bounds.cache_bytes, 2);
  const auto family = family_options(place.bounds, cache);
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (const char* name : space_names)
    if (make_ours || known.count(name) != 0)
      all.emplace_back(name, family);
  for (const auto& name : there)
    if (std::find(space_names.begin(), space_names.end(), name) == space_names.end())
      all.emplace_back(name, family);
  return all;
}

} // namespace

rocksdb_place::rocksdb_place(std::string folder, const rocksdb_bounds& bounds,
                             file_system_ptr files)
  : folder(std::move(folder)), bounds(bounds),
    files(files ? std::move(files) : rocksdb::FileSystem::Default()),
    env(rocksdb::NewCompositeEnv(this->files)) {}

open_database::~open_database() {
  for (auto* family : families)
    db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  if (db)
    db->Close().PermitUncheckedError();
}

disk_result open_for_writing(const rocksdb_place& place, std::unique_ptr<open_database>& opened) {
  const auto options = database_options(place);
  auto made = std::make_unique<open_database>();
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::Open(options, place.folder, families_of(place, options, true),
                                        &made->families, &db);
  made->db.reset(db);
  if (status.ok())
    opened = std::move(made);
  return result_of(status);
}

disk_result open_for_reading(const rocksdb_place& place, std::unique_ptr<open_database>& opened) {
  const auto options = database_options(place);
  const auto families = families_of(place, options, false);
  if (families.size() < space_names.size())
    return {disk_result::cause::broken, "the store's spaces could not be listed"};
  auto made = std::make_unique<open_database>();
  made->read_only = true;
  rocksdb::DB* db = nullptr;
  const auto status =
    rocksdb::DB::OpenForReadOnly(options, place.folder, families, &made->families, &db);
  made->db.reset(db);
  if (status.ok())
    opened = std::move(made);
  return result_of(status);
}

disk_result probe(const rocksdb_place& place) {
  const auto name = place.folder + "/PROBE";
  const std::string bytes(place.bounds.probe_bytes, 'p');
  const auto written = rocksdb::WriteStringToFile(place.files.get(), bytes, name, true);
  place.files->DeleteFile(name, rocksdb::IOOptions{}, nullptr).PermitUncheckedError();
  return result_of(written);
}

disk_result result_of(const rocksdb::Status& status) {
  using cause = disk_result::cause;
  if (status.ok())
    return {};
  const auto words = status.ToString();
  const auto says = [&](int error) {
    return words.find(std::strerror(error)) != std::string::npos;
  };
  if (status.IsNoSpace() || says(ENOSPC) || says(EDQUOT))
    return {cause::full, words};
  return {says(EROFS) ? cause::read_only : cause::broken, words};
}

} // namespace unpod
