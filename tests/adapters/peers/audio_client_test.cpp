// The synthetic caller: its counting as values, its frames over a fake socket,
// its pacing on a real thread.
#define BOOST_TEST_MODULE audio_client
#include <boost/test/unit_test.hpp>

#include "adapters/peers/audio_client.hpp"

#include <algorithm>
#include <future>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

using pcm_samples = std::vector<std::int16_t>;

/// A socket whose other end is the test.
struct fake_channel : ws_channel {
  channel_handler handler;
  std::vector<std::string> texts, binaries;
  std::uint16_t close_code = 0;
  std::string address = "node";

  void start(channel_handler with) override {
    handler = std::move(with);
  }
  void send_text(std::string text) override {
    texts.push_back(std::move(text));
  }
  void send_binary(std::string bytes) override {
    binaries.push_back(std::move(bytes));
  }
  std::size_t queued_bytes() const override {
    return 0;
  }
  void close(std::uint16_t code, std::string) override {
    close_code = code;
  }
  const std::string& peer() const override {
    return address;
  }
};

struct client_fixture {
  std::shared_ptr<fake_channel> channel = std::make_shared<fake_channel>();
  std::vector<client_event> told;
  audio_client_options options;

  std::shared_ptr<audio_client> open() {
    auto client = std::make_shared<audio_client>(
      options, [this](const client_event& event) { told.push_back(event); });
    client->open(channel);
    return client;
  }

  std::string types() const {
    std::string all;
    for (const auto& event : told)
      all += event.type + " ";
    return all;
  }
};

std::string bytes_of(const pcm_samples& pcm) {
  std::string bytes;
  for (const auto sample : pcm) {
    bytes += static_cast<char>(sample & 0xFF);
    bytes += static_cast<char>(sample >> 8);
  }
  return bytes;
}

} // namespace

BOOST_AUTO_TEST_SUITE(audio_timeline_tests)

BOOST_AUTO_TEST_CASE(utterances_follow_each_other_between_silence) {
  voice_queue voice{16'000};
  pcm_samples frame;
  auto edge = voice.next(frame, 320);
  BOOST_TEST(!edge.began);
  BOOST_TEST((frame == pcm_samples(320, 0)));
  BOOST_TEST(voice.say(pcm_samples(500, 7)));
  BOOST_TEST(voice.say(pcm_samples(320, 9)));
  edge = voice.next(frame, 320);
  BOOST_TEST((edge.began && !edge.ended));
  edge = voice.next(frame, 320);
  BOOST_TEST((!edge.began && edge.ended));
  BOOST_TEST(frame[179] == 7);
  BOOST_TEST(frame[180] == 0);
  edge = voice.next(frame, 320);
  BOOST_TEST((edge.began && edge.ended));
  BOOST_TEST(frame[0] == 9);
  BOOST_TEST(voice.silent());
}

BOOST_AUTO_TEST_CASE(a_mouth_holds_so_much_and_no_more) {
  voice_queue voice{10};
  BOOST_TEST(!voice.say({}));
  BOOST_TEST(voice.say(pcm_samples(voice_queue_s_max * 10)));
  BOOST_TEST(!voice.say(pcm_samples(1)));
  pcm_samples frame;
  voice.next(frame, 5);
  BOOST_TEST(voice.say(pcm_samples(5)));
  voice.stop();
  BOOST_TEST(voice.silent());
  BOOST_TEST(voice.say(pcm_samples(voice_queue_s_max * 10)));
}

BOOST_AUTO_TEST_CASE(an_ear_knows_what_was_played) {
  heard_audio ear{16'000};
  BOOST_TEST(ear.played_ms(5s) == 0u);
  const pcm_samples frame(320);
  ear.add(1s, frame);
  ear.add(1s, frame); // 40 ms came at once
  BOOST_TEST(ear.played_ms(1s) == 0u);
  BOOST_TEST(ear.played_ms(1s + 15ms) == 15u);
  BOOST_TEST(ear.played_ms(2s) == 40u);
  ear.add(3s, frame);
  BOOST_TEST(ear.played_ms(3s + 10ms) == 50u);
  ear.drop(3s + 10ms);
  BOOST_TEST(ear.played_ms(3s + 10ms) == 60u); // dropped is passed
  BOOST_REQUIRE(ear.frames().size() == 3u);
  BOOST_TEST(ear.frames()[2].first == 640u);
  BOOST_TEST((ear.frames()[2].at == 3s));
  BOOST_TEST(ear.pcm().size() == 960u);
}

BOOST_AUTO_TEST_CASE(an_ear_keeps_so_much_and_counts_on) {
  heard_audio ear{8};
  ear.add(1s, pcm_samples(heard_audio_s_max * 8));
  ear.add(2s, pcm_samples(8));
  BOOST_TEST(ear.frames().size() == 1u);
  BOOST_TEST(ear.played_ms(100'000s) == (heard_audio_s_max + 1) * 1'000);
}

BOOST_AUTO_TEST_CASE(frames_of_the_node_are_read) {
  auto event = read_node_frame(R"({"type":"started","session_id":"S","call_id":"S",)"
                               R"("audio":{"encoding":"mulaw","sample_rate":8000,"frame_ms":20}})",
                               7ns);
  BOOST_TEST(event.type == "started");
  BOOST_TEST(event.call == "S");
  BOOST_TEST((event.audio == audio_format{audio_encoding::mulaw, 8'000}));
  BOOST_TEST((event.at == 7ns));
  event = read_node_frame(R"({"type":"agent_reply","text":"hello","turn_id":2})", 0ns);
  BOOST_TEST(event.text == "hello");
  BOOST_TEST(event.turn == 2u);
  event = read_node_frame(R"({"type":"error","code":"c","message":"m","fatal":true})", 0ns);
  BOOST_TEST(event.code == "c");
  BOOST_TEST(event.text == "m");
  BOOST_TEST(event.fatal);
  BOOST_TEST(read_node_frame(R"({"type":"interrupted","heard_prefix":"he"})", 0ns).text == "he");
  for (const auto* text : {"", "[]", "{}", R"({"type":3})", "{\"type\":\"x\""})
    BOOST_TEST(read_node_frame(text, 0ns).type == "bad_frame", text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(audio_client_tests, client_fixture)

BOOST_AUTO_TEST_CASE(a_client_says_start_then_sound) {
  options.audio = {audio_encoding::pcm_s16le, 24'000};
  const auto client = open();
  BOOST_TEST(channel->texts.at(0)
             == R"({"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":24000}})");
  BOOST_TEST(client->tick(1s));
  BOOST_TEST(channel->binaries.at(0).size() == 960u);
  BOOST_TEST(client->say(pcm_samples(1'600, 1'000), 8'000)); // 200 ms
  BOOST_TEST(client->is_talking());
  for (int frame = 0; frame < 12; ++frame)
    client->tick(1s + frame * 20ms);
  BOOST_TEST(!client->is_talking());
  BOOST_TEST(types() == "connected said_started said_ended ");
  BOOST_TEST((told[2].at - told[1].at == 180ms));
}

BOOST_AUTO_TEST_CASE(a_client_hears_and_reports_what_it_played) {
  const auto client = open();
  channel->handler.on_binary(bytes_of(pcm_samples(320, 1'234)));
  channel->handler.on_binary(bytes_of(pcm_samples(320, 4'321)));
  const auto heard = client->heard();
  BOOST_TEST(heard.rate_hz() == 16'000u);
  BOOST_REQUIRE(heard.pcm().size() == 640u);
  BOOST_TEST(heard.pcm()[0] == 1'234);
  BOOST_TEST(heard.pcm()[639] == 4'321);
  client->tick(mono_now() + 1s);
  client->tick(mono_now() + 2s); // nothing new: not said again
  BOOST_TEST(channel->texts.size() == 2u);
  BOOST_TEST(channel->texts.back() == R"({"type":"playback","played_ms":40})");
}

BOOST_AUTO_TEST_CASE(every_encoding_goes_both_ways) {
  const std::vector<audio_format> formats{{audio_encoding::mulaw, 8'000},
                                          {audio_encoding::opus, 48'000},
                                          {audio_encoding::pcm_s16le, 8'000}};
  for (const auto& format : formats) {
    options.audio = format;
    channel = std::make_shared<fake_channel>();
    const auto client = open();
    client->say(pcm_samples(16'000, 5'000), 16'000);
    for (int frame = 0; frame < 10; ++frame)
      client->tick(frame * 20ms);
    for (const auto& frame : channel->binaries)
      channel->handler.on_binary(frame);
    BOOST_TEST(client->heard().pcm().size() == client->heard().rate_hz() / 5);
    BOOST_TEST(types().find("bad_frame") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(the_clients_words_are_frames_of_the_protocol) {
  options.say_start = false;
  const auto client = open();
  client->press("1#");
  client->mute(true);
  client->end();
  const std::vector<std::string> wanted{R"({"type":"dtmf","digits":"1#"})",
                                        R"({"type":"mute","on":true})", R"({"type":"end"})"};
  BOOST_TEST(channel->texts == wanted, boost::test_tools::per_element());
  client->close(1001);
  BOOST_TEST(channel->close_code == 1001);
}

BOOST_AUTO_TEST_CASE(what_comes_from_the_node_is_told_until_it_closes) {
  const auto client = open();
  channel->handler.on_text(R"({"type":"state","state":"listening"})");
  channel->handler.on_text("nonsense");
  channel->handler.on_binary("x"); // half a sample
  channel->handler.on_closed(1008, "bad_json");
  BOOST_TEST(types() == "connected state bad_frame bad_frame closed ");
  BOOST_TEST(told.back().code == "1008");
  BOOST_TEST(told.back().text == "bad_json");
  BOOST_TEST(client->is_closed());
  BOOST_TEST(!client->tick(1s));
  client->end();
  BOOST_TEST(channel->binaries.empty());
  BOOST_TEST(client->events().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_dropped_client_closes_its_socket) {
  open().reset();
  BOOST_TEST(channel->close_code == 1001);
  channel->handler.on_text("late");
  channel->handler.on_closed(1001, "");
  BOOST_TEST(types() == "connected ");
}

BOOST_AUTO_TEST_CASE(a_client_that_cannot_connect_says_why_and_a_dropped_one_nothing) {
  caller_pacer pacer;
  dial_options asked;
  dial_callback answer;
  const websocket_dialer dial = [&](dial_options with, dial_callback done) {
    asked = std::move(with), answer = std::move(done);
  };
  options.subprotocol = "unpod.v1";
  options.origin = "http://localhost:1";
  auto client = std::make_shared<audio_client>(
    options, [this](const client_event& event) { told.push_back(event); });
  client->connect(dial, "ws://node/v1/pipes/P/connect?token=t", pacer);
  BOOST_TEST(asked.url == "ws://node/v1/pipes/P/connect?token=t");
  BOOST_TEST(asked.subprotocol == "unpod.v1");
  BOOST_TEST(asked.headers.at(0).second == "http://localhost:1");
  answer(nullptr, "refused, 401");
  BOOST_TEST(types() == "failed ");
  BOOST_TEST(told[0].text == "refused, 401");
  BOOST_TEST(client->is_closed());
  client->connect(dial, "ws://node/", pacer);
  client.reset();
  answer(channel, "");
  BOOST_TEST(types() == "failed ");
}

BOOST_AUTO_TEST_CASE(the_pacer_beats_until_it_is_told_to_stop_or_nobody_is_there) {
  struct counter : paced {
    int left;
    std::promise<void> done;
    explicit counter(int beats) : left(beats) {}
    bool tick(mono_time) override {
      if (--left == 0)
        done.set_value();
      return left > 0;
    }
  };
  caller_pacer pacer{2ms};
  const auto one = std::make_shared<counter>(5);
  const auto other = std::make_shared<counter>(3);
  auto gone = std::make_shared<counter>(1'000'000);
  pacer.add(one);
  pacer.add(other);
  pacer.add(gone);
  gone.reset();
  BOOST_TEST((one->done.get_future().wait_for(30s) == std::future_status::ready));
  BOOST_TEST((other->done.get_future().wait_for(30s) == std::future_status::ready));
  BOOST_TEST(one->left == 0);
  BOOST_TEST(other->left == 0);
}

BOOST_AUTO_TEST_SUITE_END()
