// Who hears whom in a room: one time line for all, and on it the sum of the callers'
// voices, each caller's own, and the agent's.
//
//   caller k hears   callers - own(k) + agent        exact: nobody hears itself
//   the agent hears  callers
//   the first caller hears the agent from its own playout ring: callers - own(1)
//
// A voice is put `room_delay` ahead of where others read: its frames may come late by
// what is left of it when the reader's head start is gone. Sums beyond 16 bits are bent
// into range smoothly above `limit_knee`, so that many voices do not crackle.
//
// Pure: no lock, no clock; `media_room` (media_room.hpp) has both. Samples count from the
// room's first.
#pragma once

#include "adapters/media/timed_ring.hpp"
#include "messages/clock.hpp"

#include <map>

namespace unpod {

/// ms. Default 50: how far ahead of real time a caller's frames are made (pacer.hpp).
inline constexpr mono_time reader_lead_max{50'000'000};
/// ms. Default 80: the readers' lead, and 30 for frames that come late.
inline constexpr mono_time room_delay{80'000'000};
/// ms. Default 300: a client that sends faster than real time is cut off here.
inline constexpr mono_time room_ahead_max{300'000'000};
/// Of 32,767. Default 24,576: sums below are untouched, none is above 32,767.
inline constexpr std::int32_t limit_knee = 24'576;

/// A sum of voices as a sample.
std::int16_t limited(std::int32_t sum);

/// A caller in the room; 0 is nobody.
using room_place = std::uint32_t;

class room_mixer {
public:
  explicit room_mixer(std::uint32_t rate_hz);

  room_place enter(bool is_heard);
  void leave(room_place place);
  std::size_t callers() const {
    return callers_.size();
  }
  bool has(room_place place) const {
    return callers_.count(place) > 0;
  }

  /// The caller said this; `now` is the sample that is due now.
  void caller_says(room_place place, std::uint64_t now, const std::int16_t* pcm,
                   std::size_t samples);
  /// The agent's voice, due for its own listener at `at`.
  void agent_says(std::uint64_t at, const std::int16_t* pcm, std::size_t samples);

  /// Adds to `pcm` what this caller hears from `at` on; false, and `pcm` untouched, when
  /// that is silence. `direct`: the agent's voice is in `pcm` already.
  bool caller_hears(room_place place, std::uint64_t at, std::int16_t* pcm, std::size_t samples,
                    bool direct) const;
  /// All the callers, from `at` on.
  void agent_hears(std::uint64_t at, std::int16_t* pcm, std::size_t samples) const;

private:
  struct voice {
    explicit voice(std::size_t size) : own(size) {}
    timed_ring<std::int16_t> own;
    std::uint64_t next = 0; // where its next sample goes
    bool is_heard = true;
  };

  std::uint64_t delay_, late_, ahead_max_;
  std::size_t kept_;
  timed_ring<std::int32_t> callers_sum_;
  timed_ring<std::int16_t> agent_;
  std::map<room_place, voice> callers_;
  room_place last_ = 0;
};

} // namespace unpod
