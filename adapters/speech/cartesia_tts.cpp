// Cartesia's voice over its WebSocket: `wss://…/tts/websocket`.
//
//   up    one JSON request a piece, each its own context; {"context_id":…,"cancel":true}
//   down  chunk (base64), timestamps (words, seconds of the context), done, error; flush_done
//         and phoneme_timestamps say nothing here
//
// A context is a piece: its sound is known by its id, so what comes late for a piece that
// is over, or was never ours, is dropped.
#include "adapters/json/json.hpp"
#include "adapters/speech/base64.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace unpod {

namespace {

/// The protocol's version by its date: the one whose voices are still objects.
constexpr auto cartesia_version = "2025-04-16";
/// words of one event. 1,000: a piece has far fewer.
constexpr rapidjson::SizeType words_max = 1'000;

wire_us us_of(const json::value& seconds) {
  const double value = seconds.IsNumber() ? seconds.GetDouble() : 0;
  return std::isfinite(value) && value > 0
           ? static_cast<wire_us>(std::min(value, 3'600.0) * 1'000'000)
           : 0;
}

class cartesia_tts : public tts_codec {
public:
  cartesia_tts(const provider_access& access, const tts_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    return {wire_query{access_.base_url, "/tts/websocket"}.str(),
            {{"X-API-Key", access_.key.reveal()}, {"Cartesia-Version", cartesia_version}}};
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
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
    contexts_.emplace(id, context{piece, wire_sound{is_mulaw_rate(rate_hz_)}});
    json::writer out;
    out.object()
      .field("model_id", settings_.model.empty() ? std::string{"sonic-3"} : settings_.model)
      .field("transcript", text)
      .key("voice")
      .object()
      .field("mode", "id")
      .field("id", settings_.voice)
      .end()
      .field("language", settings_.language.substr(0, settings_.language.find('-')))
      .field("context_id", id)
      .key("output_format")
      .object()
      .field("container", "raw")
      .field("encoding", is_mulaw_rate(rate_hz_) ? "pcm_mulaw" : "pcm_s16le")
      .field("sample_rate", rate_hz_)
      .end()
      .field("continue", false)
      .field("max_buffer_delay_ms", 0)
      .field("add_timestamps", true);
    if (settings_.speed != 1.0)
      out.key("generation_config")
        .object()
        .field("speed", std::clamp(settings_.speed, 0.6, 1.5))
        .end();
    return {{true, out.end().str()}};
  }

  wire_frames cancel(piece_serial piece) override {
    const auto id = context_of(piece);
    if (contexts_.erase(id) == 0)
      return {};
    return {
      {true, json::writer{}.object().field("context_id", id).field("cancel", true).end().str()}};
  }

  void take(bool text, std::string_view bytes, tts_sink& sink) override {
    std::string why;
    const auto frame = text ? json::parse(bytes, provider_json_depth_max, why) : std::nullopt;
    if (!frame || !frame->IsObject())
      return;
    const auto type = json::text(*frame, "type").value_or("");
    const auto found = contexts_.find(json::text(*frame, "context_id").value_or(""));
    if (type == "error")
      return take_error(*frame, found != contexts_.end(), sink);
    if (found == contexts_.end())
      return;
    if (type == "chunk")
      take_chunk(*frame, found->second, sink);
    else if (type == "timestamps")
      take_words(*frame, found->second, sink);
    else if (type == "done") {
      const auto piece = found->second.piece;
      contexts_.erase(found);
      sink.done(piece);
    }
  }

private:
  struct context {
    piece_serial piece = 0;
    wire_sound sound{false};
  };

  /// Never the same twice: a context of a connection before is somebody else's.
  std::string context_of(piece_serial piece) const {
    return "c" + std::to_string(connection_) + "-" + std::to_string(piece);
  }

  void take_chunk(const json::value& frame, context& to, tts_sink& sink) {
    const auto* data = json::member(frame, "data");
    if (!data || !data->IsString())
      return;
    decoded_.clear();
    if (!base64_decode({data->GetString(), data->GetStringLength()}, decoded_))
      return sink.failed("its sound is not base64");
    const auto& pcm = to.sound.take(decoded_);
    if (!pcm.empty())
      sink.sound(to.piece, pcm.data(), pcm.size());
  }

  static void take_words(const json::value& frame, const context& of, tts_sink& sink) {
    const auto* times = json::member(frame, "word_timestamps");
    const auto list = [&](const char* key) {
      const auto* found = times ? json::member(*times, key) : nullptr;
      return found && found->IsArray() ? found : nullptr;
    };
    const auto *words = list("words"), *from = list("start"), *to = list("end");
    if (!words || !from || !to)
      return;
    const auto count = std::min({words->Size(), from->Size(), to->Size(), words_max});
    std::vector<wire_word> told;
    for (rapidjson::SizeType i = 0; i < count; ++i)
      if ((*words)[i].IsString())
        told.push_back({(*words)[i].GetString(), us_of((*from)[i]), us_of((*to)[i])});
    sink.words(of.piece, std::move(told));
  }

  /// An error of a context that is over, or was cancelled, is nobody's business.
  static void take_error(const json::value& frame, bool ours, tts_sink& sink) {
    if (!ours && json::member(frame, "context_id"))
      return;
    auto words = json::text(frame, "title").value_or("");
    const auto more = json::text(frame, "message");
    words += (words.empty() || !more ? "" : ": ") + more.value_or("");
    if (words.empty())
      words = json::text(frame, "error").value_or("");
    sink.failed("it says: " + provider_words(words));
  }

  const provider_access access_;
  const tts_settings settings_;
  const std::uint32_t rate_hz_;
  std::uint64_t connection_ = 0;
  std::map<std::string, context> contexts_;
  std::string decoded_;
};

} // namespace

tts_codec_ptr make_cartesia_tts(const provider_access& access, const tts_settings& settings,
                                std::uint32_t rate_hz) {
  return std::make_unique<cartesia_tts>(access, settings, rate_hz);
}

} // namespace unpod
