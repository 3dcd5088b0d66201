#include "adapters/speech/decoder_pool.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

decoder_pool::decoder_pool(speech_model model, const speech_limits& bounds,
                           std::size_t languages_max, std::size_t lent_max)
  : model_(std::move(model)), warm_max_(bounds.decoders_max), lent_max_(lent_max),
    languages_(std::max<std::size_t>(languages_max, 1)) {}

std::unique_ptr<decoder> decoder_pool::lend(const std::string& grammar, std::string& why) {
  std::unique_ptr<decoder> lent;
  {
    const std::lock_guard lock{mutex_};
    if (lent_ >= lent_max_)
      return nullptr;
    ++lent_;
    lent = take_warm(grammar);
  }
  if (!lent)
    lent = decoder::open(model_, why);
  const bool ready = lent
                     && (grammar.empty() ? lent->use_free_speech(model_, pick_language(), why)
                                         : lent->use_grammar(grammar, why));
  if (ready)
    return lent;
  write_off(std::move(lent));
  return nullptr;
}

std::unique_ptr<decoder> decoder_pool::take_warm(const std::string& grammar) {
  auto& shelf = grammar.empty() ? free_ : grammar_;
  if (shelf.empty())
    return nullptr;
  auto found = std::find_if(shelf.begin(), shelf.end(),
                            [&](const auto& one) { return one->grammar() == grammar; });
  if (found == shelf.end())
    found = shelf.begin(); // the one whose grammar was last wanted longest ago
  auto taken = std::move(*found);
  shelf.erase(found);
  return taken;
}

std::shared_ptr<language_model> decoder_pool::pick_language() {
  const std::lock_guard lock{mutex_};
  auto& least = *std::min_element(languages_.begin(), languages_.end(),
                                  [](auto& a, auto& b) { return a.use_count() < b.use_count(); });
  if (!least)
    least = std::make_shared<language_model>();
  return least;
}

void decoder_pool::give_back(std::unique_ptr<decoder> lent) {
  {
    const std::lock_guard lock{mutex_};
    auto& shelf = lent->grammar().empty() ? free_ : grammar_;
    if (shelf.size() < warm_max_)
      shelf.push_back(std::move(lent));
  }
  lent.reset(); // not on the shelf: gone, outside the lock
  note_return();
}

void decoder_pool::write_off(std::unique_ptr<decoder> lent) {
  lent.reset();
  note_return();
}

void decoder_pool::note_return() {
  std::unique_lock lock{mutex_};
  --lent_;
  while (!waiting_.empty()) {
    auto tell = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (tell())
      return;
    lock.lock();
  }
}

void decoder_pool::when_free(std::function<bool()> tell) {
  {
    const std::lock_guard lock{mutex_};
    if (lent_ >= lent_max_) {
      waiting_.push_back(std::move(tell));
      return;
    }
  }
  tell();
}

std::size_t decoder_pool::warm() const {
  const std::lock_guard lock{mutex_};
  return grammar_.size() + free_.size();
}

std::size_t decoder_pool::lent() const {
  const std::lock_guard lock{mutex_};
  return lent_;
}

} // namespace unpod
