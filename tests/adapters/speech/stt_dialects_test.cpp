// More recognisers' protocols, by the frames as the providers send them.
#define BOOST_TEST_MODULE stt_dialects
#include <boost/test/unit_test.hpp>

#include "tests/adapters/speech/codec_talk.hpp"

using namespace unpod;
using fixtures::access_to;
using fixtures::header_of;
using fixtures::sent_audio_of;
using fixtures::taken;
using fixtures::texts;

namespace {

bool holds(const std::string& text, const std::string& part) {
  BOOST_TEST_INFO(text);
  return text.find(part) != std::string::npos;
}

stt_settings wish(std::string language = "en-US", std::string model = "") {
  stt_settings settings;
  settings.language = std::move(language);
  settings.model = std::move(model);
  return settings;
}

} // namespace

BOOST_AUTO_TEST_CASE(flux_ends_turns_itself) {
  const auto codec =
    make_deepgram_flux_stt(access_to("deepgram"), wish("en", "flux-general-en"), 8'000);
  BOOST_TEST(codec->dial().url
             == "wss://host/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000");
  BOOST_TEST(codec->waits_until_ready());
  BOOST_TEST(taken(*codec, R"({"type":"Connected","request_id":"u","sequence_id":0})")
             == "ready; ");
  const std::string turn =
    R"(","turn_index":0,"audio_window_start":0.0,"audio_window_end":2.16,"transcript":"Hello there",)"
    R"("words":[{"word":"Hello","confidence":0.98,"start":0.4,"end":0.7},{"word":"there"}]})";
  for (const char* event : {"StartOfTurn", "Update", "EagerEndOfTurn", "TurnResumed"})
    BOOST_TEST(taken(*codec, R"({"type":"TurnInfo","event":")" + (event + turn))
               == "(Hello there) ");
  BOOST_TEST(taken(*codec, R"({"type":"TurnInfo","event":"EndOfTurn)" + turn)
             == "[Hello there]0-2160 ");
  BOOST_TEST(taken(*codec, R"({"type":"Error","code":"X","description":"down"})")
             == "failed: it says: down; ");
  BOOST_TEST(texts(codec->finalize()) == R"({"type":"ForceEndTurn"})");
}

BOOST_AUTO_TEST_CASE(cartesia_finals_follow_each_other) {
  const auto codec = make_cartesia_stt(access_to("cartesia"), wish(), 16'000);
  BOOST_TEST(codec->dial().url
             == "wss://host/stt/websocket?model=ink-2&encoding=pcm_s16le&sample_rate=16000"
                "&language=en");
  BOOST_TEST(taken(*codec, R"({"type":"transcript","is_final":false,"text":" he"})") == "(he) ");
  BOOST_TEST(taken(*codec, R"({"type":"transcript","is_final":true,"text":" hello","duration":0.5,)"
                           R"("words":[{"word":"hello","start":0.1,"end":0.4}]})")
             == "[hello]100-400 ");
  BOOST_TEST(taken(*codec, R"({"type":"transcript","is_final":true,"text":" you","duration":0.5})")
             == "[you]400-900 ");
  BOOST_TEST(taken(*codec, R"({"type":"flush_done","request_id":"u"})") == "[]900-900 ");
  BOOST_TEST(taken(*codec, R"({"type":"done"})") == "");
  BOOST_TEST(taken(*codec, R"({"type":"error","title":"Bad","message":"key"})")
             == "failed: it says: Bad key; ");
  BOOST_TEST(texts(codec->finalize()) == "finalize");
  BOOST_TEST(texts(codec->closing()) == "close");
}

BOOST_AUTO_TEST_CASE(assemblyai_takes_no_short_frames_and_counts_in_ms) {
  const auto codec = make_assemblyai_stt(access_to("assemblyai"), wish(), 16'000);
  BOOST_TEST(codec->dial().url
             == "wss://host/v3/ws?speech_model=universal-streaming-english&sample_rate=16000"
                "&encoding=pcm_s16le&format_turns=false");
  BOOST_TEST(header_of(codec->dial(), "Authorization") == "k-secret");
  BOOST_TEST(sent_audio_of(*codec, 320) == "");
  BOOST_TEST(sent_audio_of(*codec, 1'600) == "<3840 bytes>");
  BOOST_TEST(taken(*codec, R"({"type":"Begin","id":"u","expires_at":1})") == "ready; ");
  BOOST_TEST(taken(*codec, R"({"type":"Turn","turn_order":0,"end_of_turn":false,"transcript":"hi",)"
                           R"("words":[{"text":"hi","start":1920,"end":2000},)"
                           R"({"text":"yo","start":2000,"end":2100,"word_is_final":false}]})")
             == "(hi yo) ");
  BOOST_TEST(taken(*codec, R"({"type":"Turn","end_of_turn":true,"transcript":"hi you",)"
                           R"("words":[{"text":"hi","start":1920,"end":2000},)"
                           R"({"text":"you","start":2000,"end":2200}]})")
             == "[hi you]1920-2200 ");
  BOOST_TEST(taken(*codec, R"({"type":"Error","error_code":3009,"error":"too many"})")
             == "failed: it says: too many; ");
  BOOST_TEST(taken(*codec, R"({"type":"Heartbeat"})") == "");
  BOOST_TEST(holds(make_assemblyai_stt(access_to("a"), wish("de"), 8'000)->dial().url,
                   "multilingual&sample_rate=8000&encoding=pcm_mulaw"));
}

BOOST_AUTO_TEST_CASE(elevenlabs_sends_words_twice_and_one_is_taken) {
  const auto codec = make_elevenlabs_stt(access_to("elevenlabs"), wish(), 8'000);
  BOOST_TEST(holds(codec->dial().url, "audio_format=ulaw_8000"));
  BOOST_TEST(sent_audio_of(*codec, 3)
             == R"({"message_type":"input_audio_chunk","audio_base_64":"////","commit":false,)"
                R"("sample_rate":8000})");
  BOOST_TEST(holds(texts(codec->finalize()), R"("commit":true)"));
  BOOST_TEST(taken(*codec, R"({"message_type":"session_started","session_id":"s"})") == "ready; ");
  BOOST_TEST(taken(*codec, R"({"message_type":"partial_transcript","text":"he"})") == "(he) ");
  BOOST_TEST(taken(*codec, R"({"message_type":"committed_transcript","text":"hello"})") == "");
  BOOST_TEST(taken(*codec, R"({"message_type":"committed_transcript_with_timestamps","text":)"
                           R"("hello you","words":[{"text":"hello","start":0.1,"end":0.4,)"
                           R"("type":"word"},{"text":" ","start":0.4,"end":0.5,"type":"spacing"},)"
                           R"({"text":"you","start":0.5,"end":0.7,"type":"word"}]})")
             == "[hello you]100-700 ");
  BOOST_TEST(taken(*codec, R"({"message_type":"committed_transcript","text":""})") == "[]700-700 ");
  BOOST_TEST(taken(*codec, R"({"message_type":"quota_exceeded","error":"no more"})")
             == "failed: it says: quota_exceeded no more; ");
  BOOST_TEST(taken(*codec, R"({"message_type":"commit_throttled","error":"soon"})") == "");
}

BOOST_AUTO_TEST_CASE(openai_items_may_end_out_of_order) {
  const auto codec = make_openai_stt(access_to("openai"), wish(), 8'000);
  BOOST_TEST(codec->dial().url == "wss://host/v1/realtime?intent=transcription");
  BOOST_TEST(texts(codec->opening())
             == R"({"type":"session.update","session":{"type":"transcription","audio":{"input":)"
                R"({"format":{"type":"audio/pcmu"},"transcription":{"model":"gpt-4o-transcribe",)"
                R"("language":"en"},"turn_detection":{"type":"server_vad",)"
                R"("silence_duration_ms":400}}}}})");
  BOOST_TEST(sent_audio_of(*codec, 3) == R"({"type":"input_audio_buffer.append","audio":"////"})");
  BOOST_TEST(taken(*codec, R"({"type":"session.created"})") == "");
  BOOST_TEST(taken(*codec, R"({"type":"session.updated"})") == "ready; ");
  const std::string heard = R"({"type":"conversation.item.input_audio_transcription.)";
  taken(*codec,
        R"({"type":"input_audio_buffer.speech_started","audio_start_ms":100,"item_id":"a"})");
  taken(*codec, R"({"type":"input_audio_buffer.speech_stopped","audio_end_ms":900,"item_id":"a"})");
  BOOST_TEST(taken(*codec, heard + R"(delta","item_id":"a","delta":"he"})") == "(he) ");
  BOOST_TEST(taken(*codec, heard + R"(delta","item_id":"b","delta":"yo"})") == "(yo) ");
  BOOST_TEST(taken(*codec, heard + R"(completed","item_id":"b","transcript":"you"})")
             == "[you]0-0 ");
  BOOST_TEST(taken(*codec, heard + R"(completed","item_id":"a","transcript":"hey"})")
             == "[hey]100-900 ");
  BOOST_TEST(taken(*codec, R"({"type":"error","error":{"message":"empty commit"}})") == "");
  const auto refused = make_openai_stt(access_to("openai"), wish(), 16'000);
  BOOST_TEST(taken(*refused, R"({"type":"error","error":{"message":"bad key"}})")
             == "failed: it says: bad key; ");
  BOOST_TEST(holds(texts(refused->opening()), R"({"type":"audio/pcm","rate":24000})"));
}

BOOST_AUTO_TEST_CASE(vosk_is_told_its_rate_and_says_goodbye) {
  const auto codec = make_vosk_stt(access_to("vosk"), wish(), 8'000);
  BOOST_TEST(codec->dial().url == "wss://host/");
  BOOST_TEST(texts(codec->opening()) == R"({"config":{"sample_rate":8000,"words":1}})");
  BOOST_TEST(sent_audio_of(*codec, 800) == "<1600 bytes>");
  BOOST_TEST(taken(*codec, R"({"partial" : "he"})") == "(he) ");
  BOOST_TEST(taken(*codec, R"({"result":[{"conf":1.0,"end":0.7,"start":0.2,"word":"hello"}],)"
                           R"("text":"hello"})")
             == "[hello]200-700 ");
  BOOST_TEST(taken(*codec, R"({"text":""})") == "[]700-700 ");
  BOOST_TEST(texts(codec->closing()) == R"({"eof":1})");
}

BOOST_AUTO_TEST_CASE(what_is_none_of_theirs_says_nothing) {
  for (const auto make : {make_deepgram_flux_stt, make_cartesia_stt, make_assemblyai_stt,
                          make_elevenlabs_stt, make_openai_stt, make_vosk_stt}) {
    const auto codec = make(access_to("any"), wish("en", "flux"), 16'000);
    for (const char* frame :
         {"", "{", "[]", "7", "null", "{}", R"({"type":7,"text":7,"partial":{}})",
          R"({"type":"Turn","words":7})"})
      BOOST_TEST(!holds(taken(*codec, frame), "["), frame);
    BOOST_TEST(taken(*codec, R"({"type":"Connected"})", false) == "");
  }
}
