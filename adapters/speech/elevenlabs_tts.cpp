// ElevenLabs' voices with many contexts on one socket:
// `wss://…/v1/text-to-speech/{voice}/multi-stream-input`.
//
//   up    a context a piece: settings with one space, the text with flush, close_context
//   down  audio (base64) with an alignment of characters, isFinal; an `error` is the end
//
// Names are spelled in two ways on that wire, and both are read. Character times are of
// their chunk; a word may begin in one and end in the next.
#include "adapters/speech/base64.hpp"
#include "adapters/speech/json_frame.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <map>

namespace unpod {

namespace {

/// characters of one alignment. 4,000: a piece has far fewer.
constexpr rapidjson::SizeType characters_max = 4'000;

class elevenlabs_tts : public tts_codec {
public:
  elevenlabs_tts(const provider_access& access, const tts_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/v1/text-to-speech/" + percent_encoded(settings_.voice)
                                         + "/multi-stream-input"};
    query.add("model_id", settings_.model.empty() ? "eleven_flash_v2_5" : settings_.model)
      .add("output_format",
           is_mulaw_rate(rate_hz_) ? "ulaw_8000" : "pcm_" + std::to_string(rate_hz_))
      .add("auto_mode", "true")
      .add("sync_alignment", "true")
      .add("inactivity_timeout", "180");
    return {query.str(), {{"xi-api-key", access_.key.reveal()}}};
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
  /// Five live contexts are too many by one soon, with cancelled ones that linger.
  std::size_t pieces_at_once() const override {
    return 2;
  }
  wire_frames opening() override {
    contexts_.clear();
    ++connection_;
    return {};
  }

  wire_frames speak(piece_serial piece, const std::string& text) override {
    const auto id = context_of(piece);
    contexts_.emplace(id, context{piece, wire_sound{is_mulaw_rate(rate_hz_)}});
    json::writer first, words;
    first.object().field("text", " ").field("context_id", id);
    first.key("voice_settings").object().field("speed", std::clamp(settings_.speed, 0.7, 1.2));
    words.object().field("text", text + " ").field("context_id", id).field("flush", true);
    return {{true, first.end().end().str()}, {true, words.end().str()}, close_of(id)};
  }
  wire_frames cancel(piece_serial piece) override {
    const auto id = context_of(piece);
    if (contexts_.erase(id) == 0)
      return {};
    return {close_of(id)};
  }
  wire_frames closing() override {
    return {{true, R"({"close_socket":true})"}};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    if (const auto error = json::text(*frame, "error"))
      return sink.failed("it says: " + provider_words(*error + " " + text_of(*frame, "message")));
    auto id = text_of(*frame, "contextId");
    if (id.empty())
      id = text_of(*frame, "context_id");
    const auto found = contexts_.find(id);
    if (found == contexts_.end())
      return;
    take_words(*frame, found->second, sink);
    take_sound(*frame, found->second, sink);
    const auto over = json::flag(*frame, "isFinal").value_or(false)
                      || json::flag(*frame, "is_final").value_or(false);
    if (!over)
      return;
    const auto piece = found->second.piece;
    end_word(found->second, sink);
    contexts_.erase(found);
    sink.done(piece);
  }

private:
  struct context {
    piece_serial piece = 0;
    wire_sound sound{false};
    std::string word = {}; // begun, and not over
    wire_us word_from = 0, word_to = 0;
    std::uint64_t samples = 0; // of its sound so far
  };

  std::string context_of(piece_serial piece) const {
    return "c" + std::to_string(connection_) + "-" + std::to_string(piece);
  }
  static wire_frame close_of(const std::string& id) {
    return {
      true,
      json::writer{}.object().field("context_id", id).field("close_context", true).end().str()};
  }

  void take_sound(const json::value& frame, context& to, tts_sink& sink) {
    const auto* audio = json::member(frame, "audio");
    if (!audio || !audio->IsString())
      return;
    decoded_.clear();
    if (!base64_decode({audio->GetString(), audio->GetStringLength()}, decoded_))
      return sink.failed("its sound is not base64");
    const auto& pcm = to.sound.take(decoded_);
    to.samples += pcm.size();
    if (!pcm.empty())
      sink.sound(to.piece, pcm.data(), pcm.size());
  }

  static const json::value* either(const json::value& object, const char* one, const char* other) {
    const auto* found = list_of(object, one);
    return found ? found : list_of(object, other);
  }

  /// Before the chunk's sound is counted: its characters begin where the sound so far ends.
  void take_words(const json::value& frame, context& of, tts_sink& sink) const {
    const auto* alignment = json::member(frame, "alignment");
    if (!alignment || !alignment->IsObject())
      return;
    const auto* chars = list_of(*alignment, "chars");
    const auto* starts = either(*alignment, "charStartTimesMs", "charsStartTimesMs");
    const auto* lasts = either(*alignment, "charDurationsMs", "charsDurationsMs");
    if (!chars || !starts || !lasts)
      return;
    const auto base = static_cast<wire_us>(of.samples * 1'000'000 / rate_hz_);
    const auto count = std::min({chars->Size(), starts->Size(), lasts->Size(), characters_max});
    for (rapidjson::SizeType i = 0; i < count; ++i) {
      const auto ms = [&](const json::value& list) {
        return us_of(list[i].IsNumber() ? std::optional{list[i].GetDouble()} : std::nullopt, in_ms);
      };
      const std::string letter = (*chars)[i].IsString() ? (*chars)[i].GetString() : " ";
      if (letter.find_first_not_of(' ') == std::string::npos) {
        end_word(of, sink);
        continue;
      }
      if (of.word.empty())
        of.word_from = base + ms(*starts);
      of.word += letter;
      of.word_to = base + ms(*starts) + ms(*lasts);
    }
  }

  static void end_word(context& of, tts_sink& sink) {
    if (!of.word.empty())
      sink.words(of.piece, {{std::exchange(of.word, {}), of.word_from, of.word_to}});
  }

  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  std::uint64_t connection_ = 0;
  std::map<std::string, context> contexts_;
  std::string decoded_;
};

} // namespace

tts_codec_ptr make_elevenlabs_tts(const provider_access& access, const tts_settings& settings,
                                  std::uint32_t rate_hz) {
  return std::make_unique<elevenlabs_tts>(access, settings, rate_hz);
}

} // namespace unpod
