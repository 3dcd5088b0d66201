// A synthetic caller's manners, as a pure state machine: it listens, speaks when
// the agent has stopped (or cuts in where the script says so), and hangs up.
//
//   greeting --agent stopped--> pausing --cue--> speaking --said--> answering --agent stopped--+
//      |                           ^                                    |  cut in: speaking     |
//      +--- nobody speaks: pausing +------------------------------------+----- next turn <------+
//                                                      after the last turn: leaving
#pragma once

#include "adapters/peers/script.hpp"
#include "messages/clock.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

struct caller_manners {
  /// ms. Default 250: quiet and `listening` or `idle`: the agent has stopped.
  std::chrono::milliseconds quiet{250};
  /// ms. Default 1,500: quiet alone means the same, if no state is told.
  std::chrono::milliseconds long_quiet{1'500};
  /// ms. Default 5,000: a caller who hears no greeting begins by himself.
  std::chrono::milliseconds greeting_wait{5'000};
  /// ms. Default 15,000: a caller who hears no answer gives up.
  std::chrono::milliseconds answer_wait{15'000};
};

/// What the caller does now.
struct caller_act {
  std::optional<std::size_t> speak; // this turn's phrase
  bool cuts_in = false;             // … while the agent speaks
  bool hang_up = false;
  std::string gave_up; // words, with hang_up
};

class caller_mind {
public:
  /// `durations`: how long each turn's phrase sounds.
  caller_mind(std::vector<cast_turn> turns, bool expects_greeting,
              std::vector<std::chrono::milliseconds> durations, caller_manners manners = {});

  void started(mono_time now);
  /// A piece of the agent's audio came, and could be heard.
  void heard_sound(mono_time now);
  /// What the agent begins to say.
  void heard_words(const std::string& text);
  void told_state(const std::string& state);

  /// Call often, with the clock: every 10 ms is as good as a person.
  caller_act act(mono_time now);

  /// Turns whose phrase was begun.
  std::size_t spoken() const;

private:
  enum class phase { before, greeting, pausing, speaking, answering, leaving };

  bool agent_stopped(mono_time now) const;
  bool time_to_cut_in(mono_time now);
  caller_act say_next(mono_time now, bool cuts_in);
  caller_act after_speech(mono_time now);
  void listen(mono_time now, phase next);

  std::vector<cast_turn> turns_;
  bool expects_greeting_;
  std::vector<std::chrono::milliseconds> durations_;
  caller_manners manners_;
  phase phase_ = phase::before;
  std::size_t next_ = 0;             // turn to be said next
  mono_time since_{0};               // when this phase began
  std::optional<mono_time> onset_;   // the agent's first sound in this phase
  std::optional<mono_time> last_;    // … and its last one
  std::optional<mono_time> word_at_; // when the awaited word was begun
  std::string agent_words_;          // in this phase
  bool agent_idle_ = false;          // the node says that the agent is done
};

} // namespace unpod
