// Whole calls through a node whose recogniser and voice are behind sockets: what the caller
// says in tones reaches the runner as words, and its answer comes back as tones.
#define BOOST_TEST_MODULE provider_calls
#include <boost/test/unit_test.hpp>

#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/demo_story.hpp"
#include "adapters/peers/http_client.hpp"
#include "adapters/peers/runner_client.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "runtime/keys.hpp"
#include "runtime/node.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <condition_variable>

using namespace unpod;
using namespace std::chrono_literals;
using fault = provider_fault::kind;

namespace {

constexpr auto deadline = 60s; // only fails; nothing is timed by it

/// Answers the n-th turn with the n-th line, and keeps what it was told.
struct reciting_brain : runner_brain {
  explicit reciting_brain(std::vector<std::string> lines) : lines(std::move(lines)) {}
  std::string greeting() override {
    return {};
  }
  brain_reply answer(const std::string&) override {
    return {next < lines.size() ? lines[next++] : std::string{}, false, {}};
  }
  std::vector<std::string> lines;
  std::size_t next = 0;
};

const std::string file_of_profiles = R"(
[[profile]]
name = "both"
language = "en"
[[profile.stt]]
provider = "deepgram"
model = "nova-3"
[[profile.tts]]
provider = "cartesia"
model = "sonic-3"
voice = "v"
)";

struct whole_house {
  net_threads threads{2};
  fixtures::scratch_folder folder;
  std::unique_ptr<simulated_providers> providers;
  std::unique_ptr<node> house;
  std::unique_ptr<runner_client> runner;
  std::unique_ptr<caller_pacer> pacer;
  std::shared_ptr<audio_client> caller;
  std::string pipe;

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<client_event> events;

  void open(fault_script faults, std::vector<std::string> answers) {
    simulated_setup setup;
    setup.faults = std::move(faults);
    setup.key = "right";
    providers = std::make_unique<simulated_providers>(threads, std::move(setup));
    std::string why;
    BOOST_REQUIRE_MESSAGE(providers->start(why), why);
    std::ofstream{folder.path("profiles.toml")} << file_of_profiles;
    node_settings settings;
    settings.listen = "127.0.0.1:0";
    settings.dev = true;
    settings.data_dir = folder.path("data");
    settings.profiles = folder.path("profiles.toml");
    for (const char* name : {"deepgram", "cartesia"})
      settings.providers[name] = {"right", providers->base_url(), ""};
    house = node::start(settings, why);
    BOOST_REQUIRE_MESSAGE(house, why);
    open_runner(std::move(answers));
  }

  websocket_dialer dialer() {
    return [this](dial_options options, dial_callback done) {
      dial_websocket(threads, std::move(options), std::move(done));
    };
  }

  void open_runner(std::vector<std::string> answers) {
    runner_settings settings;
    settings.base_url = house->base_url();
    settings.api_key = dev_api_key;
    settings.agent = "reciter";
    runner = std::make_unique<runner_client>(
      settings, [answers](const call_facts&) { return std::make_unique<reciting_brain>(answers); },
      dialer(),
      [this](std::chrono::milliseconds after, std::function<void()> work) {
        threads.post_after(static_cast<std::size_t>(after.count()), std::move(work));
      });
    runner->start();
    BOOST_REQUIRE(runner->wait_registered(10s));
    pipe =
      data("/v1/pipes", R"({"name":"p","voice_profile":"both","agent_id":"reciter"})", "pipe_id");
  }

  std::string data(const std::string& path, const std::string& body, const char* key) {
    const auto answer = ask_over_http(house->base_url(), "POST", path, dev_api_key, body);
    const auto text = read_data_text(answer.body, key);
    BOOST_REQUIRE_MESSAGE(!text.empty(), path << " " << answer.status << " " << answer.body);
    return text;
  }

  void call(audio_encoding encoding = audio_encoding::pcm_s16le, std::uint32_t rate_hz = 16'000) {
    const auto token = data("/v1/sessions/token", R"({"pipe_id":")" + pipe + "\"}", "token");
    const auto url = "ws" + house->base_url().substr(4) + "/v1/pipes/" + pipe + "/connect";
    audio_client_options options;
    options.audio = {encoding, rate_hz};
    pacer = std::make_unique<caller_pacer>();
    caller = std::make_shared<audio_client>(options, [this](const client_event& event) {
      const std::lock_guard lock{mutex};
      events.push_back(event);
      changed.notify_all();
    });
    caller->connect(dialer(), with_token(url, token), *pacer);
    BOOST_REQUIRE(came("started"));
  }

  bool came(const std::string& type, const std::string& text = {}, std::size_t times = 1) {
    std::unique_lock lock{mutex};
    const bool yes = changed.wait_for(lock, deadline, [&] {
      return static_cast<std::size_t>(std::count_if(events.begin(), events.end(),
                                                    [&](const auto& one) {
                                                      return one.type == type
                                                             && (text.empty() || one.text == text);
                                                    }))
             >= times;
    });
    if (!yes)
      for (const auto& one : events)
        BOOST_TEST_MESSAGE(one.type << " " << one.text);
    return yes;
  }

  void say(const std::string& words) {
    const auto alphabet = tone_alphabet::numbers();
    caller->say(tones_of(words, alphabet, 16'000), 16'000);
  }

  /// The words of the agent's tones, as they arrived.
  std::string heard(std::uint32_t rate_hz = 16'000) const {
    const auto alphabet = tone_alphabet::numbers();
    const auto pcm = caller->heard().pcm();
    tone_reader reader{rate_hz};
    std::vector<heard_tone> tones;
    reader.feed(pcm.data(), pcm.size(), tones);
    reader.finish(tones);
    std::string words;
    for (const auto& one : tones)
      if (one.whole)
        words += (words.empty() ? "" : " ") + alphabet.word_of(one.code);
    return words;
  }

  /// Until the caller has heard these words, or no more for long.
  bool hears(const std::string& words, std::uint32_t rate_hz = 16'000) {
    const auto until = mono_now() + deadline;
    while (heard(rate_hz) != words && mono_now() < until) {
      std::unique_lock lock{mutex};
      changed.wait_for(lock, 50ms);
    }
    BOOST_TEST_INFO("heard: " << heard(rate_hz));
    return heard(rate_hz) == words;
  }

  ~whole_house() {
    if (caller)
      caller->close(1'000);
    pacer = nullptr;
    if (runner) {
      runner->stop();
      runner->wait_closed(2s);
    }
    if (house)
      house->stop();
    house = nullptr;
    providers = nullptr;
    threads.stop();
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_call_is_heard_and_spoken_by_providers_behind_sockets) {
  whole_house on;
  on.open(nullptr, {"Eleven twelve thirteen.", "Forty fifty."});
  on.call();
  on.say("one two three");
  BOOST_TEST(on.came("user_turn", "one two three"));
  BOOST_TEST(on.hears("eleven twelve thirteen"));
  on.say("nine");
  BOOST_TEST(on.came("user_turn", "nine"));
  BOOST_TEST(on.hears("eleven twelve thirteen forty fifty"));
  const auto connections = on.providers->connections();
  BOOST_TEST(connections.at("deepgram stt") == 1u);
  BOOST_TEST(connections.at("cartesia tts") == 1u);
}

BOOST_AUTO_TEST_CASE(a_telephones_call_is_too) {
  whole_house on;
  on.open(nullptr, {"Eleven twelve thirteen."});
  on.call(audio_encoding::mulaw, 8'000);
  on.say("one two three");
  BOOST_TEST(on.came("user_turn", "one two three"));
  BOOST_TEST(on.hears("eleven twelve thirteen", 8'000));
}

BOOST_AUTO_TEST_CASE(a_recogniser_that_dies_in_the_middle_loses_no_word) {
  whole_house on;
  on.open(
    [](const std::string& service, std::uint64_t connection) {
      const bool bad = service == "deepgram stt" && connection == 0;
      return bad ? provider_fault{fault::close, 2, 0ms} : provider_fault{};
    },
    {"Eleven."});
  on.call();
  on.say("one two three four five six");
  BOOST_TEST(on.came("user_turn", "one two three four five six"));
  BOOST_TEST(on.hears("eleven"));
  BOOST_TEST(on.providers->connections().at("deepgram stt") >= 2u); // and the node's own probe
}

BOOST_AUTO_TEST_CASE(a_voice_that_stays_silent_is_followed_by_another) {
  whole_house on;
  on.open(
    [](const std::string& service, std::uint64_t connection) {
      const bool bad = service == "cartesia tts" && connection == 0;
      return bad ? provider_fault{fault::stall, 0, 0ms} : provider_fault{};
    },
    {"Eleven twelve."});
  on.call();
  on.say("one");
  BOOST_TEST(on.came("user_turn", "one"));
  BOOST_TEST(on.hears("eleven twelve"));
}
