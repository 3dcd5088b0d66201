// Deepgram's Flux, which ends turns itself: `wss://…/v2/listen`.
//
//   up    binary audio, {"type":"ForceEndTurn"}, {"type":"CloseStream"}; pings keep it alive
//   down  Connected, TurnInfo (StartOfTurn, Update, EagerEndOfTurn, TurnResumed: the turn so
//         far; EndOfTurn: for good), Error; anything else says nothing
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

class deepgram_flux_stt : public stt_codec {
public:
  deepgram_flux_stt(const provider_access& access, const stt_settings& settings,
                    std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/v2/listen"};
    query.add("model", settings_.model)
      .add("encoding", is_mulaw_rate(rate_hz_) ? "mulaw" : "linear16")
      .add("sample_rate", std::to_string(rate_hz_));
    if (settings_.model == "flux-general-multi")
      query.add("language_hint", settings_.language.substr(0, settings_.language.find('-')));
    return {query.str(), {{"Authorization", "Token " + access_.key.reveal()}}};
  }
  bool waits_until_ready() const override {
    return true;
  }
  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    if (samples > 0)
      out.push_back({false, wire_audio(pcm, samples, rate_hz_)});
  }
  wire_frames finalize() override {
    return {{true, R"({"type":"ForceEndTurn"})"}};
  }
  wire_frames closing() override {
    return {{true, R"({"type":"CloseStream"})"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto type = text_of(*frame, "type");
    if (type == "Connected")
      out.push_back(ready_news());
    else if (type == "TurnInfo")
      take_turn(*frame, out);
    else if (type == "Error")
      out.push_back(failed_news(text_of(*frame, "description")));
  }

private:
  static void take_turn(const json::value& frame, std::vector<stt_news>& out) {
    auto words = text_of(frame, "transcript");
    if (text_of(frame, "event") != "EndOfTurn")
      return out.push_back(partial_news(std::move(words)));
    out.push_back(final_news(std::move(words),
                             us_of(json::number(frame, "audio_window_start"), in_seconds),
                             us_of(json::number(frame, "audio_window_end"), in_seconds),
                             words_of(frame, "words", "word", in_seconds)));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
};

} // namespace

stt_codec_ptr make_deepgram_flux_stt(const provider_access& access, const stt_settings& settings,
                                     std::uint32_t rate_hz) {
  return std::make_unique<deepgram_flux_stt>(access, settings, rate_hz);
}

} // namespace unpod
