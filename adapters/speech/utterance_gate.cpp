#include "adapters/speech/utterance_gate.hpp"

#include <algorithm>

namespace unpod {

void utterance_gate::audio(sample_index first, const std::int16_t* pcm, std::size_t samples,
                           utterance_sink& sink) {
  if (placed_ && first < position_) { // replayed: known already
    const auto known = std::min<std::size_t>(position_ - first, samples);
    first += known;
    pcm += known;
    samples -= known;
  }
  if (samples == 0)
    return;
  if (placed_ && first > position_) { // lost: what comes is another utterance
    if (open_)
      end(now_ == phase::ebbing ? ended_ : position_, sink);
    if (now_ == phase::ebbing)
      now_ = phase::quiet;
    quiet_.clear();
  }
  placed_ = true;
  position_ = first;
  if (now_ == phase::quiet)
    remember(pcm, samples);
  else
    let_through(pcm, samples, sink);
}

void utterance_gate::let_through(const std::int16_t* pcm, std::size_t samples,
                                 utterance_sink& sink) {
  if (!open_)
    begin(position_, position_, sink);
  auto count = samples;
  if (now_ == phase::ebbing) {
    const auto due = ended_ + knobs_.finalize_silence;
    count = due > position_ ? std::min<std::size_t>(samples, due - position_) : 0;
  }
  if (count > 0)
    sink.hear(pcm, count);
  position_ += count;
  if (now_ == phase::ebbing && position_ >= ended_ + knobs_.finalize_silence) {
    end(ended_, sink);
    now_ = phase::quiet;
    remember(pcm + count, samples - count);
  } else if (position_ - from_ >= knobs_.utterance_max) {
    end(position_, sink);
  }
}

void utterance_gate::remember(const std::int16_t* pcm, std::size_t samples) {
  quiet_.insert(quiet_.end(), pcm, pcm + samples);
  if (quiet_.size() > knobs_.memory)
    quiet_.erase(quiet_.begin(), quiet_.end() - static_cast<std::ptrdiff_t>(knobs_.memory));
  position_ += samples;
}

void utterance_gate::speech_started(sample_index at, utterance_sink& sink) {
  const bool was_quiet = now_ == phase::quiet;
  now_ = phase::talking;
  if (!was_quiet || !placed_)
    return;
  const auto oldest = position_ - quiet_.size();
  const auto wanted = at > knobs_.pre_roll ? at - knobs_.pre_roll : 0;
  const auto first = std::clamp(wanted, oldest, position_);
  if (first == position_)
    return; // opens with the audio that follows
  begin(first, std::max(first, std::min(at, position_)), sink);
  const auto skipped = static_cast<std::size_t>(first - oldest);
  sink.hear(quiet_.data() + skipped, quiet_.size() - skipped);
  quiet_.clear();
}

void utterance_gate::speech_ended(sample_index at, utterance_sink& sink) {
  if (now_ != phase::talking)
    return;
  now_ = phase::ebbing;
  ended_ = std::min(std::max(at, from_), position_);
  if (open_ && position_ >= ended_ + knobs_.finalize_silence)
    end(ended_, sink);
  if (!open_)
    now_ = phase::quiet;
}

void utterance_gate::finalize(utterance_sink& sink) {
  if (!open_)
    return sink.nothing(covered_);
  end(now_ == phase::ebbing ? ended_ : position_, sink);
  if (now_ == phase::ebbing)
    now_ = phase::quiet;
}

void utterance_gate::begin(sample_index first, sample_index from, utterance_sink& sink) {
  open_ = true;
  from_ = from;
  sink.open(first);
}

void utterance_gate::end(sample_index to, utterance_sink& sink) {
  open_ = false;
  covered_ = to;
  sink.close(std::min(from_, to), to);
}

} // namespace unpod
