// ElevenLabs' voices with one text a socket, for servers that have no contexts:
// `wss://…/v1/text-to-speech/{voice}/stream-input`.
//
//   up    settings with one space, the text, an empty text: its end
//   down  audio (base64) with an alignment of characters, isFinal, close; an `error` is the end
//
// A piece is a connection, which costs a handshake each; nothing can be called back but by
// hanging up.
#include "adapters/speech/elevenlabs_speech.hpp"

namespace unpod {

namespace {

class elevenlabs_single_tts : public tts_codec {
public:
  elevenlabs_single_tts(const provider_access& access, const tts_settings& settings,
                        std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    return elevenlabs_speech::dial(access_, settings_, rate_hz_, "stream-input");
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
  bool can_cancel() const override {
    return false;
  }
  bool one_piece_a_connection() const override {
    return true;
  }
  wire_frames opening() override {
    speech_.reset();
    return {};
  }
  wire_frames speak(piece_serial piece, const std::string& text) override {
    speech_.emplace(piece, rate_hz_);
    json::writer first, words;
    first.object().field("text", " ");
    elevenlabs_speech::begin(first, settings_.speed);
    words.object().field("text", text + " ");
    return {{true, first.end().str()}, {true, words.end().str()}, {true, R"({"text":""})"}};
  }
  wire_frames cancel(piece_serial) override {
    speech_.reset();
    return {};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    if (const auto error = json::text(*frame, "error"))
      return sink.failed("it says: " + provider_words(*error + " " + text_of(*frame, "message")));
    if (!speech_ || !speech_->take(*frame, sink))
      return;
    const auto piece = speech_->piece();
    speech_.reset();
    sink.done(piece);
  }

private:
  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  std::optional<elevenlabs_speech> speech_;
};

} // namespace

tts_codec_ptr make_elevenlabs_single_tts(const provider_access& access,
                                         const tts_settings& settings, std::uint32_t rate_hz) {
  return std::make_unique<elevenlabs_single_tts>(access, settings, rate_hz);
}

} // namespace unpod
