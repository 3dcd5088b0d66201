// What a call is built from: handed down from the composition root through
// PIPES and PIPE, so that no actor looks anything up.
#pragma once

#include "messages/call_events.hpp"
#include "messages/limits.hpp"
#include "messages/media_port.hpp"
#include "messages/outgoing.hpp"
#include "messages/provider_limits.hpp"
#include "messages/records.hpp"
#include "messages/runner.hpp"
#include "messages/services.hpp"
#include "messages/speech.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// Starts the recording of a port into this file (a name, not a path); null and
/// words when it cannot.
using recording_starter = std::function<std::shared_ptr<call_recording>(
  media_port_ptr port, const std::string& file, std::string& why)>;

/// Seats the guest's caller beside the host's, from the next tick on: they hear each other and
/// the host's agent; one that is not `heard` only listens. False and words when it cannot.
using room_joiner = std::function<bool(const media_port_ptr& host, const media_port_ptr& guest,
                                       bool heard, std::string& why)>;

/// 16 bit mono samples that are played when no voice can speak any more.
struct canned_audio {
  std::vector<std::int16_t> pcm;
  std::uint32_t rate_hz = 16'000;
};

struct call_kit {
  limits bounds;
  provider_limits patience;
  services house;
  store_reader_ptr reader;
  std::map<std::string, speech_provider> providers;
  bridge_spawner open_bridge;
  bridge_spawner open_brain;  // for agents without a runner (messages/brain.hpp)
  outgoing_http_ptr outgoing; // the way out; null: nothing leaves
  recording_starter start_recording;
  room_joiner join_room;
  /// An id that sorts by its time; without a prefix a secret that nobody guesses.
  std::function<std::string(const std::string& prefix)> new_id;
  std::shared_ptr<const canned_audio> apology;
  /// Where calls say what happens; never null.
  event_board_ptr events = std::make_shared<event_board>();
};

using call_kit_ptr = std::shared_ptr<const call_kit>;

} // namespace unpod
