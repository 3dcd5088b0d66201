// One synthetic caller of a bench, without socket or clock: what it says in the
// next 20 ms, and what it makes of what it hears.
//
//   silent --its turn, and the agent is quiet--> speaking --phrase said--> waiting
//   waiting --the agent sounds--> listening --quiet again, next turn due--> speaking
//                                 listening --a turn in five, by seed--> cuts in: speaking
//
// Two turns of a caller begin `turn_every` apart, or as soon after as the agent lets it.
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace unpod {

struct bench_habits {
  /// ms. 8,000: from one turn's beginning to the next one's.
  std::chrono::milliseconds turn_every{8'000};
  /// One answer in so many is cut in on. 5; 0: none.
  std::uint32_t cut_one_in = 5;
  /// ms. 600 to 1,000: how long the agent has been heard when a caller cuts in.
  std::chrono::milliseconds cut_after_least{600}, cut_after_most{1'000};
  /// ms. 400: without a frame of the agent for so long it is quiet.
  std::chrono::milliseconds quiet_after{400};
};

/// What a caller went through so far.
struct caller_tale {
  std::uint64_t turns = 0;         // spoken to their end
  std::uint64_t unanswered = 0;    // of them: not a sound before the next one
  std::uint64_t cuts = 0;          // turns that began in the agent's speech
  std::vector<double> barge_in_ms; // from the first sound of a cut to the node's `interrupted`
};

class bench_caller {
public:
  bench_caller(bench_habits habits, std::uint64_t seed, mono_time first_turn,
               std::size_t phrase_frames);

  /// The frame of the phrase that is said now, or nothing: silence. Called each 20 ms.
  std::optional<std::size_t> next(mono_time now);

  void agent_sounds(mono_time now);
  void interrupted(mono_time now);

  const caller_tale& tale() const {
    return tale_;
  }
  /// The last turn that was said whole still has no answer.
  bool is_waiting() const {
    return waiting_;
  }

private:
  bool may_speak(mono_time now);
  void begin(mono_time now);

  const bench_habits habits_;
  const std::size_t phrase_frames_;
  std::mt19937_64 dice_;
  std::optional<std::size_t> at_; // frame of the phrase
  mono_time next_turn_;
  mono_time heard_since_{0}, heard_last_{0}; // the agent's present speech
  std::optional<mono_time> cut_after_;       // this answer is to be cut in on
  std::optional<mono_time> cut_began_;       // and the node has not said so yet
  bool waiting_ = false;
  caller_tale tale_;
};

} // namespace unpod
