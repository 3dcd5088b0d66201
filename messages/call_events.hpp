// What a call says while it goes on, for whoever looks at it, and the board where
// that is read. A value that many threads share, no actor: a call never waits for
// an observer and does not know that there is one.
//
//   CALL --post--> line: a ring of its latest events <--read after N-- observers
//                  ^ one number for each event, journalled or not, from 1 on
//
// What the ring has let go is read from the journal, where it was of a stored kind.
// A line lives as long as somebody holds it: its CALL, an observer, or, for a while
// after its end, the board.
#pragma once

#include "messages/clock.hpp"
#include "messages/ids.hpp"
#include "messages/limits.hpp"
#include "messages/store.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace unpod {

/// One event of one call. Its kinds are listed in the README.
struct call_event {
  std::uint64_t seq = 0; // in the call, from 1; the journal has the same numbers
  wall_ms at = 0;
  std::string kind;
  std::string body; // a JSON object
};

/// The events of one call. Any thread.
class event_line {
public:
  event_line(const watch_limits& bounds, std::uint64_t last_seq);

  /// The next event; its number.
  std::uint64_t post(std::string kind, std::string body, wall_ms at);
  /// Nothing more is coming.
  void close();

  struct glimpse {
    std::vector<call_event> events; // all after the number that was named, or as many as fit
    std::uint64_t first_kept = 1;   // what comes before it is in the journal, or gone
    bool over = false;              // nothing comes after these
  };
  /// What came after this number; at least one event, then up to `bytes_max` of them.
  glimpse read(std::uint64_t after, std::size_t bytes_max) const;

  /// Calls this once, on any thread, when there is something after this number, or the
  /// line is closed: at once when that is so already. It must not block or throw.
  void wake_when_more(std::uint64_t after, std::function<void()> wake);

private:
  static std::size_t bytes_of(const call_event& event);

  const watch_limits bounds_;
  mutable std::mutex mutex_;
  std::deque<call_event> kept_; // without a hole in their numbers
  std::size_t kept_bytes_ = 0;
  std::uint64_t last_ = 0;
  bool closed_ = false;
  std::vector<std::function<void()>> waiting_;
};

using event_line_ptr = std::shared_ptr<event_line>;

/// The lines of all calls that somebody cares for. Any thread.
class event_board {
public:
  explicit event_board(watch_limits bounds = {});

  /// The line of this call: the one that is there, or a new one that goes on after what
  /// the journal has.
  event_line_ptr line(const call_id& call, const store_reader& journal);
  /// Null when nobody holds one.
  event_line_ptr find(const call_id& call) const;
  /// One more event of a call whose line somebody holds, from who is not its CALL; such
  /// an event is not journalled. Without a line it is nobody's.
  void tell(const call_id& call, std::string kind, std::string body);
  /// A closed line is kept for those who come back for its end.
  void keep(event_line_ptr line);

private:
  struct shelf {
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::weak_ptr<event_line>> lines;
  };

  const watch_limits bounds_;
  std::shared_ptr<shelf> shelf_ = std::make_shared<shelf>();
  std::mutex mutex_;
  std::deque<event_line_ptr> ended_;
};

using event_board_ptr = std::shared_ptr<event_board>;

/// The number of a call's last journal entry; 0 when it has none.
std::uint64_t last_journalled(const store_reader& reader, const call_id& call);

} // namespace unpod
