// The room's clock and lock, and the chairs.
#include "adapters/media/media_room.hpp"

#include "adapters/media/sample_time.hpp"

#include <utility>

namespace unpod {

/// Of the node's clock: a room needs no beginning of its own, and frames of 20 ms stay whole.
std::uint64_t media_room::sample_at(mono_time at) const {
  return static_cast<std::uint64_t>(samples_for(at, rate_hz_));
}

room_place media_room::enter(bool is_heard) {
  const std::lock_guard lock{mutex_};
  return mixer_.enter(is_heard);
}

void media_room::leave(room_place place) {
  const std::lock_guard lock{mutex_};
  mixer_.leave(place);
}

void media_room::caller_says(room_place place, mono_time now, const std::int16_t* pcm,
                             std::size_t samples) {
  const std::lock_guard lock{mutex_};
  mixer_.caller_says(place, sample_at(now), pcm, samples);
}

void media_room::agent_says(mono_time at, const std::int16_t* pcm, std::size_t samples) {
  const std::lock_guard lock{mutex_};
  mixer_.agent_says(sample_at(at), pcm, samples);
}

bool media_room::caller_hears(room_place place, mono_time at, std::int16_t* pcm,
                              std::size_t samples, bool direct) const {
  const std::lock_guard lock{mutex_};
  return mixer_.caller_hears(place, sample_at(at), pcm, samples, direct);
}

void media_room::agent_hears(mono_time now, std::vector<std::int16_t>& out) {
  const auto due = sample_at(now);
  const std::lock_guard lock{mutex_};
  const auto oldest = due - std::min(due, sample_at(agent_behind_max));
  heard_to_ = heard_to_ == 0 ? due : std::max(heard_to_, oldest);
  out.resize(static_cast<std::size_t>(due - std::min(due, heard_to_)));
  mixer_.agent_hears(heard_to_, out.data(), out.size());
  heard_to_ = std::max(heard_to_, due);
}

room_chair::room_chair(media_room_ptr room, kind who, std::uint32_t port_rate_hz)
  : room_(std::move(room)), kind_(who), port_rate_hz_(port_rate_hz),
    place_(room_->enter(who != kind::listener)) {
  if (port_rate_hz_ == room_->rate_hz())
    return;
  in_.emplace(port_rate_hz_, room_->rate_hz(), resampler::timing::delayed);
  out_.emplace(room_->rate_hz(), port_rate_hz_, resampler::timing::delayed);
}

room_chair::~room_chair() {
  leave();
}

void room_chair::leave() {
  if (const auto place = place_.exchange(0))
    room_->leave(place);
}

void room_chair::caller_says(mono_time now, const std::vector<std::int16_t>& pcm) {
  if (kind_ == kind::listener)
    return;
  if (!in_)
    return room_->caller_says(place_, now, pcm.data(), pcm.size());
  other_rate_.clear();
  in_->push(pcm.data(), pcm.size(), other_rate_);
  room_->caller_says(place_, now, other_rate_.data(), other_rate_.size());
}

bool room_chair::caller_hears(mono_time at, std::vector<std::int16_t>& pcm) {
  if (!out_)
    return room_->caller_hears(place_, at, pcm.data(), pcm.size(), is_host());
  other_rate_.assign(pcm.size() * room_->rate_hz() / port_rate_hz_, 0);
  if (!room_->caller_hears(place_, at, other_rate_.data(), other_rate_.size(), is_host())) {
    out_->reset();
    return false;
  }
  mixed_.clear();
  out_->push(other_rate_.data(), other_rate_.size(), mixed_);
  for (std::size_t i = 0; i < std::min(pcm.size(), mixed_.size()); ++i)
    pcm[i] = limited(pcm[i] + mixed_[i]);
  return true;
}

} // namespace unpod
