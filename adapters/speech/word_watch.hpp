// Is a recogniser deaf? The VAD heard speech, the audio went out, and words must come.
//
//   quiet --speech--> waiting --words, or a final of nothing once it is over--> quiet
//                        \--no news for `wait`, or no words for three times that--> overdue
//
// Pure: time is an argument. Coughs are shorter than `least` and prove nothing.
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <chrono>

namespace unpod {

class word_watch {
public:
  /// ms of speech that must bring words. 700: two syllables.
  static constexpr mono_time least = std::chrono::milliseconds{700};

  explicit word_watch(mono_time wait) : wait_(wait) {}

  void speech_started(mono_time now) {
    if (!talking_ && !waiting_)
      since_ = news_ = now;
    began_ = now;
    talking_ = waiting_ = true;
    worded_ = false;
  }
  /// `spoken`: how long this speech was, words and all.
  void speech_ended(mono_time spoken, mono_time now) {
    talking_ = false;
    spoken_ += worded_ ? std::min(spoken, now - began_) : spoken;
    if (spoken_ < least)
      rest();
  }
  /// Anything at all came: it lives.
  void news(mono_time now) {
    news_ = now;
  }
  void words(mono_time now) {
    since_ = news_ = began_ = now;
    spoken_ = mono_time{0};
    waiting_ = worded_ = talking_;
  }
  /// A final without words: there was nothing in what is over.
  void nothing(mono_time now) {
    news_ = now;
    if (!talking_)
      rest();
  }
  /// Speech that is over has brought not even news since it began.
  bool is_wordless() const {
    return waiting_ && !talking_ && !worded_ && spoken_ >= least && news_ <= since_;
  }
  bool is_overdue(mono_time now) const {
    if (!waiting_ || (talking_ && spoken_ + (now - began_) < least))
      return false;
    return now - std::max(since_, news_) >= wait_ || now - since_ >= 3 * wait_;
  }

private:
  void rest() {
    waiting_ = false;
    spoken_ = mono_time{0};
  }

  mono_time wait_;
  bool talking_ = false, waiting_ = false;
  bool worded_ = false; // this speech has brought words; only what follows them must bring more
  mono_time since_{0}, news_{0}, began_{0}, spoken_{0};
};

} // namespace unpod
