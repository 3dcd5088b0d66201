// See call_events.hpp.
#include "messages/call_events.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

event_line::event_line(const watch_limits& bounds, std::uint64_t last_seq)
  : bounds_(bounds), last_(last_seq) {}

std::size_t event_line::bytes_of(const call_event& event) {
  return sizeof(call_event) + event.kind.size() + event.body.size();
}

std::uint64_t event_line::post(std::string kind, std::string body, wall_ms at) {
  std::vector<std::function<void()>> waiting;
  std::uint64_t seq = 0;
  {
    const std::lock_guard lock{mutex_};
    seq = ++last_;
    kept_.push_back({seq, at, std::move(kind), std::move(body)});
    kept_bytes_ += bytes_of(kept_.back());
    // The newest stays, however long it is.
    while (kept_.size() > 1
           && (kept_.size() > bounds_.events_kept || kept_bytes_ > bounds_.event_bytes_kept)) {
      kept_bytes_ -= bytes_of(kept_.front());
      kept_.pop_front();
    }
    waiting.swap(waiting_);
  }
  for (const auto& wake : waiting)
    wake();
  return seq;
}

void event_line::close() {
  std::vector<std::function<void()>> waiting;
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    waiting.swap(waiting_);
  }
  for (const auto& wake : waiting)
    wake();
}

event_line::glimpse event_line::read(std::uint64_t after, std::size_t bytes_max) const {
  const std::lock_guard lock{mutex_};
  glimpse seen;
  seen.first_kept = kept_.empty() ? last_ + 1 : kept_.front().seq;
  auto next = std::upper_bound(
    kept_.begin(), kept_.end(), after,
    [](std::uint64_t number, const call_event& event) { return number < event.seq; });
  for (std::size_t bytes = 0; next != kept_.end() && bytes < bytes_max; ++next) {
    bytes += bytes_of(*next);
    seen.events.push_back(*next);
  }
  seen.over = closed_ && next == kept_.end();
  return seen;
}

void event_line::wake_when_more(std::uint64_t after, std::function<void()> wake) {
  {
    const std::lock_guard lock{mutex_};
    if (!closed_ && after >= last_) {
      waiting_.push_back(std::move(wake));
      return;
    }
  }
  wake();
}

event_board::event_board(watch_limits bounds) : bounds_(bounds) {}

event_line_ptr event_board::line(const call_id& call, const store_reader& journal) {
  if (auto there = find(call))
    return there;
  const auto last = last_journalled(journal, call);
  const std::lock_guard lock{shelf_->mutex};
  auto& place = shelf_->lines[call.str()];
  if (auto there = place.lock())
    return there;
  // The last to let go of it takes its place off the shelf, unless a new one stands there.
  event_line_ptr made{new event_line{bounds_, last}, [shelf = std::weak_ptr<struct shelf>{shelf_},
                                                      id = call.str()](event_line* gone) {
                        delete gone;
                        const auto still = shelf.lock();
                        if (!still)
                          return;
                        const std::lock_guard in{still->mutex};
                        const auto found = still->lines.find(id);
                        if (found != still->lines.end() && found->second.expired())
                          still->lines.erase(found);
                      }};
  place = made;
  return made;
}

event_line_ptr event_board::find(const call_id& call) const {
  const std::lock_guard lock{shelf_->mutex};
  const auto found = shelf_->lines.find(call.str());
  return found == shelf_->lines.end() ? nullptr : found->second.lock();
}

void event_board::tell(const call_id& call, std::string kind, std::string body) {
  if (const auto there = find(call))
    there->post(std::move(kind), std::move(body), wall_now());
}

void event_board::keep(event_line_ptr line) {
  event_line_ptr oldest; // let go of without the lock: its end looks at the shelf
  const std::lock_guard lock{mutex_};
  ended_.push_back(std::move(line));
  if (ended_.size() > bounds_.ended_kept) {
    oldest = std::move(ended_.front());
    ended_.pop_front();
  }
}

std::uint64_t last_journalled(const store_reader& reader, const call_id& call) {
  list_query last;
  last.prefix = call.str() + "/";
  last.rows_max = 1;
  last.newest_first = true;
  const auto rows = list<journal_record>(reader, table::journal, last);
  return rows.empty() ? 0 : rows.front().seq;
}

} // namespace unpod
