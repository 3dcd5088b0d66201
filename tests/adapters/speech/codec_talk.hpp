// What codecs say, as lines a test can compare.
#pragma once

#include "adapters/speech/stt_codec.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <string>
#include <utility>
#include <vector>

namespace fixtures {

using namespace unpod;

inline std::string words_of_news(const std::vector<stt_news>& all) {
  std::string text;
  const auto ms = [](wire_us us) { return std::to_string(us / 1'000); };
  for (const auto& news : all)
    switch (news.what) {
      case stt_news::kind::ready:
        text += "ready; ";
        break;
      case stt_news::kind::partial:
        text += "(" + news.text + ") ";
        break;
      case stt_news::kind::final:
        text += "[" + news.text + "]" + ms(news.from) + "-" + ms(news.to) + " ";
        break;
      case stt_news::kind::failed:
        text += "failed: " + news.why + "; ";
        break;
    }
  return text;
}

inline std::string taken(stt_codec& codec, std::string_view frame, bool text = true) {
  std::vector<stt_news> out;
  codec.take(text, frame, out);
  return words_of_news(out);
}

inline std::string texts(const wire_frames& frames) {
  std::string all;
  for (const auto& frame : frames)
    all += frame.text ? frame.bytes : "<" + std::to_string(frame.bytes.size()) + " bytes>";
  return all;
}

inline std::string sent_audio_of(stt_codec& codec, std::size_t samples) {
  const std::vector<std::int16_t> pcm(samples);
  wire_frames out;
  codec.audio(pcm.data(), pcm.size(), out);
  return texts(out);
}

inline std::string header_of(const wire_dial& to, const std::string& name) {
  for (const auto& [key, value] : to.headers)
    if (key == name)
      return value;
  return "";
}

inline provider_access access_to(const std::string& name) {
  return {name, "k-secret", "wss://host", ""};
}

/// A voice's news in lines.
struct sink_log : tts_sink {
  std::string log;
  void sound(piece_serial piece, const std::int16_t* pcm, std::size_t samples) override {
    log += std::to_string(piece) + ": " + std::to_string(samples) + " samples from "
           + std::to_string(pcm[0]) + "; ";
  }
  void words(piece_serial piece, std::vector<wire_word> words) override {
    for (const auto& word : words)
      log += std::to_string(piece) + ": " + word.text + " " + std::to_string(word.from / 1'000)
             + "-" + std::to_string(word.to / 1'000) + "; ";
  }
  void done(piece_serial piece) override {
    log += std::to_string(piece) + " done; ";
  }
  void failed(std::string why) override {
    log += "failed: " + why + "; ";
  }
  std::string take(tts_codec& codec, std::string_view frame, bool text = true) {
    log.clear();
    codec.take(text, frame, *this);
    return log;
  }
};

} // namespace fixtures
