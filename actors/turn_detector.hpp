// Decides when the caller's turn is over and when the caller cuts in. Pure:
// time is an argument, and `next_check` says when to ask again.
//
//            speech_started                 silence long enough, words final
//   quiet ------------------> talking --> silent -----------------------> over
//                                ^---------- speech_started ------'   (take_turn)
//
// The words of a turn are its finals, joined; a partial counts only when no
// final comes within `end_of_turn_max`; the final that comes later still is dropped.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "messages/media_port.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace unpod {

/// How many words a text has; words are parted by blanks.
std::size_t count_words(const std::string& text);

/// The caller's turn, as it was decided.
struct decided_turn {
  std::string text;
  mono_time last_speech{0};  // when the caller's last speech sample arrived
  mono_time silence_over{0}; // when the silence was long enough
  mono_time final_at{0};     // when the last words came; 0 when only partials did
  mono_time decided{0};
};

class turn_detector {
public:
  explicit turn_detector(const turn_limits& bounds) : bounds_(bounds) {}

  void speech_started(mono_time at);
  /// How long the present speech has lasted to its last voice: the VAD says that speech
  /// goes on for a while after it, and a cough must not pass for a sentence.
  void voice_lasted(mono_time span);
  void speech_ended(sample_index sample, mono_time at);
  void partial(const std::string& text);
  void final(const std::string& text, sample_index to, mono_time at);

  /// Is the caller speaking, as far as the VAD knows?
  bool is_talking() const {
    return talking_;
  }

  /// Nothing was said since the last turn: no audio up to now is of any interest.
  bool is_idle() const {
    return !heard_speech_;
  }

  /// Did the caller say enough, loudly or in words, to cut the agent off?
  bool cuts_in() const {
    return has_words(bounds_.barge_in_min_words) || has_voice();
  }
  /// So many words, final or not?
  bool has_words(std::size_t least) const;

  /// How long the caller has been silent; 0 while talking.
  mono_time quiet_for(mono_time now) const {
    return talking_ ? mono_time{0} : now - quiet_since_;
  }

  /// Should the recogniser be told to bring out its final now? True once per silence.
  bool wants_final(mono_time now);

  bool is_over(mono_time now) const;

  /// The turn, and a fresh start; call it when `is_over`.
  decided_turn take_turn(mono_time now);

  /// When something above may change by time alone; nothing when it can't.
  std::optional<mono_time> next_check(mono_time now) const;

private:
  bool has_voice() const {
    return talking_ && voiced_ >= bounds_.barge_in_min_speech;
  }
  bool is_leftover(sample_index to) const;
  bool has_all_words() const {
    return !awaiting_final_ && !words_.empty();
  }
  mono_time silence_over_at() const {
    return quiet_since_ + bounds_.end_of_turn_silence;
  }
  mono_time patience_over_at() const {
    return quiet_since_ + bounds_.end_of_turn_max;
  }

  turn_limits bounds_;
  bool talking_ = false;
  bool heard_speech_ = false;   // since the last turn
  bool awaiting_final_ = false; // speech whose words are not final yet
  bool asked_for_final_ = false;
  mono_time talking_since_{0};
  mono_time voiced_{0}; // of the present speech
  mono_time quiet_since_{0};
  sample_index last_speech_sample_ = 0;
  std::string words_;
  std::string partial_;
  mono_time final_at_{0};
  sample_index guessed_to_ = 0; // a turn up to here was taken without its final
};

} // namespace unpod
