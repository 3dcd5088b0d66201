// The engine with its threads: one call through both directions and a recording,
// many calls at once, and its end.
#define BOOST_TEST_MODULE media_engine
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_media.hpp"
#include "adapters/media/sample_time.hpp"
#include "tests/adapters/media/signals.hpp"

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

using namespace unpod;
using namespace std::chrono_literals;
using signals::samples;

namespace {

/// All a call is told, with a way to wait for it.
struct witness : media_sink, media_listener, audio_tap {
  std::mutex mutex;
  std::condition_variable news;
  std::size_t bytes = 0;
  sample_index heard = 0;
  std::pair<sample_index, mono_time> began; // the caller, the last time
  std::vector<std::string> told;

  template <class F>
  void note(F what) {
    const std::lock_guard lock{mutex};
    what();
    news.notify_all();
  }
  template <class F>
  bool wait_for(F what) {
    std::unique_lock lock{mutex};
    return news.wait_for(lock, 30s, what);
  }
  bool wait_told(const std::string& words) {
    return wait_for([&] { return std::count(told.begin(), told.end(), words) > 0; });
  }

  void frame(std::string frame) override {
    note([&] { bytes += frame.size(); });
  }
  void audio(sample_index first, const std::int16_t*, std::size_t count) override {
    note([&] { heard = first + count; });
  }
  void speech_started(sample_index) override {
    note([&] { told.push_back("tap: started"); });
  }
  void speech_ended(sample_index) override {
    note([&] { told.push_back("tap: ended"); });
  }
  void speech_started(sample_index at, mono_time when) override {
    note([&] {
      told.push_back("started");
      began = {at, when};
    });
  }
  void speech_ended(sample_index, mono_time) override {
    note([&] { told.push_back("ended"); });
  }
  void playout_started(generation g, mono_time) override {
    note([&] { told.push_back("playing " + std::to_string(g)); });
  }
  void playout_reached(generation g, std::uint64_t sample, mono_time) override {
    note([&] { told.push_back("reached " + std::to_string(g) + "@" + std::to_string(sample)); });
  }
  void playout_drained(generation g, std::uint64_t count, mono_time) override {
    note([&] { told.push_back("drained " + std::to_string(g) + "@" + std::to_string(count)); });
  }
  void playout_flushed(generation g, std::uint64_t, mono_time) override {
    note([&] { told.push_back("flushed " + std::to_string(g)); });
  }
};

struct open_call {
  std::shared_ptr<witness> seen = std::make_shared<witness>();
  std::shared_ptr<call_media> port;

  open_call(media_engine& engine, audio_format format, const socket_home* at = nullptr)
    : port(engine.open(format, at)) {
    port->listen(seen);
    port->start(seen);
    port->bind(seen, 0);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_call_is_heard_answered_interrupted_and_recorded) {
  const auto path =
    (std::filesystem::temp_directory_path() / ("engine." + std::to_string(getpid()) + ".wav"))
      .string();
  auto engine = make_media_engine({});
  open_call call{*engine, {audio_encoding::pcm_s16le, 16'000}};
  std::string why;
  auto recording = engine->record(call.port, path, why);
  BOOST_REQUIRE_MESSAGE(recording, why);
  BOOST_TEST(!engine->record(call.port, path + ".2", why));
  BOOST_TEST(!engine->record(nullptr, path + ".3", why));

  auto spoken = samples(16'000);
  signals::add(spoken, 3'200, signals::voice(16'000, 6'400));
  for (std::size_t at = 0; at < spoken.size(); at += 320)
    BOOST_TEST(call.port->caller_frame(signals::bytes_of(&spoken[at], 320)));
  BOOST_TEST(!call.port->caller_frame("odd"));
  BOOST_TEST(call.seen->wait_told("ended"));
  BOOST_TEST(call.seen->wait_told("tap: ended"));
  BOOST_TEST(call.seen->wait_for([&] { return call.seen->heard >= 14'400; }));
  BOOST_TEST(call.port->heard_so_far() >= 14'400u);
  BOOST_TEST(call.port->heard_so_far() <= 16'000u);

  const auto words = signals::voice(24'000, 4'800);
  BOOST_TEST(call.port->play(1, words.data(), words.size(), 24'000));
  call.port->mark(1, 1'600);
  call.port->finish(1);
  BOOST_TEST(call.seen->wait_told("playing 1"));
  BOOST_TEST(call.seen->wait_told("reached 1@1600"));
  BOOST_TEST(call.seen->wait_told("drained 1@3200"));
  call.port->rendered(50);
  BOOST_TEST(call.port->position(1).sent == 3'200u);
  BOOST_TEST(call.port->position(1).heard == 800u);

  const samples lecture(160'000);
  BOOST_TEST(call.port->play(2, lecture.data(), lecture.size(), 16'000));
  BOOST_TEST(call.seen->wait_told("playing 2"));
  const auto cut = call.port->flush(2);
  BOOST_TEST(call.seen->wait_told("flushed 2"));
  BOOST_TEST(call.port->position(2).sent == cut.sent);
  BOOST_TEST(call.seen->bytes == (3'200 + cut.sent) * 2);

  std::promise<std::string> done;
  recording->stop([&](std::string error) { done.set_value(std::move(error)); });
  BOOST_TEST(done.get_future().get() == "");
  BOOST_TEST(std::filesystem::file_size(path) > 44u + 3'200u * 4);
  std::filesystem::remove(path);
  const auto figures = engine->figures();
  BOOST_TEST(figures.calls == 1u);
  BOOST_TEST(figures.ticks > 0u);
  BOOST_TEST(figures.frames_in == 50u);
  BOOST_TEST(figures.bad_frames == 1u);
  BOOST_TEST(figures.frames_out == (3'200 + cut.sent) / 320);
}

BOOST_AUTO_TEST_CASE(frames_that_come_in_a_bunch_were_said_one_after_the_other) {
  constexpr std::size_t rate = 16'000, frame = rate / 50;
  auto engine = make_media_engine({});
  auto* const home = engine->home();
  open_call call{*engine, {audio_encoding::pcm_s16le, rate}, home};
  auto spoken = samples(rate / 2);
  signals::add(spoken, 2 * frame, signals::voice(rate, rate / 2 - 2 * frame));
  std::promise<mono_time> all_here;
  home->post([&] { // as its socket does with what was held up on its way
    for (std::size_t at = 0; at < spoken.size(); at += frame)
      BOOST_TEST(call.port->caller_frame(signals::bytes_of(&spoken[at], frame)));
    all_here.set_value(mono_now());
  });
  const auto here = all_here.get_future().get();
  BOOST_REQUIRE(call.seen->wait_told("started"));
  engine->stop();
  const auto [at, when] = call.seen->began;
  BOOST_TEST(at < spoken.size());
  BOOST_TEST((when + time_for(spoken.size() - at, rate)).count() <= here.count());
}

BOOST_AUTO_TEST_CASE(many_calls_from_many_threads_and_an_end_in_the_middle) {
  media_options options;
  options.threads = 2;
  options.realtime = true; // refused or not, it goes on
  auto engine = make_media_engine(options);
  std::vector<std::thread> users;
  std::vector<std::shared_ptr<call_media>> kept(4);
  for (unsigned user = 0; user < 4; ++user)
    users.emplace_back([&, user] {
      std::mt19937 random{user};
      const auto pcm = signals::noise(1'600, 3'000, user);
      for (int round = 0; round < 5; ++round) {
        open_call call{*engine, {static_cast<audio_encoding>(user % 3), 48'000}};
        for (generation turn = 1; turn <= 20; ++turn) {
          call.port->caller_frame(std::string(1 + random() % 200, 'x'));
          call.port->play(turn, pcm.data(), pcm.size(), 16'000);
          call.port->rendered(random() % 1'000);
          call.port->bind(call.seen, random() % 5'000);
          if (random() % 2)
            call.port->flush(turn);
          else
            call.port->finish(turn);
        }
        const samples last(320);
        call.port->play(99, last.data(), last.size(), 16'000);
        call.port->flush(98);
        call.port->finish(99);
        const auto drained = call.seen->wait_told("drained 99@320");
        if (!drained)
          std::abort(); // Boost's checks are not for threads
        if (round % 2)
          call.port->close();
        kept[user] = call.port;
      }
    });
  for (auto& user : users)
    user.join();
  BOOST_TEST(engine->figures().calls >= 1u);
  engine->stop();
  BOOST_TEST(engine->figures().calls == 0u);
  engine.reset();
  for (auto& port : kept) { // ports outlive the engine, and nothing moves
    const samples more(320);
    BOOST_TEST(port->play(100, more.data(), more.size(), 16'000));
    BOOST_TEST(port->position(100).sent == 0u);
    BOOST_TEST(port->flush(100).queued == 0u);
    port->close();
    BOOST_TEST(!port->play(101, more.data(), more.size(), 16'000));
  }
}
