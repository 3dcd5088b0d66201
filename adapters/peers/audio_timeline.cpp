// Counting what a synthetic caller says and hears.
#include "adapters/peers/audio_timeline.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

voice_queue::voice_queue(std::uint32_t rate_hz) : waiting_max_(voice_queue_s_max * rate_hz) {}

bool voice_queue::say(std::vector<std::int16_t> pcm) {
  if (pcm.empty() || waiting_ + pcm.size() > waiting_max_)
    return false;
  waiting_ += pcm.size();
  utterances_.push_back(std::move(pcm));
  return true;
}

voice_queue::edge voice_queue::next(std::vector<std::int16_t>& frame, std::size_t samples) {
  frame.assign(samples, 0);
  if (utterances_.empty())
    return {};
  const auto& speech = utterances_.front();
  const auto part = std::min(samples, speech.size() - said_);
  std::copy_n(speech.begin() + static_cast<std::ptrdiff_t>(said_), part, frame.begin());
  const edge seen{said_ == 0, said_ + part == speech.size()};
  said_ += part;
  waiting_ -= part;
  if (seen.ended) {
    utterances_.pop_front();
    said_ = 0;
  }
  return seen;
}

void voice_queue::stop() {
  utterances_.clear();
  waiting_ = said_ = 0;
}

heard_audio::heard_audio(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

void heard_audio::add(mono_time at, const std::vector<std::int16_t>& pcm) {
  received_ += pcm.size();
  until_ = std::max(until_, at) + span_of(pcm.size());
  if (pcm_.size() + pcm.size() > heard_audio_s_max * rate_hz_)
    return;
  frames_.push_back({at, pcm_.size(), pcm.size()});
  pcm_.insert(pcm_.end(), pcm.begin(), pcm.end());
}

void heard_audio::drop(mono_time now) {
  until_ = std::min(until_, now);
}

std::uint64_t heard_audio::played_ms(mono_time now) const {
  const auto received = span_of(received_);
  const auto ahead = std::max(until_ - now, mono_time{0});
  const auto played = std::max(received - ahead, mono_time{0});
  return static_cast<std::uint64_t>(played.count()) / 1'000'000;
}

mono_time heard_audio::span_of(std::uint64_t samples) const {
  return mono_time{static_cast<std::int64_t>(samples * 1'000'000'000ULL / rate_hz_)};
}

} // namespace unpod
