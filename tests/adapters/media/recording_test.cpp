// Recordings: both sides where they belong, pauses, a file that is whole at any
// moment, and a disk that refuses.
#define BOOST_TEST_MODULE media_recording
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_core.hpp"
#include "adapters/media/file_thread.hpp"
#include "tests/adapters/media/signals.hpp"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <sys/resource.h>
#include <sys/stat.h>

using namespace unpod;
using namespace std::chrono_literals;
using signals::samples;
namespace fs = std::filesystem;

namespace {

struct folder {
  fs::path path = make();

  ~folder() {
    fs::remove_all(path);
  }

  static fs::path make() {
    auto pattern = (fs::temp_directory_path() / "media.XXXXXX").string();
    return mkdtemp(pattern.data());
  }

  std::string file(const std::string& name) const {
    return (path / name).string();
  }
};

struct stereo {
  std::uint32_t rate = 0, data_bytes = 0;
  samples left, right;
};

std::uint32_t number(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, &bytes.at(at), 4);
  return value;
}

/// As a player would: by the header's sizes.
stereo read_wav(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  stereo out;
  BOOST_REQUIRE_GE(bytes.size(), 44u);
  BOOST_REQUIRE_EQUAL(bytes.substr(0, 4) + bytes.substr(8, 8), "RIFFWAVEfmt ");
  BOOST_REQUIRE_EQUAL(bytes.substr(36, 4), "data");
  out.rate = number(bytes, 24);
  out.data_bytes = number(bytes, 40);
  BOOST_REQUIRE_EQUAL(number(bytes, 4), out.data_bytes + 36);
  BOOST_REQUIRE_EQUAL(number(bytes, 20), 0x0002'0001u);
  BOOST_REQUIRE_LE(out.data_bytes + 44, bytes.size());
  const auto pcm = signals::samples_of(bytes.substr(44, out.data_bytes));
  for (std::size_t i = 0; i + 1 < pcm.size(); i += 2) {
    out.left.push_back(pcm[i]);
    out.right.push_back(pcm[i + 1]);
  }
  return out;
}

std::size_t loudest(const samples& pcm) {
  return static_cast<std::size_t>(
    std::max_element(pcm.begin(), pcm.end(),
                     [](auto a, auto b) { return std::abs(a) < std::abs(b); })
    - pcm.begin());
}

struct no_sink : media_sink {
  void frame(std::string) override {}
};

/// A call recorded into a mix, all on times of our own.
struct recorded_call {
  media_counters counters;
  call_core core{audio_format{}, media_limits{}, 15s, counters};
  std::shared_ptr<recording_feed> feed = std::make_shared<recording_feed>(16'000, 16'000 * 60);
  const mono_time began = 70s;
  mono_time now = began;
  recording_mix mix{16'000, began};
  stereo out;

  recorded_call() {
    core.start(std::make_shared<no_sink>());
    core.record(feed);
  }

  void tick() {
    now += 20ms;
    core.tick(now);
    recording_feed::batch batch;
    feed->take(batch);
    std::size_t at = 0;
    for (const auto& block : batch.blocks) {
      mix.put(block.side, block.at, &batch.samples[at], block.samples);
      at += block.samples;
    }
  }

  const stereo& finish() {
    const auto sink = [this](const std::int16_t* pcm, std::size_t frames) {
      for (std::size_t i = 0; i < frames; ++i) {
        out.left.push_back(pcm[i * 2]);
        out.right.push_back(pcm[i * 2 + 1]);
      }
      return true;
    };
    mix.write_until(now, feed->pauses(began), sink);
    mix.write_rest(feed->pauses(began), sink);
    return out;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(both_sides_stand_where_they_were_heard) {
  recorded_call call;
  samples spoken(16'000 * 3), answered(1'600);
  spoken[16'000] = 20'000; // the caller's click at 1 s
  answered[160] = 15'000;  // ours 10 ms into what leaves at 2 s
  std::mt19937 random{4};
  for (std::size_t frame = 0; frame < 150; ++frame) {
    if (frame == 99)
      call.core.down().play(1, answered.data(), answered.size(), 16'000);
    // Each frame arrives when its last sample was spoken, and up to 15 ms later.
    call.core.up().caller_frame(signals::bytes_of(&spoken[frame * 320], 320),
                                call.now + 20ms + (frame ? random() % 15 : 0) * 1ms);
    call.tick();
  }
  const auto& out = call.finish();
  BOOST_TEST(out.left.size() == out.right.size());
  BOOST_TEST(std::abs(static_cast<long>(loudest(out.left)) - 16'000) <= 320);
  BOOST_TEST(std::abs(static_cast<long>(loudest(out.right)) - 32'160) <= 320);
}

BOOST_AUTO_TEST_CASE(speech_is_gapless_on_both_sides_for_all_jitter) {
  recorded_call call;
  const auto spoken = signals::numbered(16'000 * 2), answered = signals::numbered(16'000, 7);
  call.core.down().play(1, answered.data(), answered.size(), 16'000);
  call.core.down().finish(1);
  std::mt19937 random{6};
  std::size_t sent = 0;
  for (int tick = 1; tick <= 110; ++tick) {
    // 20 ms frames, bunched by chance, up to 60 ms late.
    for (; sent < spoken.size() && sent + 320 <= static_cast<std::size_t>(tick) * 320
           && (random() % 3 || sent + 1'280 <= static_cast<std::size_t>(tick) * 320);
         sent += 320)
      call.core.up().caller_frame(signals::bytes_of(&spoken[sent], 320), call.now + 20ms);
    call.tick();
  }
  BOOST_REQUIRE_EQUAL(sent, spoken.size());
  const auto& out = call.finish();
  BOOST_TEST((std::search(out.right.begin(), out.right.end(), answered.begin(), answered.end())
              != out.right.end()));
  const samples later(spoken.begin() + 6'400, spoken.end());
  BOOST_TEST(
    (std::search(out.left.begin(), out.left.end(), later.begin(), later.end()) != out.left.end()));
}

BOOST_AUTO_TEST_CASE(a_pause_is_silence_to_the_sample_and_time_goes_on) {
  recorded_call call;
  const samples loud(320, 9'000);
  call.core.down().play(1, samples(16'000 * 3, 5'000).data(), 16'000 * 3, 16'000);
  for (int frame = 0; frame < 100; ++frame) {
    call.core.up().caller_frame(signals::bytes_of(loud), call.now + 20ms);
    if (frame == 25)
      call.feed->pause(call.now + 3ms);
    if (frame == 50)
      call.feed->resume(call.now + 7ms);
    call.tick();
  }
  const auto& out = call.finish();
  const std::size_t from = 16 * 503, to = 16 * 1'007;
  BOOST_TEST(signals::rms(out.left, from, to) == 0.0);
  BOOST_TEST(signals::rms(out.right, from, to) == 0.0);
  BOOST_TEST(out.left[from - 1] == 9'000);
  BOOST_TEST(out.right[from - 1] == 5'000);
  BOOST_TEST(out.left[to] == 9'000);
  BOOST_TEST(out.right[to] == 5'000);
  BOOST_TEST(out.left.size() >= 32'000u);
}

BOOST_AUTO_TEST_CASE(pauses_by_the_thousand_end_as_silence_not_as_memory) {
  recording_feed feed{16'000, 1'000};
  for (int i = 0; i < 10'000; ++i) {
    feed.pause(i * 10ms);
    feed.resume(i * 10ms + 5ms);
  }
  const auto pauses = feed.pauses(mono_time{0});
  BOOST_TEST(pauses.size() <= recording_pauses_max);
  BOOST_TEST((pauses.back().to == 9'999 * 10ms + 5ms));
  feed.pause(200s);
  BOOST_TEST((feed.pauses(mono_time{0}).back().to == mono_time::max()));
  BOOST_TEST(feed.pauses(150s).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_backlog_over_the_limit_is_silence) {
  recording_feed feed{16'000, 500};
  const samples loud(320, 9'000);
  feed.put(recording_side::caller, 0ms, loud.data(), 320);
  feed.put(recording_side::caller, 20ms, loud.data(), 320);
  recording_feed::batch batch;
  feed.take(batch);
  BOOST_TEST(batch.blocks.size() == 1u);
  feed.put(recording_side::caller, 40ms, loud.data(), 320);
  feed.take(batch);
  BOOST_REQUIRE_EQUAL(batch.blocks.size(), 1u);
  BOOST_TEST((batch.blocks[0].at == 40ms));
}

BOOST_AUTO_TEST_CASE(a_file_is_readable_at_any_moment_and_its_owners_alone) {
  folder dir;
  const auto path = dir.file("call.wav");
  const mono_time began = 10s;
  auto feed = std::make_shared<recording_feed>(8'000, 8'000 * 60);
  std::string why;
  recording_writer writer{feed, wav_file::create(path, 8'000, why), began};
  BOOST_TEST(why.empty());
  struct stat facts {};
  BOOST_REQUIRE_EQUAL(stat(path.c_str(), &facts), 0);
  BOOST_TEST((facts.st_mode & 0777) == 0600u);
  BOOST_TEST(read_wav(path).left.empty());
  const samples loud(160, 1'234);
  for (int i = 0; i < 500; ++i) {
    feed->put(recording_side::caller, began + i * 20ms, loud.data(), loud.size());
    if (i % 10 == 9)
      writer.write(began + i * 20ms);
    if (i % 100 == 99) { // as after a crash: what the header tells of is there
      const auto so_far = read_wav(path);
      BOOST_TEST(so_far.left.size() + 8'000 * 32 / 10 >= 160u * static_cast<unsigned>(i));
      BOOST_TEST(std::count(so_far.left.begin(), so_far.left.end(), 1'234)
                 == static_cast<long>(so_far.left.size()));
    }
  }
  BOOST_TEST(writer.complete(began + 11s).empty());
  const auto all = read_wav(path);
  BOOST_TEST(all.rate == 8'000u);
  BOOST_TEST(all.left.size() == 8'000u * 11);
  BOOST_TEST(std::count(all.left.begin(), all.left.end(), 1'234) == 8'000 * 10);
  BOOST_TEST(wav_file::create(path, 8'000, why).is_open() == false); // never over another
  BOOST_TEST(why.find("exists") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_disk_that_stalls_costs_silence_not_memory) {
  folder dir;
  std::string why;
  auto feed = std::make_shared<recording_feed>(8'000, 8'000 * 60);
  recording_writer writer{feed, wav_file::create(dir.file("a.wav"), 8'000, why), 0s};
  const samples loud(160, 1'000);
  feed->put(recording_side::agent, 600s, loud.data(), loud.size());
  writer.write(601s);
  BOOST_TEST(writer.complete(601s).empty());
  const auto all = read_wav(dir.file("a.wav"));
  BOOST_TEST(all.right.size() == 8'000u * 601);
  BOOST_TEST(all.right[8'000 * 600] == 1'000);
  BOOST_TEST(all.right[8'000 * 600 - 1] == 0);
}

BOOST_AUTO_TEST_CASE(a_disk_error_ends_the_recording_and_is_told_at_its_stop) {
  folder dir;
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::string why;
  auto feed = std::make_shared<recording_feed>(8'000, 8'000 * 60);
  recording_writer writer{feed, wav_file::create(dir.file("a.wav"), 8'000, why), 0s};
  const rlimit small{64 * 1024, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  writer.write(2s);
  BOOST_TEST(!feed->is_closed());
  writer.write(9s);
  BOOST_TEST(feed->is_closed());
  const samples more(160);
  feed->put(recording_side::caller, 9s, more.data(), more.size()); // the call goes on
  const auto error = writer.complete(10s);
  setrlimit(RLIMIT_FSIZE, &before);
  BOOST_TEST(error.find("cannot be written") != std::string::npos);
  BOOST_TEST(error.find(dir.path.string()) == std::string::npos);
  BOOST_TEST(read_wav(dir.file("a.wav")).left.size() >= 8'000u);
}

BOOST_AUTO_TEST_CASE(the_file_thread_completes_what_is_stopped_dropped_or_left) {
  folder dir;
  std::string why;
  auto files = std::make_shared<file_thread>();
  auto stopped = files->open(dir.file("stopped.wav"), 16'000, 60s, why);
  auto dropped = files->open(dir.file("dropped.wav"), 16'000, 60s, why);
  auto left = files->open(dir.file("left.wav"), 16'000, 60s, why);
  BOOST_TEST(!files->open(dir.file("no/such/folder.wav"), 16'000, 60s, why).recording);
  BOOST_TEST(!why.empty());
  const samples loud(320, 777);
  for (auto* one : {&stopped, &dropped, &left})
    one->feed->put(recording_side::agent, mono_now(), loud.data(), loud.size());
  std::promise<std::string> done;
  stopped.recording->stop([&](std::string error) { done.set_value(error); });
  BOOST_TEST(done.get_future().get() == "");
  BOOST_TEST(!read_wav(dir.file("stopped.wav")).right.empty());
  dropped.recording.reset();
  files->stop();
  for (const auto* name : {"stopped.wav", "dropped.wav", "left.wav"}) {
    const auto wav = read_wav(dir.file(name));
    BOOST_TEST(std::count(wav.right.begin(), wav.right.end(), 777) == 320);
  }
  int told = 0;
  left.recording->stop([&](const std::string& error) { told += error.empty(); });
  BOOST_TEST(told == 1);
  BOOST_TEST(!files->open(dir.file("late.wav"), 16'000, 60s, why).recording);
}
