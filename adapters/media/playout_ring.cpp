#include "adapters/media/playout_ring.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

using kind = playout_event::kind;

bool playout_ring::takes(generation utterance, std::size_t samples) const {
  if (utterance < newest_ || (any_flushed_ && utterance <= flushed_to_))
    return false;
  const auto* known = find(utterance);
  return !(known && known->finished) && samples_.size() + samples <= samples_max_;
}

bool playout_ring::append(generation utterance, const std::int16_t* pcm, std::size_t samples) {
  if (!takes(utterance, samples))
    return false;
  auto& state = find_or_add(utterance);
  samples_.append(pcm, samples);
  state.given += samples;
  return true;
}

void playout_ring::finish(generation utterance) {
  if (any_flushed_ && utterance <= flushed_to_)
    return;
  if (utterance < newest_ && !find(utterance))
    return;
  auto& state = find_or_add(utterance);
  state.finished = true;
  drain_if_done(state);
}

void playout_ring::mark(generation utterance, std::uint64_t sample) {
  if ((any_flushed_ && utterance <= flushed_to_) || (utterance < newest_ && !find(utterance)))
    return;
  auto& state = find_or_add(utterance);
  if (state.drained || state.marks.size() >= marks_max)
    return;
  if (sample <= state.sent && state.sent > 0) {
    say(kind::reached, utterance, sample);
    return;
  }
  const auto at = std::upper_bound(state.marks.begin(), state.marks.end(), sample,
                                   [](auto a, auto b) { return a > b; });
  state.marks.insert(at, sample);
}

playout_position playout_ring::flush(generation utterance) {
  std::size_t gone = 0;
  const bool again = any_flushed_ && utterance <= flushed_to_;
  for (auto& state : utterances_) {
    if (state.id > utterance)
      break;
    gone += static_cast<std::size_t>(state.queued());
    const bool was_live = !state.flushed && !state.drained;
    state.flushed = state.flushed || was_live;
    state.marks.clear();
    if (was_live && state.id != utterance)
      say(kind::flushed, state.id, state.sent);
  }
  cut_ = cut_ || gone > 0;
  samples_.drop(gone);
  if (!again)
    flushed_to_ = utterance;
  any_flushed_ = true;
  newest_ = std::max(newest_, utterance);
  const auto position = this->position(utterance);
  say(kind::flushed, utterance, position.sent);
  return position;
}

/// Only the newest utterance ends the line, so only of that one anything is dropped.
std::uint64_t playout_ring::trim(generation utterance, std::uint64_t to) {
  auto* state = find(utterance);
  if (!state)
    return 0;
  const bool may = utterance == newest_ && !state->flushed && !state->finished;
  const auto keep = std::max(to, state->sent);
  if (!may || keep >= state->given)
    return state->given;
  samples_.drop_back(static_cast<std::size_t>(state->given - keep));
  state->given = keep;
  return keep;
}

playout_position playout_ring::position(generation utterance) const {
  const auto* state = find(utterance);
  if (!state)
    return {};
  return {state->sent, heard(*state), state->queued()};
}

std::uint64_t playout_ring::given(generation utterance) const {
  const auto* state = find(utterance);
  return state ? state->given : 0;
}

bool playout_ring::is_ready(std::size_t samples) const {
  if (samples_.size() >= samples)
    return true;
  if (samples_.size() == 0)
    return false;
  for (auto at = utterances_.rbegin(); at != utterances_.rend(); ++at)
    if (at->queued() > 0)
      return at->finished || at->id < newest_;
  return false;
}

bool playout_ring::take(std::int16_t* frame, std::size_t samples) {
  if (samples_.size() == 0)
    return false;
  std::size_t filled = 0;
  for (auto& state : utterances_) {
    const auto piece = std::min<std::uint64_t>(state.queued(), samples - filled);
    if (piece == 0)
      continue;
    samples_.read(0, frame + filled, static_cast<std::size_t>(piece));
    samples_.drop(static_cast<std::size_t>(piece));
    note_sent(state, downlink_ + filled, static_cast<std::size_t>(piece));
    filled += static_cast<std::size_t>(piece);
    if (filled == samples)
      break;
  }
  std::fill(frame + filled, frame + samples, std::int16_t{0});
  downlink_ += samples;
  return true;
}

bool playout_ring::take_cut() {
  return std::exchange(cut_, false);
}

void playout_ring::take_events(std::vector<playout_event>& out) {
  out.insert(out.end(), events_.begin(), events_.end());
  events_.clear();
}

void playout_ring::rendered(std::uint64_t downlink_samples) {
  client_reports_ = true;
  rendered_ = std::max(rendered_, std::min(downlink_samples, downlink_));
}

playout_ring::utterance_state* playout_ring::find(generation utterance) {
  return const_cast<utterance_state*>(std::as_const(*this).find(utterance));
}

const playout_ring::utterance_state* playout_ring::find(generation utterance) const {
  for (auto at = utterances_.rbegin(); at != utterances_.rend() && at->id >= utterance; ++at)
    if (at->id == utterance)
      return &*at;
  return nullptr;
}

playout_ring::utterance_state& playout_ring::find_or_add(generation utterance) {
  if (auto* known = find(utterance))
    return *known;
  newest_ = std::max(newest_, utterance);
  utterances_.emplace_back();
  utterances_.back().id = utterance;
  if (utterances_.size() > utterances_max && utterances_.front().queued() == 0)
    utterances_.pop_front();
  return utterances_.back();
}

void playout_ring::say(kind what, generation utterance, std::uint64_t samples) {
  if (events_.size() < playout_events_max)
    events_.push_back({what, utterance, samples});
}

void playout_ring::note_sent(utterance_state& utterance, std::uint64_t downlink,
                             std::size_t samples) {
  auto& runs = utterance.runs;
  if (utterance.sent == 0)
    say(kind::started, utterance.id, 0);
  if (!runs.empty()
      && (runs.back().downlink + runs.back().samples == downlink || runs.size() >= runs_max))
    runs.back().samples += samples;
  else
    runs.push_back({downlink, utterance.sent, samples});
  utterance.sent += samples;
  for (; !utterance.marks.empty() && utterance.marks.back() <= utterance.sent;
       utterance.marks.pop_back())
    say(kind::reached, utterance.id, utterance.marks.back());
  drain_if_done(utterance);
}

void playout_ring::drain_if_done(utterance_state& utterance) {
  if (!utterance.finished || utterance.drained || utterance.flushed || utterance.queued() > 0)
    return;
  utterance.drained = true;
  utterance.marks.clear();
  say(kind::drained, utterance.id, utterance.sent);
}

std::uint64_t playout_ring::heard(const utterance_state& utterance) const {
  if (!client_reports_)
    return utterance.sent;
  std::uint64_t heard = 0;
  for (const auto& run : utterance.runs)
    if (rendered_ > run.downlink)
      heard += std::min(rendered_ - run.downlink, run.samples);
  return heard;
}

} // namespace unpod
