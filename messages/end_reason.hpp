// Why a call ended: the one enum, who ended it, what the caller heard, and how
// it rides in an actor's exit reason.
#pragma once

#include <caf/atom.hpp>
#include <caf/error.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace unpod {

/// Starts at 1: CAF reads code 0 as "no error". Stored by name, never by number.
enum class end_reason : std::uint8_t {
  completed = 1,     // the runner's entrypoint returned; queued speech was played
  caller_hangup,     // the caller left
  agent_end_call,    // the agent ended the call; queued speech was played
  api_hangup,        // someone ended it through the API
  max_duration,      // the pipe's longest call; a goodbye was spoken
  idle_timeout,      // nobody said anything for too long
  no_runner,         // no runner took the call; the apology was spoken
  runner_lost,       // the runner went away and no other took over; the apology was spoken
  stt_lost,          // no recogniser left; the apology was spoken
  tts_lost,          // no voice left; the canned apology was played
  media_lost,        // the caller's socket broke or fell silent
  transferred,       // handed to someone else
  busy,              // outbound: the callee was busy
  no_answer,         // outbound: nobody answered
  rejected,          // outbound: the callee refused
  cancelled,         // outbound: called off before it was answered
  node_draining,     // the node was told to stop and the grace was over
  node_lost,         // the node died during the call (found at the next start)
  internal_error,    // our own fault; the canned apology was played
  media_unavailable, // outbound: the trunk could not place the call; nobody was called
};

inline constexpr std::array<const char*, 21> end_reason_names{"",
                                                              "completed",
                                                              "caller_hangup",
                                                              "agent_end_call",
                                                              "api_hangup",
                                                              "max_duration",
                                                              "idle_timeout",
                                                              "no_runner",
                                                              "runner_lost",
                                                              "stt_lost",
                                                              "tts_lost",
                                                              "media_lost",
                                                              "transferred",
                                                              "busy",
                                                              "no_answer",
                                                              "rejected",
                                                              "cancelled",
                                                              "node_draining",
                                                              "node_lost",
                                                              "internal_error",
                                                              "media_unavailable"};

inline std::string to_string(end_reason reason) {
  return end_reason_names.at(static_cast<std::size_t>(reason));
}

inline caf::error make_error(end_reason reason) {
  return {static_cast<std::uint8_t>(reason), caf::atom("call_end")};
}

/// Reads a dead call's exit reason: what it did not say itself is our fault.
inline end_reason end_reason_of(const caf::error& exit) {
  if (exit && exit.category() == caf::atom("call_end") && exit.code() < end_reason_names.size())
    return static_cast<end_reason>(exit.code());
  return end_reason::internal_error;
}

} // namespace unpod
