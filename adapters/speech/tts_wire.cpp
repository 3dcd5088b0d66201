#include "adapters/speech/tts_wire.hpp"

#include "adapters/speech/stt_wire.hpp" // close_words, trouble_of_dial

#include <algorithm>
#include <cctype>
#include <utility>

namespace unpod {

namespace {

/// ms. 25: looked at no more often.
constexpr std::chrono::milliseconds amid_least{25};
/// ms. 250: a voice that has made no sound for so long since it was asked counts as mute.
constexpr std::chrono::milliseconds mute_after{250};

bool is_letter(unsigned char c) {
  return c < 0x80 && std::isalnum(c) != 0;
}

} // namespace

tts_wire::tts_wire(tts_codec_ptr codec, std::unique_ptr<tts_outlet> outlet, media_port_ptr port,
                   std::string provider, const provider_limits& bounds, tts_helps helps,
                   tts_settings settings)
  : codec_(std::move(codec)), outlet_(std::move(outlet)), port_(std::move(port)),
    provider_(std::move(provider)), bounds_(bounds), helps_(std::move(helps)),
    settings_(std::move(settings)) {}

bool tts_wire::wants_connection() {
  const std::lock_guard lock{mutex_};
  const bool of_use = connection_ == 0 || !pieces_.empty();
  return of_use && !over_ && !channel_ && !std::exchange(dialling_, true);
}

void tts_wire::opened(ws_channel_ptr channel, bool stood_by) {
  std::uint64_t connection = 0;
  {
    const std::lock_guard lock{mutex_};
    dialling_ = false;
    if (over_)
      return channel->close(close_code::normal, "");
    channel_ = channel;
    unproven_ = stood_by;
    opened_at_ = mono_now();
    connection = ++connection_;
    send_locked(codec_->opening());
    ask_locked();
  }
  channel_handler handler;
  handler.on_text = [self = shared_from_this(), connection](std::string_view text) {
    self->take(connection, true, text);
  };
  handler.on_binary = [self = shared_from_this(), connection](std::string_view bytes) {
    self->take(connection, false, bytes);
  };
  handler.on_closed = [self = shared_from_this(), connection](std::uint16_t code,
                                                              const std::string& reason) {
    bool ours = false;
    {
      const std::lock_guard lock{self->mutex_};
      ours = self->channel_ && self->connection_ == connection;
    }
    if (ours)
      self->closed(code, reason);
  };
  channel->start(std::move(handler));
}

void tts_wire::not_opened(const std::string& why) {
  std::unique_lock lock{mutex_};
  dialling_ = false;
  lose_locked(why, trouble_of_dial(why));
  auto said = std::exchange(said_, {});
  lock.unlock();
  tell(std::move(said), nullptr);
}

void tts_wire::speak(const tts_speak& command) {
  std::unique_lock lock{mutex_};
  if (over_ || command.utterance <= cancelled_)
    return;
  text_bytes_ += command.text.size();
  if (text_bytes_ > dialled_text_bytes_max) {
    lose_locked("more than " + std::to_string(dialled_text_bytes_max)
                + " bytes are waiting to be spoken");
  } else {
    pieces_.push_back(made_of(command));
    ask_locked();
    settle_locked();
  }
  auto said = std::exchange(said_, {});
  auto lost = std::exchange(lost_, nullptr);
  lock.unlock();
  tell(std::move(said), std::move(lost));
}

/// A piece of nothing is done without anybody being asked, and so is one that was kept.
tts_wire::piece tts_wire::made_of(const tts_speak& command) {
  piece made;
  made.serial = ++last_;
  made.what = command;
  made.asked = made.done = command.text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (helps_.says)
    made.said = helps_.says->apply(command.text, codec_->form());
  else
    made.said.text = command.text;
  if (!helps_.phrases || made.done || made.said.text.size() > phrase_text_bytes_max)
    return made;
  made.key = phrase_key(provider_, settings_, codec_->rate_hz(), made.said.text);
  if (const auto found = helps_.phrases->find(made.key)) {
    made.asked = made.done = true;
    made.held = found->pcm;
    made.samples = made.held.size();
    made.words = found->words;
    made.key.clear();
  } else if (!helps_.phrases->wanted(made.key)) {
    made.key.clear();
  }
  return made;
}

/// A piece that was asked for and cannot be called back takes its connection with it.
void tts_wire::cancel(generation utterance) {
  std::unique_lock lock{mutex_};
  cancelled_ = std::max(cancelled_, utterance);
  bool hang_up = false;
  for (auto one = pieces_.begin(); one != pieces_.end();) {
    if (one->what.utterance > cancelled_) {
      ++one;
      continue;
    }
    if (one->asked && !one->done && channel_) {
      hang_up = hang_up || !codec_->can_cancel();
      send_locked(codec_->cancel(one->serial));
    }
    text_bytes_ -= one->what.text.size();
    one = pieces_.erase(one);
  }
  if (hang_up) {
    lost_ = std::exchange(channel_, nullptr);
    for (auto& one : pieces_)
      one.asked = one.done;
  }
  ask_locked();
  settle_locked();
  auto said = std::exchange(said_, {});
  auto lost = std::exchange(lost_, nullptr);
  lock.unlock();
  tell(std::move(said), std::move(lost));
}

void tts_wire::look(mono_time now) {
  std::unique_lock lock{mutex_};
  const auto every = codec_->keep_alive_every();
  if (channel_ && every.count() > 0 && now - sent_at_ >= every)
    send_locked(codec_->keep_alive());
  if (channel_ && !pieces_.empty()) {
    const auto& first = pieces_.front();
    if (first.sounding && !first.done && now - first.news >= bounds_.stall_wait)
      lose_locked("its voice broke off in the middle of a sentence", trouble::stalled);
  }
  const bool alone = !over_ && !channel_ && !dialling_ && !pieces_.empty();
  auto said = std::exchange(said_, {});
  auto lost = std::exchange(lost_, nullptr);
  lock.unlock();
  tell(std::move(said), std::move(lost));
  if (alone)
    outlet_->needs_connection();
}

std::optional<std::chrono::milliseconds> tts_wire::look_amid(mono_time now) {
  using std::chrono::milliseconds;
  std::unique_lock lock{mutex_};
  if (!channel_ || pieces_.empty() || !pieces_.front().sounding || pieces_.front().done)
    return std::nullopt;
  const auto& first = pieces_.front();
  const auto quiet = now - first.news;
  const auto queued = port_->position(first.what.utterance).queued;
  if (queued == 0 && quiet >= bounds_.dry_wait) {
    lose_locked("its voice broke off, and the caller hears nothing", trouble::stalled);
    auto said = std::exchange(said_, {});
    auto lost = std::exchange(lost_, nullptr);
    lock.unlock();
    tell(std::move(said), std::move(lost));
    return std::nullopt;
  }
  const milliseconds to_play{queued * 1'000 / port_->rate_hz()};
  const auto patience = std::chrono::duration_cast<milliseconds>(bounds_.dry_wait - quiet);
  return std::max({amid_least, to_play, patience});
}

bool tts_wire::is_mute(mono_time now) const {
  const std::lock_guard lock{mutex_};
  if (!channel_ || pieces_.empty())
    return false;
  const auto& first = pieces_.front();
  return first.asked && !first.done && !first.sounding && now - first.news >= mute_after;
}

void tts_wire::let_go_of_older(mono_time than) {
  ws_channel_ptr old;
  {
    const std::lock_guard lock{mutex_};
    if (channel_ && pieces_.empty() && opened_at_ < than)
      old = std::exchange(channel_, nullptr);
  }
  if (old)
    old->close(close_code::normal, "");
}

mono_time tts_wire::opened_at() const {
  const std::lock_guard lock{mutex_};
  return opened_at_;
}

void tts_wire::close() {
  ws_channel_ptr channel;
  {
    const std::lock_guard lock{mutex_};
    over_ = true;
    pieces_.clear();
    if (channel_)
      send_locked(codec_->closing());
    channel = std::exchange(channel_, nullptr);
  }
  if (channel)
    channel->close(close_code::normal, "");
}

/// One that was hung up on may go on for a while: that is nobody's any more.
void tts_wire::take(std::uint64_t connection, bool text, std::string_view bytes) {
  std::unique_lock lock{mutex_};
  if (over_ || !channel_ || connection != connection_)
    return;
  unproven_ = false;
  codec_->take(text, bytes, *this);
  ask_locked();
  settle_locked();
  auto said = std::exchange(said_, {});
  auto lost = std::exchange(lost_, nullptr);
  lock.unlock();
  tell(std::move(said), std::move(lost));
}

/// A provider may hang up on an idle connection; with a piece on its way it fails us, unless the
/// connection was dead when we got it.
void tts_wire::closed(std::uint16_t code, const std::string& reason) {
  std::unique_lock lock{mutex_};
  channel_ = nullptr;
  if (std::exchange(unproven_, false)) {
    for (auto& one : pieces_)
      one.asked = one.done;
    const bool waited = !over_ && !pieces_.empty();
    lock.unlock();
    return waited ? outlet_->needs_connection() : void();
  }
  const bool each_its_own = codec_->one_piece_a_connection();
  const bool waited_for = std::any_of(pieces_.begin(), pieces_.end(), [&](const piece& one) {
    return !one.done && (one.asked || !each_its_own);
  });
  if (waited_for)
    lose_locked(close_words(code, reason), trouble::closed);
  auto said = std::exchange(said_, {});
  lock.unlock();
  tell(std::move(said), nullptr);
}

/// As many pieces as the protocol takes at once.
void tts_wire::ask_locked() {
  if (!channel_)
    return;
  auto open = static_cast<std::size_t>(std::count_if(
    pieces_.begin(), pieces_.end(), [](const piece& one) { return one.asked && !one.done; }));
  for (auto& one : pieces_) {
    if (open >= codec_->pieces_at_once())
      return;
    if (one.asked)
      continue;
    one.asked = true;
    one.news = mono_now();
    send_locked(codec_->speak(one.serial, one.said.text));
    ++open;
  }
}

/// Tells of the first pieces that are done, and lets the next one be heard.
void tts_wire::settle_locked() {
  while (!over_ && !pieces_.empty()) {
    auto& first = pieces_.front();
    if (!first.held.empty()) {
      const auto held = std::exchange(first.held, {});
      first.samples -= held.size();
      play_locked(first, held.data(), held.size());
    }
    if (!first.done)
      return;
    said_.done.push_back(report_of(first));
    text_bytes_ -= first.what.text.size();
    pieces_.pop_front();
  }
}

bool tts_wire::play_locked(piece& one, const std::int16_t* pcm, std::size_t samples) {
  if (one.samples == 0)
    one.before = port_->given(one.what.utterance);
  one.samples += samples;
  if (!port_->play(one.what.utterance, pcm, samples, codec_->rate_hz()))
    return false;
  if (!std::exchange(one.sounding, true))
    said_.first.push_back({one.what.utterance, one.what.piece, mono_now()});
  return true;
}

void tts_wire::sound(piece_serial serial, const std::int16_t* pcm, std::size_t samples) {
  auto* one = find(serial);
  if (!one || over_)
    return;
  one->news = mono_now();
  const auto allowed = (sound_s_extra_max * 1'000 + sound_ms_per_byte_max * one->said.text.size())
                       * codec_->rate_hz() / 1'000;
  if (one->samples + samples > allowed)
    return lose_locked("it sends more sound than the text can have");
  keep(*one, pcm, samples);
  if (one == &pieces_.front()) {
    play_locked(*one, pcm, samples);
  } else {
    one->samples += samples;
    one->held.insert(one->held.end(), pcm, pcm + samples);
  }
}

/// Its sound, when it is to be kept; not when it is too long for that.
void tts_wire::keep(piece& one, const std::int16_t* pcm, std::size_t samples) {
  if (one.key.empty())
    return;
  if (one.kept.size() + samples > phrase_s_max * codec_->rate_hz()) {
    one.key.clear();
    one.kept = {};
  } else {
    one.kept.insert(one.kept.end(), pcm, pcm + samples);
  }
}

void tts_wire::words(piece_serial serial, std::vector<wire_word> words) {
  constexpr std::size_t words_max = 2'000;
  auto* one = find(serial);
  if (!one || one->words.size() + words.size() > words_max)
    return;
  one->news = mono_now();
  one->words.insert(one->words.end(), std::make_move_iterator(words.begin()),
                    std::make_move_iterator(words.end()));
}

void tts_wire::done(piece_serial serial) {
  auto* one = find(serial);
  if (!one)
    return;
  const auto& text = one->what.text;
  if (one->samples == 0 && std::any_of(text.begin(), text.end(), is_letter))
    return lose_locked("it made no sound of the text");
  one->done = true;
  if (!one->key.empty())
    helps_.phrases->keep(one->key, {std::exchange(one->kept, {}), one->words});
  if (codec_->one_piece_a_connection())
    lost_ = std::exchange(channel_, nullptr);
}

void tts_wire::failed(std::string why) {
  lose_locked(std::move(why));
}

void tts_wire::lose_locked(std::string why, trouble kind) {
  if (std::exchange(over_, true))
    return;
  tts_failed event{provider_, std::move(why), 0, 0, {}, kind};
  if (!pieces_.empty() && pieces_.front().sounding) {
    const auto& broken = pieces_.front();
    event.utterance = broken.what.utterance;
    event.piece = broken.what.piece;
    event.words = words_of(broken);
  }
  said_.failed.push_back(std::move(event));
  lost_ = std::exchange(channel_, nullptr);
}

void tts_wire::send_locked(wire_frames frames) {
  for (auto& frame : frames)
    frame.text ? channel_->send_text(std::move(frame.bytes))
               : channel_->send_binary(std::move(frame.bytes));
  if (!frames.empty())
    sent_at_ = mono_now();
}

tts_wire::piece* tts_wire::find(piece_serial serial) {
  const auto found = std::find_if(pieces_.begin(), pieces_.end(),
                                  [&](const piece& one) { return one.serial == serial; });
  return found == pieces_.end() || found->done ? nullptr : &*found;
}

/// In the piece's own text, whatever the provider was sent for it.
std::vector<spoken_word> tts_wire::words_of(const piece& one) const {
  auto words = words_in_text(one.said.text, one.words, port_->rate_hz());
  if (!one.said.source.empty())
    for (auto& word : words) {
      word.begin = one.said.written_begin(word.begin);
      word.end = one.said.written_end(word.end);
    }
  return words;
}

tts_piece_done tts_wire::report_of(const piece& one) const {
  const auto given = port_->given(one.what.utterance);
  const auto samples = one.samples == 0 ? 0 : given - std::min(given, one.before);
  auto words = words_of(one);
  for (auto& word : words)
    word.until_sample = std::min(samples, word.until_sample);
  return {one.what.utterance, one.what.piece, samples, std::move(words)};
}

void tts_wire::tell(report said, ws_channel_ptr lost) {
  for (const auto& event : said.first)
    outlet_->sounds(event);
  for (auto& event : said.done)
    outlet_->done(std::move(event));
  for (auto& event : said.failed)
    outlet_->failed(std::move(event));
  if (lost)
    lost->close(close_code::normal, "");
}

} // namespace unpod
