// See open_store.hpp.
#include "storage/open_store.hpp"

#include "storage/reader.hpp"

#include <utility>

namespace unpod {

running_store open_store(const std::string& folder, const store_limits& bounds, wall_ms now) {
  auto disk = rocksdb_backend::open(folder);
  auto running = run_store(disk, bounds, now);
  running.disk = std::move(disk);
  return running;
}

running_store run_store(backend_ptr disk, const store_limits& bounds, wall_ms now) {
  running_store running;
  running.repaired = repair(*disk, bounds, now);
  running.reader = make_reader(disk, bounds);
  running.engine = std::make_shared<store_engine>(std::move(disk), bounds);
  running.thread = std::make_unique<store_thread>(running.engine);
  return running;
}

} // namespace unpod
