// Deepgram's streaming recogniser, v1: `wss://…/v1/listen`.
//
//   up    binary audio, {"type":"Finalize"}, {"type":"KeepAlive"}, {"type":"CloseStream"}
//   down  Results: is_final false revises a range, true freezes it; Metadata, SpeechStarted,
//         UtteranceEnd; an Error frame is not in the schema, and taken
//
// Every frozen range is one final of ours: a later one begins where it ended. An empty
// binary frame would end the stream, so none is sent.
#include "adapters/speech/json_frame.hpp"

namespace unpod {

namespace {

/// ms. 300: silence that ends an utterance; below the node's own end of turn.
constexpr auto endpointing_ms = "300";

/// A word with its punctuation, where it is told.
std::vector<wire_word> written_words(const json::value& alternative) {
  auto words = words_of(alternative, "words", "punctuated_word", in_seconds);
  return words.empty() ? words_of(alternative, "words", "word", in_seconds) : words;
}

class deepgram_stt : public stt_codec {
public:
  deepgram_stt(const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)
    : access_(access), settings_(settings), rate_hz_(rate_hz) {}

  wire_dial dial() const override {
    wire_query query{access_.base_url, "/v1/listen"};
    query.add("model", settings_.model.empty() ? "nova-3" : settings_.model)
      .add("language", settings_.language)
      .add("encoding", is_mulaw_rate(rate_hz_) ? "mulaw" : "linear16")
      .add("sample_rate", std::to_string(rate_hz_))
      .add("channels", "1")
      .add("interim_results", "true")
      .add("endpointing", endpointing_ms)
      .add("punctuate", "true");
    return {query.str(), {{"Authorization", "Token " + access_.key.reveal()}}};
  }

  void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) override {
    if (samples > 0)
      out.push_back({false, wire_audio(pcm, samples, rate_hz_)});
  }
  wire_frames finalize() override {
    return {{true, R"({"type":"Finalize"})"}};
  }
  wire_frames keep_alive() override {
    return {{true, R"({"type":"KeepAlive"})"}};
  }
  std::chrono::milliseconds keep_alive_every() const override {
    return std::chrono::milliseconds{4'000};
  }
  wire_frames closing() override {
    return {{true, R"({"type":"CloseStream"})"}};
  }

  void take(bool text, std::string_view bytes, std::vector<stt_news>& out) override {
    const auto frame = object_frame(text, bytes);
    if (!frame)
      return; // what is no frame of theirs says nothing
    const auto type = text_of(*frame, "type");
    if (type == "Results")
      take_results(*frame, out);
    else if (type == "Error")
      fail(*frame, out);
  }

private:
  static void take_results(const json::value& frame, std::vector<stt_news>& out) {
    std::string words;
    std::vector<wire_word> timed;
    const auto* channel = json::member(frame, "channel");
    const auto* list = channel ? list_of(*channel, "alternatives") : nullptr;
    if (list && !list->Empty()) {
      words = text_of((*list)[0], "transcript");
      timed = written_words((*list)[0]);
    }
    if (!json::flag(frame, "is_final").value_or(false))
      return out.push_back(partial_news(std::move(words)));
    const auto start = json::number(frame, "start").value_or(0);
    const auto end = start + json::number(frame, "duration").value_or(0);
    out.push_back(final_news(std::move(words), us_of(start, in_seconds), us_of(end, in_seconds),
                             std::move(timed)));
  }

  static void fail(const json::value& frame, std::vector<stt_news>& out) {
    const auto words = json::text(frame, "description");
    out.push_back(failed_news(words ? *words : text_of(frame, "err_msg")));
  }

  const provider_access access_;
  const stt_settings settings_;
  const std::uint32_t rate_hz_;
};

} // namespace

stt_codec_ptr make_deepgram_stt(const provider_access& access, const stt_settings& settings,
                                std::uint32_t rate_hz) {
  return std::make_unique<deepgram_stt>(access, settings, rate_hz);
}

} // namespace unpod
