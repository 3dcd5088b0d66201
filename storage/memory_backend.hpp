// The backend that forgets: ordered maps behind a mutex, for tests and benches.
// A test can make its disk fail, and count its syncs.
#pragma once

#include "storage/backend.hpp"

#include <array>
#include <map>
#include <memory>
#include <mutex>

namespace unpod {

class memory_backend : public backend {
public:
  lookup get(space where, std::string_view key) const override;
  bool scan(const scan_range& range, const row_visitor& visit) const override;
  disk_result commit(const key_batch& batch) override;
  disk_result heal() override;
  std::unique_ptr<const key_view> snapshot() const override;

  /// From now on every commit and heal ends like this. Any thread.
  void fail_with(disk_result result);

  /// Batches that were committed, each by one sync. Any thread.
  std::uint64_t syncs() const;

private:
  using rows = std::map<std::string, std::string, std::less<>>;
  using spaces = std::array<rows, space_names.size()>;
  class frozen;

  std::shared_ptr<const spaces> now() const;

  mutable std::mutex mutex_;
  std::shared_ptr<spaces> spaces_ = std::make_shared<spaces>(); // copied when shared, then written
  disk_result failure_;
  std::uint64_t syncs_ = 0;
};

} // namespace unpod
