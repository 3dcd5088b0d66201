// Cartesia's voice as a client meets it (speech/cartesia_tts.cpp is the other side).
//
//   request -> [first byte] -> chunk, timestamps for each word ... done     cancel -> nothing more
//
// Each context speaks on its own clock; chunks of several may come in turn.
#include "adapters/json/json.hpp"
#include "adapters/media/g711.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/speech/base64.hpp"
#include "adapters/speech/stt_codec.hpp" // wire_audio

#include <algorithm>
#include <map>

namespace unpod {

namespace {

/// contexts of one connection. 64: "dozens".
constexpr std::size_t contexts_max = 64;

struct speaking {
  std::vector<std::string> words;
  std::vector<std::int16_t> pcm;
  std::size_t given = 0;
  std::size_t told = 0; // words whose times were told
  std::uint32_t rate_hz = 16'000;
  bool mulaw = false;
};

class simulated_cartesia_tts : public simulated_link {
public:
  using simulated_link::simulated_link;

private:
  void take_binary(std::string_view) override {}

  void take_text(std::string_view text) override {
    std::string why;
    const auto frame = json::parse(text, 8, why);
    const auto id = frame ? json::text(*frame, "context_id").value_or("") : "";
    if (id.empty())
      return say(R"({"type":"error","status_code":400,"title":"Invalid request",)"
                 R"("message":"context_id is missing"})");
    const std::lock_guard lock{mutex_};
    if (json::flag(*frame, "cancel").value_or(false)) {
      contexts_.erase(id);
      return;
    }
    const auto* format = json::member(*frame, "output_format");
    speaking one;
    one.rate_hz = static_cast<std::uint32_t>(std::clamp<std::int64_t>(
      format ? json::whole(*format, "sample_rate").value_or(0) : 0, 8'000, 48'000));
    one.mulaw = format && json::text(*format, "encoding") == "pcm_mulaw";
    const auto transcript = json::text(*frame, "transcript").value_or("");
    one.words = plain_words(transcript);
    one.pcm = tones_of(transcript, house_.setup.alphabet, one.rate_hz);
    if (contexts_.size() >= contexts_max)
      return say(R"({"type":"error","status_code":429,"title":"Too many contexts"})");
    contexts_[id] = std::move(one);
    give_later(id, house_.setup.pace.first_byte);
  }

  void give_later(const std::string& id, std::chrono::milliseconds after) {
    later(after, [this, id] { give(id); });
  }

  void give(const std::string& id) {
    const std::lock_guard lock{mutex_};
    const auto found = contexts_.find(id);
    if (found == contexts_.end())
      return;
    auto& one = found->second;
    const auto wanted =
      static_cast<std::size_t>(house_.setup.pace.chunk.count()) * one.rate_hz / 1'000;
    const auto samples = std::min(wanted, one.pcm.size() - one.given);
    if (samples > 0) {
      json::writer out;
      event(out, "chunk", id, 206).field("data", base64_encoded(bytes_of(one, samples)));
      say(out.field("done", false).end().str());
    }
    one.given += samples;
    tell_words(id, one);
    if (one.given < one.pcm.size())
      return give_later(id, house_.setup.pace.chunk_every);
    contexts_.erase(found);
    json::writer out;
    say(event(out, "done", id, 200).field("done", true).end().str());
  }

  static std::string bytes_of(const speaking& one, std::size_t samples) {
    return wire_audio(one.pcm.data() + one.given, samples, one.mulaw ? 8'000 : 16'000);
  }

  /// A word's times come with the chunk that holds its end; the silence behind it is not its.
  void tell_words(const std::string& id, speaking& one) {
    const auto each = (tone_word_ms + tone_gap_ms) * one.rate_hz / 1'000;
    const auto gap = tone_gap_ms * one.rate_hz / 1'000;
    const auto until = std::min(one.words.size(), (one.given + gap) / each);
    if (one.told >= until)
      return;
    json::writer out;
    event(out, "timestamps", id, 206)
      .field("done", false)
      .key("word_timestamps")
      .object()
      .key("words")
      .array();
    for (auto n = one.told; n < until; ++n)
      out.put(one.words[n]);
    const double span = (tone_word_ms + tone_gap_ms) / 1'000.0, sound = tone_word_ms / 1'000.0;
    out.end().key("start").array();
    for (auto n = one.told; n < until; ++n)
      out.put(static_cast<double>(n) * span);
    out.end().key("end").array();
    for (auto n = one.told; n < until; ++n)
      out.put(static_cast<double>(n) * span + sound);
    one.told = until;
    say(out.end().end().end().str());
  }

  static json::writer& event(json::writer& out, const char* type, const std::string& id,
                             int status) {
    return out.object().field("type", type).field("context_id", id).field("status_code", status);
  }

  std::map<std::string, speaking> contexts_;
};

} // namespace

std::shared_ptr<simulated_link>
make_simulated_cartesia_tts(simulated_house& house, provider_fault fault, const http_request&) {
  return std::make_shared<simulated_cartesia_tts>(house, fault);
}

} // namespace unpod
