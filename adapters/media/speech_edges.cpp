#include "adapters/media/speech_edges.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// ms. One window; and how long a sound must be to keep speech going: shorter is a click.
constexpr int window_ms = 10;
constexpr std::size_t voice_windows_min = 2;

/// windows. 5: as long after a voice the burst of a last "t" is still speech, however short.
constexpr std::size_t burst_windows = 5;

std::size_t windows_in(milliseconds span) {
  return static_cast<std::size_t>(std::max<milliseconds::rep>(1, span.count() / window_ms));
}

} // namespace

speech_windows::speech_windows(std::size_t window_samples, std::size_t onset_windows,
                               std::size_t hangover_windows)
  : window_samples_(window_samples), onset_(onset_windows), hangover_(hangover_windows) {}

bool speech_windows::window(bool voice, speech_edge& edge) {
  const auto began = end_;
  end_ += window_samples_;
  run_ = voice ? run_ + 1 : 0;
  if (!speaking_) {
    if (voice && weight_++ == 0)
      run_began_ = began;
    else if (!voice && weight_ > 0)
      --weight_;
    if (weight_ < onset_)
      return false;
    speaking_ = true;
    quiet_ = 0;
    last_voice_ = end_;
    edge = {true, run_began_, end_};
    return true;
  }
  quiet_ = voice ? quiet_ : quiet_ + 1;
  if (run_ >= voice_windows_min || (voice && quiet_ <= burst_windows)) {
    quiet_ = 0;
    last_voice_ = end_;
  } else if (voice) {
    ++quiet_; // may be a click; the next window tells
  }
  if (voice || quiet_ < hangover_)
    return false;
  speaking_ = false;
  weight_ = 0;
  edge = {false, last_voice_ - 1, end_};
  return true;
}

speech_edges::speech_edges(std::uint32_t rate_hz, const media_limits& bounds)
  : detector_(rate_hz),
    windows_(detector_.window(), windows_in(bounds.vad_onset), windows_in(bounds.vad_hangover)) {
  rest_.reserve(detector_.window());
}

void speech_edges::feed(const std::int16_t* pcm, std::size_t samples,
                        std::vector<speech_edge>& edges) {
  const auto window = detector_.window();
  speech_edge edge;
  while (rest_.size() + samples >= window) {
    const std::int16_t* at = pcm;
    const auto taken = window - rest_.size();
    if (!rest_.empty()) {
      rest_.insert(rest_.end(), pcm, pcm + taken);
      at = rest_.data();
    }
    if (windows_.window(detector_.is_voice(at), edge))
      edges.push_back(edge);
    rest_.clear();
    pcm += taken;
    samples -= taken;
  }
  rest_.insert(rest_.end(), pcm, pcm + samples);
}

} // namespace unpod
