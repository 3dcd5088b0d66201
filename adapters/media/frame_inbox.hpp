// Frames from the caller's socket on their way to the tick. The net thread puts,
// the media thread takes; in balance neither allocates nor waits.
//
//   put() -> [arriving] --swap--> [in hand] -> next() ... one piece of at most 100 ms
#pragma once

#include "adapters/media/call_media.hpp"

#include <mutex>

namespace unpod {

/// ms of audio in one piece: a long frame does not hold up other calls.
inline constexpr mono_time piece_span_max{100'000'000};

class frame_inbox {
public:
  /// Holds at most `frames_max` frames, and no more audio than so many of `frame`.
  frame_inbox(const audio_format& format, std::size_t frames_max, milliseconds frame);

  /// Net thread. Returns how many old frames made room.
  std::size_t put(std::string_view bytes, mono_time span, mono_time now);

  /// What `next` gives: valid until the next call.
  struct piece {
    std::string_view bytes;
    mono_time span{0};
    mono_time at{0}; // when its last sample must have been here: not after what follows began
  };

  /// Media thread. False: nothing waits.
  bool next(piece& out);

private:
  struct header {
    std::size_t offset = 0, size = 0;
    mono_time span{0}, at{0};
  };
  struct batch {
    std::string bytes;
    std::vector<header> frames;
    std::size_t first = 0;
    mono_time span{0};
  };

  bool take_arriving();
  static void drop_oldest(batch& frames);

  std::size_t frames_max_;
  mono_time span_max_;
  std::size_t piece_bytes_; // 0: frames cannot be cut (Opus)
  std::mutex mutex_;        // arriving_
  batch arriving_;
  batch in_hand_;
};

} // namespace unpod
