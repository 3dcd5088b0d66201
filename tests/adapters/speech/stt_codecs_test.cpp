// The recognisers' protocols, by the frames as the providers send them.
#define BOOST_TEST_MODULE stt_codecs
#include <boost/test/unit_test.hpp>

#include "adapters/speech/base64.hpp"
#include "adapters/speech/sent_audio.hpp"
#include "adapters/speech/stt_codec.hpp"
#include "adapters/speech/word_watch.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

std::string words_of(const std::vector<stt_news>& all) {
  std::string text;
  for (const auto& news : all)
    switch (news.what) {
      case stt_news::kind::ready:
        text += "ready; ";
        break;
      case stt_news::kind::partial:
        text += "(" + news.text + ") ";
        break;
      case stt_news::kind::final:
        text += "[" + news.text + "] ";
        break;
      case stt_news::kind::failed:
        text += "failed: " + news.why + "; ";
        break;
    }
  return text;
}

std::string take(stt_codec& codec, std::string_view frame, bool text = true) {
  std::vector<stt_news> out;
  codec.take(text, frame, out);
  return words_of(out);
}

std::string texts(const wire_frames& frames) {
  std::string all;
  for (const auto& frame : frames)
    all += frame.text ? frame.bytes : "<" + std::to_string(frame.bytes.size()) + " bytes>";
  return all;
}

std::string sent(stt_codec& codec, std::size_t samples) {
  const std::vector<std::int16_t> pcm(samples);
  wire_frames out;
  codec.audio(pcm.data(), pcm.size(), out);
  return texts(out);
}

std::string header(const wire_dial& to, const std::string& name) {
  for (const auto& [key, value] : to.headers)
    if (key == name)
      return value;
  return "";
}

bool holds(const std::string& text, const std::string& part) {
  BOOST_TEST_INFO(text);
  return text.find(part) != std::string::npos;
}

provider_access at(const std::string& name) {
  return {name, "k-secret", "wss://host", ""};
}

stt_settings wish(std::string language = "en-US", std::string model = "") {
  stt_settings settings;
  settings.language = std::move(language);
  settings.model = std::move(model);
  return settings;
}

const char* const deepgram_final =
  R"({"type":"Results","channel_index":[0,1],"duration":1.65,"start":0.5,"is_final":true,)"
  R"("speech_final":true,"from_finalize":false,"channel":{"alternatives":[{"transcript":)"
  R"("Testing. 123.","confidence":0.779,"languages":["en"],"words":[{"word":"testing",)"
  R"("start":1.07,"end":1.57,"confidence":0.69,"punctuated_word":"Testing."},{"word":"odd"}]}]},)"
  R"("metadata":{"request_id":"u","model_info":{"name":"n"},"model_uuid":"u"},"entities":[]})";

} // namespace

// -- what they stand on -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(base64_goes_there_and_back_with_padding_and_without) {
  for (const std::string text : {"", "a", "ab", "abc", "abcd"}) {
    auto coded = base64_encoded(text);
    std::string out;
    BOOST_TEST(base64_decode(coded, out));
    while (!coded.empty() && coded.back() == '=')
      coded.pop_back();
    BOOST_TEST(base64_decode(coded, out));
    BOOST_TEST(out == text + text);
  }
  BOOST_TEST(base64_encoded("\xff\xfe") == "//4=");
  std::string kept = "x";
  for (const char* bad : {"a", "ab-d", "a b=", "====", "\xff\xff\xff\xff"})
    BOOST_TEST(!base64_decode(bad, kept), bad);
  BOOST_TEST(kept == "x");
}

BOOST_AUTO_TEST_CASE(an_address_is_put_together) {
  wire_query query{"https://host/base/", "/v1/x"};
  query.add("a", "b c+ü").add("none", "").add("d", "e");
  BOOST_TEST(query.str() == "wss://host/base/v1/x?a=b%20c%2B%C3%BC&d=e");
  BOOST_TEST(wire_query("http://h", "/y").str() == "ws://h/y");
  BOOST_TEST(wire_query("ws://h:1", "/y").str() == "ws://h:1/y");
}

BOOST_AUTO_TEST_CASE(times_of_a_connection_are_samples_of_the_call) {
  sent_audio line{16'000};
  BOOST_TEST(line.at(1'000'000) == 0u);
  line.sent(8'000, 16'000);
  line.sent(24'000, 1'600);
  line.sent(100'000, 1'600); // a gap
  BOOST_TEST(line.at(0) == 8'000u);
  BOOST_TEST(line.at(500'000) == 16'000u);
  BOOST_TEST(line.at(1'100'000) == 100'000u);
  BOOST_TEST(line.at(1'150'000) == 100'800u);
  BOOST_TEST(line.at(99'000'000'000'000) == 101'600u);
  BOOST_TEST(line.at(-5) == 8'000u);
}

BOOST_AUTO_TEST_CASE(the_watch_strikes_when_speech_brings_no_words) {
  word_watch watch{3s};
  BOOST_TEST(!watch.is_overdue(100s));
  watch.speech_started(100s);
  BOOST_TEST(!watch.is_overdue(102s));
  BOOST_TEST(watch.is_overdue(103s));
  watch.words(103s); // still talking
  BOOST_TEST(!watch.is_overdue(105s));
  watch.news(105s);
  BOOST_TEST(!watch.is_overdue(107s));
  BOOST_TEST(watch.is_overdue(108s));
  watch.news(108s);
  watch.news(111s);
  BOOST_TEST(watch.is_overdue(112s)); // it lives, and is deaf
  watch.words(112s);
  watch.speech_ended(12s, 112s + 400ms);
  BOOST_TEST(!watch.is_overdue(200s));
}

BOOST_AUTO_TEST_CASE(speech_that_is_over_and_brought_nothing_at_all_is_wordless) {
  word_watch watch{3s};
  watch.speech_started(100s);
  BOOST_TEST(!watch.is_wordless()); // it is not over
  watch.speech_ended(2s, 102s);
  BOOST_TEST(watch.is_wordless());
  watch.news(103s);
  BOOST_TEST(!watch.is_wordless()); // somebody lives there
  word_watch other{3s};
  other.speech_started(100s);
  other.words(101s);
  other.speech_ended(2s, 102s);
  BOOST_TEST(!other.is_wordless());
}

BOOST_AUTO_TEST_CASE(a_cough_and_a_final_of_nothing_prove_nothing) {
  word_watch watch{3s};
  watch.speech_started(100s);
  watch.speech_ended(400ms, 101s);
  BOOST_TEST(!watch.is_overdue(200s));
  watch.speech_started(200s);
  watch.speech_ended(2s, 202s);
  watch.nothing(202s);
  BOOST_TEST(!watch.is_overdue(300s));
  watch.speech_started(300s);
  watch.speech_ended(2s, 300s);
  BOOST_TEST(watch.is_overdue(303s));
}

// -- Deepgram -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(deepgram_is_asked_for_the_calls_own_format) {
  const auto wide = make_deepgram_stt(at("deepgram"), wish("en-US", "nova-3"), 16'000);
  const auto to = wide->dial();
  BOOST_TEST(to.url
             == "wss://host/v1/listen?model=nova-3&language=en-US&encoding=linear16"
                "&sample_rate=16000&channels=1&interim_results=true&endpointing=300"
                "&punctuate=true");
  BOOST_TEST(header(to, "Authorization") == "Token k-secret");
  BOOST_TEST(sent(*wide, 1'600) == "<3200 bytes>");
  const auto narrow = make_deepgram_stt(at("deepgram"), wish(), 8'000);
  BOOST_TEST(holds(narrow->dial().url, "encoding=mulaw&sample_rate=8000"));
  BOOST_TEST(sent(*narrow, 800) == "<800 bytes>");
  BOOST_TEST(sent(*narrow, 0) == ""); // an empty frame would end the stream
  BOOST_TEST(texts(narrow->finalize()) == R"({"type":"Finalize"})");
  BOOST_TEST(texts(narrow->keep_alive()) == R"({"type":"KeepAlive"})");
  BOOST_TEST(texts(narrow->closing()) == R"({"type":"CloseStream"})");
}

BOOST_AUTO_TEST_CASE(deepgram_results_are_partials_and_finals_with_times) {
  const auto codec = make_deepgram_stt(at("deepgram"), wish(), 16'000);
  std::vector<stt_news> out;
  codec->take(true, deepgram_final, out);
  BOOST_REQUIRE(out.size() == 1u);
  BOOST_TEST(words_of(out) == "[Testing. 123.] ");
  BOOST_TEST(out[0].from == 500'000);
  BOOST_TEST(out[0].to == 2'150'000);
  BOOST_REQUIRE(out[0].words.size() == 1u);
  BOOST_TEST(out[0].words[0].text == "Testing.");
  BOOST_TEST(out[0].words[0].to == 1'570'000);
  BOOST_TEST(take(*codec, R"({"type":"Results","channel":{"alternatives":[{"transcript":"hi"}]}})")
             == "(hi) ");
}

BOOST_AUTO_TEST_CASE(deepgram_frames_that_say_nothing_are_passed_over) {
  const auto codec = make_deepgram_stt(at("deepgram"), wish(), 16'000);
  for (const char* frame :
       {R"({"type":"Metadata","request_id":"u"})", R"({"type":"SpeechStarted","timestamp":9.54})",
        R"({"type":"UtteranceEnd","last_word_end":2.395})", R"({"type":7})", "[]", "", "{", "null"})
    BOOST_TEST(take(*codec, frame) == "", frame);
  BOOST_TEST(take(*codec, deepgram_final, false) == "");
  BOOST_TEST(take(*codec, R"({"type":"Results","channel":null,"start":"x","is_final":true})")
             == "[] ");
  BOOST_TEST(take(*codec, R"({"type":"Error","err_code":"X","description":"no"})")
             == "failed: it says: no; ");
}
