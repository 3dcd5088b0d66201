// What a port's tick does while it sits in a room: the caller's samples go to the room
// rather than to its own ring, and what the room says comes in their place; frames for
// the caller are its own playout and the others' voices. Plain calls never come here.
#include "adapters/media/downlink.hpp"
#include "adapters/media/media_room.hpp"
#include "adapters/media/uplink.hpp"

#include <limits>

namespace unpod {

void uplink::tick_in_room(mono_time now, room_chair& chair, media_listener* listener,
                          recording_feed* recording) {
  adopt_steering();
  refill_credit(now);
  frame_inbox::piece piece;
  for (std::size_t pieces = 0;
       pieces < pieces_per_tick_max && credit_ > mono_time{0} && inbox_.next(piece); ++pieces) {
    credit_ -= piece.span;
    samples_.clear();
    if (!decoder_.decode(piece.bytes, samples_))
      ++counters_.bad_frames;
    silence_if_muted();
    chair.caller_says(now, samples_);
  }
  last_audio_ = now;
  if (!chair.is_host())
    return;
  chair.room()->agent_hears(now, samples_);
  take_samples(now, listener, recording);
  feed_.pump(ring_);
  ring_.forget_before(std::min(covered_.load(), feed_.needed_from(ring_)));
  feed_.forget_before(ring_.begin());
}

/// A host without its caller (no sink) goes on in real time: the others hear its agent.
void downlink::tick_in_room(mono_time now, room_chair& chair, media_sink* sink,
                            media_listener* listener, recording_feed* recording) {
  while ((sink || chair.is_host()) && pacer_.may_send(now)) {
    const auto begins = now + pacer_.ahead(now);
    const bool from_ring = take_frame();
    if (!from_ring)
      std::fill(frame_.begin(), frame_.end(), std::int16_t{0});
    if (from_ring && chair.is_host())
      chair.room()->agent_says(begins, frame_.data(), frame_.size());
    if (from_ring && recording)
      recording->put(recording_side::agent, begins, frame_.data(), frame_.size());
    const bool from_room = chair.caller_hears(begins, frame_);
    if (!from_ring && !from_room)
      break;
    if (!from_ring || !sink)
      count_beside_ring(from_ring, sink != nullptr);
    if (sink) {
      if (cut_ || pacer_.ahead(now) == mono_time{0})
        encoder_.reset();
      cut_ = false;
      note_pace(now);
      sink->frame(encoder_.encode(frame_.data(), frame_.size()));
      ++counters_.frames_out;
    }
    pacer_.sent(now);
    tell(now, listener);
  }
  {
    const std::lock_guard lock{ring_mutex_};
    ring_.take_events(events_);
  }
  tell(now, listener);
}

/// A frame of the others' voices only takes its place in what the client counts; without
/// a client nobody reports, and what left was heard.
void downlink::count_beside_ring(bool from_ring, bool has_client) {
  const std::lock_guard lock{ring_mutex_};
  if (!from_ring)
    ring_.skip(frame_.size());
  if (!has_client)
    ring_.rendered(std::numeric_limits<std::uint64_t>::max());
}

} // namespace unpod
