// How long a voice may take for its first sound. Pure.
//
//   asked --rival--> the next one is asked, too --wait--> given up
//
// The wait is twice the p99 of its first sounds, within bounds. A voice that is later than it
// ever is has most likely failed, so its rival is asked a little above that p99: no later than
// half of the wait, which it is where nothing is known.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace unpod {

/// first sounds of a call's own. 1: what is known of a voice is little then, but its rival is asked
/// no sooner than `rival_least`, and the next calls know what the node has measured.
inline constexpr std::size_t habit_least = 1;
/// ms. 200: no rival is asked sooner, however quick the voice was so far. A quick voice that
/// hesitates is the usual case, and every rival is paid for.
inline constexpr std::chrono::milliseconds rival_least{200};

/// What is known of a voice's first sounds.
struct voice_habit {
  double p99_ms = 0; // of what was seen, however little; 0: nothing
  bool known = false;
};

struct voice_patience {
  std::chrono::milliseconds rival{0}, wait{0};
};

inline voice_patience patience_with(const voice_habit& habit, std::chrono::milliseconds least,
                                    std::chrono::milliseconds most) {
  const std::chrono::milliseconds usual{
    static_cast<std::int64_t>(std::clamp(habit.p99_ms, 0.0, static_cast<double>(most.count())))};
  const auto wait = std::clamp(2 * usual, std::min(least, most), most);
  const auto late = std::max(rival_least, usual + usual / 4);
  return {habit.known ? std::min(late, wait / 2) : wait / 2, wait};
}

} // namespace unpod
