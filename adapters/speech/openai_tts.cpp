// OpenAI's voices over HTTP, and those of every server that speaks the same:
// `POST …/v1/audio/speech`, one exchange a piece (exchange_channel.hpp).
//
//   up    {"model":…,"voice":…,"input":…,"response_format":"pcm"}; nothing: call it off
//   down  bytes of 24,000 Hz sound as they are made, their end; a refusal in words
//
// There are no word times, and a base address may be written with /v1 or without.
#include "adapters/speech/json_frame.hpp"
#include "adapters/speech/tts_codec.hpp"

namespace unpod {

namespace {

/// samples/s of `pcm` there, whatever is asked.
constexpr std::uint32_t openai_voice_rate_hz = 24'000;

class openai_tts : public tts_codec {
public:
  openai_tts(const provider_access& access, const tts_settings& settings)
    : access_(access), settings_(settings) {}

  wire_dial dial() const override {
    auto base = access_.base_url;
    while (!base.empty() && base.back() == '/')
      base.pop_back();
    if (base.rfind("ws", 0) == 0)
      base.replace(0, 2, "http");
    if (base.size() < 3 || base.compare(base.size() - 3, 3, "/v1") != 0)
      base += "/v1";
    wire_dial to{base + "/audio/speech", {{"Content-Type", "application/json"}}};
    if (!access_.key.empty())
      to.headers.emplace_back("Authorization", "Bearer " + access_.key.reveal());
    return to;
  }
  std::uint32_t rate_hz() const override {
    return openai_voice_rate_hz;
  }
  wire_frames opening() override {
    piece_.reset();
    return {};
  }
  wire_frames speak(piece_serial piece, const std::string& text) override {
    piece_ = piece;
    sound_.reset();
    json::writer out;
    out.object()
      .field("model", settings_.model.empty() ? std::string{"gpt-4o-mini-tts"} : settings_.model)
      .field("voice", settings_.voice.empty() ? std::string{"alloy"} : settings_.voice)
      .field("input", text)
      .field("response_format", "pcm");
    if (settings_.speed != 1.0)
      out.field("speed", std::clamp(settings_.speed, 0.25, 4.0));
    return {{true, out.end().str()}};
  }
  wire_frames cancel(piece_serial piece) override {
    if (piece_ != piece)
      return {};
    piece_.reset();
    return {{true, ""}};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    if (!piece_)
      return;
    if (!text) {
      const auto& pcm = sound_.take(bytes);
      if (!pcm.empty())
        sink.sound(*piece_, pcm.data(), pcm.size());
      return;
    }
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto piece = *piece_;
    piece_.reset();
    if (json::flag(*frame, "ended").value_or(false))
      return sink.done(piece);
    const auto status = json::whole(*frame, "status").value_or(0);
    sink.failed("it answers " + std::to_string(status) + ": "
                + provider_words(text_of(*frame, "error")));
  }

private:
  const provider_access access_;
  const tts_settings settings_;
  wire_sound sound_{false};
  std::optional<piece_serial> piece_; // that was asked for, and is not over
};

} // namespace

tts_codec_ptr make_openai_tts(const provider_access& access, const tts_settings& settings,
                              std::uint32_t) {
  return std::make_unique<openai_tts>(access, settings);
}

} // namespace unpod
