// A caller who is no person: speaks the cast's phrases over a real client
// socket, with the manners of caller_mind.hpp, and remembers what he was told.
#pragma once

#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/caller_mind.hpp"
#include "adapters/peers/speech_map.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// The caller's part: what to say, and how each phrase sounds.
struct caller_part {
  std::vector<cast_turn> turns;
  std::vector<pcm_samples> phrases; // one per turn
  std::uint32_t rate_hz = 16'000;
  bool expects_greeting = false;
  caller_manners manners;
  /// s. Default 180: no demo's call is longer.
  std::chrono::seconds longest{180};
};

struct caller_report {
  std::string call;   // its id; empty: it never started
  std::string ended;  // the reason the node gave
  std::string failed; // words: what went wrong on the caller's side; empty: nothing
  std::size_t spoken = 0;
};

/// Calls, talks, and returns when the call is over. Blocks: for a thread of its own.
/// `watch` sees every event as it comes, on this thread; may be empty.
caller_report run_synthetic_caller(const websocket_dialer& dial, const std::string& url,
                                   const caller_part& part,
                                   const std::function<void(const client_event&)>& watch);

} // namespace unpod
