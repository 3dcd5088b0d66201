// A node whose recognisers and voices are behind sockets, in two houses of simulated providers;
// a runner that recites, and a caller who talks and hears in tones.
#pragma once

#include "adapters/json/json.hpp"
#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/demo_story.hpp"
#include "adapters/peers/failover_judge.hpp"
#include "adapters/peers/http_client.hpp"
#include "adapters/peers/runner_client.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "runtime/keys.hpp"
#include "runtime/node.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <condition_variable>

namespace fixtures {

using namespace unpod;
using namespace std::chrono_literals;
using fault = provider_fault::kind;

inline constexpr auto deadline = 60s; // only fails; nothing is timed by it

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

inline const std::string file_of_profiles = R"(
[[profile]]
name = "both"
language = "en"
[[profile.stt]]
provider = "deepgram"
model = "nova-3"
[[profile.stt]]
provider = "deepgram@b"
model = "nova-3"
[[profile.tts]]
provider = "cartesia"
model = "sonic-3"
voice = "v"
[[profile.tts]]
provider = "cartesia@b"
model = "sonic-3"
voice = "v"
)";

struct whole_house {
  net_threads threads{2};
  fixtures::scratch_folder folder;
  std::array<std::unique_ptr<simulated_providers>, 2> providers; // first choice, and region b
  std::unique_ptr<node> house;
  std::unique_ptr<runner_client> runner;
  std::unique_ptr<caller_pacer> pacer;
  std::shared_ptr<audio_client> caller;
  std::string pipe;

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<client_event> events;

  /// `faults` are those of the first choice; the other house does nothing wrong, unless it is
  /// told to.
  void open(fault_script faults, std::vector<std::string> answers, fault_script others = {}) {
    node_settings settings;
    settings.listen = "127.0.0.1:0";
    settings.dev = true;
    settings.data_dir = folder.path("data");
    settings.profiles = folder.path("profiles.toml");
    std::ofstream{folder.path("profiles.toml")} << file_of_profiles;
    std::string why;
    for (std::size_t n = 0; n < providers.size(); ++n) {
      simulated_setup setup;
      setup.faults = n == 0 ? faults : others;
      setup.key = "right";
      providers[n] = std::make_unique<simulated_providers>(threads, std::move(setup));
      BOOST_REQUIRE_MESSAGE(providers[n]->start(why), why);
      for (const std::string name : {"deepgram", "cartesia"}) {
        auto& wishes = settings.providers[name + (n == 0 ? "" : "@b")];
        wishes.key = "right";
        wishes.base_url = providers[n]->base_url();
      }
    }
    house = node::start(settings, why);
    BOOST_REQUIRE_MESSAGE(house, why);
    open_runner(std::move(answers));
  }

  std::uint64_t connections(std::size_t n, const std::string& service) const {
    const auto all = providers[n]->connections();
    const auto found = all.find(service);
    return found == all.end() ? 0 : found->second;
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

  /// A member of what the node tells; `number`: it is one.
  std::string ask_for(const std::string& path, const char* key, bool number = false) {
    const auto answer = ask_over_http(house->base_url(), "GET", path, dev_api_key, "");
    std::string why;
    const auto document = json::parse(answer.body, 8, why);
    const auto* data = document ? json::member(*document, "data") : nullptr;
    if (!data)
      return {};
    return number ? std::to_string(json::whole(*data, key).value_or(-1))
                  : json::text(*data, key).value_or("");
  }

  /// Until the node tells this, or for long.
  bool becomes(const std::string& path, const char* key, const std::string& value) {
    const auto until = mono_now() + deadline;
    while (ask_for(path, key) != value && mono_now() < until) {
      std::unique_lock lock{mutex};
      changed.wait_for(lock, 100ms);
    }
    return ask_for(path, key) == value;
  }

  void hang_up() {
    caller->close(1'000);
    caller = nullptr;
    const std::lock_guard lock{mutex};
    events.clear();
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
  std::string heard() const {
    const auto ear = caller->heard();
    std::string words;
    for (const auto& one :
         words_of_sound(ear.frames(), ear.pcm(), ear.rate_hz(), tone_alphabet::numbers()))
      words += (words.empty() ? "" : " ") + one.word;
    return words;
  }

  /// Until the caller has heard these words, or no more for long.
  bool hears(const std::string& words) {
    const auto until = mono_now() + deadline;
    while (heard() != words && mono_now() < until) {
      std::unique_lock lock{mutex};
      changed.wait_for(lock, 50ms);
    }
    BOOST_TEST_INFO("heard: " << heard());
    return heard() == words;
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
    for (auto& one : providers)
      one = nullptr;
    threads.stop();
  }
};

/// All connections of this service.
inline fault_script of(const std::string& service, provider_fault what) {
  return [=](const std::string& asked, std::uint64_t) {
    return asked == service ? what : provider_fault{};
  };
}

/// Whatever goes wrong, what the caller says and hears is whole.
inline void call_goes_well(const fault_script& faults) {
  whole_house on;
  on.open(faults, {"Eleven twelve thirteen, fourteen fifteen sixteen seventeen."});
  on.call();
  on.say("one two three four");
  BOOST_TEST(on.came("user_turn", "one two three four"));
  BOOST_TEST(on.hears("eleven twelve thirteen fourteen fifteen sixteen seventeen"));
  BOOST_TEST(on.connections(1, "deepgram stt") + on.connections(1, "cartesia tts") >= 1u);
}

} // namespace fixtures
