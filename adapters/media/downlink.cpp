#include "adapters/media/downlink.hpp"

#include "adapters/media/sample_time.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// samples given in one go: what the ring's lock is held for.
constexpr std::size_t piece_samples = 2'048;

std::size_t samples_in(mono_time span, std::uint32_t rate_hz) {
  return static_cast<std::size_t>(std::max<std::int64_t>(samples_for(span, rate_hz), 1));
}

} // namespace

downlink::downlink(const audio_format& format, const media_limits& bounds, media_counters& counters)
  : rate_hz_(port_rate_hz(format)), counters_(counters),
    ring_(samples_in(bounds.playout_max, rate_hz_)), pacer_(bounds.frame, bounds.lead_max),
    frame_span_(bounds.frame), encoder_(format), frame_(samples_in(bounds.frame, rate_hz_)) {}

bool downlink::play(generation utterance, const std::int16_t* pcm, std::size_t samples,
                    std::uint32_t rate_hz) {
  if (!can_resample(rate_hz))
    return false;
  const std::lock_guard lock{source_mutex_};
  {
    const std::lock_guard ring_lock{ring_mutex_};
    const auto tail = resample_rate_min / 50; // what a filter may hold back
    if (!ring_.takes(utterance, samples * rate_hz_ / rate_hz + tail))
      return false;
  }
  if (source_ != utterance || !to_port_ || to_port_->from_hz() != rate_hz) {
    if (source_ == utterance)
      append_tail();
    to_port_.emplace(rate_hz, rate_hz_, resampler::timing::aligned);
    source_ = utterance;
  }
  while (samples > 0) {
    const auto piece = std::min(samples, piece_samples);
    resampled_.clear();
    to_port_->push(pcm, piece, resampled_);
    if (!append(utterance, resampled_))
      return false; // flushed meanwhile
    pcm += piece;
    samples -= piece;
  }
  return true;
}

/// A wish whenever the tick could not have sent a frame of what was there before.
bool downlink::append(generation utterance, const std::vector<std::int16_t>& samples) {
  const std::lock_guard lock{ring_mutex_};
  if (ring_.queued() < frame_.size())
    wish_ = true;
  return ring_.append(utterance, samples.data(), samples.size());
}

void downlink::append_tail() {
  resampled_.clear();
  if (to_port_)
    to_port_->finish(resampled_);
  if (!resampled_.empty())
    append(source_, resampled_);
}

std::uint64_t downlink::given(generation utterance) const {
  const std::lock_guard lock{ring_mutex_};
  return ring_.given(utterance);
}

void downlink::mark(generation utterance, std::uint64_t sample) {
  const std::lock_guard lock{ring_mutex_};
  ring_.mark(utterance, sample);
}

void downlink::finish(generation utterance) {
  const std::lock_guard lock{source_mutex_};
  if (source_ == utterance)
    append_tail();
  const std::lock_guard ring_lock{ring_mutex_};
  ring_.finish(utterance);
  wish_ = wish_ || ring_.queued() < frame_.size();
}

playout_position downlink::flush(generation utterance) {
  const std::lock_guard lock{ring_mutex_};
  wish_ = true;
  return ring_.flush(utterance);
}

std::uint64_t downlink::trim(generation utterance, std::uint64_t to) {
  const std::lock_guard lock{source_mutex_};
  if (source_ == utterance)
    to_port_.reset(); // what follows is another sound
  const std::lock_guard ring_lock{ring_mutex_};
  return ring_.trim(utterance, to);
}

playout_position downlink::position(generation utterance) const {
  const std::lock_guard lock{ring_mutex_};
  return ring_.position(utterance);
}

void downlink::rendered(std::uint64_t played_ms) {
  const std::uint64_t far = 1'000'000'000'000; // ms; keeps the product in range
  const std::lock_guard lock{ring_mutex_};
  ring_.rendered(std::min(played_ms, far) * rate_hz_ / 1'000);
}

void downlink::tick(mono_time now, media_sink* sink, media_listener* listener,
                    recording_feed* recording) {
  while (sink && pacer_.may_send(now) && take_frame()) {
    if (cut_ || pacer_.ahead(now) == mono_time{0})
      encoder_.reset();
    cut_ = false;
    note_pace(now);
    sink->frame(encoder_.encode(frame_.data(), frame_.size()));
    ++counters_.frames_out;
    const auto begins = pacer_.sent(now);
    if (recording)
      recording->put(recording_side::agent, begins, frame_.data(), frame_.size());
    tell(now, listener);
  }
  {
    const std::lock_guard lock{ring_mutex_};
    ring_.take_events(events_);
  }
  tell(now, listener);
}

/// Frames that leave in one tick to catch up are off by a whole frame: that is how bunched
/// they reach the caller.
void downlink::note_pace(mono_time now) {
  if (pacer_.ahead(now) == mono_time{0})
    began_at_ = now;
  else if (now != began_at_)
    counters_.pacing.note(now - sent_at_ - frame_span_);
  sent_at_ = now;
}

/// Less than a frame waits for more or for the utterance's end: a gap is no smaller for
/// being cut in two.
bool downlink::take_frame() {
  const std::lock_guard lock{ring_mutex_};
  if (!ring_.is_ready(frame_.size()))
    return false;
  cut_ = ring_.take_cut() || cut_;
  const bool taken = ring_.take(frame_.data(), frame_.size());
  ring_.take_events(events_);
  return taken;
}

void downlink::tell(mono_time now, media_listener* listener) {
  if (listener)
    for (const auto& event : events_)
      switch (event.what) {
        case playout_event::kind::started:
          listener->playout_started(event.utterance, now);
          break;
        case playout_event::kind::reached:
          listener->playout_reached(event.utterance, event.samples, now);
          break;
        case playout_event::kind::drained:
          listener->playout_drained(event.utterance, event.samples, now);
          break;
        case playout_event::kind::flushed:
          listener->playout_flushed(event.utterance, event.samples, now);
          break;
      }
  events_.clear();
}

} // namespace unpod
