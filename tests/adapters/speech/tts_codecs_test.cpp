// The voices' protocols, by the frames as the providers send them.
#define BOOST_TEST_MODULE tts_codecs
#include <boost/test/unit_test.hpp>

#include "tests/adapters/speech/codec_talk.hpp"

using namespace unpod;
using fixtures::access_to;
using fixtures::header_of;
using fixtures::sink_log;
using fixtures::texts;

namespace {

bool holds(const std::string& text, const std::string& part) {
  BOOST_TEST_INFO(text);
  return text.find(part) != std::string::npos;
}

tts_settings wish(std::string voice = "v-1", std::string model = "") {
  return {"en-US", std::move(voice), 1.0, std::move(model)};
}

} // namespace

BOOST_AUTO_TEST_CASE(sound_may_be_cut_anywhere) {
  wire_sound wide{false};
  using pcm = std::vector<std::int16_t>;
  BOOST_TEST((wide.take(std::string_view{"\x01\x00\x02", 3}) == pcm{1}));
  BOOST_TEST((wide.take(std::string_view{"\x00", 1}) == pcm{2}));
  BOOST_TEST((wide.take(std::string_view{"\xff\xff", 2}) == pcm{-1}));
  BOOST_TEST(wide.take("").empty());
  wire_sound narrow{true};
  BOOST_TEST((narrow.take("\xff") == pcm{0}));
}

BOOST_AUTO_TEST_CASE(words_are_found_in_the_text_in_order) {
  const std::string text = "No, no: it's 7 \xC3\xA9t\xC3\xA9.";
  const auto found = words_in_text(
    text,
    {{"no", 0, 100'000}, {" No,", 0, 200'000}, {"seven", 0, 300'000}, {"\xC3\xA9t\xC3\xA9", 0, 1}},
    16'000);
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].begin == 0u);
  BOOST_TEST(found[0].end == 2u);
  BOOST_TEST(found[0].until_sample == 1'600u);
  BOOST_TEST(text.substr(found[1].begin, found[1].end - found[1].begin) == "\xC3\xA9t\xC3\xA9");
  BOOST_TEST(found[1].until_sample == 1'600u); // never before the word before it
  BOOST_TEST(words_in_text("", {{"a", 0, 1}}, 16'000).empty());
}

// -- Cartesia ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(cartesia_gets_a_context_a_piece) {
  const auto codec = make_cartesia_tts(access_to("cartesia"), wish("v-1", "sonic-3"), 8'000);
  const auto to = codec->dial();
  BOOST_TEST(to.url == "wss://host/tts/websocket");
  BOOST_TEST(header_of(to, "X-API-Key") == "k-secret");
  BOOST_TEST(!header_of(to, "Cartesia-Version").empty());
  codec->opening();
  BOOST_TEST(
    texts(codec->speak(7, "Say \"hi\""))
    == R"({"model_id":"sonic-3","transcript":"Say \"hi\"","voice":{"mode":"id","id":"v-1"},)"
       R"("language":"en","context_id":"c1-7","output_format":{"container":"raw",)"
       R"("encoding":"pcm_mulaw","sample_rate":8000},"continue":false,"max_buffer_delay_ms":0,)"
       R"("add_timestamps":true})");
  BOOST_TEST(texts(codec->cancel(7)) == R"({"context_id":"c1-7","cancel":true})");
  BOOST_TEST(texts(codec->cancel(7)) == "");
}

BOOST_AUTO_TEST_CASE(cartesia_sound_is_known_by_its_context) {
  const auto codec = make_cartesia_tts(access_to("cartesia"), wish(), 16'000);
  sink_log sink;
  codec->opening();
  codec->speak(1, "Hello there");
  codec->speak(2, "Bye");
  BOOST_TEST(sink.take(*codec, R"({"type":"chunk","context_id":"c1-2","data":"BAAFAA==",)"
                               R"("done":false,"status_code":206,"step_time":12.3,"flush_id":1})")
             == "2: 2 samples from 4; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"chunk","context_id":"c1-1","data":"AQACAA"})")
             == "1: 2 samples from 1; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"timestamps","context_id":"c1-1","done":false,)"
                               R"("word_timestamps":{"words":["Hello","there"],"start":[0.0,0.5],)"
                               R"("end":[0.42,0.9]}})")
             == "1: Hello 0-420; 1: there 500-900; ");
  for (const char* nothing :
       {R"({"type":"flush_done","context_id":"c1-1","flush_done":true})",
        R"({"type":"phoneme_timestamps","context_id":"c1-1"})",
        R"({"type":"chunk","context_id":"turn-17","data":"AQACAA"})",
        R"({"type":"done","context_id":"gone"})", R"({"type":"chunk","context_id":"c1-1"})",
        R"({"type":"error","context_id":"gone","title":"late"})", "{", ""})
    BOOST_TEST(sink.take(*codec, nothing) == "", nothing);
  BOOST_TEST(sink.take(*codec, R"({"type":"done","context_id":"c1-1","done":true})") == "1 done; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"done","context_id":"c1-1","done":true})") == "");
}

BOOST_AUTO_TEST_CASE(cartesia_errors_of_both_shapes_are_the_end) {
  const auto codec = make_cartesia_tts(access_to("cartesia"), wish(), 16'000);
  sink_log sink;
  codec->opening();
  codec->speak(1, "x");
  BOOST_TEST(sink.take(*codec, R"({"type":"error","context_id":"c1-1","done":true,)"
                               R"("title":"Invalid model","message":"none such"})")
             == "failed: it says: Invalid model: none such; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"error","error":"old\nwords","status_code":500})")
             == "failed: it says: old words; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"chunk","context_id":"c1-1","data":"?"})")
             == "failed: its sound is not base64; ");
}

// -- Deepgram ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(deepgrams_sound_belongs_to_the_next_flush) {
  const auto codec = make_deepgram_tts(access_to("deepgram"), wish("aura-2-thalia-en"), 8'000);
  BOOST_TEST(codec->dial().url
             == "wss://host/v1/speak?model=aura-2-thalia-en&encoding=mulaw&sample_rate=8000");
  BOOST_TEST(header_of(codec->dial(), "Authorization") == "Token k-secret");
  sink_log sink;
  codec->opening();
  BOOST_TEST(texts(codec->speak(1, "Hi")) == R"({"type":"Speak","text":"Hi"}{"type":"Flush"})");
  BOOST_TEST(sink.take(*codec, R"({"type":"Metadata","request_id":"u"})") == "");
  BOOST_TEST(sink.take(*codec, "\xff\xff", false) == "1: 2 samples from 0; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Flushed","sequence_id":0})") == "1 done; ");
  BOOST_TEST(sink.take(*codec, "\xff", false) == "");
}

BOOST_AUTO_TEST_CASE(what_deepgram_sends_until_it_cleared_is_dropped) {
  const auto codec = make_deepgram_tts(access_to("deepgram"), wish(), 16'000);
  sink_log sink;
  codec->opening();
  codec->speak(1, "Hi");
  BOOST_TEST(texts(codec->cancel(1)) == R"({"type":"Clear"})");
  codec->speak(2, "Bye");
  BOOST_TEST(sink.take(*codec, "\x01", false) == "");
  BOOST_TEST(sink.take(*codec, R"({"type":"Flushed","sequence_id":0})") == "");
  BOOST_TEST(sink.take(*codec, R"({"type":"Cleared","sequence_id":0})") == "");
  BOOST_TEST(sink.take(*codec, std::string_view{"\x03\x00", 2}, false) == "2: 1 samples from 3; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Flushed","sequence_id":1})") == "2 done; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Warning","warn_msg":"slow"})") == "");
}

// -- ElevenLabs ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(elevenlabs_opens_speaks_and_closes_a_context) {
  const auto codec = make_elevenlabs_tts(access_to("elevenlabs"), wish("v/1"), 16'000);
  const auto to = codec->dial();
  BOOST_TEST(holds(to.url, "wss://host/v1/text-to-speech/v%2F1/multi-stream-input?model_id="
                           "eleven_flash_v2_5&output_format=pcm_16000&auto_mode=true"));
  BOOST_TEST(header_of(to, "xi-api-key") == "k-secret");
  codec->opening();
  BOOST_TEST(texts(codec->speak(1, "Hi."))
             == R"({"text":" ","context_id":"c1-1","voice_settings":{"speed":1.0}})"
                R"({"text":"Hi. ","context_id":"c1-1","flush":true})"
                R"({"context_id":"c1-1","close_context":true})");
}

BOOST_AUTO_TEST_CASE(elevenlabs_words_are_put_together_over_chunks) {
  const auto codec = make_elevenlabs_tts(access_to("elevenlabs"), wish(), 16'000);
  sink_log sink;
  codec->opening();
  codec->speak(1, "Hi you");
  BOOST_TEST(sink.take(*codec,
                       R"({"audio":"AQACAA==","isFinal":null,"contextId":"c1-1",)"
                       R"("normalizedAlignment":null,"alignment":{"chars":["H","i"," ","y"],)"
                       R"("charStartTimesMs":[0,80,100,120],"charDurationsMs":[80,20,20,30]}})")
             == "1: Hi 0-100; 1: 2 samples from 1; ");
  BOOST_TEST(sink.take(*codec,
                       R"({"audio":"AwA=","context_id":"c1-1","alignment":{"chars":)"
                       R"(["o","u"],"charsStartTimesMs":[40,50],"charsDurationsMs":[10,10]}})")
             == "1: 1 samples from 3; ");
  BOOST_TEST(sink.take(*codec, R"({"audio":null,"is_final":true,"context_id":"c1-1"})")
             == "1: you 120-60; 1 done; "); // its chunk began at once: two samples are nothing
}

BOOST_AUTO_TEST_CASE(elevenlabs_errors_are_the_end) {
  const auto codec = make_elevenlabs_tts(access_to("elevenlabs"), wish(), 8'000);
  sink_log sink;
  BOOST_TEST(holds(codec->dial().url, "output_format=ulaw_8000"));
  BOOST_TEST(
    sink.take(*codec, R"({"message":"Have not","error":"input_timeout_exceeded","code":1008})")
    == "failed: it says: input_timeout_exceeded Have not; ");
  BOOST_TEST(sink.take(*codec, R"({"audio":"AQACAA==","contextId":"other"})") == "");
}
