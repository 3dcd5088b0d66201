// From a socket to its face: frames cross from a net thread into a mailbox that
// has no bound, so each is paid for from a credit that the face gives back.
#pragma once

#include "adapters/websocket/channel.hpp"
#include "messages/clock.hpp"
#include "messages/inspect.hpp"

#include <caf/actor_cast.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace unpod {

/// What may lie unread in a face's mailbox. Past it the peer is closed with 1008.
struct feed_limits {
  /// frames. Default 4,096: a runner that sends a long answer word by word, at once.
  std::size_t frames_max = 4'096;
  /// bytes. Default 2 MiB: two of the largest messages.
  std::size_t bytes_max = 2 * 1024 * 1024;
};

/// Counts on a net thread up, in the face down.
class feed_credit {
public:
  explicit feed_credit(feed_limits limits) : limits_(limits) {}

  bool take(std::size_t bytes) {
    const auto frames = frames_.fetch_add(1, std::memory_order_relaxed) + 1;
    const auto sum = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    return frames <= limits_.frames_max && sum <= limits_.bytes_max;
  }

  void give_back(std::size_t bytes) {
    frames_.fetch_sub(1, std::memory_order_relaxed);
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

private:
  feed_limits limits_;
  std::atomic<std::size_t> frames_{0};
  std::atomic<std::size_t> bytes_{0};
};

/// Event. A frame as it came; whoever handles it gives the credit back.
struct raw_frame {
  std::uint64_t socket = 0; // which of the face's sockets
  std::string text;
  mono_time at{0};
  std::shared_ptr<feed_credit> credit;
};
UNPOD_OPAQUE_MESSAGE(raw_frame)

/// Event. The socket is closed; nothing more comes from it.
struct socket_over {
  std::uint64_t socket = 0;
  std::uint16_t code = close_code::abnormal;
  std::string reason;
};
UNPOD_MESSAGE(socket_over, x.socket, x.code, x.reason)

/// Timer. The session wants to look at the clock.
struct session_tick {};
UNPOD_OPAQUE_MESSAGE(session_tick)

/// Closes its channel when it goes, however it goes.
class held_channel {
public:
  held_channel() = default;

  explicit held_channel(ws_channel_ptr channel) : channel_(std::move(channel)) {}

  held_channel(held_channel&& other) noexcept = default;

  held_channel& operator=(held_channel&& other) noexcept {
    release(close_code::going_away, "");
    channel_ = std::move(other.channel_);
    return *this;
  }

  ~held_channel() {
    release(close_code::going_away, "");
  }

  /// Closes it with these words, and forgets it.
  void release(std::uint16_t code, std::string why) {
    if (const auto last = std::exchange(channel_, nullptr))
      last->close(code, std::move(why));
  }

  /// Forgets it: it is closed already.
  void drop() {
    channel_.reset();
  }

  ws_channel* operator->() const {
    return channel_.get();
  }

  explicit operator bool() const {
    return channel_ != nullptr;
  }

private:
  ws_channel_ptr channel_;
};

/// Tells a peer that may not come in, then hangs up. The channel was not started yet.
inline void turn_away(const ws_channel_ptr& channel, std::uint16_t code, std::string why) {
  channel->start(
    {[](std::string_view) {}, [](std::string_view) {}, [](std::uint16_t, const std::string&) {}});
  channel->close(code, std::move(why));
}

/// Starts the channel: from now on its frames and its end go to `face`, which is
/// not kept alive by it.
template <class Face>
void feed_face(const ws_channel_ptr& channel, const Face& face, std::uint64_t socket,
               feed_limits limits) {
  const auto weak = caf::actor_cast<caf::weak_actor_ptr>(face);
  const auto tell = [weak](auto message) {
    if (const auto alive = caf::actor_cast<Face>(weak))
      caf::anon_send(alive, std::move(message));
  };
  const auto credit = std::make_shared<feed_credit>(limits);
  const auto take = [tell, credit, socket,
                     back = std::weak_ptr<ws_channel>{channel}](std::string_view text) {
    if (credit->take(text.size()))
      tell(raw_frame{socket, std::string{text}, mono_now(), credit});
    else if (const auto open = back.lock()) // not paid back: it stays shut
      open->close(close_code::policy, "too many frames at once");
  };
  channel->start({take, take, [tell, socket](std::uint16_t code, std::string reason) {
                    tell(socket_over{socket, code, std::move(reason)});
                  }});
}

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::raw_frame)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::socket_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::session_tick)
