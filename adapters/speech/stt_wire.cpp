#include "adapters/speech/stt_wire.hpp"

#include <utility>

namespace unpod {

namespace {

/// ms of audio in a message while the caller speaks. 80: what a provider that decides about turns
/// advises, and as late as a partial may be for it; what was said last goes at once.
constexpr std::uint32_t piece_spoken_ms = 80;
/// ms while nobody speaks. 100: what providers advise.
constexpr std::uint32_t piece_quiet_ms = 100;
/// ms, once the caller has been quiet for `long_quiet_ms`. 200: whoever decides about turns has
/// decided by then, and every message costs the system more than the rest of a call does.
constexpr std::uint32_t piece_long_quiet_ms = 200, long_quiet_ms = 2'000;
/// ms. 1,000: the caller has spoken and is through, a final was asked for, and not a frame came
/// since the first word: that is no slowness, and the caller waits.
constexpr std::chrono::milliseconds silent_final_max{1'000};

} // namespace

std::string close_words(std::uint16_t code, std::string_view reason) {
  auto words = "it closed with " + std::to_string(code);
  return reason.empty() ? words : words + ": " + provider_words(reason);
}

trouble trouble_of_dial(std::string_view why) {
  constexpr std::pair<std::string_view, trouble> known[] = {{"HTTP 401", trouble::key},
                                                            {"HTTP 403", trouble::key},
                                                            {"HTTP 429", trouble::busy},
                                                            {"HTTP 503", trouble::busy}};
  for (const auto& [words, kind] : known)
    if (why.find(words) != std::string_view::npos)
      return kind;
  return trouble::unreachable;
}

stt_wire::stt_wire(stt_codec_ptr codec, std::unique_ptr<stt_outlet> outlet, std::uint32_t rate_hz,
                   const provider_limits& bounds)
  : codec_(std::move(codec)), outlet_(std::move(outlet)), rate_hz_(rate_hz), bounds_(bounds),
    ready_by_(mono_now() + 2 * bounds.dial_wait), // open, and ready
    sent_(rate_hz), watch_(bounds.words_wait) {}

void stt_wire::open(ws_channel_ptr channel) {
  {
    const std::lock_guard lock{mutex_};
    if (over_)
      return channel->close(close_code::normal, "");
    channel_ = channel;
    sent_at_ = mono_now();
    send_locked(codec_->opening());
  }
  channel_handler handler;
  handler.on_text = [self = shared_from_this()](std::string_view text) { self->take(true, text); };
  handler.on_binary = [self = shared_from_this()](std::string_view bytes) {
    self->take(false, bytes);
  };
  handler.on_closed = [self = shared_from_this()](std::uint16_t code, const std::string& reason) {
    self->lose(close_words(code, reason), trouble::closed);
  };
  channel->start(std::move(handler));
  if (!codec_->waits_until_ready())
    be_ready();
}

void stt_wire::be_ready() {
  {
    const std::lock_guard lock{mutex_};
    ready_ = true;
  }
  outlet_->ready();
}

void stt_wire::finalize(mono_time now) {
  const std::lock_guard lock{mutex_};
  if (over_ || !channel_)
    return;
  final_wanted_ = now;
  if (watch_.is_wordless())
    deaf_by_ = now + silent_final_max;
  send_held_locked();
  send_locked(codec_->finalize());
}

void stt_wire::look(mono_time now) {
  bool unanswered = false, deaf = false, late = false;
  sample_index at = 0;
  {
    const std::lock_guard lock{mutex_};
    if (over_)
      return;
    late = !ready_ && now >= ready_by_;
  }
  if (late)
    return lose("it is not ready in time", trouble::unreachable);
  {
    const std::lock_guard lock{mutex_};
    if (over_ || !channel_)
      return;
    const auto every = codec_->keep_alive_every();
    if (every.count() > 0 && now - sent_at_ >= every)
      send_locked(codec_->keep_alive());
    unanswered = final_wanted_ > mono_time{0} && now - final_wanted_ >= bounds_.final_wait;
    if (unanswered)
      final_wanted_ = mono_time{0};
    at = covered_;
    deaf = watch_.is_overdue(now) || (deaf_by_ > mono_time{0} && now >= deaf_by_);
  }
  if (unanswered) // it covers nothing: what was said there may still come
    outlet_->heard({{}, at, at, {}, now});
  if (deaf)
    lose("the caller spoke, and no words came", trouble::deaf);
}

void stt_wire::close() {
  ws_channel_ptr channel;
  {
    const std::lock_guard lock{mutex_};
    if (!std::exchange(over_, true) && channel_)
      for (auto& frame : codec_->closing())
        frame.text ? channel_->send_text(std::move(frame.bytes))
                   : channel_->send_binary(std::move(frame.bytes));
    channel = std::exchange(channel_, nullptr);
  }
  if (channel)
    channel->close(close_code::normal, "");
}

void stt_wire::audio(sample_index first, const std::int16_t* pcm, std::size_t samples) {
  const std::lock_guard lock{mutex_};
  if (over_ || !channel_)
    return;
  if (!sent_.any() && held_.empty())
    covered_ = first;
  if (first != held_from_ + held_.size())
    send_held_locked(); // the ring ran over: a gap
  hold_locked(first, pcm, samples);
  if (held_.size() >= piece_locked(first))
    send_held_locked();
}

std::size_t stt_wire::piece_locked(sample_index at) const {
  const auto a_ms = rate_hz_ / 1'000;
  if (speaking_)
    return std::size_t{a_ms} * piece_spoken_ms;
  return std::size_t{a_ms}
         * (at < quiet_from_ + sample_index{a_ms} * long_quiet_ms ? piece_quiet_ms
                                                                  : piece_long_quiet_ms);
}

void stt_wire::hold_locked(sample_index first, const std::int16_t* pcm, std::size_t samples) {
  if (held_.empty())
    held_from_ = first;
  held_.insert(held_.end(), pcm, pcm + samples);
}

void stt_wire::send_held_locked() {
  if (held_.empty() || !channel_)
    return;
  wire_frames frames;
  codec_->audio(held_.data(), held_.size(), frames);
  sent_.sent(held_from_, held_.size());
  held_from_ += held_.size();
  held_.clear();
  send_locked(std::move(frames));
}

void stt_wire::speech_started(sample_index at) {
  const std::lock_guard lock{mutex_};
  speech_from_ = at;
  speech_waits_ = true;
  speaking_ = true;
  watch_.speech_started(mono_now());
}

void stt_wire::speech_ended(sample_index at) {
  const std::lock_guard lock{mutex_};
  speaking_ = false;
  quiet_from_ = at;
  if (!over_)
    send_held_locked();
  const auto samples = at > speech_from_ ? at - speech_from_ : 0;
  watch_.speech_ended(std::chrono::microseconds{samples * 1'000'000 / rate_hz_}, mono_now());
}

void stt_wire::send_locked(wire_frames frames) {
  for (auto& frame : frames)
    frame.text ? channel_->send_text(std::move(frame.bytes))
               : channel_->send_binary(std::move(frame.bytes));
  if (!frames.empty())
    sent_at_ = mono_now();
}

void stt_wire::take(bool text, std::string_view bytes) {
  news_.clear();
  codec_->take(text, bytes, news_);
  for (auto& news : news_)
    tell(news);
}

void stt_wire::tell(stt_news& news) {
  {
    const std::lock_guard lock{mutex_};
    if (over_)
      return;
    const auto now = mono_now();
    deaf_by_ = mono_time{0};
    if (news.text.empty())
      news.what == stt_news::kind::final ? watch_.nothing(now) : watch_.news(now);
    else
      watch_.words(now);
  }
  switch (news.what) {
    case stt_news::kind::ready:
      return be_ready();
    case stt_news::kind::partial:
      if (!news.text.empty())
        outlet_->partial(std::move(news.text));
      return;
    case stt_news::kind::final:
      return tell_final(news);
    case stt_news::kind::failed:
      return lose(news.why, trouble::refused);
  }
}

/// Silence is frozen too, every few seconds: of that only what somebody waits for is told.
void stt_wire::tell_final(stt_news& news) {
  stt_final heard;
  {
    const std::lock_guard lock{mutex_};
    const bool wanted = speech_waits_ || final_wanted_ > mono_time{0};
    if (news.text.empty() && !wanted)
      return;
    heard.text = std::move(news.text);
    heard.from = sent_.at(news.from);
    heard.to = std::max(sent_.at(news.to), heard.from);
    for (auto& word : news.words)
      heard.words.push_back({std::move(word.text), sent_.at(word.from), sent_.at(word.to)});
    heard.at = mono_now();
    speech_waits_ = false;
    final_wanted_ = mono_time{0};
    covered_ = std::max(covered_, heard.to);
  }
  outlet_->heard(std::move(heard));
}

void stt_wire::lose(const std::string& why, trouble kind) {
  ws_channel_ptr channel;
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(over_, true))
      return;
    channel = std::exchange(channel_, nullptr);
  }
  if (channel)
    channel->close(close_code::normal, "");
  outlet_->failed(why, kind);
}

} // namespace unpod
