// One piece being spoken on a speech lane, into a call's playout ring.
//
//   speak: first sound at once; the rest too, unless much is queued already
//   rest:  what was held back goes in later, whole
//
// Shared by the lane, which runs it, and the actor, which may cancel it.
#pragma once

#include "adapters/speech/voice.hpp"
#include "messages/media_port.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace unpod {

/// s. 30: beyond so much speech in the ring a piece's rest is held back. Its first
/// sound is not, and what is cut off is long before the caller hears it.
inline constexpr std::uint64_t tts_ahead_s_max = 30;

/// Up to which utterance nothing is wanted any more. Any thread.
struct tts_cancelled {
  std::atomic<generation> up_to{0};
  std::atomic<bool> all{false}; // the stream is gone

  bool covers(generation utterance) const {
    return all || utterance <= up_to;
  }
  void raise(generation utterance) {
    auto known = up_to.load();
    while (known < utterance && !up_to.compare_exchange_weak(known, utterance)) {
    }
  }
};

class tts_job {
public:
  enum class outcome { done, held, dropped };

  tts_job(media_port_ptr port, std::shared_ptr<const tts_cancelled> cancelled, tts_speak piece)
    : port_(std::move(port)), cancelled_(std::move(cancelled)), piece_(std::move(piece)) {}

  /// Speaks; `on_first` is called when the first sound is in the ring.
  outcome speak(const tts_settings& settings, const std::function<void()>& on_first);
  /// Puts in what was held back.
  outcome play_rest();

  const tts_speak& piece() const {
    return piece_;
  }
  /// When done: what the listener is told.
  tts_piece_done report() const;

private:
  bool is_far_ahead() const;
  bool play(const std::int16_t* pcm, std::size_t samples);
  outcome settle();

  const media_port_ptr port_;
  const std::shared_ptr<const tts_cancelled> cancelled_;
  const tts_speak piece_;
  std::uint64_t before_ = 0; // samples of the utterance given before this piece
  std::vector<std::int16_t> rest_;
  spoken_piece spoken_;
  bool refused_ = false;
};

} // namespace unpod
