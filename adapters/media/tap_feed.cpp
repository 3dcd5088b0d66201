#include "adapters/media/tap_feed.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

tap_feed::tap_feed(std::size_t chunk_samples, std::size_t chunks_per_pump)
  : chunk_samples_(std::max<std::size_t>(chunk_samples, 1)),
    chunks_per_pump_(std::max<std::size_t>(chunks_per_pump, 1)), chunk_(chunk_samples_) {}

void tap_feed::bind(std::shared_ptr<audio_tap> tap, sample_index from, const up_ring& ring) {
  tap_ = std::move(tap);
  bound_at_ = next_ = std::max(from, ring.begin());
  const auto later =
    std::find_if(edges_.begin(), edges_.end(), [&](const auto& edge) { return edge.due > next_; });
  edges_told_ = static_cast<std::size_t>(later - edges_.begin());
  if (tap_ && edges_told_ > 0 && edges_[edges_told_ - 1].started)
    tell(edges_[edges_told_ - 1]);
}

void tap_feed::unbind() {
  tap_.reset();
}

void tap_feed::note(const speech_edge& edge) {
  edges_.push_back(edge);
  while (edges_.size() > speech_edges_max) {
    edges_.pop_front();
    edges_told_ -= edges_told_ > 0;
  }
}

void tap_feed::pump(const up_ring& ring) {
  if (!tap_)
    return;
  next_ = std::max(next_, ring.begin());
  for (std::size_t chunks = 0; chunks < chunks_per_pump_;) {
    const bool has_edge = edges_told_ < edges_.size();
    const auto limit = has_edge ? std::min(edges_[edges_told_].due, ring.end()) : ring.end();
    if (deliver(ring, limit, chunk_samples_)) {
      ++chunks;
    } else if (has_edge && limit == edges_[edges_told_].due) {
      deliver(ring, limit, 1);
      tell(edges_[edges_told_++]);
    } else {
      return;
    }
  }
}

bool tap_feed::deliver(const up_ring& ring, sample_index limit, std::size_t at_least) {
  if (limit < next_ + at_least)
    return false;
  const auto samples =
    static_cast<std::size_t>(std::min<sample_index>(limit - next_, chunk_samples_));
  ring.read(next_, chunk_.data(), samples);
  next_ += samples;
  tap_->audio(next_ - samples, chunk_.data(), samples);
  return true;
}

void tap_feed::tell(const speech_edge& edge) {
  const auto at = std::max(edge.at, bound_at_);
  if (edge.started)
    tap_->speech_started(at);
  else
    tap_->speech_ended(at);
}

void tap_feed::forget_before(sample_index sample) {
  // The last edge before stays: it says whether speech is on.
  while (edges_.size() > 1 && edges_[1].due <= sample) {
    edges_.pop_front();
    edges_told_ -= edges_told_ > 0;
  }
}

sample_index tap_feed::needed_from(const up_ring& ring) const {
  return tap_ ? next_ : ring.end();
}

} // namespace unpod
