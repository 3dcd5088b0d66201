// OpenAI's realtime transcription, and servers that speak the same:
// `wss://…/v1/realtime?intent=transcription`.
//
//   up    session.update, input_audio_buffer.append (base64), input_audio_buffer.commit
//   down  session.updated, speech_started and speech_stopped (times of an item), …delta (more
//         of it), …completed (all of it), …failed, error (which leaves the session open)
//
// A telephone's mu-law goes as it is; anything else is brought to 24 kHz. Items may be
// completed out of order, so each has its own place.
#include "adapters/media/resampler.hpp"
#include "adapters/speech/base64.hpp"
#include "adapters/speech/json_frame.hpp"

#include <map>

namespace unpod {

namespace {

constexpr std::uint32_t openai_rate_hz = 24'000;
/// items that are not complete yet; more than these are forgotten, oldest first.
constexpr std::size_t items_max = 32;
constexpr std::size_t item_bytes_max = 64 * 1024;

class openai_stt : public stt_codec {
public:
  openai_stt(const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz),
      up_(rate_hz, openai_rate_hz, resampler::timing::aligned) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/v1/realtime"};
    query.add("intent", "transcription");
    return {query.str(), {{"Authorization", "Bearer " + access_.key.reveal()}}};
  }
  bool waits_until_ready() const override {
    return true;
  }

  wire_frames opening() override {
    json::writer out;
    out.object().field("type", "session.update").key("session").object();
    out.field("type", "transcription").key("audio").object().key("input").object();
    out.key("format").object().field("type", is_mulaw_rate(rate_hz_) ? "audio/pcmu" : "audio/pcm");
    if (!is_mulaw_rate(rate_hz_))
      out.field("rate", openai_rate_hz);
    out.end().key("transcription").object();
    out.field("model", settings_.model.empty() ? std::string{"gpt-4o-transcribe"} : settings_.model)
      .field("language", settings_.language.substr(0, settings_.language.find('-')))
      .end();
    out.key("turn_detection").object().field("type", "server_vad");
    out.field("silence_duration_ms", 400).end();
    return {{true, out.end().end().end().end().str()}};
  }

  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    std::string bytes;
    if (is_mulaw_rate(rate_hz_)) {
      bytes = wire_audio(pcm, samples, rate_hz_);
    } else {
      resampled_.clear();
      up_.push(pcm, samples, resampled_);
      bytes = wire_audio(resampled_.data(), resampled_.size(), openai_rate_hz);
    }
    if (bytes.empty())
      return;
    constexpr std::string_view head = R"({"type":"input_audio_buffer.append","audio":")";
    constexpr std::string_view tail = R"("})";
    wire_frame frame; // written straight: nothing in it has to be escaped
    frame.bytes.reserve(head.size() + base64_size(bytes.size()) + tail.size());
    frame.bytes.append(head);
    append_base64(bytes, frame.bytes);
    frame.bytes.append(tail);
    out.push_back(std::move(frame));
  }
  wire_frames finalize() override {
    return {{true, R"({"type":"input_audio_buffer.commit"})"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto type = text_of(*frame, "type");
    const auto id = text_of(*frame, "item_id");
    constexpr std::string_view heard = "conversation.item.input_audio_transcription.";
    if (type == "session.updated" || type == "transcription_session.updated") {
      ready_ = true;
      out.push_back(ready_news());
    } else if (type == "error" && !ready_) {
      const auto* error = json::member(*frame, "error");
      out.push_back(failed_news(error ? text_of(*error, "message") : ""));
    } else if (type == "input_audio_buffer.speech_started") {
      item_of(id).from = us_of(json::number(*frame, "audio_start_ms"), in_ms);
    } else if (type == "input_audio_buffer.speech_stopped") {
      item_of(id).to = us_of(json::number(*frame, "audio_end_ms"), in_ms);
    } else if (type.rfind(heard, 0) == 0) {
      take_words(type.substr(heard.size()), id, *frame, out);
    }
  }

private:
  struct item {
    wire_us from = 0, to = 0;
    std::string text;
  };

  item& item_of(const std::string& id) {
    while (items_.size() >= items_max && items_.count(id) == 0)
      items_.erase(items_.begin());
    return items_[id];
  }

  void take_words(const std::string& what, const std::string& id, const json::value& frame,
                  std::vector<stt_news>& out) {
    if (what == "delta") {
      auto& one = item_of(id);
      one.text += text_of(frame, "delta");
      if (one.text.size() > item_bytes_max)
        return out.push_back(failed_news("an utterance without an end"));
      return out.push_back(partial_news(one.text));
    }
    const auto one = item_of(id);
    items_.erase(id);
    if (what == "completed")
      out.push_back(final_news(text_of(frame, "transcript"), one.from, std::max(one.from, one.to)));
    else if (what == "failed")
      out.push_back(failed_news("an utterance could not be transcribed"));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
  resampler up_;                        // the sending side's
  std::vector<std::int16_t> resampled_; // the sending side's
  bool ready_ = false;                  // the strand's, and what follows
  std::map<std::string, item> items_;
};

} // namespace

stt_codec_ptr make_openai_stt(const provider_access& access, const stt_settings& settings,
                              std::uint32_t rate_hz) {
  return std::make_unique<openai_stt>(access, settings, rate_hz);
}

} // namespace unpod
