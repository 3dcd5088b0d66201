// Where there is speech in a channel, by energy alone: for recordings that are
// silent where nobody speaks. Frames of 10 ms; no model, so that a judge shares
// no error with the engines that made the recording.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unpod {

/// Samples [from, to).
struct speech_span {
  std::size_t from = 0;
  std::size_t to = 0;
};

using pcm_samples = std::vector<std::int16_t>;

/// Share of a channel's loud frames below which there is no speech: 36 dB below them.
inline constexpr double quiet_share = 0.016;

/// Spans of speech; those with less than `join_ms` between them are one. Shorter
/// than 20 ms is a click, not speech.
std::vector<speech_span> speech_spans(const pcm_samples& pcm, std::uint32_t rate_hz,
                                      std::size_t join_ms, double quiet = quiet_share);

/// The first sample of the sound that is audible at `audible`: back from there over whatever
/// is not digital silence (5 ms of zeros).
std::size_t first_sample_of(const pcm_samples& pcm, std::uint32_t rate_hz, std::size_t audible);

/// The end of the sound in a span: without the zeros its last frame was filled up with.
std::size_t end_of_sound(const pcm_samples& pcm, const speech_span& span);

} // namespace unpod
