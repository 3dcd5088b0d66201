// Looking at a call while it goes on, and afterwards: Server-Sent Events, resumable by
// Last-Event-ID. A session and its call are one, and so are their events.
#include "adapters/api/call_rows.hpp"
#include "adapters/api/event_feed.hpp"

#include <charconv>

namespace unpod {

namespace {

/// digits. 12: as in the journal's keys.
constexpr std::size_t event_id_digits_max = 12;

/// How long an EventSource waits before it comes again.
constexpr auto preface = "retry: 1000\n\n";

/// The last event the observer saw: of the header, or of `?after=`; nothing when it is
/// no number.
std::optional<std::uint64_t> last_seen(const api_visit& visit) {
  auto text = std::string{visit.request().header("last-event-id")};
  if (text.empty())
    text = visit.query.find("after").value_or("0");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() > event_id_digits_max)
    return std::nullopt;
  return number;
}

/// Has it seen the end already? An EventSource comes again until it is told 204. The
/// numbers of a call whose node died go beyond its journal: its end is told each time.
bool has_seen_all(const api_desk& desk, const feed_wish& wish) {
  if (wish.after == 0)
    return false;
  if (wish.line) {
    const auto rest = wish.line->read(wish.after, 1);
    return rest.over && rest.events.empty();
  }
  return wish.call.end_reason != to_string(end_reason::node_lost)
         && last_journalled(*desk->reader, wish.call.id) <= wish.after;
}

bool take_seat(const api_desk& desk, const api_visit& visit, feed_wish& wish) {
  const auto& bounds = desk->bounds.watch;
  switch (desk->observers->take(visit.caller.key, wish.seat)) {
    case observer_seats::verdict::node_full:
      visit.answer(error_answer(503, "this node has " + std::to_string(bounds.observers_max)
                                       + " observers, its limit; try again"));
      return false;
    case observer_seats::verdict::key_full: {
      auto refused = error_answer(429, "this key has " + std::to_string(bounds.key_observers_max)
                                         + " observers at work, its limit; close one");
      refused.headers.emplace_back("Retry-After", "5");
      visit.answer(std::move(refused));
      return false;
    }
    default:
      return true;
  }
}

http_response feed_answer(const api_desk& desk, feed_wish wish) {
  const auto feed = std::make_shared<event_feed>(desk, std::move(wish));
  const auto body = std::make_shared<http_open_body>();
  body->poll = [feed](std::function<void()> wake) { return feed->poll(std::move(wake)); };
  body->idle = ": still here\n\n";
  body->idle_after = desk->bounds.watch.heartbeat;
  http_response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.body = preface;
  response.open = body;
  return response;
}

void open_feed(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  const auto after = last_seen(visit);
  if (!after)
    return visit.answer(error_answer(422, "Last-Event-ID (or after) must be the id of an event "
                                          "of this call, a number"));
  feed_wish wish;
  wish.call = *call;
  wish.after = *after;
  wish.follow = visit.query.find("follow").value_or("true") != "false";
  // One that has ended lately may still be on the board.
  wish.line =
    call->ended > 0 ? desk->events->find(call->id) : desk->events->line(call->id, *desk->reader);
  if (has_seen_all(desk, wish))
    return visit.answer(empty_answer());
  if (take_seat(desk, visit, wish))
    visit.answer(feed_answer(desk, std::move(wish)));
}

void watch_call(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, open_feed);
}

} // namespace

std::vector<api_route> event_routes() {
  return {
    {"GET", path_pattern{"v1/sessions/{id}/events"}, access::read, watch_call},
    {"GET", path_pattern{"v1/calls/{id}/events"}, access::read, watch_call},
  };
}

} // namespace unpod
