// Copy on write: whoever reads holds the maps as they were.
#include "storage/memory_backend.hpp"

#include <atomic>
#include <utility>

namespace unpod {

class memory_backend::frozen : public key_view {
public:
  explicit frozen(std::shared_ptr<const spaces> all) : all_(std::move(all)) {}

  lookup get(space where, std::string_view key) const override {
    const auto& rows = all_->at(static_cast<std::size_t>(where));
    const auto found = rows.find(key);
    return {found == rows.end() ? std::nullopt : std::optional{found->second}, false};
  }

  bool scan(const scan_range& range, const row_visitor& visit) const override {
    const auto& rows = all_->at(static_cast<std::size_t>(range.where));
    if (range.backwards)
      scan_back(rows, range, visit);
    else
      scan_on(rows, range, visit);
    return true;
  }

private:
  static void scan_on(const rows& rows, const scan_range& range, const row_visitor& visit) {
    auto at =
      range.after < range.prefix ? rows.lower_bound(range.prefix) : rows.upper_bound(range.after);
    if (range.after.empty())
      at = rows.lower_bound(range.prefix);
    for (; at != rows.end(); ++at)
      if (at->first.compare(0, range.prefix.size(), range.prefix) != 0
          || !visit(at->first, at->second))
        return;
  }

  static void scan_back(const rows& rows, const scan_range& range, const row_visitor& visit) {
    const auto end = end_of_prefix(range.prefix);
    auto at = end.empty() ? rows.end() : rows.lower_bound(end);
    if (!range.after.empty() && (end.empty() || range.after < end))
      at = rows.lower_bound(range.after);
    while (at != rows.begin())
      if ((--at)->first < range.prefix || !visit(at->first, at->second))
        return;
  }

  std::shared_ptr<const spaces> all_;
};

std::shared_ptr<const memory_backend::spaces> memory_backend::now() const {
  const std::lock_guard lock{mutex_};
  return spaces_;
}

lookup memory_backend::get(space where, std::string_view key) const {
  return frozen{now()}.get(where, key);
}

bool memory_backend::scan(const scan_range& range, const row_visitor& visit) const {
  return frozen{now()}.scan(range, visit);
}

disk_result memory_backend::commit(const key_batch& batch) {
  const std::lock_guard lock{mutex_};
  if (!failure_.ok())
    return failure_;
  if (spaces_.use_count() > 1)
    spaces_ = std::make_shared<spaces>(*spaces_);
  std::atomic_thread_fence(std::memory_order_acquire); // after the last reader let go
  for (const auto& change : batch) {
    auto& rows = spaces_->at(static_cast<std::size_t>(change.where));
    if (change.value)
      rows.insert_or_assign(change.key, *change.value);
    else
      rows.erase(change.key);
  }
  ++syncs_;
  return {};
}

disk_result memory_backend::heal() {
  const std::lock_guard lock{mutex_};
  return failure_;
}

std::unique_ptr<const key_view> memory_backend::snapshot() const {
  return std::make_unique<frozen>(now());
}

void memory_backend::fail_with(disk_result result) {
  const std::lock_guard lock{mutex_};
  failure_ = std::move(result);
}

std::uint64_t memory_backend::syncs() const {
  const std::lock_guard lock{mutex_};
  return syncs_;
}

} // namespace unpod
