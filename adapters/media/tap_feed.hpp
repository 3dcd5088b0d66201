// From the up ring to a recogniser: chunks of tap_chunk, cut short wherever
// speech began or ended, so that the tap hears edges and audio in one order.
//
//   audio ... audio | speech_started | audio ... audio (cut) | speech_ended | audio ...
#pragma once

#include "adapters/media/up_ring.hpp"
#include "messages/media_port.hpp"

#include <deque>
#include <memory>
#include <vector>

namespace unpod {

/// An edge of speech: it lies at `at` and was known once the ring ended at `due`.
struct speech_edge {
  bool started = false;
  sample_index at = 0, due = 0;
};

/// edges. 15 s of ring hold some 100 (onset and hang-over are 300 ms together).
inline constexpr std::size_t speech_edges_max = 256;

/// Belongs to the media thread.
class tap_feed {
public:
  /// `chunks_per_pump` bounds how much of a replay one tick does.
  tap_feed(std::size_t chunk_samples, std::size_t chunks_per_pump);

  /// From now on to this tap, first what the ring holds from `from` on. Speech
  /// that was on at `from` is told as begun there.
  void bind(std::shared_ptr<audio_tap> tap, sample_index from, const up_ring& ring);
  void unbind();

  /// In the order they were found.
  void note(const speech_edge& edge);

  void pump(const up_ring& ring);

  /// Edges nobody can replay any more.
  void forget_before(sample_index sample);

  /// Audio before this sample is not needed for the tap.
  sample_index needed_from(const up_ring& ring) const;

private:
  bool deliver(const up_ring& ring, sample_index limit, std::size_t at_least);
  void tell(const speech_edge& edge);

  std::size_t chunk_samples_, chunks_per_pump_;
  std::shared_ptr<audio_tap> tap_;
  sample_index bound_at_ = 0, next_ = 0;
  std::deque<speech_edge> edges_;
  std::size_t edges_told_ = 0;
  std::vector<std::int16_t> chunk_;
};

} // namespace unpod
