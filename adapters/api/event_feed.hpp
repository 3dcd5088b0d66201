// What one observer of one call is sent: Server-Sent Events, from wherever it left off.
//
//   journal (what the ring has let go) --> line: its ring, then as it happens --> "end"
//        '--> "gap", when moments between were in neither
//
// An observer that reads slowly is asked for more rarely; what the ring forgets in the
// meantime it gets from the journal, and a gap for the rest. The call knows nothing of it.
#pragma once

#include "adapters/api/desk.hpp"
#include "messages/call_events.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace unpod {

/// How many observers there are, in all and by key. Any thread.
class observer_seats : public std::enable_shared_from_this<observer_seats> {
public:
  explicit observer_seats(const watch_limits& bounds) : bounds_(bounds) {}

  enum class verdict { taken, node_full, key_full };
  /// A seat is given back when the last pointer to it goes.
  verdict take(const std::string& key, std::shared_ptr<const void>& seat);

private:
  const watch_limits bounds_;
  std::mutex mutex_;
  std::size_t taken_ = 0;
  std::map<std::string, std::size_t> by_key_;
};

/// One event as text/event-stream.
std::string sse_text(const call_id& call, const call_event& event);

struct feed_wish {
  call_record call;
  std::uint64_t after = 0; // the number of the last event it saw; 0: none
  bool follow = true;      // false: what there is by now, then the end
  event_line_ptr line;     // null: the call is over, and in the journal
  std::shared_ptr<const void> seat;
};

/// `poll` on the net threads, one at a time; the journal is read on the reading thread.
class event_feed : public std::enable_shared_from_this<event_feed> {
public:
  event_feed(api_desk desk, feed_wish wish);

  /// As http_open_body::poll.
  std::optional<std::string> poll(std::function<void()> wake);

private:
  /// What a look into the journal brought.
  struct found {
    std::string text;
    std::uint64_t after = 0;
    std::size_t entries = 0;
    bool all = false;   // there is no more before `until`
    bool ended = false; // the call's end was among it
    bool failed = false;
  };

  std::optional<std::string> poll_line();
  std::optional<std::string> end_if_over();
  std::string look_back(std::uint64_t until);
  found read_journal(std::uint64_t after, std::uint64_t until) const;
  std::string settle(const found& seen);
  std::string end_text() const;
  void wake();

  api_desk desk_;
  feed_wish wish_;
  std::uint64_t looked_from_ = 0; // after which number the journal is looked through now
  std::uint64_t looked_until_ = 0;
  std::size_t looked_at_ = 0; // entries so far
  bool finished_ = false;

  std::mutex mutex_;
  std::function<void()> wake_;
  bool waits_for_line_ = false; // the line will wake us
  bool looking_ = false;        // the reading thread will
  std::optional<found> found_;
};

} // namespace unpod
