#include "adapters/http/connection.hpp"

#include <utility>

namespace unpod {

connection_seat::connection_seat(std::shared_ptr<http_core> core, std::uint64_t id)
  : core_(std::move(core)), id_(id) {}

connection_seat::connection_seat(connection_seat&& other) noexcept
  // The core stays readable on the other side; only the id moves.
  : core_(other.core_), id_(std::exchange(other.id_, 0)) {}

connection_seat::~connection_seat() {
  if (id_ == 0)
    return;
  const std::lock_guard lock{core_->mutex_};
  core_->seats_.erase(id_);
  if (core_->seats_.empty())
    core_->emptied_.notify_all();
}

void connection_seat::occupy(std::weak_ptr<http_connection> by) {
  const std::lock_guard lock{core_->mutex_};
  if (const auto found = core_->seats_.find(id_); found != core_->seats_.end())
    found->second = std::move(by);
}

std::optional<connection_seat> http_core::take_seat() {
  const std::lock_guard lock{mutex_};
  if (shut_ || seats_.size() >= options.limits.connections_max)
    return std::nullopt;
  const auto id = next_id_++;
  seats_.emplace(id, std::weak_ptr<http_connection>{});
  return connection_seat{shared_from_this(), id};
}

std::size_t http_core::seats_taken() const {
  const std::lock_guard lock{mutex_};
  return seats_.size();
}

void http_core::shut() {
  const std::lock_guard lock{mutex_};
  shut_ = true;
}

void http_core::for_each(const std::function<void(http_connection&)>& what) const {
  std::vector<std::shared_ptr<http_connection>> here;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [id, weak] : seats_)
      if (auto connection = weak.lock())
        here.push_back(std::move(connection));
  }
  for (const auto& connection : here)
    what(*connection);
}

void http_core::set_listening(bool listening) {
  const std::lock_guard lock{mutex_};
  listening_ = listening;
  emptied_.notify_all();
}

bool http_core::wait_empty(milliseconds at_most) const {
  std::unique_lock lock{mutex_};
  return emptied_.wait_for(lock, at_most, [this] { return seats_.empty() && !listening_; });
}

} // namespace unpod
