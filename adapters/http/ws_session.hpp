// One WebSocket connection that came to us: the queue towards the peer, and the one
// telling of its end. Inside adapters/http only.
//
//   accepted --start--> reading --close(), peer's close, or a break--> over --> gone
//
// The owner holds a face (a ws_channel), the face holds the session until the end is
// told; so an owner may keep its channel for ever, even beyond the net threads.
#pragma once

#include "adapters/http/connection.hpp"
#include "adapters/http/stream.hpp"
#include "adapters/websocket/channel.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace unpod {

/// frames. 8,192: waiting for a peer that does not read, however small they are.
inline constexpr std::size_t ws_queue_frames_max = 8'192;
/// bytes. 123: what a close frame has room for (RFC 6455 §5.5.1).
inline constexpr std::size_t close_reason_bytes_max = 123;

class ws_face;

class ws_session final : public http_connection, public std::enable_shared_from_this<ws_session> {
public:
  ws_session(connection_seat seat, std::unique_ptr<ws_stream> stream, std::string peer,
             std::size_t queue_bytes_max);
  ~ws_session() override;

  /// Answers the handshake; `opened` gets the channel or null.
  void accept(std::string head, std::function<void(ws_channel_ptr)> opened);

  void close_idle() override {}
  void cut() override;
  void abandon() override;

  // What the channel does; any thread.
  void start(channel_handler handler);
  void send(bool text, std::string bytes);
  void close(std::uint16_t code, std::string reason);
  /// Behind all that was asked for before, by whichever thread.
  void close_behind(std::uint16_t code);
  std::size_t queued_bytes() const {
    return queued_bytes_;
  }

private:
  struct frame {
    bool text;
    std::string bytes;
  };
  struct ending {
    std::uint16_t code;
    std::string reason;
  };

  std::shared_ptr<ws_session> self() {
    return shared_from_this();
  }

  template <class Work>
  void on_strand(Work work);
  void open(const std::function<void(ws_channel_ptr)>& opened);
  void read();
  void take(const ws_arrival& arrival);
  void write_next();
  void pop_written();
  void begin_close(std::uint16_t code, std::string reason);
  void shake_hands();
  void end_close();
  void arm_deadline();
  void wrote(bool well);
  void cut_for(const std::string& why);
  void tell(std::uint16_t code, std::string reason);
  void tell_handler();

  std::unique_ptr<ws_stream> stream_;
  boost::asio::steady_timer deadline_;
  std::string peer_;
  std::size_t queue_bytes_max_;
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<std::size_t> queued_frames_{0};
  std::atomic<bool> overflowed_{false};
  std::deque<frame> queue_;
  bool writing_ = false;
  std::optional<ending> closing_; // what we say when the queue is written
  bool shaking_ = false;          // the close handshake is under way
  std::optional<ending> over_;    // the end, told once
  bool opened_ = false;
  std::optional<channel_handler> handler_; // between `start` and the end
  std::weak_ptr<ws_face> face_;
};

/// What the owner of a channel holds.
class ws_face final : public ws_channel {
public:
  ws_face(std::shared_ptr<ws_session> session, std::string peer);
  ~ws_face() override;

  void start(channel_handler handler) override;
  void send_text(std::string text) override;
  void send_binary(std::string bytes) override;
  std::size_t queued_bytes() const override;
  void close(std::uint16_t code, std::string reason) override;
  const std::string& peer() const override;

  /// The session is over: lets go of it. A `start` that comes later hears of the end
  /// at once, on its own thread.
  void let_go(std::uint16_t code, const std::string& reason);

private:
  std::shared_ptr<ws_session> session() const;

  mutable std::mutex mutex_;
  std::shared_ptr<ws_session> session_;
  bool started_ = false;
  std::uint16_t over_code_ = 0;
  std::string over_reason_;
  const std::string peer_;
};

} // namespace unpod
