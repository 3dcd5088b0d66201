// A room on the media threads: the mixer behind a lock, the clock it runs by, and a
// chair for each port that sits in it. Ports of one room may be on different threads.
//
//   first caller's port (host)        another's port (guest)
//     caller ---> room                  caller ---> room
//     room -----> VAD, tap              (its own call is over: no VAD, no tap)
//     playout --> caller, room
//     room -----> caller                room -----> caller
#pragma once

#include "adapters/media/resampler.hpp"
#include "adapters/media/room_mixer.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace unpod {

/// ms. Default 200: of hearing the agent may be behind; what is older it never hears.
inline constexpr mono_time agent_behind_max{200'000'000};

/// Any thread.
class media_room {
public:
  explicit media_room(std::uint32_t rate_hz) : rate_hz_(rate_hz), mixer_(rate_hz) {}

  std::uint32_t rate_hz() const {
    return rate_hz_;
  }

  room_place enter(bool is_heard);
  void leave(room_place place);
  void caller_says(room_place place, mono_time now, const std::int16_t* pcm, std::size_t samples);
  void agent_says(mono_time at, const std::int16_t* pcm, std::size_t samples);
  bool caller_hears(room_place place, mono_time at, std::int16_t* pcm, std::size_t samples,
                    bool direct) const;
  /// Replaces `out` by what was said since the last time.
  void agent_hears(mono_time now, std::vector<std::int16_t>& out);

private:
  std::uint64_t sample_at(mono_time at) const;

  const std::uint32_t rate_hz_;
  mutable std::mutex mutex_;
  room_mixer mixer_;
  std::uint64_t heard_to_ = 0;
};

using media_room_ptr = std::shared_ptr<media_room>;

/// One port's place in a room. `leave` and the questions: any thread; the rest: the port's
/// media thread. Whoever lets it go leaves the room.
class room_chair {
public:
  enum class kind { host, guest, listener };

  room_chair(media_room_ptr room, kind who, std::uint32_t port_rate_hz);
  ~room_chair();

  room_chair(const room_chair&) = delete;
  room_chair& operator=(const room_chair&) = delete;

  const media_room_ptr& room() const {
    return room_;
  }
  bool is_host() const {
    return kind_ == kind::host;
  }
  /// The caller is gone; a host's agent goes on hearing and speaking.
  void leave();

  void caller_says(mono_time now, const std::vector<std::int16_t>& pcm);
  /// A frame of the port; false: silence, and `pcm` is untouched.
  bool caller_hears(mono_time at, std::vector<std::int16_t>& pcm);

private:
  const media_room_ptr room_;
  const kind kind_;
  const std::uint32_t port_rate_hz_;
  std::atomic<room_place> place_;
  std::optional<resampler> in_, out_; // none when port and room run at one rate
  std::vector<std::int16_t> other_rate_, mixed_;
};

} // namespace unpod
