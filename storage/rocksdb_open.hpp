// Opening RocksDB small, and closing it: the only file that knows its options.
#pragma once

#include "storage/backend.hpp"
#include "storage/rocksdb_backend.hpp"
#include "storage/rocksdb_files.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// Where the database lies and how it is opened; outlives every opening.
struct rocksdb_place {
  std::string folder;
  rocksdb_bounds bounds;
  file_system_ptr files;
  std::unique_ptr<rocksdb::Env> env; // over `files`

  rocksdb_place(std::string folder, const rocksdb_bounds& bounds, file_system_ptr files);
};

/// One opening. Closes when it goes.
struct open_database {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families; // ours first, by space
  bool read_only = false;

  ~open_database();

  rocksdb::ColumnFamilyHandle* family(space where) const {
    return families.at(static_cast<std::size_t>(where));
  }
};

/// Opens it, with every family that lies there and every one of ours.
disk_result open_for_writing(const rocksdb_place& place, std::unique_ptr<open_database>& opened);
disk_result open_for_reading(const rocksdb_place& place, std::unique_ptr<open_database>& opened);

/// Can anything be written and synced in this folder?
disk_result probe(const rocksdb_place& place);

/// What a status means for whoever asked.
disk_result result_of(const rocksdb::Status& status);

} // namespace unpod
