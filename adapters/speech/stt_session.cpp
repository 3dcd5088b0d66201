#include "adapters/speech/stt_session.hpp"

#include "adapters/speech/dictionary.hpp"
#include "adapters/speech/jsgf.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// samples. What one job decodes, so that others get their turn: 1 s.
std::size_t samples_a_job(std::uint32_t rate_hz) {
  return rate_hz;
}

/// events. Edges and wishes beside the audio: far more than 15 s of it can bring.
constexpr std::size_t events_max = 4'096;

std::size_t samples_in(milliseconds span, std::uint32_t rate_hz) {
  return static_cast<std::size_t>(span.count()) * rate_hz / 1'000;
}

gate_knobs gate_of(const stt_knobs& knobs, std::uint32_t rate_hz) {
  // Speech is told of up to an onset and a chunk late: some hundred ms.
  constexpr milliseconds told_late_max{500};
  return {samples_in(knobs.pre_roll, rate_hz), samples_in(knobs.pre_roll + told_late_max, rate_hz),
          samples_in(knobs.finalize_silence, rate_hz), samples_in(knobs.utterance_max, rate_hz)};
}

} // namespace

stt_session::stt_session(std::shared_ptr<decoder_pool> pool, std::shared_ptr<speech_lane> lane,
                         std::unique_ptr<stt_outlet> outlet, std::string grammar,
                         std::uint32_t rate_hz, stt_knobs knobs)
  : pool_(std::move(pool)), lane_(std::move(lane)), outlet_(std::move(outlet)), rate_hz_(rate_hz),
    knobs_(std::move(knobs)), grammar_(std::move(grammar)), gate_(gate_of(knobs_, rate_hz)) {
  if (rate_hz_ != decoder_rate_hz)
    memory_ = narrow_line();
}

stt_session::~stt_session() {
  lay_down();
}

// -- any thread ---------------------------------------------------------------

void stt_session::begin() {
  take_in({event::kind::warm_up, 0, {}});
}

void stt_session::finalize() {
  take_in({event::kind::finalize, 0, {}});
}

void stt_session::audio(sample_index first, const std::int16_t* pcm, std::size_t samples) {
  take_in({event::kind::audio, first, {pcm, pcm + samples}});
}

void stt_session::speech_started(sample_index at) {
  take_in({event::kind::started, at, {}});
}

void stt_session::speech_ended(sample_index at) {
  take_in({event::kind::ended, at, {}});
}

void stt_session::close() {
  std::deque<event> dropped;
  const std::lock_guard lock{mutex_};
  closed_ = true;
  dropped.swap(inbox_);
  waiting_ = 0;
  schedule_locked(); // the lane gives the decoder back
}

void stt_session::take_in(event news) {
  const std::lock_guard lock{mutex_};
  if (closed_)
    return;
  waiting_ += news.pcm.size();
  inbox_.push_back(std::move(news));
  const auto backlog_max = samples_in(knobs_.backlog_max, rate_hz_);
  while (waiting_ > backlog_max || inbox_.size() > events_max) {
    const auto oldest = std::find_if(inbox_.begin(), inbox_.end(), [&](const event& one) {
      return one.what == event::kind::audio || inbox_.size() > events_max;
    });
    waiting_ -= oldest->pcm.size();
    inbox_.erase(oldest);
  }
  schedule_locked();
}

/// One job at a time: it takes all that came meanwhile.
void stt_session::schedule_locked() {
  if (!scheduled_)
    scheduled_ = lane_->post([self = shared_from_this()] { self->work(); });
}

// -- the lane -----------------------------------------------------------------

bool stt_session::next_event(event& into) {
  const std::lock_guard lock{mutex_};
  if (closed_ || inbox_.empty())
    return false;
  into = std::move(inbox_.front());
  inbox_.pop_front();
  waiting_ -= into.pcm.size();
  return true;
}

void stt_session::work() {
  event news;
  for (std::size_t done = 0; done < samples_a_job(rate_hz_) && next_event(news);
       done += news.pcm.size()) {
    const bool wants_decoder =
      gate_.is_talking() || news.what == event::kind::started || news.what == event::kind::warm_up;
    if (wants_decoder && !decoder_ && !borrow())
      return wait_for_decoder(std::move(news));
    handle(news);
  }
  tell_partial();
  if (!gate_.is_talking() || is_closed())
    lay_down();
  const std::lock_guard lock{mutex_};
  scheduled_ = false;
  if (!inbox_.empty() || (closed_ && decoder_)) // closed since it was looked at
    schedule_locked();
}

bool stt_session::is_closed() {
  const std::lock_guard lock{mutex_};
  return closed_;
}

bool stt_session::accept_grammar() {
  if (accepted_ || grammar_.empty())
    return true;
  const dictionary known{pool_->model().words()};
  auto checked =
    check_grammar(grammar_, knobs_.bounds, [&](const auto& words) { return known.lacks(words); });
  if (!checked.ok()) {
    fail("the grammar is not taken: " + checked.words());
    return false;
  }
  grammar_ = std::move(checked.canonical);
  accepted_ = true;
  return true;
}

/// False: there is none, now or ever.
bool stt_session::borrow() {
  if (!accept_grammar())
    return false;
  std::string why;
  decoder_ = pool_->lend(grammar_, why);
  if (!decoder_ && !why.empty())
    fail(why);
  return decoder_ != nullptr;
}

/// `scheduled_` stays on: nothing is posted until a decoder is back.
void stt_session::wait_for_decoder(event unheard) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_) {
      scheduled_ = false;
      return;
    }
    waiting_ += unheard.pcm.size();
    inbox_.push_front(std::move(unheard));
  }
  pool_->when_free([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self)
      return false;
    const std::lock_guard lock{self->mutex_};
    self->scheduled_ = false;
    self->schedule_locked();
    return !self->closed_;
  });
}

void stt_session::handle(event& news) {
  switch (news.what) {
    case event::kind::warm_up:
      return outlet_->ready();
    case event::kind::audio:
      return gate_.audio(news.at, news.pcm.data(), news.pcm.size(), *this);
    case event::kind::started:
      return gate_.speech_started(news.at, *this);
    case event::kind::ended:
      return gate_.speech_ended(news.at, *this);
    case event::kind::finalize:
      return gate_.finalize(*this);
  }
}

void stt_session::open(sample_index first) {
  first_ = first;
  unlooked_ = 0;
  partial_.clear();
  upsampler_.reset();
  decoding_ = decoder_ && decoder_->start(memory_);
  if (decoder_ && !decoding_)
    fail("the recogniser does not begin an utterance");
}

void stt_session::hear(const std::int16_t* pcm, std::size_t samples) {
  if (!decoder_)
    return;
  unlooked_ += samples;
  std::vector<std::int16_t> doubled;
  if (rate_hz_ != decoder_rate_hz) {
    upsampler_.push(pcm, samples, doubled);
    pcm = doubled.data();
    samples = doubled.size();
  }
  if (!decoder_->feed(pcm, samples))
    fail("the recogniser takes no audio");
}

void stt_session::close(sample_index from, sample_index to) {
  if (!decoder_)
    return;
  decoding_ = false;
  if (!decoder_->finish())
    return fail("the recogniser does not end an utterance");
  memory_ = decoder_->memory();
  stt_final heard{{}, from, to, decoder_->words(), {}};
  for (auto& word : heard.words) {
    heard.text += (heard.text.empty() ? "" : " ") + word.text;
    word.from = on_call(word.from);
    word.to = on_call(word.to);
  }
  heard.at = mono_now();
  partial_.clear();
  unlooked_ = 0;
  outlet_->heard(std::move(heard));
}

void stt_session::nothing(sample_index at) {
  outlet_->heard({{}, at, at, {}, mono_now()});
}

sample_index stt_session::on_call(sample_index decoded) const {
  return first_ + decoded * rate_hz_ / decoder_rate_hz;
}

/// Only when the lane has caught up: what is said now is what was said last.
void stt_session::tell_partial() {
  if (!decoder_ || unlooked_ < samples_in(knobs_.partial_every, rate_hz_))
    return;
  unlooked_ = 0;
  auto text = decoder_->text();
  if (text.empty() || text == partial_)
    return;
  partial_ = text;
  outlet_->partial(std::move(text));
}

void stt_session::fail(const std::string& why) {
  if (decoder_)
    pool_->write_off(std::move(decoder_));
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(closed_, true))
      return;
    inbox_.clear();
    waiting_ = 0;
  }
  outlet_->failed(why);
}

void stt_session::lay_down() {
  if (!decoder_)
    return;
  if (std::exchange(decoding_, false) && !decoder_->finish())
    pool_->write_off(std::move(decoder_));
  else
    pool_->give_back(std::move(decoder_));
}

} // namespace unpod
