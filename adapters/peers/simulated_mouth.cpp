#include "adapters/peers/simulated_mouth.hpp"

#include "adapters/speech/stt_codec.hpp" // wire_audio

#include <algorithm>

namespace unpod {

namespace {

/// bytes of text that wait to be spoken on one connection. 1 MiB: a client of ours sends 256 KB.
constexpr std::size_t text_bytes_max = 1024 * 1024;
/// chunks that come although it was told to stop.
constexpr int late_chunks = 2;

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

} // namespace

std::vector<tone_token> tokens_of(std::string_view text, std::uint32_t from_ms) {
  std::vector<tone_token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    const auto begin = at;
    while (at < text.size() && !is_blank(text[at]))
      ++at;
    const auto word = text.substr(begin, at - begin);
    if (plain_words(word).empty())
      continue;
    // The silence behind a word is not its: who breaks off there has said it.
    tokens.push_back({std::string{word}, from_ms, from_ms + tone_word_ms});
    from_ms += tone_word_ms + tone_gap_ms;
  }
  return tokens;
}

void simulated_mouth::speak(const std::string& id, std::string_view text, wire_format format,
                            bool more) {
  auto& one = speeches_[id];
  if (!std::exchange(one.started, true)) {
    one.speech.format = format;
    turns_.push_back(id);
  }
  one.more = more;
  auto said = std::exchange(one.begun_word, {}) + std::string{text};
  if (more) {
    const auto blank = said.find_last_of(" \n\t\r");
    one.begun_word = blank == std::string::npos ? said : said.substr(blank + 1);
    said.resize(said.size() - one.begun_word.size());
  }
  auto& speech = one.speech;
  if (speech.text.size() + said.size() > text_bytes_max)
    return;
  speech.text += said;
  for (auto& token : tokens_of(said, speech.ms_at(speech.pcm.size())))
    speech.tokens.push_back(std::move(token));
  const auto pcm = tones_of(said, house_.setup.alphabet, speech.format.rate_hz);
  speech.pcm.insert(speech.pcm.end(), pcm.begin(), pcm.end());
  if (order_ == order::together || turns_.front() == id)
    run(id);
}

bool simulated_mouth::drop(const std::string& id) {
  const auto found = speeches_.find(id);
  if (found == speeches_.end())
    return false;
  if (is_wrong(provider_fault::kind::late_sound))
    for (int n = 0; n < late_chunks && found->second.speech.given < found->second.speech.pcm.size();
         ++n)
      chunk(id, found->second.speech);
  speeches_.erase(found);
  turns_.erase(std::remove(turns_.begin(), turns_.end(), id), turns_.end());
  if (order_ == order::in_turn && !turns_.empty())
    run(turns_.front());
  return true;
}

/// A clock for this speech, when it has none.
void simulated_mouth::run(const std::string& id) {
  auto& one = speeches_[id];
  if (std::exchange(one.running, true))
    return;
  const auto wait =
    one.speech.given == 0 ? house_.setup.pace.first_byte : house_.setup.pace.chunk_every;
  later(wait, [this, id] {
    const std::lock_guard lock{mutex_};
    step(id);
  });
}

void simulated_mouth::step(const std::string& id) {
  const auto found = speeches_.find(id);
  if (found == speeches_.end())
    return;
  auto& one = found->second;
  auto& speech = one.speech;
  if (speech.given == 0 && !speech.pcm.empty())
    begun(id);
  if (speech.given < speech.pcm.size())
    chunk(id, speech);
  if (is_wrong(provider_fault::kind::flood) && !speech.pcm.empty())
    speech.given %= speech.pcm.size();
  if (speech.given >= speech.pcm.size()) {
    one.running = false;
    if (!one.more)
      finish(id);
    return;
  }
  const auto& pace = house_.setup.pace;
  const bool slow = is_wrong(provider_fault::kind::slow_sound);
  later(slow ? 2 * pace.chunk : pace.chunk_every, [this, id] {
    const std::lock_guard lock{mutex_};
    step(id);
  });
}

void simulated_mouth::chunk(const std::string& id, tone_speech& one) {
  const auto wanted =
    static_cast<std::size_t>(house_.setup.pace.chunk.count()) * one.format.rate_hz / 1'000;
  const auto from = one.given;
  const auto samples = std::min(wanted, one.pcm.size() - from);
  one.given += samples;
  give(id, one, from,
       wire_audio(one.pcm.data() + from, samples, one.format.mulaw ? 8'000 : 16'000));
}

void simulated_mouth::finish(const std::string& id) {
  const auto one = std::move(speeches_[id].speech);
  speeches_.erase(id);
  turns_.erase(std::remove(turns_.begin(), turns_.end(), id), turns_.end());
  over(id, one);
  if (order_ == order::in_turn && !turns_.empty())
    run(turns_.front());
  if (speeches_.empty())
    drained();
}

} // namespace unpod
