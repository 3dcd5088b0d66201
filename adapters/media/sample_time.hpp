// Between samples and the clock.
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <cstdint>

namespace unpod {

/// How long so many samples last. Good for days of audio.
inline mono_time time_for(std::uint64_t samples, std::uint32_t rate_hz) {
  return mono_time{static_cast<std::int64_t>(samples * 1'000'000'000 / rate_hz)};
}

/// How many samples a span is, rounded to the nearest; negative spans give negative counts.
inline std::int64_t samples_for(mono_time span, std::uint32_t rate_hz) {
  const auto half = span.count() < 0 ? -500'000'000 : 500'000'000;
  const auto seconds = span.count() / 1'000'000'000, rest = span.count() % 1'000'000'000;
  return seconds * rate_hz + (rest * rate_hz + half) / 1'000'000'000;
}

} // namespace unpod
