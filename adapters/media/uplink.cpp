#include "adapters/media/uplink.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

std::size_t samples_in(mono_time span, std::uint32_t rate_hz) {
  return static_cast<std::size_t>(std::max<std::int64_t>(samples_for(span, rate_hz), 0));
}

} // namespace

uplink::uplink(const audio_format& format, const media_limits& bounds, seconds ring,
               media_counters& counters)
  : format_(format), rate_hz_(port_rate_hz(format)), counters_(counters),
    inbox_(format, bounds.jitter_frames_max, bounds.frame), decoder_(format), line_(rate_hz_),
    edges_(rate_hz_, bounds), ring_(samples_in(ring, rate_hz_)),
    feed_(samples_in(bounds.tap_chunk, rate_hz_), replay_chunks_per_tick),
    credit_max_(mono_time{bounds.frame}
                * static_cast<std::int64_t>(std::max<std::size_t>(bounds.jitter_frames_max, 1))),
    credit_(credit_max_) {}

bool uplink::caller_frame(std::string_view bytes, mono_time now) {
  const auto span = frame_span(format_, bytes);
  if (span <= mono_time{0}) {
    ++counters_.bad_frames;
    return false;
  }
  ++counters_.frames_in;
  if (const auto dropped = inbox_.put(bytes, span, now))
    counters_.frames_dropped += dropped;
  return true;
}

void uplink::bind(std::shared_ptr<audio_tap> tap, sample_index from) {
  {
    const std::lock_guard lock{steering_mutex_};
    bound_ = tap.get();
    std::swap(wish_.tap, tap);
    wish_.from = from;
    steered_ = true;
  } // a tap that was never bound dies outside the lock
}

void uplink::unbind(const audio_tap& tap) {
  std::shared_ptr<audio_tap> never_bound; // dies outside the lock
  const std::lock_guard lock{steering_mutex_};
  if (bound_ != &tap)
    return;
  bound_ = nullptr;
  never_bound = std::exchange(wish_.tap, nullptr);
  steered_ = true;
}

void uplink::unbind_any() {
  bind(nullptr, 0);
}

void uplink::covered_to(sample_index sample) {
  auto known = covered_.load();
  while (known < sample && !covered_.compare_exchange_weak(known, sample)) {
  }
}

void uplink::tick(mono_time now, media_listener* listener, recording_feed* recording) {
  adopt_steering();
  refill_credit(now);
  frame_inbox::piece piece;
  for (std::size_t pieces = 0;
       pieces < pieces_per_tick_max && credit_ > mono_time{0} && inbox_.next(piece); ++pieces) {
    credit_ -= piece.span;
    samples_.clear();
    if (!decoder_.decode(piece.bytes, samples_))
      ++counters_.bad_frames;
    last_audio_ = now;
    silence_if_muted();
    take_samples(piece.at, listener, recording);
  }
  fill_stall(now, listener, recording);
  feed_.pump(ring_);
  ring_.forget_before(std::min(covered_.load(), feed_.needed_from(ring_)));
  feed_.forget_before(ring_.begin());
}

void uplink::adopt_steering() {
  if (!steered_.exchange(false))
    return;
  steering wish;
  {
    const std::lock_guard lock{steering_mutex_};
    wish = std::exchange(wish_, {});
  }
  if (wish.tap)
    feed_.bind(std::move(wish.tap), wish.from, ring_);
  else
    feed_.unbind();
}

void uplink::refill_credit(mono_time now) {
  if (last_tick_ > mono_time{0} && now > last_tick_)
    credit_ = std::min(credit_ + (now - last_tick_), credit_max_);
  last_tick_ = now;
}

void uplink::silence_if_muted() {
  if (muted_)
    std::fill(samples_.begin(), samples_.end(), std::int16_t{0});
}

void uplink::take_samples(mono_time at, media_listener* listener, recording_feed* recording) {
  if (samples_.empty())
    return;
  const auto first = ring_.end();
  line_.arrived(first, samples_.size(), at, edges_.speaking());
  ring_.append(samples_.data(), samples_.size());
  heard_ = ring_.end();
  if (recording)
    recording->put(recording_side::caller, line_.time_of(first), samples_.data(), samples_.size());
  edges_.feed(samples_.data(), samples_.size(), found_);
  voiced_ = edges_.voiced();
  tell(listener);
}

void uplink::tell(media_listener* listener) {
  for (auto& edge : found_) {
    edge.due = ring_.end();
    feed_.note(edge);
    if (!listener)
      continue;
    if (edge.started)
      listener->speech_started(edge.at, line_.time_of(edge.at));
    else
      listener->speech_ended(edge.at, line_.time_of(edge.at));
  }
  found_.clear();
}

void uplink::fill_stall(mono_time now, media_listener* listener, recording_feed* recording) {
  if (!edges_.speaking() || now - last_audio_ <= stall_max)
    return;
  const auto gap = std::min(now - line_.time_of(ring_.end()), stall_fill_max);
  samples_.assign(samples_in(gap, rate_hz_), 0);
  take_samples(now, listener, recording);
}

} // namespace unpod
