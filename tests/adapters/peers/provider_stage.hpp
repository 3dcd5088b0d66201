// A stage for the streams of the real adapters and the simulated providers, over sockets of
// loopback: what is spoken into one side comes out of the other as tones and words.
#pragma once

#include <boost/test/unit_test.hpp>

#include "adapters/outgoing/outgoing_http.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/speech/speech_catalogue.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "messages/register_messages.hpp"
#include "tests/adapters/speech/fake_port.hpp"

#include <caf/all.hpp>

#include <condition_variable>

namespace fixtures {

using namespace unpod;
using namespace std::chrono_literals;

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
    return wait_for_either(line, line);
  }
  /// Until a line begins with one of these.
  bool wait_for_either(const std::string& line, const std::string& other,
                       const std::string& third = "\n") {
    std::unique_lock lock{mutex_};
    const bool came = changed_.wait_for(lock, deadline, [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const auto& one) {
        return one.rfind(line, 0) == 0 || one.rfind(other, 0) == 0 || one.rfind(third, 0) == 0;
      });
    });
    for (const auto& one : lines_)
      BOOST_TEST_MESSAGE(one);
    return came;
  }
  /// What followed the first line that begins so.
  std::string after(const std::string& line) const {
    const std::lock_guard lock{mutex_};
    for (const auto& one : lines_)
      if (one.rfind(line, 0) == 0)
        return one.substr(line.size());
    return "";
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

inline stt_listener::behavior_type ear(stt_listener::pointer, notebook* book) {
  return {
    [=](const stt_ready& x) { book->note("ready " + x.provider); },
    [=](const stt_partial& x) { book->note("partial " + x.text); },
    [=](const stt_final& x) {
      book->note("final " + x.text + " @" + std::to_string(x.from) + " " + std::to_string(x.to));
    },
    [=](const stt_failed& x) { book->note("failed " + x.why); },
  };
}

inline tts_listener::behavior_type mouth(tts_listener::pointer, notebook* book) {
  return {
    [=](const tts_first_byte& x) { book->note("first " + std::to_string(x.piece)); },
    [=](const tts_piece_done& x) {
      for (const auto& word : x.words)
        book->note("word " + std::to_string(word.begin) + "-" + std::to_string(word.end));
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
  tts_helps helps;
  std::shared_ptr<standby_pool> standbys; // null: none
  std::atomic<int> dialled{0};            // by streams
  notebook book;
  outgoing_http_ptr http;
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
          ++dialled;
          dial_websocket(threads, std::move(options), std::move(done));
        };
        speech_wiring wiring{{name, "good", providers->base_url(), ""}, dial, bounds, watch};
        wiring.http = way_out();
        wiring.helps = helps;
        wiring.standbys = standbys;
        return make_provider(kind, std::move(wiring));
      }
    throw std::runtime_error{"no provider " + name};
  }

  /// For voices behind HTTP: loopback is allowed, as for a server that the settings name.
  outgoing_http_ptr way_out() {
    if (!http) {
      outgoing_options options;
      options.rules.loopback = true;
      http = make_outgoing_http(std::move(options));
    }
    return http;
  }

  void listen(const std::string& name, sample_index from = 0, provider_limits bounds = {},
              const std::string& model = "") {
    const auto log = (*self)->spawn(ear, &book);
    stt_settings settings;
    settings.model = model;
    hearing = provider(name, bounds).open_stt(self->ptr(), log, port, settings, from, "c");
  }
  static tts_settings voice_settings(const std::string& voice) {
    tts_settings settings;
    settings.voice = voice;
    return settings;
  }
  void open_voice(const std::string& name, provider_limits bounds = {},
                  const std::string& voice = "v") {
    const auto log = (*self)->spawn(mouth, &book);
    speaking = provider(name, bounds).open_tts(self->ptr(), log, port, voice_settings(voice), "c");
  }

  void speak(const std::string& text, std::uint32_t piece = 0, generation utterance = 1) {
    (*self)->send(speaking, tts_speak{utterance, piece, text});
  }
  /// Audio of the caller, from this sample on; the sample behind it. A stream that is lost
  /// meanwhile hears no more.
  sample_index say(const std::string& text, sample_index at) {
    auto pcm = tones_of(text, setup.alphabet, port->rate_hz());
    const auto tap = port->tap();
    if (!tap)
      return at;
    tap->speech_started(at);
    tap->audio(at, pcm.data(), pcm.size());
    at += pcm.size();
    tap->speech_ended(at);
    const std::vector<std::int16_t> silence(port->rate_hz() / 2);
    tap->audio(at, silence.data(), silence.size());
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
    http = nullptr;
    providers = nullptr;
    threads.stop();
  }
};

} // namespace fixtures
