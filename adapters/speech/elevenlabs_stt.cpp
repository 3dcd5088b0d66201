// ElevenLabs' Scribe, live: `wss://…/v1/speech-to-text/realtime`.
//
//   up    {"message_type":"input_audio_chunk","audio_base_64":…,"commit":…}
//   down  session_started, partial_transcript, committed_transcript (empty: nothing was there),
//         committed_transcript_with_timestamps, which follows each one that has words; any
//         other message with an `error` is the end
//
// Its own VAD commits; our wish for a final commits sooner.
#include "adapters/speech/base64.hpp"
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

/// s of silence that commit. 0.4: below the node's own end of turn.
constexpr auto commit_silence_s = "0.4";

class elevenlabs_stt : public stt_codec {
public:
  elevenlabs_stt(const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/v1/speech-to-text/realtime"};
    query.add("model_id", settings_.model.empty() ? "scribe_v2_realtime" : settings_.model)
      .add("audio_format",
           is_mulaw_rate(rate_hz_) ? "ulaw_8000" : "pcm_" + std::to_string(rate_hz_))
      .add("commit_strategy", "vad")
      .add("vad_silence_threshold_secs", commit_silence_s)
      .add("language_code", settings_.language.substr(0, settings_.language.find('-')))
      .add("include_timestamps", "true");
    return {query.str(), {{"xi-api-key", access_.key.reveal()}}};
  }
  bool waits_until_ready() const override {
    return true;
  }
  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    if (samples > 0)
      out.push_back(chunk(wire_audio(pcm, samples, rate_hz_), false));
  }
  wire_frames finalize() override {
    return {chunk("", true)};
  }
  wire_frames keep_alive() override {
    return {chunk("", false)};
  }
  std::chrono::milliseconds keep_alive_every() const override {
    return std::chrono::milliseconds{8'000};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto type = text_of(*frame, "message_type");
    if (type == "session_started")
      out.push_back(ready_news());
    else if (type == "partial_transcript")
      out.push_back(partial_news(text_of(*frame, "text")));
    else if (type == "committed_transcript_with_timestamps")
      take_final(*frame, out);
    else if (type == "committed_transcript" && text_of(*frame, "text").empty())
      out.push_back(final_news({}, heard_to_, heard_to_));
    else if (json::text(*frame, "error") && type != "commit_throttled"
             && type != "insufficient_audio_activity")
      out.push_back(failed_news(type + " " + text_of(*frame, "error")));
  }

private:
  /// Written straight into the frame: nothing in it has to be escaped.
  wire_frame chunk(const std::string& audio, bool commit) const {
    constexpr std::string_view head = R"({"message_type":"input_audio_chunk","audio_base_64":")";
    const auto tail = std::string{R"(","commit":)"} + (commit ? "true" : "false")
                      + R"(,"sample_rate":)" + std::to_string(rate_hz_) + "}";
    wire_frame frame;
    frame.bytes.reserve(head.size() + base64_size(audio.size()) + tail.size());
    frame.bytes.append(head);
    append_base64(audio, frame.bytes);
    frame.bytes.append(tail);
    return frame;
  }

  /// Spaces are words of a kind of their own there.
  void take_final(const json::value& frame, std::vector<stt_news>& out) {
    auto words = words_of(frame, "words", "text", in_seconds);
    words.erase(std::remove_if(words.begin(), words.end(),
                               [](const wire_word& word) {
                                 return word.text.find_first_not_of(' ') == std::string::npos;
                               }),
                words.end());
    const auto from = words.empty() ? heard_to_ : words.front().from;
    heard_to_ = std::max(heard_to_, words.empty() ? 0 : words.back().to);
    out.push_back(final_news(text_of(frame, "text"), from, heard_to_, std::move(words)));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
  wire_us heard_to_ = 0; // the strand's
};

} // namespace

stt_codec_ptr make_elevenlabs_stt(const provider_access& access, const stt_settings& settings,
                                  std::uint32_t rate_hz) {
  return std::make_unique<elevenlabs_stt>(access, settings, rate_hz);
}

} // namespace unpod
