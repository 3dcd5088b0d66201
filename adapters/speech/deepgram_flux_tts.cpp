// Deepgram's voices, v2 (Flux): `wss://…/v2/speak`.
//
//   up    {"type":"Speak","text":…}, {"type":"Flush"}; {"type":"Interrupt"}; {"type":"Close"}
//   down  Connected; SpeechStarted, binary sound, SpeechMetadata: one speech, whole;
//         SpeechInterrupted, or a Warning NO_ACTIVE_SPEECH: one that was cut; Flushed says
//         nothing; Error
//
// Sound carries no name, but speeches come in the order they were asked for.
#include "adapters/speech/json_frame.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <deque>

namespace unpod {

namespace {

class deepgram_flux_tts : public tts_codec {
public:
  deepgram_flux_tts(const provider_access& access, const tts_settings& settings,
                    std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz), sound_(is_mulaw_rate(rate_hz)) {}

  wire_dial dial() const override {
    const auto& voice = settings_.voice.empty() ? settings_.model : settings_.voice;
    wire_query query{access_.base_url, "/v2/speak"};
    query.add("model", voice)
      .add("encoding", is_mulaw_rate(rate_hz_) ? "mulaw" : "linear16")
      .add("sample_rate", std::to_string(rate_hz_));
    return {query.str(), {{"Authorization", "Token " + access_.key.reveal()}}};
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
  wire_frames opening() override {
    speeches_.clear();
    sound_.reset();
    return {};
  }
  wire_frames speak(piece_serial piece, const std::string& text) override {
    speeches_.push_back({piece, true});
    const auto words =
      json::writer{}.object().field("type", "Speak").field("text", text).end().str();
    return {{true, words}, {true, R"({"type":"Flush"})"}};
  }
  /// Its sound is dropped until the server says that it stopped.
  wire_frames cancel(piece_serial piece) override {
    for (auto& one : speeches_)
      if (one.piece == piece && one.wanted) {
        one.wanted = false;
        return {{true, R"({"type":"Interrupt"})"}};
      }
    return {};
  }
  wire_frames closing() override {
    return {{true, R"({"type":"Close"})"}};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    if (!text)
      return take_sound(bytes, sink);
    const auto frame = object_frame(text, bytes);
    const auto type = frame ? text_of(*frame, "type") : "";
    if (type == "SpeechMetadata" || type == "SpeechInterrupted")
      end_speech(sink);
    else if (type == "Warning")
      take_warning(text_of(*frame, "code"), sink);
    else if (type == "Error")
      sink.failed("it says: "
                  + provider_words(text_of(*frame, "code") + " " + text_of(*frame, "description")));
  }

private:
  struct speech {
    piece_serial piece = 0;
    bool wanted = true;
  };

  void take_sound(std::string_view bytes, tts_sink& sink) {
    if (speeches_.empty() || !speeches_.front().wanted)
      return;
    const auto& pcm = sound_.take(bytes);
    if (!pcm.empty())
      sink.sound(speeches_.front().piece, pcm.data(), pcm.size());
  }

  void end_speech(tts_sink& sink) {
    if (speeches_.empty())
      return;
    const auto one = speeches_.front();
    speeches_.pop_front();
    sound_.reset();
    if (one.wanted)
      sink.done(one.piece);
  }

  /// An interrupt that found nothing: the speech was over already, or will never begin.
  void take_warning(const std::string& code, tts_sink& sink) {
    if (code == "NO_ACTIVE_SPEECH" && !speeches_.empty() && !speeches_.front().wanted)
      end_speech(sink);
    else if (code == "NO_AUDIO_GENERATED" && !speeches_.empty() && speeches_.front().wanted)
      sink.failed("it made no sound of the text");
  }

  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  wire_sound sound_;
  std::deque<speech> speeches_; // asked for and not over, in their order
};

} // namespace

tts_codec_ptr make_deepgram_flux_tts(const provider_access& access, const tts_settings& settings,
                                     std::uint32_t rate_hz) {
  return std::make_unique<deepgram_flux_tts>(access, settings, rate_hz);
}

} // namespace unpod
