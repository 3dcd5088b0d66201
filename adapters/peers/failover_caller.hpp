// One caller and one runner's brain of `unpod bench failover`, who talk in coded tones.
//
//   idle --its time--> talking --the runner has all of it--> listening --agent is through--> idle
//
// The brain answers when it has heard as many words as the caller says at a time, so that an
// utterance that reached it in parts is answered once. Clocks come in; sockets stay outside.
#pragma once

#include "adapters/peers/coded_tones.hpp"
#include "adapters/peers/runner_brain.hpp"
#include "messages/clock.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// words of a caller's utterance, and of an answer at least and at most. Some 2 s, and 2 to 5 s.
inline constexpr std::size_t utterance_words = 6, answer_words_least = 7, answer_words_most = 16;

/// What a runner heard and said in one call. Any thread.
class call_book {
public:
  struct answer {
    mono_time at{0};
    std::vector<std::string> words;
  };
  void hear(const std::vector<std::string>& words, bool whole);
  void say(mono_time at, std::vector<std::string> words);

  std::vector<std::string> heard() const;
  std::vector<answer> said() const;
  std::size_t answers() const;
  std::size_t splits() const;

private:
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
  std::vector<answer> said_;
  std::size_t splits_ = 0;
};

using call_book_ptr = std::shared_ptr<call_book>;

/// The books of all calls, by their ids. Any thread.
class call_books {
public:
  call_book_ptr of(const std::string& call);

private:
  std::mutex mutex_;
  std::map<std::string, call_book_ptr> books_;
};

class tone_brain : public runner_brain {
public:
  tone_brain(call_book_ptr book, std::uint64_t seed) : book_(std::move(book)), dice_(seed) {}
  std::string greeting() override {
    return {};
  }
  brain_reply answer(const std::string& user_text) override;

private:
  const call_book_ptr book_;
  std::mt19937_64 dice_;
  std::size_t waiting_ = 0; // words that were not answered
};

/// So many words by chance.
std::vector<std::string> words_by_chance(std::mt19937_64& dice, std::size_t count);

/// As a text: a comma now and then, a full stop at the end.
std::string text_of(const std::vector<std::string>& words, std::mt19937_64& dice);

class failover_caller {
public:
  /// ms. Between the agent's last word and the caller's next; and how long an answer may take.
  static constexpr std::chrono::milliseconds pause_least{300}, pause_most{900}, patience{20'000};

  failover_caller(std::uint64_t seed, std::size_t utterances, mono_time first);

  /// Looked at often: the words to be said now, or none. `answers` of the runner so far;
  /// `quiet_since`: when the node last said that the agent is through.
  std::vector<std::string> next(mono_time now, std::size_t answers, mono_time quiet_since);

  bool is_over() const {
    return left_ == 0 && doing_ == phase::idle;
  }
  const std::vector<std::string>& said() const {
    return said_;
  }
  std::size_t unanswered() const {
    return unanswered_;
  }
  std::size_t utterances() const {
    return utterances_;
  }

private:
  enum class phase { idle, talking, listening };
  void rest(mono_time now);

  std::mt19937_64 dice_;
  std::size_t left_;
  mono_time next_;
  phase doing_ = phase::idle;
  mono_time since_{0};
  std::size_t answers_before_ = 0;
  std::size_t utterances_ = 0, unanswered_ = 0;
  std::vector<std::string> said_;
};

} // namespace unpod
