#include "actors/turn_detector.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace unpod {

namespace {

/// A final may end a little before the VAD says the speech did. samples at 16 kHz: 250 ms.
constexpr sample_index final_tolerance = 4'000;

/// How often the VAD is asked how long the voice has lasted: each frame of audio.
constexpr milliseconds voice_look{20};

} // namespace

std::size_t count_words(const std::string& text) {
  std::size_t words = 0;
  bool in_word = false;
  for (const unsigned char c : text) {
    words += !std::isspace(c) && !in_word;
    in_word = !std::isspace(c);
  }
  return words;
}

void turn_detector::speech_started(mono_time at) {
  if (!talking_) {
    talking_since_ = at;
    voiced_ = {};
  }
  talking_ = heard_speech_ = awaiting_final_ = true;
  asked_for_final_ = false;
}

void turn_detector::voice_lasted(mono_time span) {
  if (talking_)
    voiced_ = span;
}

void turn_detector::speech_ended(sample_index sample, mono_time at) {
  talking_ = false;
  quiet_since_ = at;
  last_speech_sample_ = sample;
}

void turn_detector::partial(const std::string& text) {
  if (!is_leftover(0))
    partial_ = text;
}

void turn_detector::final(const std::string& text, sample_index to, mono_time at) {
  partial_.clear();
  if (!text.empty() && !is_leftover(to)) {
    words_ += words_.empty() ? text : " " + text;
    final_at_ = at;
  }
  if (!talking_ && (to + final_tolerance >= last_speech_sample_ || asked_for_final_))
    awaiting_final_ = false;
}

/// Words of a turn that was taken before they were final: they have been told.
bool turn_detector::is_leftover(sample_index to) const {
  if (to == 0) // a partial: it says not of what
    return guessed_to_ > 0 && !heard_speech_;
  return to <= guessed_to_;
}

bool turn_detector::has_words(std::size_t least) const {
  return count_words(words_) + count_words(partial_) >= least;
}

bool turn_detector::wants_final(mono_time now) {
  if (talking_ || !awaiting_final_ || asked_for_final_ || now < silence_over_at())
    return false;
  return asked_for_final_ = true;
}

bool turn_detector::is_over(mono_time now) const {
  if (talking_)
    return false;
  if (has_all_words())
    return now >= silence_over_at();
  return heard_speech_ && (!words_.empty() || !partial_.empty()) && now >= patience_over_at();
}

decided_turn turn_detector::take_turn(mono_time now) {
  decided_turn turn{std::move(words_), quiet_since_, silence_over_at(), final_at_, now};
  if (awaiting_final_ && !partial_.empty())
    turn.text += turn.text.empty() ? partial_ : " " + partial_;
  const bool still_talking = talking_;
  const auto since = talking_since_;
  const auto voiced = voiced_;
  const bool guessed = awaiting_final_ && !partial_.empty();
  const auto guessed_to = guessed ? last_speech_sample_ + final_tolerance : 0;
  *this = turn_detector{bounds_};
  guessed_to_ = guessed_to;
  if (still_talking) {
    speech_started(since);
    voice_lasted(voiced);
  }
  return turn;
}

std::optional<mono_time> turn_detector::next_check(mono_time now) const {
  std::optional<mono_time> next;
  const auto consider = [&](mono_time at) {
    if (at > now && (!next || at < *next))
      next = at;
  };
  if (talking_) {
    if (voiced_ < bounds_.barge_in_min_speech)
      consider(std::max(talking_since_ + bounds_.barge_in_min_speech, now + voice_look));
  } else if (heard_speech_ || !words_.empty()) {
    consider(silence_over_at());
    consider(patience_over_at());
  }
  return next;
}

} // namespace unpod
