// Adding up voices.
#include "adapters/media/room_mixer.hpp"

#include <cstdlib>

namespace unpod {

namespace {

std::uint64_t samples_in(mono_time span, std::uint32_t rate_hz) {
  return static_cast<std::uint64_t>(span.count()) * rate_hz / 1'000'000'000;
}

} // namespace

/// Above the knee the rest of the way is 1 - 1/(1+x): steady, and never quite full scale.
std::int16_t limited(std::int32_t sum) {
  constexpr std::int32_t room = 32'767 - limit_knee;
  const auto size = std::abs(sum);
  if (size <= limit_knee)
    return static_cast<std::int16_t>(sum);
  const auto over = static_cast<std::int64_t>(size - limit_knee);
  const auto bent = limit_knee + static_cast<std::int32_t>(over * room / (over + room));
  return static_cast<std::int16_t>(sum < 0 ? -bent : bent);
}

room_mixer::room_mixer(std::uint32_t rate_hz)
  : delay_(samples_in(room_delay, rate_hz)), late_(samples_in(reader_lead_max, rate_hz)),
    ahead_max_(samples_in(room_ahead_max, rate_hz)), kept_(rate_hz), callers_sum_(kept_),
    agent_(kept_) {}

room_place room_mixer::enter(bool is_heard) {
  callers_.emplace(++last_, kept_).first->second.is_heard = is_heard;
  return last_;
}

void room_mixer::leave(room_place place) {
  callers_.erase(place);
}

/// A voice runs on where it stopped; one that fell behind begins anew, `room_delay` ahead.
void room_mixer::caller_says(room_place place, std::uint64_t now, const std::int16_t* pcm,
                             std::size_t samples) {
  const auto found = callers_.find(place);
  if (found == callers_.end() || !found->second.is_heard)
    return;
  auto& voice = found->second;
  if (voice.next < now + late_)
    voice.next = now + delay_;
  if (voice.next > now + ahead_max_)
    return;
  voice.own.add(voice.next, pcm, samples);
  callers_sum_.add(voice.next, pcm, samples);
  voice.next += samples;
}

void room_mixer::agent_says(std::uint64_t at, const std::int16_t* pcm, std::size_t samples) {
  agent_.add(at + delay_, pcm, samples);
}

bool room_mixer::caller_hears(room_place place, std::uint64_t at, std::int16_t* pcm,
                              std::size_t samples, bool direct) const {
  const auto found = callers_.find(place);
  if (found == callers_.end())
    return false;
  bool any = false;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto others = callers_sum_.at(at + i) - found->second.own.at(at + i);
    const auto sum = others + (direct ? 0 : agent_.at(at + i));
    if (sum == 0)
      continue;
    any = true;
    pcm[i] = limited(pcm[i] + sum);
  }
  return any;
}

void room_mixer::agent_hears(std::uint64_t at, std::int16_t* pcm, std::size_t samples) const {
  for (std::size_t i = 0; i < samples; ++i)
    pcm[i] = limited(callers_sum_.at(at + i));
}

} // namespace unpod
