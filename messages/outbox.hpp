// What a project's webhooks are to be told of a call, as rows for the batch that
// changes the call: both are written, or neither. Pure but for a look at the store.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "messages/store.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// What happens to calls, as webhooks know it.
inline constexpr std::array<const char*, 6> webhook_events{"call_started",    "call_ended",
                                                           "call_failed",     "transcript_ready",
                                                           "recording_ready", "handover_initiated"};

/// What somebody asked to be sent, to see whether it comes.
inline constexpr const char* test_event = "test";

/// Does this webhook want to be told of this event? A paused one wants nothing.
bool wants(const webhook_record& webhook, std::string_view event);

struct outbox_ground {
  const store_reader& reader;
  const webhook_limits& bounds;
  /// An id that sorts by its time.
  const std::function<std::string(const std::string& prefix)>& new_id;
  wall_ms now = 0;
};

/// One row for each of the events and each webhook of the call's project that wants it,
/// in the order of the events. `extra` are members for `data`, as a JSON object.
std::vector<store_change> deliveries_of(const outbox_ground& ground, const call_record& call,
                                        const std::vector<std::string>& events,
                                        std::string_view extra = {});

/// What the end of a call means: `call_ended` or `call_failed`, and what is ready now.
std::vector<std::string> ending_events(const call_record& call, bool recording_is_whole);

/// One row for one webhook; `data` is a JSON object.
delivery_record delivery_of(const webhook_record& webhook, std::string id, std::string_view event,
                            const call_id& call, std::string_view data, wall_ms now);

/// A call as `data` of a delivery: what the API shows of it, without what was said.
std::string outbox_call_json(const call_record& call);

} // namespace unpod
