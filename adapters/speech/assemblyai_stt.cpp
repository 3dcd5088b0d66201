// AssemblyAI's Universal Streaming, v3: `wss://…/v3/ws`.
//
//   up    binary audio, 50 to 1,000 ms a frame; {"type":"ForceEndpoint"}, {"type":"Terminate"}
//   down  Begin, Turn (the words that stand, and behind them those that may change), Error,
//         Termination
//
// What is shorter than a frame may be waits for more. Times are milliseconds.
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

/// ms of one frame.
constexpr std::uint32_t frame_ms_min = 60;

class assemblyai_stt : public stt_codec {
public:
  assemblyai_stt(const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    const bool english = settings_.language.substr(0, 2) == "en";
    const std::string usual =
      english ? "universal-streaming-english" : "universal-streaming-multilingual";
    wire_query query{access_.base_url, "/v3/ws"};
    query.add("speech_model", settings_.model.empty() ? usual : settings_.model)
      .add("sample_rate", std::to_string(rate_hz_))
      .add("encoding", is_mulaw_rate(rate_hz_) ? "pcm_mulaw" : "pcm_s16le")
      .add("format_turns", "false");
    return {query.str(), {{"Authorization", access_.key.reveal()}}};
  }
  bool waits_until_ready() const override {
    return true;
  }
  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    waiting_.insert(waiting_.end(), pcm, pcm + samples);
    if (waiting_.size() * 1'000 < static_cast<std::size_t>(frame_ms_min) * rate_hz_)
      return;
    out.push_back({false, wire_audio(waiting_.data(), waiting_.size(), rate_hz_)});
    waiting_.clear();
  }
  wire_frames finalize() override {
    return {{true, R"({"type":"ForceEndpoint"})"}};
  }
  wire_frames closing() override {
    return {{true, R"({"type":"Terminate"})"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto type = text_of(*frame, "type");
    if (type == "Begin")
      out.push_back(ready_news());
    else if (type == "Turn")
      take_turn(*frame, out);
    else if (type == "Error")
      out.push_back(failed_news(text_of(*frame, "error")));
  }

private:
  static void take_turn(const json::value& frame, std::vector<stt_news>& out) {
    auto words = words_of(frame, "words", "text", in_ms);
    if (!json::flag(frame, "end_of_turn").value_or(false)) {
      std::string so_far;
      for (const auto& word : words)
        so_far += (so_far.empty() ? "" : " ") + word.text;
      return out.push_back(partial_news(so_far.empty() ? text_of(frame, "transcript") : so_far));
    }
    const auto from = words.empty() ? 0 : words.front().from;
    const auto to = words.empty() ? 0 : words.back().to;
    out.push_back(final_news(text_of(frame, "transcript"), from, to, std::move(words)));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
  std::vector<std::int16_t> waiting_; // the sending side's
};

} // namespace

stt_codec_ptr make_assemblyai_stt(const provider_access& access, const stt_settings& settings,
                                  std::uint32_t rate_hz) {
  return std::make_unique<assemblyai_stt>(access, settings, rate_hz);
}

} // namespace unpod
