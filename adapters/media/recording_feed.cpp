#include "adapters/media/recording_feed.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {
constexpr auto end_of_time = mono_time::max();
}

void recording_feed::put(recording_side side, mono_time at, const std::int16_t* pcm,
                         std::size_t samples) {
  if (closed_)
    return;
  const std::lock_guard lock{mutex_};
  if (waiting_.samples.size() + samples > backlog_samples_)
    return;
  waiting_.blocks.push_back({side, at, samples});
  waiting_.samples.insert(waiting_.samples.end(), pcm, pcm + samples);
}

void recording_feed::pause(mono_time now) {
  const std::lock_guard lock{mutex_};
  if (!pauses_.empty() && pauses_.back().to == end_of_time)
    return;
  if (pauses_.size() >= recording_pauses_max)
    pauses_.back().to = end_of_time;
  else
    pauses_.push_back({now, end_of_time});
}

void recording_feed::resume(mono_time now) {
  const std::lock_guard lock{mutex_};
  if (!pauses_.empty() && pauses_.back().to == end_of_time)
    pauses_.back().to = now;
}

void recording_feed::take(batch& out) {
  out.blocks.clear();
  out.samples.clear();
  const std::lock_guard lock{mutex_};
  std::swap(out, waiting_);
}

std::vector<recording_pause> recording_feed::pauses(mono_time since) {
  const std::lock_guard lock{mutex_};
  pauses_.erase(std::remove_if(pauses_.begin(), pauses_.end(),
                               [&](const auto& pause) { return pause.to <= since; }),
                pauses_.end());
  return pauses_;
}

} // namespace unpod
