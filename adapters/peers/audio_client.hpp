// A synthetic caller's socket: our own client of the audio protocol (client_frames.hpp
// is its other side), for demo, bench and tests.
//
//   connect --open--> start frame --> audio up every 20 ms, speech or silence
//                     events and audio come down, each with its time of arrival
//           end() --> `end` frame; the node says `ended` and closes --> closed
//
// Any thread may call any member. Listeners are called on a net thread or the
// pacer's thread, one at a time, and may call back. A client that is dropped closes.
#pragma once

#include "adapters/media/call_media.hpp"
#include "adapters/media/frame_codec.hpp"
#include "adapters/peers/audio_timeline.hpp"
#include "adapters/websocket/client.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace unpod {

/// frames late. Default 10: a pacer that was held up longer goes on from now, not from then.
inline constexpr int catch_up_frames_max = 10;
/// events of one client. Default 20,000: a node that talks more is not remembered further.
inline constexpr std::size_t client_events_max = 20'000;

/// One thing that happened, at its moment on this machine's monotonic clock.
struct client_event {
  mono_time at{0};
  /// A type of the protocol, or our own: connected, failed, said_started, said_ended
  /// (the frame with the utterance's first or last sample left), closed, bad_frame.
  std::string type;
  std::string text; // text, state, heard_prefix, reason or message, whichever the type has
  std::string code; // of an error; of a close its number
  std::string call; // of started
  std::uint64_t turn = 0;
  bool fatal = false;
  audio_format audio; // of started
};

/// Reads one text frame of a node; what is none comes back as `bad_frame`.
client_event read_node_frame(std::string_view text, mono_time at);

struct audio_client_options {
  audio_format audio;
  /// False: no start frame; the first audio frame begins the call (pcm_s16le, 16,000).
  bool say_start = true;
  /// ms. Default 200: how often `playback` is sent; 0: never.
  std::chrono::milliseconds report_every{200};
  /// "" or "unpod.v1": then a refused token is an error frame, not a failed handshake.
  std::string subprotocol;
  std::string origin; // as a page would send it; empty: none
  std::string ca_file;
};

/// What a pacer drives.
class paced {
public:
  virtual ~paced() = default;
  /// One frame is due. False: never again.
  virtual bool tick(mono_time now) = 0;
};

/// One thread for the frames of many callers, each on its own beat since it was added.
class caller_pacer {
public:
  explicit caller_pacer(std::chrono::milliseconds beat = std::chrono::milliseconds{20});
  /// Stops and joins; not from a listener.
  ~caller_pacer();

  caller_pacer(const caller_pacer&) = delete;
  caller_pacer& operator=(const caller_pacer&) = delete;

  void add(std::weak_ptr<paced> one);

private:
  void run();

  const mono_time beat_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::multimap<mono_time, std::weak_ptr<paced>> due_;
  std::thread thread_;
};

class audio_client : public paced, public std::enable_shared_from_this<audio_client> {
public:
  using listener = std::function<void(const client_event& event)>;

  audio_client(audio_client_options options, listener on_event);
  ~audio_client() override;

  /// Dials `url` (…/v1/pipes/{id}/connect?token=…) and goes on at the pacer's beat.
  /// The pacer outlives the client. `failed` is the event when it cannot connect.
  void connect(const websocket_dialer& dial, const std::string& url, caller_pacer& pacer);

  /// The same over a socket that is open already.
  void open(ws_channel_ptr channel);

  /// Says this after what waits; resampled from `rate_hz`. False: too much waits.
  bool say(const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz);
  /// Falls silent in mid-word.
  void stop_talking();
  bool is_talking() const;

  void press(const std::string& digits);
  void mute(bool on);
  /// Says `end`; the node closes.
  void end();
  /// Closes without a word.
  void close(std::uint16_t code);

  std::vector<client_event> events() const;
  heard_audio heard() const;
  bool is_closed() const;

  /// The pacer's: sends what is due now, one frame. One thread at a time.
  bool tick(mono_time now) override;

private:
  void on_text(std::string_view text);
  void on_binary(std::string_view bytes);
  void on_closed(std::uint16_t code, const std::string& reason);
  void note(client_event event);
  void send(std::string text);
  void report(mono_time now);
  ws_channel_ptr channel() const;

  const audio_client_options options_;
  const std::uint32_t rate_hz_; // of all PCM here
  listener on_event_;

  frame_encoder encoder_; // the pacer's thread
  frame_decoder decoder_; // the channel's strand

  std::recursive_mutex telling_; // one listener call at a time; it may make the next happen
  mutable std::mutex mutex_;     // guards what follows
  ws_channel_ptr channel_;
  voice_queue voice_;
  heard_audio heard_;
  std::vector<client_event> events_;
  mono_time reported_at_{0};
  std::uint64_t reported_ms_ = 0;
  bool closed_ = false;
};

} // namespace unpod
