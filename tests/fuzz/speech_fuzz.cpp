// The frames of speech providers: whatever they send is news, sound, or nothing.
#include "adapters/speech/speech_catalogue.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

/// Holds what a voice's codec says to what it was asked.
struct checking_sink : unpod::tts_sink {
  void sound(unpod::piece_serial piece, const std::int16_t* pcm, std::size_t samples) override {
    fuzz::expect(piece == 1 && pcm && samples > 0);
  }
  void words(unpod::piece_serial piece, std::vector<unpod::wire_word> words) override {
    fuzz::expect(piece == 1);
    for (const auto& word : unpod::words_in_text("One, two and three.", words, 16'000))
      fuzz::expect(word.begin < word.end && word.end <= 19);
  }
  void done(unpod::piece_serial piece) override {
    fuzz::expect(piece == 1);
  }
  void failed(std::string why) override {
    fuzz::expect(!why.empty());
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto frame = fuzz::text_of(data, size);
  const unpod::provider_access access{"any", "key", "ws://h", ""};
  for (const auto& kind : unpod::provider_kinds()) {
    for (const bool text : {true, false}) {
      for (const char* model : {"", "flux-general-en"})
        if (kind.hears) {
          unpod::stt_settings settings;
          settings.model = model;
          const auto codec = kind.hears(access, settings, 16'000);
          std::vector<unpod::stt_news> out;
          codec->take(text, frame, out);
          codec->take(text, frame, out);
          for (const auto& news : out) {
            fuzz::expect(news.from >= 0 && news.to >= 0);
            fuzz::expect(news.what != unpod::stt_news::kind::failed || !news.why.empty());
          }
        }
      for (const char* voice : {"", "flux-any-en"}) {
        if (!kind.speaks)
          break;
        const auto codec = kind.speaks(access, {"en", voice, 1.0, ""}, 16'000);
        checking_sink sink;
        codec->opening();
        codec->speak(1, "One, two and three.");
        codec->take(text, frame, sink);
        codec->take(text, frame, sink);
      }
    }
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {
    R"({"type":"Results","duration":1.6,"start":0.5,"is_final":true,"channel":{"alternatives":[)"
    R"({"transcript":"hi","words":[{"word":"hi","start":1.0,"end":1.5}]}]}})",
    R"({"type":"TurnInfo","event":"EndOfTurn","audio_window_end":2.16,"transcript":"hi"})",
    R"({"type":"transcript","is_final":true,"text":" hi","duration":0.5,"words":[{"word":"hi"}]})",
    R"({"type":"Turn","end_of_turn":true,"transcript":"hi","words":[{"text":"hi","start":19}]})",
    R"({"message_type":"committed_transcript_with_timestamps","text":"hi","words":[]})",
    R"({"type":"conversation.item.input_audio_transcription.delta","item_id":"i","delta":"h"})",
    R"({"result":[{"word":"hi","start":0.1,"end":0.4}],"text":"hi"})",
    R"({"type":"chunk","context_id":"c1-1","data":"AAAA","done":false})",
    R"({"type":"timestamps","context_id":"c1-1","word_timestamps":{"words":["One"],"start":[0],)"
    R"("end":[0.4]}})",
    R"({"type":"done","context_id":"c1-1"})",
    R"({"type":"Flushed","sequence_id":0})",
    R"({"type":"SpeechMetadata","speech_id":"dg_sp_1"})",
    R"({"type":"Warning","code":"NO_AUDIO_GENERATED","description":"no"})",
    R"({"ended":true})",
    R"({"status":401,"error":"no"})",
    R"({"audio":"AAAA","isFinal":true,"contextId":"c1-1","alignment":{"chars":["O","n"],)"
    R"("charStartTimesMs":[0,80],"charDurationsMs":[80,90]}})",
    R"({"type":"Error","description":"no"})"};
}
