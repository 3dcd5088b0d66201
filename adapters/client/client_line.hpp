// A client's socket joined with its call's media: what happens on net threads,
// so that audio crosses no mailbox. The leg's actor steers from its own thread.
//
//   channel --binary--> call_media        channel <--binary-- media_sink
//           --text----> client_session --begun, digits, gone--> leg
//
// Any thread may call any member. The mutex is never held while the socket or
// the media is called: either may call back.
#pragma once

#include "adapters/client/client_session.hpp"
#include "adapters/media/call_media.hpp"
#include "adapters/websocket/channel.hpp"
#include "messages/limits.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace unpod {

/// frames. Default 64: what a client said and its leg has not yet taken; nobody types faster.
inline constexpr std::size_t line_credit_max = 64;

/// What a line tells its leg, on a net thread; must not block.
struct line_events {
  /// The format is known and the media takes audio. Once.
  std::function<void(audio_format audio, std::shared_ptr<call_media> media)> begun;
  /// Keys were pressed. Each costs one credit until `credit` gives it back.
  std::function<void(std::string digits)> digits;
  /// The client left, broke the rules or was cut off; it has been told. Once, the last.
  std::function<void(end_reason why)> gone;
};

class client_line : public std::enable_shared_from_this<client_line> {
public:
  /// `engine` outlives the net threads. `home`: where the socket was asked to live. `about`
  /// names the call in logs.
  client_line(ws_channel_ptr channel, media_engine& engine, const socket_home* home,
              const limits& bounds, std::string about);

  /// Begins to read. Once.
  void start(line_events events);

  /// The call was admitted: says `started`, and audio flows down. False: the client has gone.
  bool opened(const call_id& call, const audio_format& audio);

  /// One more text frame for the client; dropped when its call has ended.
  void say(std::string frame);

  /// The last words, then the close. Nothing happens when the end has come already.
  void end(std::string last_frame, std::uint16_t code, const std::string& reason);

  /// `client_start_wait` is over.
  void start_due();

  /// One of `digits` was taken.
  void credit();

  /// Frames of any kind the client has sent so far.
  std::uint64_t frames() const {
    return frames_.load(std::memory_order_relaxed);
  }

  /// Lets socket and media go. A call that did not end is told it broke.
  void abandon();

private:
  void on_text(std::string_view frame);
  void on_binary(std::string_view bytes);
  void on_closed(std::uint16_t code);

  void take(const no_step&) {}
  void take(const open_media_step& step);
  void take(const rendered_step& step);
  void take(const mute_step& step);
  void take(const digits_step& step);
  void take(const leave_step& step);
  void take(const fault_step& step);

  template <class Input>
  void step(Input input);
  std::shared_ptr<call_media> media() const;
  ws_channel_ptr channel() const;
  void hang_up(const std::string& last_frame, std::uint16_t code, const std::string& reason);

  media_engine& engine_;
  const socket_home* const home_;
  const limits bounds_;
  const std::string about_;
  line_events events_;
  std::atomic<std::uint64_t> frames_{0};
  std::atomic<std::size_t> waiting_{0};

  mutable std::mutex mutex_; // guards what follows
  client_session session_;
  ws_channel_ptr channel_;
  std::shared_ptr<call_media> media_;
};

} // namespace unpod
