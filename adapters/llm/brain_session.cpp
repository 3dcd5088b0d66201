#include "adapters/llm/brain_session.hpp"

#include <utility>

namespace unpod {

namespace {

bool is_success(int status) {
  return status >= 200 && status < 300;
}

/// A first try that timed out is itself a little late.
constexpr milliseconds retry_grace{500};

/// Statuses that another try may better: too many requests, time-outs, the server's own.
bool may_pass(int status) {
  return status == 408 || status == 429 || status >= 500;
}

/// Cut in front of a character, not inside it.
std::size_t cut_at(const std::string& text, std::size_t bytes) {
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  return bytes;
}

bool is_blank(const std::string& words) {
  return words.find_first_not_of(" \t\r\n") == std::string::npos;
}

} // namespace

brain_session::brain_session(bridge_opening opening, llm_settings node, brain_limits bounds,
                             std::size_t json_depth_max)
  : opening_(std::move(opening)), node_(std::move(node)), bounds_(bounds),
    json_depth_max_(json_depth_max), words_(std::move(opening_.history)) {}

brain_session::outputs brain_session::begin(mono_time now) {
  std::string why;
  if (!plan_brain(opening_, node_, bounds_, json_depth_max_, plan_, why))
    return {runner_failed{0, why, true}};
  outputs done{runner_joined{1, now}};
  if (opening_.speaks_first)
    ask(done, now);
  return done;
}

brain_session::outputs brain_session::tell(const bridge_user_text& turn, mono_time now) {
  if (now_ == phase::over)
    return {};
  outputs done;
  drop(done);
  turn_ = turn.turn;
  text_ = turn.text;
  tries_ = 0;
  ask(done, now);
  remember(false, turn.text); // after: the question itself is told apart
  return done;
}

brain_session::outputs brain_session::tell(const bridge_interrupted&) {
  outputs done;
  drop(done);
  return done;
}

void brain_session::tell(const bridge_heard& words) {
  remember(true, words.text);
}

brain_session::outputs brain_session::close() {
  outputs done;
  drop(done);
  now_ = phase::over;
  done.emplace_back(brain_over{});
  return done;
}

void brain_session::ask(outputs& done, mono_time now) {
  if (tries_++ == 0) {
    begun_ = now;
    filler_due_ = now + plan_.filler_after;
    filled_ = plan_.filler.empty();
    done.emplace_back(runner_told{turn_, now});
  }
  now_ = phase::asked;
  status_ = 0;
  said_ = 0;
  answer_.emplace(plan_.what, bounds_, json_depth_max_);
  auto before = words_;
  if (has_question_ && !before.empty())
    before.pop_back();
  done.emplace_back(send_ask{++number_, ask_for(plan_, opening_, bounds_, before, turn_, text_)});
}

brain_session::outputs brain_session::on_head(std::uint64_t number, int status,
                                              const std::string& content_type) {
  if (!is_of(number))
    return {};
  status_ = status;
  answer_->begin(content_type);
  return {};
}

brain_session::outputs brain_session::on_piece(std::uint64_t number, std::string_view bytes,
                                               mono_time at, mono_time now) {
  outputs done;
  if (!is_of(number) || !is_success(status_))
    return done;
  std::string words, why;
  const bool good = answer_->read(bytes, words, why);
  const bool room = say(std::move(words), at, done);
  if (!good) {
    again_or_fail(why, true, done, now);
  } else if (!room || answer_->is_done()) {
    tokens_ = answer_->tokens();
    if (!room) // else its connection ends well, and serves the next turn
      done.emplace_back(drop_ask{});
    said_ > 0 ? end_answer(done) : again_or_fail("its answer has no words", true, done, now);
  }
  return done;
}

brain_session::outputs brain_session::on_end(std::uint64_t number, const outgoing_result& result,
                                             mono_time at, mono_time now) {
  outputs done;
  if (!is_of(number))
    return done;
  if (result.refused) {
    failed_ = bounds_.failed_turns_max; // it will be refused again
    again_or_fail(result.why, false, done, now);
  } else if (!is_success(result.status) && result.status != 0) {
    again_or_fail("it answered with status " + std::to_string(result.status),
                  may_pass(result.status), done, now);
  } else if (!result.why.empty()) {
    again_or_fail(result.why, true, done, now);
  } else {
    std::string words, why;
    const bool good = answer_->finish(words, why);
    say(std::move(words), at, done);
    tokens_ = answer_->tokens();
    if (good && (said_ > 0 || answer_->may_be_empty()))
      end_answer(done);
    else
      again_or_fail(good ? "its answer has no words" : why, true, done, now);
  }
  return done;
}

/// Words of an answer; false when it may have no more of them.
bool brain_session::say(std::string words, mono_time at, outputs& done) {
  const auto left = bounds_.answer_text_bytes_max - said_;
  const bool room = words.size() < left;
  if (!room)
    words.resize(cut_at(words, left));
  if (said_ == 0 && is_blank(words))
    return room; // nothing has been said yet
  said_ += words.size();
  now_ = phase::answering;
  failed_ = 0;
  if (!words.empty())
    done.emplace_back(runner_delta{std::move(words), at});
  return room;
}

void brain_session::end_answer(outputs& done) {
  now_ = phase::idle;
  failed_ = 0;
  done.emplace_back(runner_text_end{});
}

/// What was said stays said: the turn is over then. Else once more, or the CALL is told.
void brain_session::again_or_fail(const std::string& why, bool worth_it, outputs& done,
                                  mono_time now) {
  done.emplace_back(drop_ask{});
  if (now_ == phase::answering)
    return end_answer(done);
  // Late is as bad as never: the last try must be over before the CALL gives up.
  if (worth_it && tries_ <= plan_.retries && now - begun_ <= bounds_.first_byte + retry_grace)
    return ask(done, now);
  now_ = phase::idle;
  done.emplace_back(runner_failed{turn_, why, ++failed_ >= bounds_.failed_turns_max});
}

void brain_session::drop(outputs& done) {
  if (now_ == phase::asked || now_ == phase::answering) {
    now_ = phase::idle;
    done.emplace_back(drop_ask{});
  }
  ++number_; // nothing of it counts any more
  has_question_ = false;
}

brain_session::outputs brain_session::on_tick(mono_time now) {
  if (now_ != phase::asked || filled_ || now < filler_due_)
    return {};
  filled_ = true;
  return {runner_filler{plan_.filler}};
}

std::optional<mono_time> brain_session::deadline() const {
  return now_ == phase::asked && !filled_ ? std::optional{filler_due_} : std::nullopt;
}

std::optional<brain_tokens> brain_session::take_tokens() {
  return std::exchange(tokens_, std::nullopt);
}

/// More than a model will be told needs no keeping.
void brain_session::remember(bool agents, const std::string& text) {
  has_question_ = !agents;
  words_.push_back({agents, text});
  if (words_.size() > 2 * bounds_.history_turns_max)
    words_.erase(words_.begin(),
                 words_.end() - static_cast<std::ptrdiff_t>(bounds_.history_turns_max));
}

bool brain_session::is_of(std::uint64_t number) const {
  return number == number_ && (now_ == phase::asked || now_ == phase::answering);
}

} // namespace unpod
