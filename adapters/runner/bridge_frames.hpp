// The frames of the per-call bridge (contract §3.4 to §3.7), pure: text in,
// values out and back. One JSON object a frame, told apart by `event`.
//
//   runner -> us: hello, then verbs (agent.text.delta, agent.text.end, agent.say, …)
//   us -> runner: hello.ack, call.started, then events (user.text, user.interrupted, …)
//
// Outgoing frames are strict: the SDK takes an unknown event, a fraction in an int
// field or a null in the wrong place for the end of the call (contract §0).
#pragma once

#include "messages/limits.hpp"
#include "messages/runner.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unpod {

/// What we speak (contract §3.4).
inline constexpr int bridge_protocol_version = 2;

/// The runner's first frame: what of ours it knows. Names we don't know are left out.
struct bridge_hello {
  std::vector<std::string> events;
  std::vector<std::string> verbs;
};

/// A verb we don't know, or an event of ours sent back: never an error (contract §3.7).
struct unknown_verb {
  std::string event;
};

/// Not a frame of the contract; `why` tells the peer what to mend.
struct bad_bridge_frame {
  std::string why;
};

using bridge_frame =
  std::variant<bad_bridge_frame, unknown_verb, bridge_hello, runner_delta, runner_text_end,
               runner_say, runner_filler, runner_recording, runner_end_call, runner_verb>;

/// What a frame of the runner says; the sentinels of agent.say are taken out (§6 G13, G14).
/// `text_bytes_max` bounds each text in it.
bridge_frame read_bridge_frame(std::string_view text, std::size_t text_bytes_max,
                               std::size_t depth_max);

/// A hello without a list knows all of it.
std::string hello_ack_frame(const bridge_opening& opening, const bridge_hello& hello);
/// `metadata` is `{}` when the opening's is not an object.
std::string call_started_frame(const bridge_opening& opening, std::size_t depth_max);

std::string user_text_frame(const bridge_user_text& turn);
/// `heard` nothing: not said (the call is over, nobody asks).
std::string user_interrupted_frame(std::uint64_t turn, const std::optional<std::string>& heard);
std::string state_frame(const bridge_state& state);
std::string turn_metrics_frame(const call_id& call, const bridge_metrics& metrics);
std::string metric_frame(const bridge_metrics& metrics);
std::string error_frame(const bridge_fatal& fatal);

/// Names of events as a hello lists them.
namespace bridge_event {
inline constexpr auto user_text = "user.text";
inline constexpr auto user_interrupted = "user.interrupted";
inline constexpr auto error = "error";
inline constexpr auto metric = "metric";
inline constexpr auto turn_metrics = "turn.metrics";
inline constexpr auto state = "state";
inline constexpr auto call_started = "call.started";
} // namespace bridge_event

} // namespace unpod
