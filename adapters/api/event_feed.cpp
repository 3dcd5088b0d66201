// See event_feed.hpp.
#include "adapters/api/event_feed.hpp"

#include "messages/iso_time.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>

namespace unpod {

namespace {

/// rows. 200: of a journal, read at a time.
constexpr std::size_t rows_at_a_time = 200;

constexpr auto everything = std::numeric_limits<std::uint64_t>::max();

} // namespace

observer_seats::verdict observer_seats::take(const std::string& key,
                                             std::shared_ptr<const void>& seat) {
  const std::lock_guard lock{mutex_};
  if (taken_ >= bounds_.observers_max)
    return verdict::node_full;
  auto& of_key = by_key_[key];
  if (of_key >= bounds_.key_observers_max)
    return verdict::key_full;
  ++taken_, ++of_key;
  seat = std::shared_ptr<const void>{this, [all = shared_from_this(), key](const void*) {
                                       const std::lock_guard in{all->mutex_};
                                       --all->taken_;
                                       if (--all->by_key_[key] == 0)
                                         all->by_key_.erase(key);
                                     }};
  return verdict::taken;
}

std::string sse_text(const call_id& call, const call_event& event) {
  auto data = json_line{}
                .whole("seq", event.seq)
                .text("at", iso_time(event.at))
                .text("call_id", call.str())
                .text("kind", event.kind)
                .raw("data", event.body.empty() ? "{}" : event.body)
                .str();
  // A body that came from outside may have line ends between its members.
  std::replace_if(
    data.begin(), data.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "id: " + std::to_string(event.seq) + "\nevent: " + event.kind + "\ndata: " + data + "\n\n";
}

event_feed::event_feed(api_desk desk, feed_wish wish)
  : desk_(std::move(desk)), wish_(std::move(wish)) {}

std::optional<std::string> event_feed::poll(std::function<void()> wake) {
  std::optional<found> brought;
  {
    const std::lock_guard lock{mutex_};
    wake_ = std::move(wake);
    if (looking_)
      return "";
    brought.swap(found_);
  }
  if (brought) {
    auto text = settle(*brought);
    if (!text.empty())
      return text;
  }
  if (finished_)
    return std::nullopt;
  return wish_.line ? poll_line() : std::optional{look_back(everything)};
}

std::optional<std::string> event_feed::poll_line() {
  auto seen = wish_.line->read(wish_.after, desk_->bounds.watch.piece_bytes);
  if (wish_.after + 1 < seen.first_kept)
    return look_back(seen.first_kept);
  std::string text;
  for (const auto& event : seen.events) {
    text += sse_text(wish_.call.id, event);
    wish_.after = event.seq;
    if (event.kind == "end") {
      finished_ = true;
      return text;
    }
  }
  finished_ = seen.over || (!wish_.follow && seen.events.empty());
  if (!text.empty())
    return text;
  if (finished_)
    return std::nullopt;
  bool waited = false;
  {
    const std::lock_guard lock{mutex_};
    waited = std::exchange(waits_for_line_, true);
  }
  if (waited)
    return end_if_over();
  wish_.line->wake_when_more(wish_.after, [weak = weak_from_this()] {
    if (const auto feed = weak.lock()) {
      {
        const std::lock_guard lock{feed->mutex_};
        feed->waits_for_line_ = false;
      }
      feed->wake();
    }
  });
  return text;
}

/// Nothing came for a while: is it over, and nobody said so on this line?
std::optional<std::string> event_feed::end_if_over() {
  auto call = find<call_record>(*desk_->reader, table::calls, wish_.call.id.str());
  if (!call || call->ended == 0)
    return "";
  wish_.call = std::move(*call);
  finished_ = true;
  return end_text();
}

/// Has the journal read up to this number; what it says comes with a later poll.
std::string event_feed::look_back(std::uint64_t until) {
  if (looked_until_ == 0) {
    looked_from_ = wish_.after;
    looked_at_ = 0;
  }
  looked_until_ = until;
  {
    const std::lock_guard lock{mutex_};
    looking_ = true;
  }
  const auto job = [feed = shared_from_this(), after = wish_.after, until] {
    found seen;
    try {
      seen = feed->read_journal(after, until);
    } catch (const std::exception& error) {
      log(log_level::error, "adapters.api", feed->wish_.call.id.str(), error.what());
      seen.failed = true; // the observer comes again, and goes on where it was
    }
    {
      const std::lock_guard lock{feed->mutex_};
      feed->found_ = std::move(seen);
      feed->looking_ = false;
    }
    feed->wake();
  };
  if (!desk_->elsewhere)
    job();
  else if (!desk_->elsewhere(job)) {
    // It comes again, and goes on where it was.
    const std::lock_guard lock{mutex_};
    looking_ = false;
    finished_ = true;
  }
  return "";
}

event_feed::found event_feed::read_journal(std::uint64_t after, std::uint64_t until) const {
  list_query page;
  page.prefix = wish_.call.id.str() + "/";
  page.after = page.prefix + twelve_digits(after);
  page.rows_max = rows_at_a_time;
  found seen;
  seen.after = after;
  const auto rows = list<journal_record>(*desk_->reader, table::journal, page);
  for (const auto& row : rows) {
    if (row.seq >= until) {
      seen.all = true;
      return seen;
    }
    seen.text += sse_text(wish_.call.id, {row.seq, row.at, row.kind, row.body});
    seen.after = row.seq;
    ++seen.entries;
    if (row.kind == "end") {
      seen.ended = true;
      return seen;
    }
  }
  seen.all = rows.size() < page.rows_max;
  return seen;
}

/// Goes on after what the journal had; what it had not, was for the moment and is gone.
std::string event_feed::settle(const found& seen) {
  if (seen.failed) {
    finished_ = true;
    return {};
  }
  auto text = seen.text;
  wish_.after = seen.after;
  looked_at_ += seen.entries;
  if (seen.ended) {
    finished_ = true;
    return text;
  }
  if (!seen.all)
    return text;
  const auto until = std::exchange(looked_until_, 0);
  if (until == everything) {
    finished_ = true;
    return text + end_text();
  }
  const auto between = until - 1 - looked_from_;
  wish_.after = until - 1;
  if (looked_from_ > 0 && between > looked_at_)
    text += sse_text(wish_.call.id, {until - 1, wall_now(), "gap",
                                     json_line{}
                                       .whole("after", looked_from_)
                                       .whole("before", until)
                                       .whole("lost", between - looked_at_)
                                       .str()});
  return text;
}

/// The end of a call that is over and did not say so itself, as its record tells it.
std::string event_feed::end_text() const {
  return sse_text(wish_.call.id, {wish_.after + 1, wish_.call.ended, "end",
                                  json_line{}.text("reason", wish_.call.end_reason).str()});
}

void event_feed::wake() {
  std::function<void()> whom;
  {
    const std::lock_guard lock{mutex_};
    whom = wake_;
  }
  if (whom)
    whom();
}

} // namespace unpod
