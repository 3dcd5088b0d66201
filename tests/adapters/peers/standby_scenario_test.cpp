// Voices whose connection stood by for them, over real sockets to simulated providers.
#define BOOST_TEST_MODULE standby_scenario
#include <boost/test/unit_test.hpp>

#include "tests/adapters/peers/provider_stage.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::stage;
using fault = provider_fault::kind;

namespace {

struct voice {
  const char *provider, *name, *service;
  std::uint32_t rate_hz;
};
const voice voices[] = {{"cartesia", "v", "cartesia tts", 16'000},
                        {"deepgram", "aura-2-thalia-en", "deepgram tts", 16'000},
                        {"deepgram", "flux-alexis-en", "deepgram flux tts", 16'000},
                        {"elevenlabs", "v", "elevenlabs tts", 16'000},
                        {"elevenlabs_single", "v", "elevenlabs_single tts", 8'000}};

/// A stage with a pool, whose dials are counted apart from those of the streams.
struct standby_stage : stage {
  std::atomic<int> pool_dialled{0};
  std::shared_ptr<void> token;
  std::mutex mutex; // for those who wait for something that nobody tells
  std::condition_variable changed;

  ~standby_stage() {
    token = nullptr;
    standbys = nullptr;
  }

  void open_with_pool(std::uint32_t rate_hz, provider_fault with = {}) {
    open(rate_hz, with);
    standbys = std::make_shared<standby_pool>(
      [this](dial_options options, dial_callback done) {
        ++pool_dialled;
        dial_websocket(threads, std::move(options), std::move(done));
      },
      watch);
  }

  void want(const voice& one) {
    const auto made = provider(one.provider);
    BOOST_REQUIRE(made.stand_by != nullptr);
    token = made.stand_by(voice_settings(one.name), one.rate_hz);
  }

  bool come_to_stand(std::size_t count) {
    const auto until = mono_now() + fixtures::deadline;
    const auto all = [this] {
      std::size_t sum = 0;
      for (const auto& [provider, standing] : standbys->standing())
        sum += standing;
      return sum;
    };
    std::unique_lock lock{mutex};
    while (all() != count && mono_now() < until)
      changed.wait_for(lock, 5ms);
    return all() == count;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_voice_that_finds_a_connection_ready_dials_none) {
  for (const auto& one : voices)
    BOOST_TEST_CONTEXT(one.provider << " " << one.name) {
      standby_stage on;
      on.open_with_pool(one.rate_hz);
      on.want(one);
      BOOST_TEST(on.come_to_stand(1));
      on.open_voice(one.provider, {}, one.name);
      on.speak("one two three");
      BOOST_TEST(on.book.wait_for("done 0"));
      BOOST_TEST(on.played() == "one two three");
      BOOST_TEST(on.book.count("failed") == 0u);
      BOOST_TEST(on.dialled == 0);
      BOOST_TEST(on.come_to_stand(1)); // another, for the next
    }
}

BOOST_AUTO_TEST_CASE(voices_behind_http_have_nothing_to_keep) {
  standby_stage on;
  on.open_with_pool(24'000);
  on.want({"openai", "alloy", "", 24'000});
  BOOST_TEST(!on.token);
  BOOST_TEST(on.standbys->standing().empty());
}

BOOST_AUTO_TEST_CASE(without_a_pool_no_provider_keeps_any) {
  stage on;
  on.open(16'000);
  BOOST_TEST((on.provider("cartesia").stand_by == nullptr));
}

BOOST_AUTO_TEST_CASE(a_voice_that_finds_only_dead_connections_dials) {
  for (const auto& one : voices)
    BOOST_TEST_CONTEXT(one.provider << " " << one.name) {
      standby_stage on;
      on.open_with_pool(one.rate_hz);
      on.want(one);
      BOOST_TEST(on.come_to_stand(1));
      on.providers->strike(one.service, fault::close);
      BOOST_TEST(on.come_to_stand(0));
      on.open_voice(one.provider, {}, one.name);
      on.speak("one two");
      BOOST_TEST(on.book.wait_for("done 0"));
      BOOST_TEST(on.played() == "one two");
      BOOST_TEST(on.dialled == 1);
    }
}

/// A provider whose sockets stay and say nothing: one call finds out, the next one dials.
BOOST_AUTO_TEST_CASE(where_one_voice_stalls_those_that_stand_by_are_let_go) {
  standby_stage on;
  on.open_with_pool(16'000);
  on.want(voices[0]);
  BOOST_TEST(on.come_to_stand(1));
  provider_limits quick;
  quick.stall_wait = 250ms;
  on.open_voice("cartesia", quick);
  on.speak("one two three four five six seven eight nine ten");
  BOOST_TEST(on.book.wait_for("first 0"));
  BOOST_TEST(on.come_to_stand(1));
  on.providers->strike("cartesia tts", fault::stall);
  BOOST_TEST(on.book.wait_for("failed"));
  BOOST_TEST(on.come_to_stand(1));
  BOOST_TEST(on.pool_dialled == 3); // those two are gone
  on.open_voice("cartesia");
  on.speak("eleven", 1, 2);
  BOOST_TEST(on.book.wait_for("done 1"));
}

/// It may have been handed out before anybody knew: whichever comes first, no word is lost.
BOOST_AUTO_TEST_CASE(a_connection_that_dies_as_it_is_taken_loses_no_voice) {
  for (int n = 0; n < 10; ++n) {
    standby_stage on;
    on.open_with_pool(16'000);
    on.want(voices[0]);
    BOOST_TEST(on.come_to_stand(1));
    on.providers->strike("cartesia tts", fault::close);
    on.open_voice("cartesia");
    on.speak("one two");
    BOOST_TEST(on.book.wait_for_either("done 0", "failed"));
    BOOST_TEST(on.book.count("failed") == 0u);
    BOOST_TEST(on.played() == "one two");
  }
}

BOOST_AUTO_TEST_CASE(when_nobody_holds_a_token_the_connections_are_closed) {
  standby_stage on;
  on.open_with_pool(16'000);
  on.want(voices[0]);
  BOOST_TEST(on.come_to_stand(1));
  on.token = nullptr;
  BOOST_TEST(on.come_to_stand(0));
  BOOST_TEST(on.pool_dialled == 1);
}
