// A Vosk server of one's own: plain WebSocket, no key, one language a server.
//
//   up    {"config":{"sample_rate":…,"words":1}}, binary 16 bit audio, {"eof":1} at the end
//   down  {"partial":"…"}, {"result":[{word,start,end,conf}…],"text":"…"}
//
// It ends utterances itself and cannot be asked for a final.
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

class vosk_stt : public stt_codec {
public:
  vosk_stt(const provider_access& access, std::uint32_t rate_hz)
    : access_(access), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    return {wire_query{access_.base_url, "/"}.str(), {}};
  }
  wire_frames opening() override {
    json::writer out;
    out.object().key("config").object().field("sample_rate", rate_hz_).field("words", 1);
    return {{true, out.end().end().str()}};
  }
  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    if (samples > 0)
      out.push_back({false, linear_audio(pcm, samples)});
  }
  wire_frames finalize() override {
    return {};
  }
  wire_frames closing() override {
    return {{true, R"({"eof":1})"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    if (const auto partial = json::text(*frame, "partial"))
      return out.push_back(partial_news(*partial));
    const auto whole = json::text(*frame, "text");
    if (!whole)
      return;
    auto words = words_of(*frame, "result", "word", in_seconds);
    const auto from = words.empty() ? heard_to_ : words.front().from;
    heard_to_ = std::max(heard_to_, words.empty() ? 0 : words.back().to);
    out.push_back(final_news(*whole, from, heard_to_, std::move(words)));
  }

private:
  const provider_access access_;
  const std::uint32_t rate_hz_;
  wire_us heard_to_ = 0; // the strand's
};

} // namespace

stt_codec_ptr make_vosk_stt(const provider_access& access, const stt_settings&,
                            std::uint32_t rate_hz) {
  return std::make_unique<vosk_stt>(access, rate_hz);
}

} // namespace unpod
