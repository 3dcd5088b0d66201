// The streams of the real adapters against the simulated providers, over sockets of
// loopback: what is spoken into one side comes out of the other as tones and words.
#define BOOST_TEST_MODULE provider_scenario
#include <boost/test/unit_test.hpp>

#include "adapters/peers/simulated_providers.hpp"
#include "adapters/speech/speech_catalogue.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/register_messages.hpp"
#include "tests/adapters/speech/fake_port.hpp"

#include <caf/all.hpp>

#include <condition_variable>

using namespace unpod;
using namespace std::chrono_literals;
using fault = provider_fault::kind;

namespace {

constexpr auto deadline = 30s; // only fails; nothing is timed by it

/// What streams told their listener, for a test to wait for.
class notebook {
public:
  void note(const std::string& line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(line);
    changed_.notify_all();
  }
  bool wait_for(const std::string& line) {
    std::unique_lock lock{mutex_};
    const bool came = changed_.wait_for(lock, deadline, [&] {
      return std::any_of(lines_.begin(), lines_.end(),
                         [&](const auto& one) { return one.rfind(line, 0) == 0; });
    });
    for (const auto& one : lines_)
      BOOST_TEST_MESSAGE(one);
    return came;
  }
  std::size_t count(const std::string& line) const {
    const std::lock_guard lock{mutex_};
    return static_cast<std::size_t>(std::count_if(
      lines_.begin(), lines_.end(), [&](const auto& one) { return one.rfind(line, 0) == 0; }));
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

struct scenario_config : caf::actor_system_config {
  scenario_config() {
    register_messages(*this);
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", std::size_t{2});
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

stt_listener::behavior_type ear(stt_listener::pointer, notebook* book) {
  return {
    [=](const stt_ready& x) { book->note("ready " + x.provider); },
    [=](const stt_partial& x) { book->note("partial " + x.text); },
    [=](const stt_final& x) {
      book->note("final " + x.text + " @" + std::to_string(x.from) + " " + std::to_string(x.to));
    },
    [=](const stt_failed& x) { book->note("failed " + x.why); },
  };
}

tts_listener::behavior_type mouth(tts_listener::pointer, notebook* book) {
  return {
    [=](const tts_first_byte& x) { book->note("first " + std::to_string(x.piece)); },
    [=](const tts_piece_done& x) {
      book->note("done " + std::to_string(x.piece) + " " + std::to_string(x.words.size())
                 + " words " + std::to_string(x.samples));
    },
    [=](const tts_failed& x) {
      book->note("failed " + x.why + " after " + std::to_string(x.words.size()) + " words");
    },
  };
}

struct stage {
  net_threads threads{2};
  provider_fault wrong;
  simulated_setup setup;
  std::unique_ptr<simulated_providers> providers;
  std::shared_ptr<wire_watch> watch = std::make_shared<wire_watch>(
    [this](std::chrono::milliseconds after, std::function<void()> work) {
      threads.post_after(static_cast<std::size_t>(after.count()), std::move(work));
    });
  notebook book;
  std::shared_ptr<fake_port> port;
  scenario_config config;
  std::unique_ptr<caf::actor_system> sys;
  std::unique_ptr<caf::scoped_actor> self;
  stt_stream_actor hearing;
  tts_stream_actor speaking;

  void open(std::uint32_t rate_hz, provider_fault with = {}) {
    wrong = with;
    setup.faults = [this](const std::string&, std::uint64_t) { return wrong; };
    setup.key = "good";
    providers = std::make_unique<simulated_providers>(threads, setup);
    std::string why;
    BOOST_REQUIRE_MESSAGE(providers->start(why), why);
    port = std::make_shared<fake_port>(rate_hz);
    sys = std::make_unique<caf::actor_system>(config);
    self = std::make_unique<caf::scoped_actor>(*sys);
  }

  speech_provider provider(const std::string& name, provider_limits bounds = {}) {
    for (const auto& kind : provider_kinds())
      if (kind.name == name) {
        const auto dial = [this](dial_options options, dial_callback done) {
          dial_websocket(threads, std::move(options), std::move(done));
        };
        return make_provider(kind,
                             {{name, "good", providers->base_url(), ""}, dial, bounds, watch});
      }
    throw std::runtime_error{"no provider " + name};
  }

  void listen(const std::string& name, sample_index from = 0, provider_limits bounds = {}) {
    const auto log = (*self)->spawn(ear, &book);
    hearing = provider(name, bounds).open_stt(self->ptr(), log, port, {}, from, "c");
  }
  void open_voice(const std::string& name, provider_limits bounds = {}) {
    const auto log = (*self)->spawn(mouth, &book);
    speaking = provider(name, bounds).open_tts(self->ptr(), log, port, {}, "c");
  }

  void speak(const std::string& text, std::uint32_t piece = 0, generation utterance = 1) {
    (*self)->send(speaking, tts_speak{utterance, piece, text});
  }
  /// Audio of the caller, from this sample on; the sample behind it.
  sample_index say(const std::string& text, sample_index at) {
    auto pcm = tones_of(text, setup.alphabet, port->rate_hz());
    port->tap()->speech_started(at);
    port->tap()->audio(at, pcm.data(), pcm.size());
    at += pcm.size();
    port->tap()->speech_ended(at);
    const std::vector<std::int16_t> silence(port->rate_hz() / 2);
    port->tap()->audio(at, silence.data(), silence.size());
    return at + silence.size();
  }
  std::string played(generation utterance = 1) {
    const auto pcm = port->played(utterance);
    tone_reader reader{port->rate_hz()};
    std::vector<heard_tone> heard;
    reader.feed(pcm.data(), pcm.size(), heard);
    reader.finish(heard);
    std::string words;
    for (const auto& one : heard)
      words += (words.empty() ? "" : " ") + (one.whole ? setup.alphabet.word_of(one.code) : "-");
    return words;
  }

  ~stage() {
    if (hearing)
      caf::anon_send_exit(hearing, caf::exit_reason::user_shutdown);
    if (speaking)
      caf::anon_send_exit(speaking, caf::exit_reason::user_shutdown);
    hearing = nullptr;
    speaking = nullptr;
    self = nullptr;
    sys = nullptr; // waits for every actor
    providers = nullptr;
    threads.stop();
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(deepgram_hears_what_arrived_at_both_rates) {
  for (const std::uint32_t rate : {8'000u, 16'000u}) {
    stage on;
    on.open(rate);
    on.listen("deepgram", 1'000);
    BOOST_TEST(on.book.wait_for("ready deepgram"));
    const auto next = on.say("one two three", 1'000);
    BOOST_TEST(on.book.wait_for("partial one"));
    BOOST_TEST(on.book.wait_for("final one two three @1000 "));
    on.say("forty", next);
    BOOST_TEST(on.book.wait_for("final forty"));
    BOOST_TEST(on.book.count("failed") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_final_comes_when_it_is_asked_for) {
  stage on;
  on.setup.pace.endpointing = 60s;
  on.open(16'000);
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("seven eight", 0);
  (*on.self)->send(on.hearing, stt_finalize{});
  BOOST_TEST(on.book.wait_for("final seven eight"));
}

BOOST_AUTO_TEST_CASE(a_recogniser_that_refuses_stalls_or_closes_is_lost) {
  provider_limits quick;
  quick.dial_wait = 300ms;
  quick.words_wait = 400ms;
  for (const auto kind : {fault::refuse_key, fault::refuse_busy, fault::slow_handshake,
                          fault::stall, fault::half_frame, fault::close}) {
    BOOST_TEST_CONTEXT("fault " << static_cast<int>(kind)) {
      stage on;
      on.open(16'000, {kind, 0, 10'000ms});
      on.listen("deepgram", 0, quick);
      const bool opens = kind == fault::stall || kind == fault::half_frame || kind == fault::close;
      if (opens) {
        BOOST_TEST(on.book.wait_for("ready"));
        on.say("one two three four", 0);
      }
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(on.book.count("final") == 0u);
      BOOST_TEST((on.port->tap() == nullptr));
    }
  }
}

BOOST_AUTO_TEST_CASE(garbage_between_good_frames_is_passed_over) {
  stage on;
  on.open(16'000, {fault::garbage, 0, 0ms});
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("one two three", 0);
  BOOST_TEST(on.book.wait_for("final one two three"));
}

BOOST_AUTO_TEST_CASE(cartesia_speaks_piece_after_piece_at_both_rates) {
  for (const std::uint32_t rate : {8'000u, 16'000u}) {
    stage on;
    on.open(rate);
    on.open_voice("cartesia");
    on.speak("One, two.", 0);
    on.speak("Three four five!", 1);
    on.speak("", 2);
    on.speak("...", 3);
    BOOST_TEST(on.book.wait_for("done 0 2 words " + std::to_string(rate * 6 / 10)));
    BOOST_TEST(on.book.wait_for("done 1 3 words " + std::to_string(rate * 9 / 10)));
    BOOST_TEST(on.book.wait_for("done 2 0 words 0"));
    BOOST_TEST(on.book.wait_for("done 3 0 words 0"));
    BOOST_TEST(on.played() == "one two three four five");
  }
}

BOOST_AUTO_TEST_CASE(a_cancelled_utterance_is_silent_and_the_connection_stays) {
  stage on;
  on.open(16'000);
  on.open_voice("cartesia");
  on.speak("one two three four five six seven eight nine ten", 0, 1);
  BOOST_TEST(on.book.wait_for("first 0"));
  on.port->flush(1);
  (*on.self)->send(on.speaking, tts_cancel{1});
  on.speak("eleven twelve", 0, 2);
  BOOST_TEST(on.book.wait_for("done 0 2 words"));
  BOOST_TEST(on.played(2) == "eleven twelve");
  BOOST_TEST(on.providers->connections()["cartesia tts"] == 1u);
}

BOOST_AUTO_TEST_CASE(a_voice_that_breaks_off_says_how_far_it_came) {
  for (const auto kind : {fault::stall, fault::half_frame, fault::close}) {
    BOOST_TEST_CONTEXT("fault " << static_cast<int>(kind)) {
      provider_limits quick;
      quick.stall_wait = 300ms;
      stage on;
      on.open(16'000, {kind, 8, 0ms}); // six chunks of sound, and two of words
      on.open_voice("cartesia", quick);
      on.speak("one two three four five");
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(on.book.count("done") == 0u);
      const auto words = on.played();
      BOOST_TEST(words.rfind("one two", 0) == 0u, words);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_close_that_is_never_answered_holds_nobody) {
  stage on;
  on.open(16'000, {fault::deaf_to_close, 0, 0ms});
  on.listen("deepgram");
  BOOST_TEST(on.book.wait_for("ready"));
  on.say("one", 0);
  BOOST_TEST(on.book.wait_for("final one"));
}
