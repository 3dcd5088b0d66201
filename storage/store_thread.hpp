// The store thread: waits for something to write, writes it, answers. It outlives
// any STORE that feeds it, and with it the spool of the journal does.
#pragma once

#include "storage/store_engine.hpp"

#include <memory>
#include <thread>

namespace unpod {

class store_thread {
public:
  /// Starts the thread. Throws std::system_error when there is none to be had.
  explicit store_thread(std::shared_ptr<store_engine> engine);

  /// Writes what waits, then ends the thread. Not on the store thread.
  ~store_thread();

  store_thread(const store_thread&) = delete;
  store_thread& operator=(const store_thread&) = delete;

private:
  std::shared_ptr<store_engine> engine_;
  std::thread thread_;
};

} // namespace unpod
