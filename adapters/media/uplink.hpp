// The caller's way in: frames -> samples -> up ring -> VAD -> tap, listener,
// recording. `caller_frame` and the steering calls come from any thread and take
// the time from their caller; all work is done by `tick` on the media thread.
#pragma once

#include "adapters/media/arrival_line.hpp"
#include "adapters/media/frame_codec.hpp"
#include "adapters/media/frame_inbox.hpp"
#include "adapters/media/media_counters.hpp"
#include "adapters/media/recording_feed.hpp"
#include "adapters/media/sample_time.hpp"
#include "adapters/media/speech_edges.hpp"
#include "adapters/media/tap_feed.hpp"
#include "adapters/media/up_ring.hpp"

#include <atomic>
#include <mutex>

namespace unpod {

/// pieces of at most 100 ms decoded in one tick; chunks of a replay in one tick (50 times
/// real time): a burst of one call must not make others late.
inline constexpr std::size_t pieces_per_tick_max = 8, replay_chunks_per_tick = 10;

/// ms without a frame amid speech until silence is heard in its place, so that speech ends;
/// and how much of it one tick makes up.
inline constexpr mono_time stall_max{200'000'000}, stall_fill_max{400'000'000};

/// ms. 15: a caller's audio that was looked at within it need not be looked at again.
inline constexpr mono_time tick_min{15'000'000};
/// ms. 10: a frame at least so long is heard as it comes; crumbs wait for the tick.
inline constexpr mono_time heard_at_once_min{10'000'000};

class room_chair;

class uplink {
public:
  uplink(const audio_format& format, const media_limits& bounds, seconds ring,
         media_counters& counters);

  // -- any thread -------------------------------------------------------------

  bool caller_frame(std::string_view bytes, mono_time now);
  void bind(std::shared_ptr<audio_tap> tap, sample_index from);
  void unbind(const audio_tap& tap);
  void unbind_any();
  void covered_to(sample_index sample);

  /// Long enough to be heard as it comes.
  bool is_worth_hearing(std::string_view frame) const {
    return frame_span(format_, frame) >= heard_at_once_min;
  }

  sample_index heard_so_far() const {
    return heard_;
  }

  mono_time voiced_for() const {
    return time_for(voiced_, rate_hz_);
  }

  void mute(bool on) {
    muted_ = on;
  }

  // -- media thread -----------------------------------------------------------

  /// Is there something to do beyond what the last tick did, a moment ago?
  bool is_due(mono_time now) const {
    return steered_ || now - last_tick_ >= tick_min;
  }
  /// Either may be null.
  void tick(mono_time now, media_listener* listener, recording_feed* recording);
  /// The same while the port sits in a room (room_ticks.cpp).
  void tick_in_room(mono_time now, room_chair& chair, media_listener* listener,
                    recording_feed* recording);

private:
  void adopt_steering();
  void refill_credit(mono_time now);
  void silence_if_muted();
  void take_samples(mono_time at, media_listener* listener, recording_feed* recording);
  void tell(media_listener* listener);
  void fill_stall(mono_time now, media_listener* listener, recording_feed* recording);

  audio_format format_;
  std::uint32_t rate_hz_;
  media_counters& counters_;
  frame_inbox inbox_;
  std::atomic<sample_index> heard_{0}, covered_{0}, voiced_{0};
  std::atomic<bool> muted_{false}, steered_{false};

  struct steering {
    std::shared_ptr<audio_tap> tap;
    sample_index from = 0;
  };
  std::mutex steering_mutex_;
  steering wish_;
  const audio_tap* bound_ = nullptr; // the last one bound; never looked into

  // What follows belongs to the media thread.
  frame_decoder decoder_;
  arrival_line line_;
  speech_edges edges_;
  up_ring ring_;
  tap_feed feed_;
  std::vector<std::int16_t> samples_;
  std::vector<speech_edge> found_;
  mono_time credit_max_, credit_, last_tick_{0}, last_audio_{0};
};

} // namespace unpod
