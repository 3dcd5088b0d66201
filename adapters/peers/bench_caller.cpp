// A bench caller's habits.
#include "adapters/peers/bench_caller.hpp"

namespace unpod {

bench_caller::bench_caller(bench_habits habits, std::uint64_t seed, mono_time first_turn,
                           std::size_t phrase_frames)
  : habits_{habits}, phrase_frames_{phrase_frames}, dice_{seed}, next_turn_{first_turn} {}

std::optional<std::size_t> bench_caller::next(mono_time now) {
  if (!at_) {
    if (phrase_frames_ == 0 || !may_speak(now))
      return std::nullopt;
    begin(now);
  }
  const auto frame = *at_;
  if (frame + 1 < phrase_frames_) {
    at_ = frame + 1;
    return frame;
  }
  at_.reset();
  ++tale_.turns;
  waiting_ = true;
  cut_began_.reset(); // the agent was through before it was cut off
  heard_since_ = mono_time{0};
  return frame;
}

bool bench_caller::may_speak(mono_time now) {
  const bool quiet = now - heard_last_ >= habits_.quiet_after;
  if (cut_after_ && !quiet && heard_since_ > mono_time{0} && now - heard_since_ >= *cut_after_) {
    cut_began_ = now;
    ++tale_.cuts;
    return true;
  }
  return quiet && now >= next_turn_;
}

void bench_caller::begin(mono_time now) {
  at_ = 0;
  tale_.unanswered += waiting_;
  waiting_ = false;
  next_turn_ = now + habits_.turn_every;
  cut_after_.reset();
  if (habits_.cut_one_in > 0
      && std::uniform_int_distribution<std::uint32_t>{1, habits_.cut_one_in}(dice_) == 1) {
    std::uniform_int_distribution<std::int64_t> when{habits_.cut_after_least.count(),
                                                     habits_.cut_after_most.count()};
    cut_after_ = std::chrono::milliseconds{when(dice_)};
  }
}

/// What still comes of an answer that is being cut off is no answer to the new turn.
void bench_caller::agent_sounds(mono_time now) {
  heard_last_ = now;
  if (at_)
    return;
  if (heard_since_ == mono_time{0})
    heard_since_ = now;
  waiting_ = false;
}

void bench_caller::interrupted(mono_time now) {
  if (cut_began_)
    tale_.barge_in_ms.push_back(to_ms(now - *cut_began_));
  cut_began_.reset();
}

} // namespace unpod
