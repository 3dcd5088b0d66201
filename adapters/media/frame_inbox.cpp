#include "adapters/media/frame_inbox.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// bytes of capacity kept between ticks: 100 ms of 48 kHz PCM are 9,600.
constexpr std::size_t kept_bytes_max = 16 * 1024;

std::size_t bytes_of_piece(const audio_format& format) {
  const auto samples =
    static_cast<std::size_t>(format.sample_rate * piece_span_max.count() / 1'000'000'000);
  switch (format.encoding) {
    case audio_encoding::pcm_s16le:
      return samples * 2;
    case audio_encoding::mulaw:
      return samples;
    case audio_encoding::opus:
      return 0;
  }
  return 0;
}

} // namespace

frame_inbox::frame_inbox(const audio_format& format, std::size_t frames_max, milliseconds frame)
  : frames_max_(std::max<std::size_t>(frames_max, 1)),
    span_max_(mono_time{frame} * static_cast<std::int64_t>(frames_max_)),
    piece_bytes_(bytes_of_piece(format)) {}

std::size_t frame_inbox::put(std::string_view bytes, mono_time span, mono_time now) {
  const std::lock_guard lock{mutex_};
  std::size_t dropped = 0;
  auto& waiting = arriving_;
  for (;
       waiting.first < waiting.frames.size()
       && (waiting.frames.size() - waiting.first >= frames_max_ || waiting.span + span > span_max_);
       ++dropped)
    drop_oldest(waiting);
  waiting.frames.push_back({waiting.bytes.size(), bytes.size(), span, now});
  waiting.bytes.append(bytes);
  waiting.span += span;
  return dropped;
}

void frame_inbox::drop_oldest(batch& frames) {
  frames.span -= frames.frames[frames.first++].span;
  if (frames.first < frames.frames.size() / 2)
    return;
  const auto gone =
    frames.first < frames.frames.size() ? frames.frames[frames.first].offset : frames.bytes.size();
  frames.bytes.erase(0, gone);
  frames.frames.erase(frames.frames.begin(),
                      frames.frames.begin() + static_cast<std::ptrdiff_t>(frames.first));
  for (auto& frame : frames.frames)
    frame.offset -= gone;
  frames.first = 0;
}

bool frame_inbox::take_arriving() {
  in_hand_.frames.clear();
  in_hand_.bytes.clear();
  if (in_hand_.bytes.capacity() > kept_bytes_max)
    std::string{}.swap(in_hand_.bytes);
  in_hand_.first = 0;
  in_hand_.span = mono_time{0};
  {
    const std::lock_guard lock{mutex_};
    std::swap(in_hand_, arriving_);
  }
  // Bunched frames: each was said before those behind it.
  for (auto at = in_hand_.frames.size(); at-- > in_hand_.first + 1;) {
    const auto& later = in_hand_.frames[at];
    auto& frame = in_hand_.frames[at - 1];
    frame.at = std::min(frame.at, later.at - later.span);
  }
  return in_hand_.first < in_hand_.frames.size();
}

bool frame_inbox::next(piece& out) {
  if (in_hand_.first == in_hand_.frames.size() && !take_arriving())
    return false;
  auto& frame = in_hand_.frames[in_hand_.first];
  if (piece_bytes_ == 0 || frame.size <= piece_bytes_) {
    out = {std::string_view{in_hand_.bytes}.substr(frame.offset, frame.size), frame.span, frame.at};
    ++in_hand_.first;
    return true;
  }
  frame.span -= piece_span_max;
  out = {std::string_view{in_hand_.bytes}.substr(frame.offset, piece_bytes_), piece_span_max,
         frame.at - frame.span};
  frame.offset += piece_bytes_;
  frame.size -= piece_bytes_;
  return true;
}

} // namespace unpod
