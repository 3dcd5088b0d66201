// The way up: speech edges, the replay, and clients that bunch, flood, stall and mute.
#define BOOST_TEST_MODULE media_uplink
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_core.hpp"
#include "tests/adapters/media/signals.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using signals::samples;

namespace {

/// Checks by itself that audio comes in order and whole.
struct recogniser : audio_tap {
  sample_index from = 0, next = 0;
  samples got;
  std::vector<std::size_t> chunks;
  std::vector<std::string> told;

  void audio(sample_index first, const std::int16_t* pcm, std::size_t count) override {
    if (got.empty())
      from = next = first;
    BOOST_REQUIRE_EQUAL(first, next);
    next += count;
    got.insert(got.end(), pcm, pcm + count);
    chunks.push_back(count);
  }
  void speech_started(sample_index at) override {
    told.push_back("started " + std::to_string(at) + " after " + std::to_string(next));
  }
  void speech_ended(sample_index at) override {
    told.push_back("ended " + std::to_string(at) + " after " + std::to_string(next));
  }
};

struct edge_log : media_listener {
  struct heard {
    bool started;
    sample_index sample;
    mono_time at;
  };
  std::vector<heard> edges;

  void speech_started(sample_index sample, mono_time at) override {
    edges.push_back({true, sample, at});
  }
  void speech_ended(sample_index sample, mono_time at) override {
    edges.push_back({false, sample, at});
  }
  void playout_started(generation, mono_time) override {}
  void playout_reached(generation, std::uint64_t, mono_time) override {}
  void playout_drained(generation, std::uint64_t, mono_time) override {}
  void playout_flushed(generation, std::uint64_t, mono_time) override {}
};

struct caller {
  audio_format format;
  media_counters counters;
  uplink up;
  edge_log log;
  std::shared_ptr<recogniser> tap = std::make_shared<recogniser>();
  const mono_time began = 50s;
  mono_time now = began;

  explicit caller(audio_format how = {}, seconds ring = 15s)
    : format(how), up(how, media_limits{}, ring, counters) {}

  void tick() {
    up.tick(now, &log, nullptr);
  }

  /// In real time, in chunks of so many ms, a tick every 20 ms.
  void speak(const samples& pcm, std::size_t chunk_ms = 20) {
    const auto chunk = format.sample_rate * chunk_ms / 1'000;
    std::size_t sent = 0;
    for (std::size_t due = format.sample_rate / 50;; due += format.sample_rate / 50) {
      now += 20ms;
      for (; sent + chunk <= std::min(due, pcm.size()); sent += chunk)
        BOOST_REQUIRE(up.caller_frame(signals::bytes_of(&pcm[sent], chunk), now));
      tick();
      if (due >= pcm.size())
        return;
    }
  }
};

/// Quiet room, a word from 1.0 s to 1.8 s, another from 2.6 s to 3.2 s, 4 s in all.
samples two_words(std::uint32_t rate, double noise, unsigned seed, double loudness = 6'000) {
  auto pcm = signals::noise(rate * 4, noise, seed);
  signals::add(pcm, rate, signals::voice(rate, rate * 8 / 10, loudness));
  signals::add(pcm, rate * 26 / 10, signals::voice(rate, rate * 6 / 10, loudness));
  return pcm;
}

double ms_of(sample_index sample, std::uint32_t rate) {
  return 1'000.0 * static_cast<double>(sample) / rate;
}

} // namespace

BOOST_AUTO_TEST_CASE(words_begin_and_end_where_they_are_also_in_noise) {
  for (std::uint32_t rate : {8'000u, 16'000u})
    for (double noise : {0.0, 20.0, 100.0, 300.0})
      for (unsigned seed : {1u, 2u, 3u}) {
        speech_edges detector{rate, media_limits{}};
        std::vector<speech_edge> edges;
        const auto pcm = two_words(rate, noise, seed);
        detector.feed(pcm.data(), pcm.size(), edges);
        BOOST_TEST_INFO(rate << " Hz, noise " << noise << ", seed " << seed);
        BOOST_REQUIRE_EQUAL(edges.size(), 4u);
        const double truth[] = {1'000, 1'800, 2'600, 3'200};
        for (std::size_t i = 0; i < 4; ++i) {
          BOOST_TEST_INFO(i << " at " << ms_of(edges[i].at, rate));
          BOOST_TEST((edges[i].started == (i % 2 == 0)));
          BOOST_TEST(std::abs(ms_of(edges[i].at, rate) - truth[i]) <= 40.0);
          const auto wait = ms_of(edges[i].due - edges[i].at, rate);
          BOOST_TEST(wait <= (edges[i].started ? 120.0 : 270.0));
        }
      }
}

BOOST_AUTO_TEST_CASE(silence_steady_noise_and_clicks_are_no_speech) {
  const std::uint32_t rate = 16'000;
  auto clicks = signals::noise(rate * 4, 20, 9);
  for (std::size_t at = rate; at < clicks.size(); at += rate / 2)
    signals::add(clicks, at, signals::noise(rate / 100, 9'000, 4));
  for (const auto& pcm : {samples(rate * 4), signals::noise(rate * 4, 300, 1), clicks}) {
    speech_edges detector{rate, media_limits{}};
    std::vector<speech_edge> edges;
    detector.feed(pcm.data(), pcm.size(), edges);
    BOOST_TEST(edges.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_fan_that_is_switched_on_is_learnt_within_two_seconds) {
  const std::uint32_t rate = 16'000;
  auto pcm = signals::noise(rate * 9, 20, 5);
  signals::add(pcm, rate * 2, signals::noise(rate * 7, 400, 6));
  signals::add(pcm, rate * 6, signals::voice(rate, rate));
  speech_edges detector{rate, media_limits{}};
  std::vector<speech_edge> edges;
  detector.feed(pcm.data(), pcm.size(), edges);
  BOOST_REQUIRE_EQUAL(edges.size(), 4u);
  BOOST_TEST(edges[1].at < rate * 4u);
  BOOST_TEST(std::abs(ms_of(edges[2].at, rate) - 6'000) <= 40.0);
  BOOST_TEST(std::abs(ms_of(edges[3].at, rate) - 7'000) <= 40.0);
}

BOOST_AUTO_TEST_CASE(edges_do_not_depend_on_how_the_audio_is_cut) {
  const auto pcm = two_words(16'000, 50, 8);
  speech_edges whole{16'000, media_limits{}}, cut{16'000, media_limits{}};
  std::vector<speech_edge> one, other;
  whole.feed(pcm.data(), pcm.size(), one);
  std::mt19937 random{3};
  for (std::size_t at = 0; at < pcm.size();) {
    const auto piece = std::min<std::size_t>(1 + random() % 500, pcm.size() - at);
    cut.feed(&pcm[at], piece, other);
    at += piece;
  }
  BOOST_REQUIRE_EQUAL(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    BOOST_TEST(one[i].at == other[i].at);
    BOOST_TEST(one[i].due == other[i].due);
  }
}

BOOST_AUTO_TEST_CASE(onset_and_hang_over_count_windows) {
  speech_windows windows{160, 6, 24};
  speech_edge edge;
  const auto feed = [&](int count, bool voice) {
    for (int i = 0; i < count; ++i)
      if (windows.window(voice, edge))
        return true;
    return false;
  };
  BOOST_TEST(!feed(10, false));
  BOOST_TEST(!feed(5, true)); // a cough
  BOOST_TEST(!feed(5, false));
  BOOST_TEST(feed(6, true));
  BOOST_TEST(edge.started);
  BOOST_TEST(edge.at == 20u * 160);
  BOOST_TEST(edge.due == 26u * 160);
  BOOST_TEST(!feed(23, false));
  BOOST_TEST(!feed(2, true)); // goes on
  BOOST_TEST(windows.voiced() == 31u * 160);
  BOOST_TEST(!feed(4, false));
  BOOST_TEST(!feed(1, true)); // the burst of a last "t"
  BOOST_TEST(!feed(20, false));
  BOOST_TEST(!feed(1, true)); // a click does not
  BOOST_TEST(feed(3, false));
  BOOST_TEST(!edge.started);
  BOOST_TEST(edge.at == 56u * 160 - 1);
  BOOST_TEST(edge.due == 80u * 160);
  BOOST_TEST(windows.voiced() == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_hears_of_speech_with_the_time_it_arrived) {
  for (std::size_t chunk_ms : {10u, 20u, 100u})
    for (std::uint32_t rate : {8'000u, 16'000u, 48'000u}) {
      caller call{{audio_encoding::pcm_s16le, rate}};
      call.speak(two_words(rate, 20, 1), chunk_ms);
      BOOST_TEST_INFO(rate << " Hz, " << chunk_ms << " ms");
      BOOST_REQUIRE_EQUAL(call.log.edges.size(), 4u);
      const double truth[] = {1'000, 1'800, 2'600, 3'200};
      for (std::size_t i = 0; i < 4; ++i) {
        const auto& edge = call.log.edges[i];
        const auto sample_ms = ms_of(edge.sample, rate == 8'000 ? 8'000 : 16'000);
        BOOST_TEST(std::abs(sample_ms - truth[i]) <= 40.0);
        BOOST_TEST(std::abs(to_ms(edge.at - call.began) - sample_ms) <= 21.0);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_tap_gets_chunks_and_edges_in_one_order) {
  caller call;
  call.up.bind(call.tap, 0);
  const auto pcm = two_words(16'000, 20, 1);
  call.speak(pcm);
  const auto& tap = *call.tap;
  BOOST_TEST(tap.next >= pcm.size() - 1'600);
  BOOST_TEST((tap.got == samples(pcm.begin(), pcm.begin() + static_cast<long>(tap.got.size()))));
  BOOST_REQUIRE_EQUAL(tap.told.size(), 4u);
  BOOST_TEST(std::count(tap.chunks.begin(), tap.chunks.end(), 1'600u)
             >= static_cast<long>(tap.chunks.size()) - 4); // all but those cut by an edge
  for (std::size_t i = 0; i < 4; ++i) {
    // Each edge found the tap with all audio there was.
    const auto& edge = call.log.edges[i];
    const auto at = tap.told[i].find(" after ");
    const auto after = std::stoull(tap.told[i].substr(at + 7));
    BOOST_TEST(std::stoull(tap.told[i].substr(tap.told[i].find(' '))) == edge.sample);
    BOOST_TEST(after > edge.sample);
    BOOST_TEST(after - edge.sample <= 16'000u * 280 / 1'000);
  }
}

BOOST_AUTO_TEST_CASE(a_replay_from_any_sample_is_exact_and_tells_of_the_speech_in_it) {
  const auto pcm = two_words(16'000, 20, 1);
  caller live;
  live.up.bind(live.tap, 0);
  live.speak(pcm);
  std::mt19937 random{11};
  for (int round = 0; round < 40; ++round) {
    caller call;
    call.speak(pcm);
    const sample_index from = random() % (pcm.size() - 1'600);
    call.up.bind(call.tap, from);
    int ticks = 0;
    for (; call.tap->next + 1'600 <= pcm.size() && ticks < 50; ++ticks) {
      call.now += 20ms;
      call.tick();
    }
    BOOST_TEST(ticks <= 8); // 4 s in 160 ms at most
    const auto more = signals::noise(3'200, 20, 12);
    call.speak(more);
    auto whole = pcm;
    whole.insert(whole.end(), more.begin(), more.end());
    const samples wanted(whole.begin() + static_cast<long>(from),
                         whole.begin() + static_cast<long>(call.tap->next));
    BOOST_REQUIRE_EQUAL(call.tap->from, from);
    BOOST_REQUIRE((call.tap->got == wanted));
    // Started, ended, in turn, as many as lie behind `from`.
    const auto behind =
      std::count_if(live.tap->told.begin(), live.tap->told.end(), [&](const auto& words) {
        return std::stoull(words.substr(words.rfind(' '))) > from;
      });
    BOOST_TEST(static_cast<long>(call.tap->told.size()) == behind + behind % 2);
    for (std::size_t i = 0; i < call.tap->told.size(); ++i)
      BOOST_TEST((call.tap->told[i].rfind(i % 2 ? "ended" : "started", 0) == 0));
  }
}

BOOST_AUTO_TEST_CASE(the_ring_forgets_what_is_old_or_covered_and_a_new_tap_takes_over) {
  caller call{{}, 1s};
  call.speak(signals::numbered(40'000));
  call.up.bind(call.tap, 0);
  call.tick();
  BOOST_TEST(call.tap->from == 24'000u); // 1 s back
  auto second = std::make_shared<recogniser>();
  call.up.covered_to(39'000);
  call.tick();
  call.up.bind(second, 0);
  call.speak(signals::numbered(3'200, 40'000));
  BOOST_TEST(second->from >= 38'400u); // what the first tap still lacked was kept
  BOOST_TEST(
    (second->got == signals::numbered(second->got.size(), static_cast<std::size_t>(second->from))));
  const auto seen = call.tap->got.size();
  call.up.unbind(*second);
  call.speak(signals::numbered(3'200));
  BOOST_TEST(call.tap->got.size() == seen);
  BOOST_TEST(second->got.size() <= 4'800u);
  BOOST_TEST(call.up.heard_so_far() == 46'400u);
}

BOOST_AUTO_TEST_CASE(who_is_heard_as_he_comes_is_not_heard_twice_nor_forgotten_when_he_stalls) {
  const audio_format format;
  media_counters counters;
  call_core core{format, media_limits{}, 15s, counters};
  const auto tap = std::make_shared<recogniser>();
  core.up().bind(tap, 0);
  const auto pcm = signals::numbered(16'000);
  const std::size_t frame = format.sample_rate / 50;
  mono_time now = 50s;
  for (std::size_t at = 0; at + frame <= pcm.size(); at += frame) {
    now += 20ms;
    BOOST_REQUIRE(core.up().caller_frame(signals::bytes_of(&pcm[at], frame), now));
    core.hear(now);
    BOOST_TEST(core.up().heard_so_far() == at + frame); // no tick was there yet
    core.tick(now + 7ms);
  }
  BOOST_TEST((tap->got == signals::numbered(tap->got.size())));
  BOOST_TEST(tap->got.size() + 1'600 > pcm.size()); // all but a chunk
  const auto next = std::make_shared<recogniser>(); // who takes over waits for no frame
  core.up().bind(next, 8'000);
  core.tick(now + 10ms);
  BOOST_TEST(next->from == 8'000u);
}

BOOST_AUTO_TEST_CASE(who_lets_go_late_does_not_deafen_the_next) {
  caller call{{}, 1s};
  call.up.bind(call.tap, 0);
  call.speak(signals::numbered(3'200));
  auto next = std::make_shared<recogniser>();
  call.up.bind(next, 0);
  call.up.unbind(*call.tap); // before the media thread knows of the next one
  call.speak(signals::numbered(3'200, 3'200));
  call.up.unbind(*call.tap); // and after
  call.speak(signals::numbered(3'200, 6'400));
  const auto heard = next->got.size();
  BOOST_TEST(heard > 8'000u);
  BOOST_TEST((next->got == signals::numbered(heard)));
  call.up.unbind(*next);
  call.speak(signals::numbered(3'200));
  BOOST_TEST(next->got.size() == heard);
}

BOOST_AUTO_TEST_CASE(slabs_hand_back_what_they_were_given) {
  std::mt19937 random{2};
  sample_slabs slabs;
  std::size_t given = 0, dropped = 0;
  for (int i = 0; i < 3'000; ++i) {
    const auto more = signals::numbered(random() % 3'000, given);
    slabs.append(more.data(), more.size());
    given += more.size();
    const auto less = std::min<std::size_t>(random() % 3'100, slabs.size());
    slabs.drop(less);
    dropped += less;
    BOOST_REQUIRE_EQUAL(slabs.size(), given - dropped);
    const auto at = slabs.size() ? random() % slabs.size() : 0;
    samples got(std::min<std::size_t>(slabs.size() - at, 500));
    slabs.read(at, got.data(), got.size());
    BOOST_REQUIRE((got == signals::numbered(got.size(), dropped + at)));
  }
}

BOOST_AUTO_TEST_CASE(a_client_faster_than_real_time_loses_its_oldest_audio_only) {
  caller call;
  call.up.bind(call.tap, 0);
  const auto frame = signals::bytes_of(signals::numbered(320));
  for (int i = 0; i < 500; ++i) // 10 s at once
    BOOST_TEST(call.up.caller_frame(frame, call.now));
  for (int i = 0; i < 10; ++i, call.now += 20ms)
    call.tick();
  BOOST_TEST(call.counters.frames_dropped == 400u);
  BOOST_TEST(call.up.heard_so_far() <= 32'000u + 3'200u); // 2 s of credit, and time that passed
  for (int second = 0; second < 20; ++second) {           // ten times real time for 20 s
    for (int tick = 0; tick < 50; ++tick, call.now += 20ms) {
      for (int i = 0; i < 10; ++i)
        call.up.caller_frame(frame, call.now);
      call.tick();
    }
  }
  BOOST_TEST(call.up.heard_so_far() <= 16'000u * 25);
  BOOST_TEST(call.up.heard_so_far() >= 16'000u * 20);
}

BOOST_AUTO_TEST_CASE(one_long_frame_is_taken_piece_by_piece) {
  caller call;
  call.up.bind(call.tap, 0);
  const auto pcm = signals::numbered(32'000);
  BOOST_TEST(call.up.caller_frame(signals::bytes_of(pcm), call.now));
  call.tick();
  BOOST_TEST(call.up.heard_so_far() <= 16'000u);
  for (int i = 0; i < 10; ++i, call.now += 20ms)
    call.tick();
  BOOST_TEST((call.tap->got == pcm));
  BOOST_TEST(!call.up.caller_frame("odd", call.now));
  BOOST_TEST(!call.up.caller_frame("", call.now));
  BOOST_TEST(call.counters.bad_frames == 2u);
}

BOOST_AUTO_TEST_CASE(a_client_that_falls_silent_amid_a_word_has_ended_it) {
  caller call;
  auto pcm = two_words(16'000, 20, 1);
  pcm.resize(16'000 * 15 / 10); // cut in the first word
  call.speak(pcm);
  BOOST_REQUIRE_EQUAL(call.log.edges.size(), 1u);
  for (int i = 0; i < 25; ++i) { // no frame for 500 ms
    call.now += 20ms;
    call.tick();
  }
  BOOST_REQUIRE_EQUAL(call.log.edges.size(), 2u);
  BOOST_TEST(std::abs(to_ms(call.log.edges[1].at - call.began) - 1'500) <= 41.0);
  BOOST_TEST(call.up.heard_so_far() <= 16'000u * 2);
}

BOOST_AUTO_TEST_CASE(a_muted_caller_is_silence) {
  caller call;
  call.up.mute(true);
  call.up.bind(call.tap, 0);
  call.speak(two_words(16'000, 20, 1));
  BOOST_TEST(call.log.edges.empty());
  BOOST_TEST(signals::rms(call.tap->got, 0, call.tap->got.size()) == 0.0);
}

BOOST_AUTO_TEST_CASE(random_frames_of_any_format_do_no_harm) {
  std::mt19937 random{17};
  for (auto encoding : {audio_encoding::pcm_s16le, audio_encoding::mulaw, audio_encoding::opus}) {
    caller call{{encoding, 48'000}};
    call.up.bind(call.tap, 0);
    std::string bytes;
    std::uint64_t bad = 0;
    for (int i = 0; i < 20'000; ++i) {
      bytes.resize(random() % 120);
      for (auto& byte : bytes)
        byte = static_cast<char>(random());
      bad += !call.up.caller_frame(bytes, call.now);
      if (i % 8 == 0) {
        call.now += 20ms;
        call.tick();
      }
    }
    BOOST_TEST(bad > 0u);
    BOOST_TEST(call.counters.frames_in == 20'000u - bad);
    BOOST_TEST(call.counters.bad_frames >= bad);
  }
}

BOOST_AUTO_TEST_CASE(the_line_of_arrivals_steps_only_for_what_is_worth_it) {
  arrival_line line{16'000};
  sample_index sample = 0;
  const auto frame = [&](mono_time at, bool speaking) {
    line.arrived(sample, 320, at, speaking);
    return line.time_of((sample += 320) - 320);
  };
  BOOST_TEST((frame(1'020ms, false) == 1'000ms));
  BOOST_TEST((frame(1'070ms, false) == 1'020ms)); // 30 ms late: jitter
  BOOST_TEST((frame(1'060ms, false) == 1'040ms));
  BOOST_TEST((frame(1'060ms, true) == 1'060ms));  // 20 ms early amid speech: gapless
  BOOST_TEST((frame(1'080ms, false) == 1'060ms)); // in quiet: put right
  BOOST_TEST((frame(1'400ms, true) == 1'380ms));  // a gap
  BOOST_TEST((line.time_of(0) == 1'000ms));
  BOOST_TEST((line.time_of(320 * 3) == 1'060ms));
  BOOST_TEST((line.time_of(sample + 16'000) == 2'400ms));
}

BOOST_AUTO_TEST_CASE(bunched_frames_were_said_one_after_the_other) {
  frame_inbox inbox{{}, 100, 20ms};
  const auto frame = signals::bytes_of(signals::numbered(320));
  for (int i = 0; i < 5; ++i)
    inbox.put(frame, 20ms, 2'000ms);
  frame_inbox::piece piece;
  for (int i = 0; i < 5; ++i) {
    BOOST_REQUIRE(inbox.next(piece));
    BOOST_TEST((piece.at == 2'000ms - (4 - i) * 20ms));
    BOOST_TEST((piece.bytes == frame));
  }
  BOOST_TEST(!inbox.next(piece));
}
