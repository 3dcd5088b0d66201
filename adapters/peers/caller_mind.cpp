// When the synthetic caller speaks, waits, cuts in and leaves.
#include "adapters/peers/caller_mind.hpp"

#include "adapters/peers/words.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

caller_mind::caller_mind(std::vector<cast_turn> turns, bool expects_greeting,
                         std::vector<std::chrono::milliseconds> durations, caller_manners manners)
  : turns_{std::move(turns)}, expects_greeting_{expects_greeting},
    durations_{std::move(durations)}, manners_{manners} {
  durations_.resize(turns_.size());
}

void caller_mind::started(mono_time now) {
  listen(now, expects_greeting_ ? phase::greeting : phase::pausing);
  last_ = now;
}

void caller_mind::heard_sound(mono_time now) {
  if (phase_ != phase::greeting && phase_ != phase::answering)
    return;
  if (!onset_)
    onset_ = now;
  last_ = now;
}

void caller_mind::heard_words(const std::string& text) {
  constexpr std::size_t bytes_max = 64 * 1024; // a turn's text is no longer
  if (agent_words_.size() + text.size() < bytes_max)
    agent_words_ += " " + text;
  agent_idle_ = false;
}

void caller_mind::told_state(const std::string& state) {
  agent_idle_ = state == "idle" || state == "listening";
}

caller_act caller_mind::act(mono_time now) {
  switch (phase_) {
    case phase::before:
      return {};
    case phase::greeting:
      if (time_to_cut_in(now))
        return say_next(now, true);
      if (agent_stopped(now) || (!onset_ && now - since_ >= manners_.greeting_wait))
        phase_ = phase::pausing;
      return {};
    case phase::pausing:
      if (next_ == turns_.size())
        return after_speech(now);
      if (now - last_.value_or(since_) >= turns_[next_].cue.wait || turns_[next_].cue.barge_in)
        return say_next(now, false);
      return {};
    case phase::speaking:
      if (now - since_ >= durations_[next_ - 1])
        listen(now, phase::answering);
      return {};
    case phase::answering:
      return after_speech(now);
    case phase::leaving:
      return {};
  }
  return {};
}

std::size_t caller_mind::spoken() const {
  return next_;
}

bool caller_mind::agent_stopped(mono_time now) const {
  if (!onset_)
    return false;
  const auto quiet = now - *last_;
  return quiet >= manners_.long_quiet || (agent_idle_ && quiet >= manners_.quiet);
}

bool caller_mind::time_to_cut_in(mono_time now) {
  if (next_ == turns_.size() || !turns_[next_].cue.barge_in || !onset_)
    return false;
  const auto& cue = turns_[next_].cue;
  if (cue.after_word.empty())
    return now - *onset_ >= cue.wait;
  const auto words = spoken_words(agent_words_);
  if (!word_at_ && std::find(words.begin(), words.end(), cue.after_word) != words.end())
    word_at_ = now;
  return word_at_ && now - *word_at_ >= cue.wait;
}

caller_act caller_mind::say_next(mono_time now, bool cuts_in) {
  caller_act act;
  act.speak = next_++;
  act.cuts_in = cuts_in;
  listen(now, phase::speaking);
  return act;
}

/// The phrase is out: wait for the answer, cut in on it, go on, or leave.
caller_act caller_mind::after_speech(mono_time now) {
  caller_act act;
  if (time_to_cut_in(now))
    return say_next(now, true);
  if (!onset_ && now - since_ >= manners_.answer_wait) {
    phase_ = phase::leaving;
    act.hang_up = true;
    act.gave_up = "the caller heard no answer for "
                  + std::to_string(manners_.answer_wait.count() / 1000) + " s and hung up";
  } else if (agent_stopped(now)) {
    if (next_ < turns_.size()) {
      phase_ = phase::pausing;
    } else if (!turns_.empty() && turns_.back().ends && now - *last_ < manners_.answer_wait) {
      return act; // the agent is going to hang up
    } else {
      phase_ = phase::leaving;
      act.hang_up = true;
    }
  }
  return act;
}

void caller_mind::listen(mono_time now, phase next) {
  phase_ = next;
  since_ = now;
  onset_.reset();
  last_.reset();
  word_at_.reset();
  agent_words_.clear();
  agent_idle_ = false;
}

} // namespace unpod
