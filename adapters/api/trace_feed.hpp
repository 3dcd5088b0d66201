// What one observer of one actor is sent: Server-Sent Events, one for each message into that
// actor and for each it sent, as its receiver began to handle it.
//
//   actors' threads --hear--> trace_line, bounded: beyond it counted --poll--> "message", "gap"
//   time over, or the actor gone --> "end", with how many there were
//
// What was said in a call is no part of it unless the observer asked for words; secrets never
// are (messages/secret.hpp). The actors wait for nobody: they take a message down or count it.
#pragma once

#include "adapters/api/actor_rows.hpp"
#include "messages/activity_registry.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// What was heard and not sent yet. Any thread.
class trace_line {
public:
  void hear(const traced_message& seen);

  struct heard {
    std::vector<traced_message> messages;
    std::uint64_t lost = 0; // that came while too many waited
  };
  /// The oldest `most` of them; `wake` is called when there are more and there were none.
  heard take(std::size_t most, std::function<void()> wake);

private:
  std::mutex mutex_;
  std::deque<traced_message> waiting_;
  std::uint64_t lost_ = 0;
  std::function<void()> wake_;
};

struct trace_wish {
  std::uint64_t id = 0; // of the actor
  bool words = false;   // show texts too: what was said, and by whom
  std::chrono::nanoseconds life{0};
};

/// `poll` on the net threads, one at a time. The registry outlives it.
class trace_feed {
public:
  using clock = std::function<both_clocks()>;

  trace_feed(activity_registry& registry, const trace_wish& wish, clock now);
  ~trace_feed();
  trace_feed(const trace_feed&) = delete;
  trace_feed& operator=(const trace_feed&) = delete;

  /// False when too many traces are on.
  bool is_on() const {
    return number_ != 0;
  }

  /// As http_open_body::poll.
  std::optional<std::string> poll(std::function<void()> wake);

private:
  std::string message_text(const traced_message& seen, const both_clocks& now);
  std::string end_text(const char* why, const both_clocks& now);
  std::string name_of(std::uint64_t id);

  activity_registry& registry_;
  const trace_wish wish_;
  const clock now_;
  const std::chrono::nanoseconds began_;
  const std::shared_ptr<trace_line> line_ = std::make_shared<trace_line>();
  std::uint64_t number_ = 0;
  std::uint64_t sent_ = 0, lost_ = 0;
  bool finished_ = false;
  std::map<std::uint64_t, std::string> names_; // "call SCL_…"
};

} // namespace unpod
