// The way to the caller: play() -> resample -> playout ring -> pace -> encode ->
// sink. Any thread gives and steers; frames and events leave on the media thread.
// In silence nothing is sent.
#pragma once

#include "adapters/media/frame_codec.hpp"
#include "adapters/media/media_counters.hpp"
#include "adapters/media/pacer.hpp"
#include "adapters/media/playout_ring.hpp"
#include "adapters/media/recording_feed.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace unpod {

class room_chair;

class downlink {
public:
  downlink(const audio_format& format, const media_limits& bounds, media_counters& counters);

  // -- any thread; as in media_port ---------------------------------------------

  bool play(generation utterance, const std::int16_t* pcm, std::size_t samples,
            std::uint32_t rate_hz);
  std::uint64_t given(generation utterance) const;
  void mark(generation utterance, std::uint64_t sample);
  void finish(generation utterance);
  playout_position flush(generation utterance);
  std::uint64_t trim(generation utterance, std::uint64_t to);
  playout_position position(generation utterance) const;
  void rendered(std::uint64_t played_ms);

  /// Is there something to do before the next regular tick? Asked once per wish.
  bool take_wish() {
    return wish_.exchange(false);
  }

  // -- media thread -----------------------------------------------------------

  /// Sends what is due; without a sink all waits. Either other may be null.
  void tick(mono_time now, media_sink* sink, media_listener* listener, recording_feed* recording);
  /// The same while the port sits in a room (room_ticks.cpp).
  void tick_in_room(mono_time now, room_chair& chair, media_sink* sink, media_listener* listener,
                    recording_feed* recording);

private:
  bool append(generation utterance, const std::vector<std::int16_t>& samples);
  void append_tail();
  bool take_frame();
  void count_beside_ring(bool from_ring, bool has_client);
  void note_pace(mono_time now);
  void tell(mono_time now, media_listener* listener);

  std::uint32_t rate_hz_;
  media_counters& counters_;
  std::atomic<bool> wish_{false};

  /// One giver at a time: the resampler of the utterance that is being given.
  std::mutex source_mutex_;
  generation source_ = 0;
  std::optional<resampler> to_port_;
  std::vector<std::int16_t> resampled_;

  mutable std::mutex ring_mutex_;
  playout_ring ring_;
  bool cut_ = false; // media thread: something was flushed since the last frame

  // What follows belongs to the media thread.
  pacer pacer_;
  const mono_time frame_span_;
  mono_time began_at_{0}, sent_at_{0}; // this stretch of speech, its newest frame
  frame_encoder encoder_;
  std::vector<std::int16_t> frame_;
  std::vector<playout_event> events_;
};

} // namespace unpod
