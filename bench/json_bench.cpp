// What do the JSON frames of a call cost: a recogniser's words read, a voice asked and its sound
// read, a caller's frame read and written? (The runner's frames: text_bench.)
// Good: below 5 µs a frame of words, below 10 µs for 100 ms of sound in base64.
#include "adapters/client/client_frames.hpp"
#include "adapters/speech/base64.hpp"
#include "adapters/speech/tts_codec.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace unpod;

const provider_access access_to{"bench", "key", "wss://127.0.0.1", ""};

void read_words(benchmark::State& state) {
  const std::string frame =
    R"({"type":"Results","channel_index":[0,1],"duration":1.65,"start":0.5,"is_final":true,)"
    R"("speech_final":true,"from_finalize":false,"channel":{"alternatives":[{"transcript":)"
    R"("A table for two.","confidence":0.779,"words":[)"
    R"({"word":"a","start":1.07,"end":1.17,"confidence":0.69,"punctuated_word":"A"},)"
    R"({"word":"table","start":1.2,"end":1.5,"confidence":0.9,"punctuated_word":"table"},)"
    R"({"word":"for","start":1.5,"end":1.6,"confidence":0.9,"punctuated_word":"for"},)"
    R"({"word":"two","start":1.6,"end":1.9,"confidence":0.9,"punctuated_word":"two."}]}]},)"
    R"("metadata":{"request_id":"u","model_info":{"name":"n"},"model_uuid":"u"}})";
  const auto codec = make_deepgram_stt(access_to, {}, 8'000);
  std::vector<stt_news> news;
  for (auto _ : state) {
    news.clear();
    codec->take(true, frame, news);
    benchmark::DoNotOptimize(news.data());
  }
  if (news.empty())
    state.SkipWithError("nothing was understood");
}
BENCHMARK(read_words);

class counting_sink : public tts_sink {
public:
  void sound(piece_serial, const std::int16_t*, std::size_t samples) override {
    heard += samples;
  }
  void words(piece_serial, std::vector<wire_word>) override {}
  void done(piece_serial) override {}
  void failed(std::string) override {}
  std::size_t heard = 0;
};

/// 100 ms at 16 kHz, as Cartesia sends them.
void read_sound(benchmark::State& state) {
  tts_settings settings;
  settings.voice = "v";
  const auto codec = make_cartesia_tts(access_to, settings, 16'000);
  codec->opening();
  codec->speak(1, "Hello there");
  const std::string frame = R"({"type":"chunk","context_id":"c1-1","done":false,"data":")"
                            + base64_encoded(std::string(3'200, '\x15')) + "\"}";
  counting_sink sink;
  for (auto _ : state)
    codec->take(true, frame, sink);
  if (sink.heard != 1'600 * static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("not all was heard");
}
BENCHMARK(read_sound);

void ask_for_sound(benchmark::State& state) {
  tts_settings settings;
  settings.voice = "v";
  const auto codec = make_cartesia_tts(access_to, settings, 16'000);
  codec->opening();
  piece_serial piece = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(codec->speak(++piece, "We have a table by the window at seven."));
    benchmark::DoNotOptimize(codec->cancel(piece)); // or it would remember them all
  }
}
BENCHMARK(ask_for_sound);

void read_playback(benchmark::State& state) {
  frame_fault fault;
  for (auto _ : state)
    benchmark::DoNotOptimize(
      read_client_frame(R"({"type":"playback","played_ms":12340})", 32, fault));
}
BENCHMARK(read_playback);

void write_user_turn(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(user_turn_frame("could you find me a table for two", 3));
}
BENCHMARK(write_user_turn);

} // namespace

BENCHMARK_MAIN();
