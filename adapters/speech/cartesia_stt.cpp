// Cartesia's recogniser with the client's own end of turn: `wss://…/stt/websocket`.
//
//   up    binary audio; the bare words `finalize` and `close`
//   down  transcript (is_final or not: what was said since the last final), flush_done (after
//         finalize), done, error
//
// Its words come as objects or as columns, depending on the year; without any, a final
// reaches as far as its duration says.
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

constexpr auto cartesia_version = "2025-04-16";

class cartesia_stt : public stt_codec {
public:
  cartesia_stt(const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/stt/websocket"};
    query.add("model", settings_.model.empty() ? "ink-2" : settings_.model)
      .add("encoding", is_mulaw_rate(rate_hz_) ? "pcm_mulaw" : "pcm_s16le")
      .add("sample_rate", std::to_string(rate_hz_))
      .add("language", settings_.language.substr(0, settings_.language.find('-')));
    return {query.str(),
            {{"X-API-Key", access_.key.reveal()}, {"Cartesia-Version", cartesia_version}}};
  }
  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    if (samples > 0)
      out.push_back({false, wire_audio(pcm, samples, rate_hz_)});
  }
  wire_frames finalize() override {
    return {{true, "finalize"}};
  }
  wire_frames closing() override {
    return {{true, "close"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return;
    const auto type = text_of(*frame, "type");
    if (type == "transcript")
      take_transcript(*frame, out);
    else if (type == "flush_done")
      out.push_back(final_news({}, heard_to_, heard_to_));
    else if (type == "error")
      out.push_back(failed_news(text_of(*frame, "title") + " " + text_of(*frame, "message")));
  }

private:
  void take_transcript(const json::value& frame, std::vector<stt_news>& out) {
    auto words = text_of(frame, "text");
    words.erase(0, std::min(words.find_first_not_of(' '), words.size()));
    if (!json::flag(frame, "is_final").value_or(false))
      return out.push_back(partial_news(std::move(words)));
    auto timed = words_of(frame, "words", "word", in_seconds);
    const auto from = timed.empty() ? heard_to_ : timed.front().from;
    const auto lasted = us_of(json::number(frame, "duration"), in_seconds);
    heard_to_ = std::max(heard_to_, timed.empty() ? heard_to_ + lasted : timed.back().to);
    out.push_back(final_news(std::move(words), from, heard_to_, std::move(timed)));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
  wire_us heard_to_ = 0; // the strand's
};

} // namespace

stt_codec_ptr make_cartesia_stt(const provider_access& access, const stt_settings& settings,
                                std::uint32_t rate_hz) {
  return std::make_unique<cartesia_stt>(access, settings, rate_hz);
}

} // namespace unpod
