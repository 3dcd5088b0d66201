#include "adapters/peers/failover_caller.hpp"

namespace unpod {

void call_book::hear(const std::vector<std::string>& words, bool whole) {
  const std::lock_guard lock{mutex_};
  heard_.insert(heard_.end(), words.begin(), words.end());
  splits_ += !whole;
}

void call_book::say(mono_time at, std::vector<std::string> words) {
  const std::lock_guard lock{mutex_};
  said_.push_back({at, std::move(words)});
}

std::vector<std::string> call_book::heard() const {
  const std::lock_guard lock{mutex_};
  return heard_;
}

std::vector<call_book::answer> call_book::said() const {
  const std::lock_guard lock{mutex_};
  return said_;
}

std::size_t call_book::answers() const {
  const std::lock_guard lock{mutex_};
  return said_.size();
}

std::size_t call_book::splits() const {
  const std::lock_guard lock{mutex_};
  return splits_;
}

call_book_ptr call_books::of(const std::string& call) {
  const std::lock_guard lock{mutex_};
  auto& book = books_[call];
  if (!book)
    book = std::make_shared<call_book>();
  return book;
}

brain_reply tone_brain::answer(const std::string& user_text) {
  const auto words = plain_words(user_text);
  waiting_ += words.size();
  const bool whole = waiting_ >= utterance_words;
  book_->hear(words, whole);
  if (!whole)
    return {};
  waiting_ -= utterance_words;
  std::uniform_int_distribution<std::size_t> length{answer_words_least, answer_words_most};
  auto said = words_by_chance(dice_, length(dice_));
  brain_reply reply{text_of(said, dice_), false, {}};
  book_->say(mono_now(), std::move(said));
  return reply;
}

std::vector<std::string> words_by_chance(std::mt19937_64& dice, std::size_t count) {
  static const auto alphabet = tone_alphabet::numbers();
  std::uniform_int_distribution<std::size_t> which{0, alphabet.size() - 1};
  std::vector<std::string> words;
  while (words.size() < count)
    words.push_back(alphabet.words()[which(dice)]);
  return words;
}

std::string text_of(const std::vector<std::string>& words, std::mt19937_64& dice) {
  constexpr std::uint32_t comma_one_in = 5;
  std::uniform_int_distribution<std::uint32_t> chance{1, comma_one_in};
  std::string text;
  for (std::size_t n = 0; n < words.size(); ++n)
    text += words[n] + (n + 1 == words.size() ? "." : chance(dice) == 1 ? ", " : " ");
  return text;
}

failover_caller::failover_caller(std::uint64_t seed, std::size_t utterances, mono_time first)
  : dice_(seed), left_(utterances), next_(first) {}

std::vector<std::string> failover_caller::next(mono_time now, std::size_t answers,
                                               mono_time quiet_since) {
  if (doing_ == phase::idle) {
    if (left_ == 0 || now < next_)
      return {};
    --left_;
    ++utterances_;
    doing_ = phase::talking;
    since_ = now;
    answers_before_ = answers;
    auto words = words_by_chance(dice_, utterance_words);
    said_.insert(said_.end(), words.begin(), words.end());
    return words;
  }
  if (now - since_ >= patience) {
    ++unanswered_;
    rest(now);
  } else if (doing_ == phase::talking && answers > answers_before_) {
    doing_ = phase::listening;
    since_ = now;
  } else if (doing_ == phase::listening && quiet_since > since_) {
    rest(now);
  }
  return {};
}

void failover_caller::rest(mono_time now) {
  std::uniform_int_distribution<std::int64_t> pause{pause_least.count(), pause_most.count()};
  doing_ = phase::idle;
  next_ = now + std::chrono::milliseconds{pause(dice_)};
}

} // namespace unpod
