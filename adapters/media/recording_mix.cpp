#include "adapters/media/recording_mix.hpp"

#include "adapters/media/sample_time.hpp"

#include <algorithm>
#include <cstdlib>

namespace unpod {

namespace {
/// frames. Rounding of a time to a frame, twice: blocks nearer than this are one stretch.
constexpr std::int64_t join_within = 2;
} // namespace

recording_mix::recording_mix(std::uint32_t rate_hz, mono_time began)
  : rate_hz_(rate_hz), began_(began) {}

std::int64_t recording_mix::frame_at(mono_time at) const {
  return samples_for(at - began_, rate_hz_);
}

mono_time recording_mix::written_to() const {
  return began_ + time_for(static_cast<std::uint64_t>(written_), rate_hz_);
}

void recording_mix::put(recording_side side, mono_time at, const std::int16_t* pcm,
                        std::size_t samples) {
  const auto column = static_cast<std::size_t>(side);
  auto first = frame_at(at);
  if (std::abs(first - side_end_[column]) <= join_within)
    first = side_end_[column];
  const auto end = first + static_cast<std::int64_t>(samples);
  side_end_[column] = end;
  const auto from = std::max(first, written_);
  if (end <= from)
    return;
  if (window_.size() < static_cast<std::size_t>(end - written_) * 2)
    window_.resize(static_cast<std::size_t>(end - written_) * 2);
  for (auto frame = from; frame < end; ++frame)
    window_[static_cast<std::size_t>(frame - written_) * 2 + column] =
      pcm[static_cast<std::size_t>(frame - first)];
}

bool recording_mix::write_until(mono_time until, const std::vector<recording_pause>& pauses,
                                const recording_sink& sink) {
  return write_to_frame(frame_at(until), pauses, sink);
}

bool recording_mix::write_rest(const std::vector<recording_pause>& pauses,
                               const recording_sink& sink) {
  return write_to_frame(written_ + static_cast<std::int64_t>(window_.size() / 2), pauses, sink);
}

bool recording_mix::write_to_frame(std::int64_t end, const std::vector<recording_pause>& pauses,
                                   const recording_sink& sink) {
  std::vector<std::int16_t> piece;
  std::size_t used = 0;
  bool good = true;
  while (good && written_ < end) {
    const auto frames = static_cast<std::size_t>(
      std::min<std::int64_t>(end - written_, static_cast<std::int64_t>(mix_piece_frames)));
    const auto held = std::min(frames * 2, window_.size() - used);
    const auto from = window_.begin() + static_cast<std::ptrdiff_t>(used);
    piece.assign(from, from + static_cast<std::ptrdiff_t>(held));
    piece.resize(frames * 2);
    silence(piece, pauses);
    good = sink(piece.data(), frames);
    used += held;
    written_ += static_cast<std::int64_t>(frames);
  }
  window_.erase(window_.begin(), window_.begin() + static_cast<std::ptrdiff_t>(used));
  return good;
}

void recording_mix::silence(std::vector<std::int16_t>& piece,
                            const std::vector<recording_pause>& pauses) const {
  const auto frames = static_cast<std::int64_t>(piece.size() / 2);
  for (const auto& pause : pauses) {
    const auto from = std::clamp<std::int64_t>(frame_at(pause.from) - written_, 0, frames);
    const bool open = pause.to == mono_time::max();
    const auto to =
      open ? frames : std::clamp<std::int64_t>(frame_at(pause.to) - written_, from, frames);
    std::fill(piece.begin() + from * 2, piece.begin() + to * 2, std::int16_t{0});
  }
}

} // namespace unpod
