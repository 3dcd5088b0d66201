// Deepgram's streaming recogniser, v1: `wss://…/v1/listen`.
//
//   up    binary audio, {"type":"Finalize"}, {"type":"KeepAlive"}, {"type":"CloseStream"}
//   down  Results: is_final false revises a range, true freezes it; Metadata, SpeechStarted,
//         UtteranceEnd; an Error frame is not in the schema, and taken
//
// Every frozen range is one final of ours: a later one begins where it ended. An empty
// binary frame would end the stream, so none is sent.
#include "adapters/json/json.hpp"
#include "adapters/speech/stt_codec.hpp"

#include <cmath>

namespace unpod {

namespace {

/// ms. 300: silence that ends an utterance; below the node's own end of turn.
constexpr auto endpointing_ms = "300";

wire_us us_of(double seconds) {
  constexpr double day = 86'400;
  return std::isfinite(seconds) && seconds > 0
           ? static_cast<wire_us>(std::min(seconds, day) * 1'000'000)
           : 0;
}

std::vector<wire_word> words_of(const json::value& alternative) {
  std::vector<wire_word> words;
  const auto* list = json::member(alternative, "words");
  if (!list || !list->IsArray())
    return words;
  for (const auto& one : list->GetArray()) {
    if (!one.IsObject())
      continue;
    auto text = json::text(one, "punctuated_word");
    if (!text)
      text = json::text(one, "word");
    const auto from = json::number(one, "start"), to = json::number(one, "end");
    if (text && from && to)
      words.push_back({*text, us_of(*from), us_of(*to)});
  }
  return words;
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
    return {query.str(), {{"Authorization", "Token " + access_.key}}};
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
    std::string why;
    const auto frame = text ? json::parse(bytes, provider_json_depth_max, why) : std::nullopt;
    if (!frame || !frame->IsObject())
      return; // what is no frame of theirs says nothing
    const auto type = json::text(*frame, "type").value_or("");
    if (type == "Results")
      take_results(*frame, out);
    else if (type == "Error")
      fail(*frame, out);
  }

private:
  static void take_results(const json::value& frame, std::vector<stt_news>& out) {
    stt_news news;
    news.what = json::flag(frame, "is_final").value_or(false) ? stt_news::kind::final
                                                              : stt_news::kind::partial;
    const auto start = json::number(frame, "start").value_or(0);
    news.from = us_of(start);
    news.to = us_of(start + json::number(frame, "duration").value_or(0));
    const auto* channel = json::member(frame, "channel");
    const auto* list =
      channel && channel->IsObject() ? json::member(*channel, "alternatives") : nullptr;
    if (list && list->IsArray() && !list->Empty() && (*list)[0].IsObject()) {
      news.text = json::text((*list)[0], "transcript").value_or("");
      news.words = words_of((*list)[0]);
    }
    out.push_back(std::move(news));
  }

  static void fail(const json::value& frame, std::vector<stt_news>& out) {
    stt_news news;
    news.what = stt_news::kind::failed;
    auto words = json::text(frame, "description");
    if (!words)
      words = json::text(frame, "err_msg");
    news.why = "it says: " + provider_words(words.value_or(""));
    out.push_back(std::move(news));
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
