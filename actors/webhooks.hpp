// WEBHOOKS: tells projects' webhooks what happened to their calls. The rows of the
// store are the truth; it keeps nothing that a restart could lose.
//
//   look: of each webhook with pending rows, its oldest --due--> under way
//      ^        '-- of one call only the first: order is kept          |
//      '---- nudge, timer, room again <--- row settled in the store <--'
//
// One webhook that fails is tried with one delivery at a time until it answers again;
// one host gets so many at once and no more: nobody is slowed by another's silence.
#pragma once

#include "messages/call_timers.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/outgoing.hpp"
#include "messages/services.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace unpod {

/// WEBHOOKS as it sees itself: the interface, what comes back, and its timer.
using timed_webhooks = webhooks_actor::extend<
  // An attempt ended.
  caf::reacts_to<delivery_answered>,
  // Looks again.
  caf::reacts_to<delivery_check>>;

struct webhooks_setup {
  services house;
  store_reader_ptr reader;
  webhook_limits bounds;
  outgoing_http_ptr out; // null: nothing leaves, and everything waits
  /// HMAC-SHA256 in hex of a text under a secret.
  std::function<std::string(std::string_view secret, std::string_view text)> sign;
  std::function<wall_ms()> wall = wall_now;
};

struct webhooks_state {
  using self_pointer = self_of<webhooks_state, timed_webhooks>;

  static inline const char* name = "webhooks";

  explicit webhooks_state(self_pointer self) : self(self) {}

  void begin(webhooks_setup with);
  void hear_of_more();
  void look_when_due(const delivery_check& due);
  void look();
  void look_at(const std::string& webhook);
  bool look_at_page(const webhook_record& webhook, std::string& after, std::set<call_id>& calls);
  bool may_start(const std::string& webhook, const std::string& host) const;
  void start(const webhook_record& webhook, const delivery_record& row);
  void settle(const delivery_answered& answer);
  void forget(const std::string& delivery);
  void bury_orphans(const std::string& webhook);
  void forget_history();
  void look_in(milliseconds wait);
  std::string signature_of(const webhook_record& webhook, const std::string& body) const;

  struct attempt {
    delivery_record row;
    std::string host;
    std::shared_ptr<outgoing_exchange> exchange;
  };

  self_pointer self;
  webhooks_setup setup;
  std::map<std::string, attempt> under_way; // by delivery; until its row is written
  std::map<std::string, std::size_t> by_host;
  std::map<std::string, std::size_t> by_webhook;
  std::set<std::string> failing; // webhooks whose last attempt failed
  wall_ms next_due = 0;          // of what was seen; 0: nothing
  wall_ms eager_until = 0;       // rows may be on their way to the disk
  wall_ms held_until = 0;        // the store refuses: nothing is tried
  wall_ms swept = 0;
  std::uint64_t epoch = 0; // of the timer
};

timed_webhooks::behavior_type webhooks(webhooks_state::self_pointer self, webhooks_setup setup);

} // namespace unpod
