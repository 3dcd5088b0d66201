// Energy per 10 ms against a floor that follows the channel's own loudness.
#include "adapters/peers/speech_map.hpp"

#include <algorithm>
#include <cmath>

namespace unpod {

namespace {

constexpr double floor_rms_min = 60; // of 32,768: a synthetic voice's breath is quieter
constexpr std::size_t click_frames = 2;

double rms(const std::int16_t* pcm, std::size_t samples) {
  double energy = 0;
  for (std::size_t n = 0; n < samples; ++n)
    energy += static_cast<double>(pcm[n]) * pcm[n];
  return std::sqrt(energy / static_cast<double>(samples));
}

/// Loudness that a tenth of the frames with any sound at all reach.
double loud(std::vector<double> levels) {
  levels.erase(std::remove_if(levels.begin(), levels.end(),
                              [](double level) { return level < floor_rms_min; }),
               levels.end());
  if (levels.empty())
    return 0;
  const auto tenth = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() * 9 / 10);
  std::nth_element(levels.begin(), tenth, levels.end());
  return *tenth;
}

} // namespace

std::vector<speech_span> speech_spans(const pcm_samples& pcm, std::uint32_t rate_hz,
                                      std::size_t join_ms, double quiet) {
  const std::size_t frame = rate_hz / 100;
  std::vector<double> levels;
  for (std::size_t at = 0; frame > 0 && at + frame <= pcm.size(); at += frame)
    levels.push_back(rms(pcm.data() + at, frame));
  const double floor = std::max(floor_rms_min, quiet * loud(levels));
  std::vector<speech_span> runs;
  for (std::size_t n = 0; n < levels.size(); ++n) {
    if (levels[n] < floor)
      continue;
    if (!runs.empty() && runs.back().to == n * frame)
      runs.back().to += frame;
    else
      runs.push_back({n * frame, (n + 1) * frame});
  }
  std::vector<speech_span> spans;
  for (const auto& run : runs) {
    const bool close = !spans.empty() && run.from - spans.back().to < join_ms * rate_hz / 1000;
    if (close)
      spans.back().to = run.to;
    else if (run.to - run.from > click_frames * frame)
      spans.push_back(run);
  }
  return spans;
}

std::size_t end_of_sound(const pcm_samples& pcm, const speech_span& span) {
  auto end = std::min(span.to, pcm.size());
  while (end > span.from && pcm[end - 1] == 0)
    --end;
  return end;
}

std::size_t first_sample_of(const pcm_samples& pcm, std::uint32_t rate_hz, std::size_t audible) {
  const std::size_t silence = rate_hz / 200;
  std::size_t first = std::min(audible, pcm.size());
  std::size_t zeros = 0;
  for (std::size_t at = first; at > 0 && zeros < silence; --at) {
    if (pcm[at - 1] == 0) {
      ++zeros;
    } else {
      zeros = 0;
      first = at - 1;
    }
  }
  return first;
}

} // namespace unpod
