// Deepgram's voices, v1: `wss://…/v1/speak`.
//
//   up    {"type":"Speak","text":…}, {"type":"Flush"}; {"type":"Clear"}; {"type":"Close"}
//   down  binary sound; Flushed after all of a flush's sound; Cleared; Metadata, Warning
//
// Sound carries no name: it belongs to the piece whose Flushed is next. What comes between
// Clear and Cleared belongs to nobody.
#include "adapters/speech/json_frame.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <deque>

namespace unpod {

namespace {

class deepgram_tts : public tts_codec {
public:
  deepgram_tts(const provider_access& access, const tts_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz), sound_(is_mulaw_rate(rate_hz)) {}

  /// A voice is a model there; a profile may name it as either.
  wire_dial dial() const override {
    const auto& voice = settings_.voice.empty() ? settings_.model : settings_.voice;
    wire_query query{access_.base_url, "/v1/speak"};
    query.add("model", voice.empty() ? "aura-2-thalia-en" : voice)
      .add("encoding", is_mulaw_rate(rate_hz_) ? "mulaw" : "linear16")
      .add("sample_rate", std::to_string(rate_hz_));
    return {query.str(), {{"Authorization", "Token " + access_.key.reveal()}}};
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
  wire_frames opening() override {
    pieces_.clear();
    clears_ = 0;
    sound_.reset();
    return {};
  }
  wire_frames speak(piece_serial piece, const std::string& text) override {
    pieces_.push_back(piece);
    const auto words =
      json::writer{}.object().field("type", "Speak").field("text", text).end().str();
    return {{true, words}, {true, R"({"type":"Flush"})"}};
  }
  /// One piece is asked for at a time, so there is no other to be cleared with it.
  wire_frames cancel(piece_serial) override {
    if (pieces_.empty())
      return {};
    pieces_.clear();
    ++clears_;
    return {{true, R"({"type":"Clear"})"}};
  }
  wire_frames closing() override {
    return {{true, R"({"type":"Close"})"}};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    if (!text)
      return take_sound(bytes, sink);
    const auto frame = object_frame(text, bytes);
    const auto type = frame ? text_of(*frame, "type") : "";
    if (type == "Cleared" && clears_ > 0) {
      --clears_;
      sound_.reset();
    } else if (type == "Flushed" && clears_ == 0 && !pieces_.empty()) {
      const auto piece = pieces_.front();
      pieces_.pop_front();
      sound_.reset();
      sink.done(piece);
    } else if (type == "Error") {
      sink.failed("it says: " + provider_words(text_of(*frame, "description")));
    }
  }

private:
  void take_sound(std::string_view bytes, tts_sink& sink) {
    if (clears_ > 0 || pieces_.empty())
      return;
    const auto& pcm = sound_.take(bytes);
    if (!pcm.empty())
      sink.sound(pieces_.front(), pcm.data(), pcm.size());
  }

  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  wire_sound sound_;
  std::deque<piece_serial> pieces_;
  std::size_t clears_ = 0; // that were not answered yet
};

} // namespace

tts_codec_ptr make_deepgram_tts(const provider_access& access, const tts_settings& settings,
                                std::uint32_t rate_hz) {
  return std::make_unique<deepgram_tts>(access, settings, rate_hz);
}

} // namespace unpod
