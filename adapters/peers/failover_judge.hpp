// Judges a call whose providers were killed: from what arrived and when, which words were
// lost, which came twice, and how long the caller heard nothing. Pure.
//
//   frames as they arrived -> a player that waits for nothing but sound -> words and their times
//   words said, words that came -> [aligned] -> lost, doubled
#pragma once

#include "adapters/peers/audio_timeline.hpp"
#include "adapters/peers/coded_tones.hpp"
#include "messages/clock.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace unpod {

/// ms. 60: frames that come later than they are to be played by less are played on time.
inline constexpr std::chrono::milliseconds player_slack{60};

/// A word as its listener heard it, three quarters of it at least.
struct timed_tone {
  std::string word;
  mono_time from{0}, to{0};
};

/// The whole words of what arrived, as a player at the caller's end plays them: a frame when it
/// is there, or behind the one before it.
std::vector<timed_tone> words_of_sound(const std::vector<heard_frame>& frames,
                                       const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz,
                                       const tone_alphabet& alphabet);

struct word_losses {
  std::size_t lost = 0;    // said, and never came
  std::size_t doubled = 0; // came, and was not said there
};

/// By the longest common subsequence of both.
word_losses compare_words(const std::vector<std::string>& said,
                          const std::vector<std::string>& came);

/// One answer of the agent, as its listener had it.
struct judged_answer {
  mono_time asked{0};   // when the runner gave its text
  mono_time from{0};    // its first word sounds
  mono_time to{0};      // its last one is over
  mono_time longest{0}; // silence between two words of it, without what every voice leaves
  std::size_t words = 0;
};

/// The words that came, given to the answers they belong to: each has as many as were said of
/// it, in order; words that were lost or doubled in an answer shift those behind it, so this is
/// of use only to calls that lost and doubled none.
std::vector<judged_answer> answers_of(const std::vector<timed_tone>& heard,
                                      const std::vector<std::pair<mono_time, std::size_t>>& said);

} // namespace unpod
