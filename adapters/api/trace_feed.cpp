// See trace_feed.hpp.
#include "adapters/api/trace_feed.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/trace_text.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// messages. 100: handed to an observer at a time, some 100 KB at most.
constexpr std::size_t sent_at_a_time = 100;
/// actors. 256: whose names one trace remembers; the others are looked up each time.
constexpr std::size_t names_max = 256;

std::string event_of(const char* name, const std::string& data) {
  return std::string{"event: "} + name + "\ndata: " + data + "\n\n";
}

} // namespace

void trace_line::hear(const traced_message& seen) {
  std::function<void()> wake;
  {
    const std::lock_guard lock{mutex_};
    if (waiting_.size() >= activity_registry::traced_waiting_max) {
      ++lost_;
      return;
    }
    waiting_.push_back(seen);
    wake.swap(wake_);
  }
  if (wake)
    wake();
}

trace_line::heard trace_line::take(std::size_t most, std::function<void()> wake) {
  heard some;
  const std::lock_guard lock{mutex_};
  some.lost = std::exchange(lost_, 0);
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
  some.messages.assign(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  wake_ = some.messages.empty() ? std::move(wake) : nullptr;
  return some;
}

trace_feed::trace_feed(activity_registry& registry, const trace_wish& wish, clock now)
  : registry_(registry), wish_(wish), now_(std::move(now)), began_(now_().mono) {
  number_ =
    registry_.trace(wish_.id, [line = line_](const traced_message& seen) { line->hear(seen); });
}

trace_feed::~trace_feed() {
  registry_.end_trace(number_);
}

std::optional<std::string> trace_feed::poll(std::function<void()> wake) {
  if (finished_)
    return std::nullopt;
  const auto now = now_();
  // Looked at before its last messages are: none of them is missed.
  const bool gone = !registry_.find(wish_.id);
  const auto some = line_->take(sent_at_a_time, std::move(wake));
  std::string text;
  for (const auto& one : some.messages)
    text += message_text(one, now);
  sent_ += some.messages.size();
  lost_ += some.lost;
  if (some.lost > 0)
    text += event_of("gap", json_line{}.text("what", "gap").whole("lost", some.lost).str());
  const bool over = now.mono - began_ >= wish_.life;
  if (over || gone)
    registry_.end_trace(number_); // what waits is still sent
  if (some.messages.empty() && (over || gone)) {
    finished_ = true;
    text += end_text(over ? "the time is over" : "the actor has ended", now);
  }
  return text;
}

std::string trace_feed::message_text(const traced_message& seen, const both_clocks& now) {
  const trace_view view{wish_.id, name_of(seen.receiver), name_of(seen.sender), wish_.words,
                        began_};
  return event_of("message", trace_json(seen, view, wall_of(seen.at, now)));
}

std::string trace_feed::end_text(const char* why, const both_clocks& now) {
  return event_of("end", json_line{}
                           .text("what", "end")
                           .raw("at", json_time(now.wall))
                           .text("why", why)
                           .whole("messages", sent_)
                           .whole("lost", lost_)
                           .str());
}

/// Empty for what is no actor that is watched: a thread, a request of the API.
std::string trace_feed::name_of(std::uint64_t id) {
  const auto known = names_.find(id);
  if (known != names_.end())
    return known->second;
  if (names_.size() >= names_max)
    names_.clear();
  const auto found = id == 0 ? std::nullopt : registry_.find(id);
  const auto name =
    !found ? std::string{} : found->kind + (found->subject.empty() ? "" : " " + found->subject);
  return names_.emplace(id, name).first->second;
}

} // namespace unpod
