// The seam under RocksDB: tests slip a file system of their own in here, which
// fails and forgets as a disk does.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace unpod {

using file_system_ptr = std::shared_ptr<rocksdb::FileSystem>; // null: the real one

} // namespace unpod
