// How a runner's bridge socket is handed to the leg that waits for it.
#pragma once

#include "adapters/runner/socket_feed.hpp"

#include <caf/typed_actor.hpp>

#include <memory>
#include <string>
#include <utility>

namespace unpod {

/// A channel, accepted and not started. Not taken, it is turned away: the leg it
/// was meant for is gone.
class offered_channel {
public:
  explicit offered_channel(ws_channel_ptr channel) : channel_(std::move(channel)) {}

  offered_channel(const offered_channel&) = delete;
  offered_channel& operator=(const offered_channel&) = delete;

  ~offered_channel() {
    refuse(close_code::not_paired, "this call is over");
  }

  ws_channel_ptr take() {
    return std::exchange(channel_, nullptr);
  }

  void refuse(std::uint16_t code, std::string why) {
    if (const auto channel = take())
      turn_away(channel, code, std::move(why));
  }

private:
  ws_channel_ptr channel_;
};

/// Event, from a net thread. The runner is here.
struct bridge_socket {
  std::shared_ptr<offered_channel> offer;
};
UNPOD_OPAQUE_MESSAGE(bridge_socket)

/// Event, from a net thread. The runner that serves could not be dialled.
struct bridge_undialled {
  std::string why;
};
UNPOD_MESSAGE(bridge_undialled, x.why)

/// Where a leg takes its sockets.
using bridge_leg_door = caf::typed_actor<
  // A runner with the right token.
  caf::reacts_to<bridge_socket>>;

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::bridge_socket)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::bridge_undialled)
