// More voices' protocols, by the frames as the providers send them; and the channel that makes
// one of HTTP.
#define BOOST_TEST_MODULE tts_dialects
#include <boost/test/unit_test.hpp>

#include "adapters/speech/exchange_channel.hpp"
#include "adapters/speech/speech_catalogue.hpp"
#include "tests/adapters/speech/codec_talk.hpp"

using namespace unpod;
using fixtures::access_to;
using fixtures::header_of;
using fixtures::sink_log;
using fixtures::texts;

namespace {

tts_settings wish(std::string voice, std::string model = "", double speed = 1.0) {
  return {"en-US", std::move(voice), speed, std::move(model)};
}

/// A way out that notes what is asked, and answers when it is told to.
struct fake_way_out : outgoing_http {
  struct exchange : outgoing_exchange {
    bool aborted = false;
    void abort() override {
      aborted = true;
    }
  };
  std::vector<outgoing_request> asked;
  std::vector<std::shared_ptr<outgoing_listener>> listeners;
  std::vector<std::shared_ptr<exchange>> exchanges;
  bool stopped = false;

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    asked.push_back(std::move(request));
    listeners.push_back(std::move(listener));
    exchanges.push_back(std::make_shared<exchange>());
    if (stopped)
      listeners.back()->ended({0, "the node is being stopped", false, {}});
    return exchanges.back();
  }
};

struct channel_fixture {
  std::shared_ptr<fake_way_out> http = std::make_shared<fake_way_out>();
  ws_channel_ptr channel = open_exchange_channel(
    http, {"https://host/v1/audio/speech", {{"Authorization", "Bearer k"}}}, {});
  std::string log;

  void start() {
    channel_handler handler;
    handler.on_text = [this](std::string_view text) { log += "text " + std::string{text} + "; "; };
    handler.on_binary = [this](std::string_view bytes) {
      log += std::to_string(bytes.size()) + " bytes; ";
    };
    handler.on_closed = [this](std::uint16_t code, const std::string& why) {
      log += "closed " + std::to_string(code) + " " + why + "; ";
    };
    channel->start(std::move(handler));
  }
};

} // namespace

// -- Deepgram, v2 ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(flux_speaks_a_speech_a_piece) {
  const auto codec = make_deepgram_flux_tts(access_to("deepgram"), wish("flux-alexis-en"), 8'000);
  BOOST_TEST(codec->dial().url
             == "wss://host/v2/speak?model=flux-alexis-en&encoding=mulaw&sample_rate=8000");
  BOOST_TEST(header_of(codec->dial(), "Authorization") == "Token k-secret");
  codec->opening();
  BOOST_TEST(texts(codec->speak(1, "Hi \"you\""))
             == R"({"type":"Speak","text":"Hi \"you\""}{"type":"Flush"})");
  sink_log sink;
  BOOST_TEST(sink.take(*codec, R"({"type":"Connected","request_id":"r"})") == "");
  BOOST_TEST(sink.take(*codec, R"({"type":"SpeechStarted","speech_id":"dg_sp_1"})") == "");
  BOOST_TEST(sink.take(*codec, "\xff\xff", false) == "1: 2 samples from 0; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Flushed","speech_id":"dg_sp_1"})") == "");
  BOOST_TEST(sink.take(*codec, "\xff", false) == "1: 1 samples from 0; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"SpeechMetadata","speech_id":"dg_sp_1"})") == "1 done; ");
  BOOST_TEST(sink.take(*codec, "\xff", false) == "");
}

BOOST_AUTO_TEST_CASE(what_flux_says_after_an_interrupt_is_nobodys) {
  const auto codec = make_deepgram_flux_tts(access_to("deepgram"), wish("flux-alexis-en"), 8'000);
  sink_log sink;
  codec->opening();
  codec->speak(1, "one");
  BOOST_TEST(texts(codec->cancel(1)) == R"({"type":"Interrupt"})");
  BOOST_TEST(texts(codec->cancel(1)) == "");
  codec->speak(2, "two");
  BOOST_TEST(sink.take(*codec, "\xff\xff", false) == "");
  BOOST_TEST(sink.take(*codec, R"({"type":"SpeechInterrupted","audio_played_ms":0})") == "");
  BOOST_TEST(sink.take(*codec, "\xff", false) == "2: 1 samples from 0; ");
  codec->cancel(2);
  BOOST_TEST(sink.take(*codec, R"({"type":"Warning","code":"NO_ACTIVE_SPEECH"})") == "");
  codec->speak(3, "three");
  BOOST_TEST(sink.take(*codec, "\xff", false) == "3: 1 samples from 0; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Warning","code":"NO_AUDIO_GENERATED"})")
             == "failed: it made no sound of the text; ");
  BOOST_TEST(sink.take(*codec, R"({"type":"Error","code":"NET-0004","description":"idle"})")
             == "failed: it says: NET-0004 idle; ");
}

BOOST_AUTO_TEST_CASE(a_deepgram_voice_is_known_by_its_name) {
  for (const auto& kind : provider_kinds())
    if (kind.name == "deepgram") {
      const auto url = [&](tts_settings settings) {
        return kind.speaks(access_to("deepgram"), settings, 8'000)->dial().url.substr(0, 20);
      };
      BOOST_TEST(url(wish("flux-alexis-en")) == "wss://host/v2/speak?");
      BOOST_TEST(url(wish("", "flux-alexis-en")) == "wss://host/v2/speak?");
      BOOST_TEST(url(wish("aura-2-thalia-en")) == "wss://host/v1/speak?");
    }
}

// -- ElevenLabs, one text a socket -------------------------------------------------------

BOOST_AUTO_TEST_CASE(elevenlabs_speaks_one_text_a_socket) {
  const auto codec = make_elevenlabs_single_tts(access_to("elevenlabs"), wish("v 1"), 16'000);
  BOOST_TEST(codec->dial().url.rfind("wss://host/v1/text-to-speech/v%201/stream-input?", 0) == 0u);
  BOOST_TEST(!codec->can_cancel());
  BOOST_TEST(codec->one_piece_a_connection());
  codec->opening();
  BOOST_TEST(texts(codec->speak(4, "Hi you"))
             == R"({"text":" ","voice_settings":{"speed":1.0}}{"text":"Hi you "}{"text":""})");
  sink_log sink;
  BOOST_TEST(sink.take(*codec,
                       R"({"audio":"AQACAA==","isFinal":null,"normalizedAlignment":null,)"
                       R"("alignment":{"chars":["H","i"," "],"charStartTimesMs":[0,80,100],)"
                       R"("charDurationsMs":[80,20,20]}})")
             == "4: Hi 0-100; 4: 2 samples from 1; ");
  BOOST_TEST(sink.take(*codec, R"({"audio":null,"isFinal":true})") == "4 done; ");
  BOOST_TEST(sink.take(*codec, R"({"audio":"AQACAA=="})") == "");
  codec->speak(5, "more");
  BOOST_TEST(sink.take(*codec, R"({"message":"Wait","error":"quota_exceeded","code":1008})")
             == "failed: it says: quota_exceeded Wait; ");
}

// -- OpenAI, over HTTP -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(openai_is_asked_for_a_piece_at_a_time) {
  const auto address = [](const std::string& base) {
    return make_openai_tts({"openai", "k", base, ""}, wish("alloy"), 8'000)->dial().url;
  };
  BOOST_TEST(address("wss://api.openai.com") == "https://api.openai.com/v1/audio/speech");
  BOOST_TEST(address("http://10.0.0.7:8880/v1/") == "http://10.0.0.7:8880/v1/audio/speech");
  BOOST_TEST(address("ws://127.0.0.1:1") == "http://127.0.0.1:1/v1/audio/speech");
  const auto codec = make_openai_tts(access_to("openai"), wish("alloy", "tts-1", 9), 8'000);
  BOOST_TEST(codec->rate_hz() == 24'000u);
  BOOST_TEST(header_of(codec->dial(), "Authorization") == "Bearer k-secret");
  codec->opening();
  BOOST_TEST(texts(codec->speak(1, "Hi"))
             == R"({"model":"tts-1","voice":"alloy","input":"Hi","response_format":"pcm",)"
                R"("speed":4.0})");
  sink_log sink;
  BOOST_TEST(sink.take(*codec, std::string_view{"\x01\x00\x02", 3}, false)
             == "1: 1 samples from 1; ");
  BOOST_TEST(sink.take(*codec, std::string_view{"\x00", 1}, false) == "1: 1 samples from 2; ");
  BOOST_TEST(sink.take(*codec, R"({"ended":true})") == "1 done; ");
  codec->speak(2, "Hi");
  BOOST_TEST(sink.take(*codec, R"({"status":401,"error":"Incorrect API key"})")
             == "failed: it answers 401: Incorrect API key; ");
  BOOST_TEST(texts(codec->cancel(2)) == "");
  codec->speak(3, "Hi");
  const auto off = codec->cancel(3);
  BOOST_TEST(off.size() == 1u);
  BOOST_TEST(texts(off) == "");
}

BOOST_FIXTURE_TEST_CASE(a_channel_asks_and_hands_the_answer_on, channel_fixture) {
  channel->send_text("early");
  BOOST_TEST(http->asked.empty()); // nobody listens yet
  start();
  BOOST_REQUIRE(http->asked.size() == 1u);
  BOOST_TEST(http->asked[0].url == "https://host/v1/audio/speech");
  BOOST_TEST(http->asked[0].body == "early");
  BOOST_TEST(http->listeners[0]->began(200, "audio/pcm"));
  BOOST_TEST(http->listeners[0]->piece("abc"));
  http->listeners[0]->ended({200, "", false, {}});
  BOOST_TEST(log == R"(3 bytes; text {"ended":true}; )");
}

BOOST_FIXTURE_TEST_CASE(what_was_called_off_is_not_heard_of_again, channel_fixture) {
  start();
  channel->send_text("one");
  BOOST_TEST(http->listeners[0]->began(200, "audio/pcm"));
  channel->send_text("");
  BOOST_TEST(http->exchanges[0]->aborted);
  BOOST_TEST(!http->listeners[0]->piece("abc"));
  http->listeners[0]->ended({200, "aborted", false, {}});
  channel->send_text("two");
  channel->close(1'000, "");
  BOOST_TEST(http->exchanges[1]->aborted);
  BOOST_TEST(!http->listeners[1]->began(200, ""));
  http->listeners[1]->ended({0, "aborted", false, {}});
  BOOST_TEST(log == "");
}

BOOST_FIXTURE_TEST_CASE(a_refusal_is_put_into_words_and_bounded, channel_fixture) {
  start();
  channel->send_text("one");
  BOOST_TEST(http->listeners[0]->began(429, "application/json"));
  BOOST_TEST(http->listeners[0]->piece(R"({"error":{"message":"Slow down"}})"));
  http->listeners[0]->ended({429, "", false, {}});
  BOOST_TEST(log == R"(text {"status":429,"error":"Slow down"}; )");
  log.clear();
  channel->send_text("two");
  http->listeners[1]->began(500, "text/html");
  BOOST_TEST(!http->listeners[1]->piece(std::string(1 << 20, 'x')));
  http->listeners[1]->ended({500, "cut", false, {}});
  BOOST_TEST(log == R"(text {"status":500,"error":""}; )");
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_breaks_off_closes_the_channel, channel_fixture) {
  start();
  channel->send_text("one");
  http->listeners[0]->began(200, "audio/pcm");
  http->listeners[0]->ended({200, "host: the answer broke off", false, {}});
  BOOST_TEST(log == "closed 1006 host: the answer broke off; ");
}

BOOST_FIXTURE_TEST_CASE(a_node_that_stops_is_not_answered_from_within, channel_fixture) {
  start();
  http->stopped = true;
  channel->send_text("one"); // whoever asks holds a lock
  BOOST_TEST(log == "");
  http = nullptr;
  channel->send_text("two");
  BOOST_TEST(log == "");
}
