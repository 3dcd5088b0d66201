// What does 100 ms of audio cost on its way to a recogniser, and from a voice? Real codecs, wires
// and dialled sockets with TLS, twenty streams in real time; the providers are simulated in this
// process, and their thread is not counted. The column Time is CPU (!) of all other threads, for
// 100 ms of one stream's audio: feeding it, JSON, base64, TLS, the kernel's part of our calls, and
// of waking up. Good: below 40 µs to a recogniser, below 60 µs from a voice.
#include "actors/nowhere_port.hpp"
#include "adapters/outgoing/outgoing_http.hpp"
#include "adapters/peers/self_signed.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/speech/exchange_channel.hpp"
#include "adapters/speech/stt_wire.hpp"
#include "adapters/speech/tts_wire.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <benchmark/benchmark.h>

#include <ctime>
#include <filesystem>
#include <future>
#include <pthread.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace unpod;
using namespace std::chrono_literals;

constexpr std::size_t streams = 20;
constexpr std::chrono::milliseconds measured{4'000}, settling{500}, patience{10'000};
constexpr auto tick = 20ms;

double us_of_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

clockid_t clock_of(net_threads& threads) {
  std::promise<clockid_t> found;
  threads.post([&] {
    clockid_t clock{};
    pthread_getcpuclockid(pthread_self(), &clock);
    found.set_value(clock);
  });
  return found.get_future().get();
}

class no_words : public stt_outlet {
public:
  explicit no_words(std::atomic<std::size_t>& ready) : ready_(ready) {}
  void ready() override {
    ++ready_;
  }
  void partial(std::string) override {}
  void heard(stt_final) override {}
  void failed(std::string why, trouble) override {
    std::fprintf(stderr, "a recogniser is lost: %s\n", why.c_str());
  }

private:
  std::atomic<std::size_t>& ready_;
};

class no_news : public tts_outlet {
public:
  void sounds(tts_first_byte) override {}
  void done(tts_piece_done) override {}
  void failed(tts_failed event) override {
    std::fprintf(stderr, "a voice is lost: %s\n", event.why.c_str());
  }
  void needs_connection() override {}
};

/// Counts what is played.
class counting_port : public nowhere_port {
public:
  counting_port(std::uint32_t rate_hz, std::atomic<std::uint64_t>& us)
    : rate_hz_(rate_hz), us_(us) {}
  bool play(generation, const std::int16_t*, std::size_t samples, std::uint32_t rate) override {
    us_ += samples * 1'000'000 / rate;
    return true;
  }
  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }

private:
  const std::uint32_t rate_hz_;
  std::atomic<std::uint64_t>& us_;
};

/// One for the process: whom we trust is read once.
struct certificate {
  std::filesystem::path folder =
    std::filesystem::temp_directory_path() / ("speech_wire_bench." + std::to_string(getpid()));
  self_signed_files files;
  std::string why;

  certificate() {
    std::filesystem::create_directories(folder);
    make_self_signed(folder.string(), files, why);
  }
  ~certificate() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

/// The providers on a thread of their own, with TLS, and ours to reach them.
struct stage {
  self_signed_files tls;
  net_threads theirs{1}, ours{1};
  std::unique_ptr<simulated_providers> providers;
  outgoing_http_ptr http;
  clockid_t their_clock{}, main_clock{};
  double fed_us = 0; // of this thread's, what is ours

  bool open(std::string& why) {
    static const certificate own;
    tls = own.files;
    why = own.why;
    if (!why.empty())
      return false;
    simulated_setup setup;
    setup.pace.chunk = setup.pace.chunk_every = 100ms; // real time
    setup.tls_cert = tls.cert;
    setup.tls_key = tls.key;
    providers = std::make_unique<simulated_providers>(theirs, std::move(setup));
    their_clock = clock_of(theirs);
    pthread_getcpuclockid(pthread_self(), &main_clock);
    outgoing_options options;
    options.rules.loopback = true;
    options.ca_file = tls.cert;
    http = make_outgoing_http(std::move(options));
    return providers->start(why);
  }

  ~stage() {
    http = nullptr;
    ours.stop();
    providers = nullptr;
    theirs.stop();
  }

  provider_access access() const {
    provider_access made{"bench", "key", providers->base_url(), tls.cert};
    return made;
  }

  /// Of every thread but the providers' and this one, and of this one what it fed.
  double spent() const {
    return us_of_clock(CLOCK_PROCESS_CPUTIME_ID) - us_of_clock(their_clock)
           - us_of_clock(main_clock) + fed_us;
  }

  template <class Work>
  void feed(Work work) {
    const auto before = us_of_clock(main_clock);
    work();
    fed_us += us_of_clock(main_clock) - before;
  }

  template <class Opened>
  void dial(const wire_dial& to, Opened opened) {
    dial_options options;
    options.url = to.url;
    options.headers = to.headers;
    options.ca_file = tls.cert;
    dial_websocket(ours, std::move(options), [opened](ws_channel_ptr channel, std::string why) {
      if (channel)
        opened(std::move(channel));
      else
        std::fprintf(stderr, "not opened: %s\n", why.c_str());
    });
  }

  template <class Condition>
  static bool wait_until(Condition met) {
    const auto until = mono_now() + patience;
    while (!met() && mono_now() < until)
      std::this_thread::sleep_for(5ms);
    return met();
  }
};

using stt_maker = stt_codec_ptr (*)(const provider_access&, const stt_settings&, std::uint32_t);
using tts_maker = tts_codec_ptr (*)(const provider_access&, const tts_settings&, std::uint32_t);

/// CPU for 100 ms, or negative.
double hear(stt_maker make, std::uint32_t rate_hz, bool spoken, std::string& why) {
  stage on;
  if (!on.open(why))
    return -1;
  std::atomic<std::size_t> ready{0};
  std::vector<std::shared_ptr<stt_wire>> wires;
  for (std::size_t n = 0; n < streams; ++n) {
    wires.push_back(std::make_shared<stt_wire>(make(on.access(), {}, rate_hz),
                                               std::make_unique<no_words>(ready), rate_hz,
                                               provider_limits{}));
    on.dial(wires.back()->dial(),
            [wire = wires.back()](ws_channel_ptr channel) { wire->open(std::move(channel)); });
  }
  if (!stage::wait_until([&] { return ready == streams; })) {
    why = "not all recognisers are ready";
    return -1;
  }
  std::vector<std::int16_t> pcm(rate_hz / 50);
  for (std::size_t i = 0; i < pcm.size(); ++i)
    pcm[i] = static_cast<std::int16_t>(i * 7'919 % 3'000);
  if (spoken)
    for (auto& wire : wires)
      wire->speech_started(0);
  sample_index at = 0;
  double before = 0;
  auto next = mono_now();
  const auto from = next + settling, to = from + measured;
  std::uint64_t ticks = 0;
  for (; next < to; next += tick) {
    if (next >= from && before == 0)
      before = on.spent();
    ticks += next >= from;
    on.feed([&] {
      for (auto& wire : wires)
        wire->audio(at, pcm.data(), pcm.size());
    });
    at += pcm.size();
    std::this_thread::sleep_until(std::chrono::steady_clock::time_point{next + tick});
  }
  const auto spent = on.spent() - before;
  for (auto& wire : wires)
    wire->close();
  return spent / static_cast<double>(ticks * streams) * 5; // ticks of 20 ms
}

double speak(tts_maker make, const char* voice, std::uint32_t rate_hz, std::string& why) {
  stage on;
  if (!on.open(why))
    return -1;
  std::atomic<std::uint64_t> played_us{0};
  tts_settings settings;
  settings.voice = voice;
  std::string text;
  for (int n = 0; n < 60; ++n) // longer than what is measured
    text += "seven ";
  std::vector<std::shared_ptr<tts_wire>> wires;
  for (std::size_t n = 0; n < streams; ++n) {
    wires.push_back(std::make_shared<tts_wire>(
      make(on.access(), settings, rate_hz), std::make_unique<no_news>(),
      std::make_shared<counting_port>(rate_hz, played_us), "bench", provider_limits{}));
    auto& wire = wires.back();
    const auto to = wire->dial();
    wire->wants_connection();
    wire->speak({1, 0, text});
    if (to.url.rfind("http", 0) == 0)
      wire->opened(open_exchange_channel(on.http, to, provider_limits{}));
    else
      on.dial(to, [wire](ws_channel_ptr channel) { wire->opened(std::move(channel)); });
  }
  if (!stage::wait_until([&] { return played_us > streams * 300'000; })) {
    why = "the voices do not sound";
    return -1;
  }
  std::this_thread::sleep_for(settling);
  const auto before = on.spent();
  const std::uint64_t played_before = played_us;
  std::this_thread::sleep_for(measured);
  const auto spent = on.spent() - before;
  const auto played = played_us - played_before;
  for (auto& wire : wires)
    wire->close();
  if (played < streams * 3'000'000) {
    why = "the voices stopped";
    return -1;
  }
  return spent / (static_cast<double>(played) / 100'000);
}

void report(benchmark::State& state, double us, const std::string& why) {
  if (us < 0)
    state.SkipWithError(why.c_str());
  else
    state.SetIterationTime(us / 1e6);
}

void to_recogniser(benchmark::State& state, stt_maker make) {
  for (auto _ : state) {
    std::string why;
    report(state, hear(make, static_cast<std::uint32_t>(state.range(0)), state.range(1) != 0, why),
           why);
  }
}

void from_voice(benchmark::State& state, tts_maker make, const char* voice) {
  for (auto _ : state) {
    std::string why;
    report(state, speak(make, voice, static_cast<std::uint32_t>(state.range(0)), why), why);
  }
}

/// Samples a second, and is the caller speaking?
void at_both_rates(benchmark::internal::Benchmark* one) {
  one->ArgNames({"hz", "spoken"})->Args({8'000, 1})->Args({16'000, 1})->Args({16'000, 0});
  one->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}
void at_rates(benchmark::internal::Benchmark* one) {
  one->ArgName("hz")->Arg(8'000)->Arg(16'000);
  one->Iterations(1)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

BENCHMARK_CAPTURE(to_recogniser, deepgram, make_deepgram_stt)->Apply(at_both_rates);
BENCHMARK_CAPTURE(to_recogniser, cartesia, make_cartesia_stt)->Apply(at_both_rates);
BENCHMARK_CAPTURE(to_recogniser, elevenlabs, make_elevenlabs_stt)->Apply(at_both_rates);
BENCHMARK_CAPTURE(to_recogniser, openai, make_openai_stt)->Apply(at_both_rates);
BENCHMARK_CAPTURE(from_voice, deepgram, make_deepgram_tts, "aura-2-thalia-en")->Apply(at_rates);
BENCHMARK_CAPTURE(from_voice, cartesia, make_cartesia_tts, "v")->Apply(at_rates);
BENCHMARK_CAPTURE(from_voice, elevenlabs, make_elevenlabs_tts, "v")->Apply(at_rates);
BENCHMARK_CAPTURE(from_voice, openai, make_openai_tts, "alloy")->Apply(at_rates);

} // namespace

BENCHMARK_MAIN();
