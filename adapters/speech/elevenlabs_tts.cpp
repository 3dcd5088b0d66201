// ElevenLabs' voices with many contexts on one socket:
// `wss://…/v1/text-to-speech/{voice}/multi-stream-input`.
//
//   up    a context a piece: settings with one space, the text with flush, close_context
//   down  audio (base64) with an alignment of characters, isFinal; an `error` is the end
#include "adapters/speech/elevenlabs_speech.hpp"

#include <map>

namespace unpod {

namespace {

class elevenlabs_tts : public tts_codec {
public:
  elevenlabs_tts(const provider_access& access, const tts_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    return elevenlabs_speech::dial(access_, settings_, rate_hz_, "multi-stream-input");
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
    contexts_.emplace(id, elevenlabs_speech{piece, rate_hz_});
    json::writer first, words;
    first.object().field("text", " ").field("context_id", id);
    elevenlabs_speech::begin(first, settings_.speed);
    words.object().field("text", text + " ").field("context_id", id).field("flush", true);
    return {{true, first.end().str()}, {true, words.end().str()}, close_of(id)};
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
    if (found == contexts_.end() || !found->second.take(*frame, sink))
      return;
    const auto piece = found->second.piece();
    contexts_.erase(found);
    sink.done(piece);
  }

private:
  std::string context_of(piece_serial piece) const {
    return "c" + std::to_string(connection_) + "-" + std::to_string(piece);
  }
  static wire_frame close_of(const std::string& id) {
    return {
      true,
      json::writer{}.object().field("context_id", id).field("close_context", true).end().str()};
  }

  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  std::uint64_t connection_ = 0;
  std::map<std::string, elevenlabs_speech> contexts_;
};

} // namespace

tts_codec_ptr make_elevenlabs_tts(const provider_access& access, const tts_settings& settings,
                                  std::uint32_t rate_hz) {
  return std::make_unique<elevenlabs_tts>(access, settings, rate_hz);
}

} // namespace unpod
