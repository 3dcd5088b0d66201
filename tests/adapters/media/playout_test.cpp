// The way down: positions, marks, flushes and pace, by hand and by chance.
#define BOOST_TEST_MODULE media_playout
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_core.hpp"
#include "tests/adapters/media/signals.hpp"

#include <map>

using namespace unpod;
using namespace std::chrono_literals;
using signals::samples;
using kind = playout_event::kind;

namespace {

std::string words(const playout_event& event) {
  static const char* const names[] = {"started", "reached", "drained", "flushed"};
  return std::string{names[static_cast<int>(event.what)]} + " " + std::to_string(event.utterance)
         + "@" + std::to_string(event.samples);
}

std::vector<std::string> events_of(playout_ring& ring) {
  std::vector<playout_event> events;
  ring.take_events(events);
  std::vector<std::string> said;
  for (const auto& event : events)
    said.push_back(words(event));
  return said;
}

using said = std::vector<std::string>;

samples taken(playout_ring& ring, std::size_t count) {
  samples frame(count);
  if (!ring.take(frame.data(), count))
    frame.clear();
  return frame;
}

/// A client's ears: what came when, and what was told.
struct ears : media_sink, media_listener {
  mono_time now{0};
  samples heard;
  std::vector<mono_time> frames_at;
  std::vector<std::string> told;
  std::map<generation, mono_time> started, flushed;

  void frame(std::string bytes) override {
    frames_at.push_back(now);
    const auto pcm = signals::samples_of(bytes);
    heard.insert(heard.end(), pcm.begin(), pcm.end());
  }
  void speech_started(sample_index, mono_time) override {}
  void speech_ended(sample_index, mono_time) override {}
  void playout_started(generation utterance, mono_time at) override {
    started[utterance] = at;
    told.push_back("started " + std::to_string(utterance));
  }
  void playout_reached(generation utterance, std::uint64_t sample, mono_time) override {
    told.push_back("reached " + std::to_string(utterance) + "@" + std::to_string(sample));
  }
  void playout_drained(generation utterance, std::uint64_t count, mono_time) override {
    told.push_back("drained " + std::to_string(utterance) + "@" + std::to_string(count));
  }
  void playout_flushed(generation utterance, std::uint64_t count, mono_time at) override {
    flushed[utterance] = at;
    told.push_back("flushed " + std::to_string(utterance) + "@" + std::to_string(count));
  }
};

struct called {
  media_counters counters;
  call_core core;
  std::shared_ptr<ears> client = std::make_shared<ears>();
  mono_time now = 100s;

  explicit called(audio_format format = {}) : core(format, media_limits{}, 15s, counters) {
    core.listen(client);
    core.start(client);
  }

  void tick(mono_time later = 20ms) {
    now += later;
    client->now = now;
    core.tick(now);
  }

  bool play(generation utterance, const samples& pcm, std::uint32_t rate = 16'000) {
    return core.down().play(utterance, pcm.data(), pcm.size(), rate);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(an_utterance_starts_passes_its_marks_and_drains) {
  playout_ring ring{100'000};
  BOOST_TEST(ring.append(1, signals::numbered(500).data(), 500));
  ring.mark(1, 0);
  ring.mark(1, 400);
  ring.mark(1, 320);
  BOOST_TEST((taken(ring, 320) == signals::numbered(320)));
  BOOST_TEST((events_of(ring) == said{"started 1@0", "reached 1@0", "reached 1@320"}));
  BOOST_TEST(!ring.is_ready(320));
  ring.finish(1);
  BOOST_TEST(ring.is_ready(320));
  auto tail = signals::numbered(180, 320);
  tail.resize(320);
  BOOST_TEST((taken(ring, 320) == tail));
  BOOST_TEST((events_of(ring) == said{"reached 1@400", "drained 1@500"}));
  BOOST_TEST(ring.position(1).sent == 500u);
  BOOST_TEST(ring.given(1) == 500u);
  BOOST_TEST(!ring.append(1, tail.data(), 1)); // it said that nothing more comes
  BOOST_TEST(taken(ring, 320).empty());
}

BOOST_AUTO_TEST_CASE(a_flush_takes_all_up_to_its_utterance_and_nothing_after) {
  playout_ring ring{100'000};
  ring.append(1, signals::numbered(100).data(), 100);
  ring.append(2, signals::numbered(400).data(), 400);
  ring.append(3, signals::numbered(320, 5'000).data(), 320);
  taken(ring, 320);
  events_of(ring);
  const auto at = ring.flush(2);
  BOOST_TEST(at.sent == 220u);
  BOOST_TEST(at.queued == 0u);
  BOOST_TEST((events_of(ring) == said{"flushed 1@100", "flushed 2@220"}));
  BOOST_TEST(ring.take_cut());
  BOOST_TEST((taken(ring, 320) == signals::numbered(320, 5'000)));
  const std::int16_t late = 1;
  BOOST_TEST(!ring.append(1, &late, 1));
  BOOST_TEST(!ring.append(2, &late, 1));
  BOOST_TEST(ring.append(3, &late, 1));
  ring.finish(2);
  ring.mark(2, 9);
  BOOST_TEST((events_of(ring) == said{"started 3@0"}));
  ring.flush(2); // again: who asks is answered
  BOOST_TEST((events_of(ring) == said{"flushed 2@220"}));
  ring.flush(9); // never spoken
  BOOST_TEST((events_of(ring) == said{"flushed 3@320", "flushed 9@0"}));
  BOOST_TEST(!ring.append(9, &late, 1));
  BOOST_TEST(ring.append(10, &late, 1));
}

BOOST_AUTO_TEST_CASE(a_newer_utterance_closes_the_one_before) {
  playout_ring ring{1'000};
  ring.append(1, signals::numbered(100).data(), 100);
  ring.append(2, signals::numbered(50, 100).data(), 50);
  BOOST_TEST(!ring.append(1, signals::numbered(1).data(), 1));
  ring.finish(2);
  auto both = signals::numbered(150);
  both.resize(320);
  BOOST_TEST((taken(ring, 320) == both));
  BOOST_TEST(!ring.append(3, signals::numbered(1'001).data(), 1'001)); // the ring's end
  BOOST_TEST(ring.queued() == 0u);
  BOOST_TEST(ring.append(3, signals::numbered(1'000).data(), 1'000));
}

BOOST_AUTO_TEST_CASE(heard_is_what_the_client_rendered_of_what_was_sent) {
  playout_ring ring{10'000};
  ring.append(1, signals::numbered(400).data(), 400);
  ring.finish(1);
  taken(ring, 320);
  taken(ring, 320); // 80 of speech, 240 of padding
  ring.append(2, signals::numbered(640).data(), 640);
  BOOST_TEST(ring.position(1).heard == 400u); // nobody says: what was sent
  ring.rendered(360);
  BOOST_TEST(ring.position(1).heard == 360u);
  ring.rendered(100); // time does not run back
  BOOST_TEST(ring.position(1).heard == 360u);
  taken(ring, 320);
  ring.rendered(700);
  BOOST_TEST(ring.position(1).heard == 400u);
  BOOST_TEST(ring.position(2).heard == 60u);
  ring.rendered(~0ull);
  BOOST_TEST(ring.position(2).heard == 320u);
  BOOST_TEST(ring.position(2).sent == 320u);
}

// Random giving, finishing, marking, flushing: every frame is the oldest audio that is
// neither flushed nor sent, and every promise of an event is kept once.
struct chance {
  std::mt19937 random;
  playout_ring ring{6'000};
  std::deque<std::pair<generation, std::int16_t>> model;
  std::map<generation, std::uint64_t> sent, given;
  std::map<generation, int> starts, ends;
  generation current = 1, flushed_to = 0;
  std::size_t serial = 0;

  void give() {
    const auto to = current - (random() % 6 == 0 && current > 1);
    const auto pcm = signals::numbered(1 + random() % 900, serial);
    if (!ring.append(to, pcm.data(), pcm.size()))
      return;
    BOOST_REQUIRE_GT(to, flushed_to);
    BOOST_REQUIRE_EQUAL(to, current);
    serial += pcm.size();
    given[to] += pcm.size();
    for (auto sample : pcm)
      model.emplace_back(to, sample);
  }

  void flush() {
    flushed_to = std::max(flushed_to, current - static_cast<generation>(random() % 2));
    const auto at = ring.flush(flushed_to);
    BOOST_REQUIRE_EQUAL(at.sent, sent[flushed_to]);
    model.erase(std::remove_if(model.begin(), model.end(),
                               [&](auto& sample) { return sample.first <= flushed_to; }),
                model.end());
    current = flushed_to + 1;
  }

  void take() {
    samples frame(320);
    BOOST_REQUIRE_EQUAL(ring.take(frame.data(), 320), !model.empty());
    for (std::size_t i = 0; i < 320 && !model.empty(); ++i) {
      if (frame[i] != model.front().second) // a check of Boost's per sample would take seconds
        BOOST_FAIL("sample " << i << " is not the oldest that was given");
      ++sent[model.front().first];
      model.pop_front();
    }
  }

  void step() {
    const auto what = random() % 8;
    if (what < 3)
      give();
    else if (what == 3)
      ring.mark(current, random() % 3'000);
    else if (what == 4 && random() % 4 == 0)
      ring.finish(current++);
    else if (what == 5 && random() % 10 == 0)
      flush();
    else if (what > 5)
      take();
  }

  void check() {
    BOOST_REQUIRE_EQUAL(ring.queued(), model.size());
    BOOST_REQUIRE_LE(ring.queued(), 6'000u);
    const auto at = ring.position(current);
    BOOST_REQUIRE_EQUAL(at.sent, sent[current]);
    BOOST_REQUIRE_EQUAL(at.sent + at.queued, current <= flushed_to ? at.sent : given[current]);
    std::vector<playout_event> events;
    ring.take_events(events);
    for (const auto& event : events) {
      if (event.what == kind::started)
        BOOST_REQUIRE_EQUAL(++starts[event.utterance], 1);
      if (event.what == kind::reached)
        BOOST_REQUIRE_LE(event.samples, sent[event.utterance]);
      if (event.what == kind::drained)
        BOOST_REQUIRE_EQUAL(++ends[event.utterance], 1);
      if (event.what == kind::drained || event.what == kind::flushed)
        BOOST_REQUIRE_EQUAL(event.samples, sent[event.utterance]);
    }
  }
};

BOOST_AUTO_TEST_CASE(by_chance_no_sample_is_lost_doubled_or_leaked) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    chance one;
    one.random.seed(seed);
    for (int step = 0; step < 2'000; ++step) {
      one.step();
      one.check();
    }
    BOOST_TEST(!one.ends.empty());
    for (const auto& [utterance, count] : one.sent)
      BOOST_REQUIRE_EQUAL(one.starts[utterance], count > 0 ? 1 : 0);
  }
}

BOOST_AUTO_TEST_CASE(frames_leave_in_real_time_at_most_lead_max_ahead) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random{seed};
    called call;
    BOOST_REQUIRE(call.play(1, signals::numbered(16'000 * 3)));
    call.core.down().finish(1);
    mono_time rendered_to{0};
    std::size_t frames = 0, gaps = 0, late = 0;
    const auto began = call.now;
    for (int i = 1; i < 170; ++i) {
      // Ticks come up to 4 ms early or late, and now and then 30 ms late.
      const bool is_late = random() % 40 == 0;
      late += is_late;
      const auto jitter = std::chrono::microseconds{static_cast<int>(random() % 8'000) - 4'000};
      const mono_time at = began + i * 20ms + (is_late ? mono_time{30ms} : jitter);
      call.tick(std::max(at - call.now, mono_time{0}));
      for (; frames < call.client->frames_at.size(); ++frames) {
        gaps += frames > 0 && rendered_to < call.now;
        rendered_to = std::max(rendered_to, call.now) + 20ms;
        BOOST_REQUIRE_LE((rendered_to - call.now).count(), mono_time{60ms}.count());
      }
    }
    BOOST_TEST(frames == 150u);
    BOOST_TEST(gaps <= late); // what is late by less costs nothing
    BOOST_TEST((call.client->heard == signals::numbered(16'000 * 3)));
  }
}

BOOST_AUTO_TEST_CASE(with_punctual_ticks_a_client_never_waits_and_silence_is_not_sent) {
  called call;
  for (int i = 0; i < 10; ++i)
    call.tick();
  BOOST_TEST(call.client->frames_at.empty());
  call.play(1, signals::numbered(3'200));
  BOOST_TEST(call.core.down().take_wish()); // the engine is to tick at once
  call.tick(3ms);
  BOOST_TEST(call.client->started.at(1).count() == call.now.count());
  BOOST_TEST(call.client->frames_at.size() == 2u);
  for (int i = 0; i < 8; ++i) {
    call.tick();
    BOOST_TEST(call.client->frames_at.size() == static_cast<std::size_t>(3 + i));
  }
  call.core.down().finish(1);
  for (int i = 0; i < 20; ++i)
    call.tick();
  BOOST_TEST(call.client->frames_at.size() == 10u);
  BOOST_TEST((call.client->told == said{"started 1", "drained 1@3200"}));
}

BOOST_AUTO_TEST_CASE(after_a_flush_no_old_sample_leaves_in_any_encoding) {
  for (auto encoding : {audio_encoding::pcm_s16le, audio_encoding::mulaw, audio_encoding::opus})
    for (std::uint32_t rate : {8'000u, 16'000u, 48'000u}) {
      const audio_format format{encoding, rate};
      called call{format};
      const auto port = port_rate_hz(format);
      call.play(1, signals::noise(port, 8'000, 1), port);
      for (int i = 0; i < 5; ++i)
        call.tick();
      const auto at = call.core.down().flush(1);
      BOOST_TEST(!call.play(1, signals::noise(port, 8'000, 2), port));
      call.client->heard.clear();
      const auto frames = call.client->frames_at.size();
      call.tick(5ms);
      BOOST_TEST(call.client->frames_at.size() == frames);
      BOOST_TEST(call.client->flushed.at(1).count() == call.now.count());
      BOOST_TEST(call.client->told.back() == "flushed 1@" + std::to_string(at.sent));
      // Silence of the next utterance is silence: no filter or codec remembers.
      called fresh{format};
      for (auto* one : {&call, &fresh}) {
        one->client->heard.clear();
        one->play(2, samples(port / 2), port);
        for (int i = 0; i < 30; ++i)
          one->tick();
      }
      BOOST_TEST_INFO(to_string(encoding) << " " << rate);
      BOOST_TEST(!call.client->heard.empty());
      BOOST_TEST((call.client->heard == fresh.client->heard));
    }
}

BOOST_AUTO_TEST_CASE(speech_of_any_rate_is_counted_at_the_ports) {
  called call;
  for (std::uint32_t rate : {8'000u, 22'050u, 24'000u, 44'100u}) {
    const auto utterance = rate; // counts up
    const auto pcm = signals::voice(rate, rate / 2);
    for (std::size_t at = 0; at < pcm.size(); at += 441)
      BOOST_REQUIRE(call.core.down().play(utterance, &pcm[at],
                                          std::min<std::size_t>(441, pcm.size() - at), rate));
    call.core.down().finish(utterance);
    BOOST_TEST_INFO(rate);
    BOOST_TEST(call.core.down().given(utterance) == 8'000u);
    for (int i = 0; i < 30; ++i)
      call.tick();
    BOOST_TEST(call.client->told.back() == "drained " + std::to_string(rate) + "@8000");
  }
  BOOST_TEST(!call.play(99'999, samples(10), 0));
  BOOST_TEST(!call.play(99'999, samples(10), 4'000'000));
  BOOST_TEST(!call.play(99'999, samples(16'000 * 121)));
}

BOOST_AUTO_TEST_CASE(less_than_a_frame_waits_for_more_or_the_end) {
  called call;
  call.play(1, signals::numbered(100));
  for (int i = 0; i < 5; ++i)
    call.tick();
  BOOST_TEST(call.client->frames_at.empty());
  call.play(1, signals::numbered(220, 100));
  call.tick();
  BOOST_TEST((call.client->heard == signals::numbered(320)));
  call.play(1, signals::numbered(10, 320));
  call.core.down().finish(1);
  BOOST_TEST(call.core.down().take_wish());
  call.tick();
  BOOST_TEST(call.client->heard.size() == 640u);
  BOOST_TEST(call.client->told.back() == "drained 1@330");
}

BOOST_AUTO_TEST_CASE(what_is_given_before_the_socket_starts_waits_for_it) {
  media_counters counters;
  call_core core{audio_format{}, media_limits{}, 15s, counters};
  auto client = std::make_shared<ears>();
  core.listen(client);
  core.down().play(1, signals::numbered(640).data(), 640, 16'000);
  core.tick(1s);
  BOOST_TEST(core.down().position(1).queued == 640u);
  core.start(client);
  core.tick(2s);
  BOOST_TEST((client->heard == signals::numbered(640)));
  core.close();
  core.down().finish(1);
  core.tick(3s);
  BOOST_TEST((client->told == said{"started 1"}));
}

// -- pacing errors ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_punctual_stretch_has_no_pacing_error_and_its_head_start_is_none) {
  called call;
  BOOST_TEST(call.play(1, signals::numbered(16'000)));
  for (int tick = 0; tick < 20; ++tick)
    call.tick();
  const auto pacing = call.counters.now().pacing;
  BOOST_TEST(call.client->frames_at.size() == 21u); // two at once, to begin with
  BOOST_TEST(pacing.counts[0] == 19u);
  BOOST_TEST(pacing.sum_ns == 0u);
}

BOOST_AUTO_TEST_CASE(a_late_tick_is_off_by_its_lateness_and_what_it_catches_up_by_a_frame) {
  called call;
  BOOST_TEST(call.play(1, signals::numbered(16'000)));
  call.tick();
  call.tick(22ms); // 2 ms late: one frame
  call.tick(30ms); // 10 ms late: two frames at once
  const auto pacing = call.counters.now().pacing;
  BOOST_TEST(pacing.sum_ns == 32'000'000u);
  const auto bucket = [&](double bound) {
    for (std::size_t i = 0; i < pacing_bounds_ms.size(); ++i)
      if (pacing_bounds_ms[i] == bound)
        return pacing.counts[i];
    return std::uint64_t{99};
  };
  BOOST_TEST(bucket(2) == 1u);
  BOOST_TEST(bucket(10) == 1u);
  BOOST_TEST(bucket(20) == 1u);
}

BOOST_AUTO_TEST_CASE(a_pause_between_two_stretches_is_no_pacing_error) {
  called call;
  BOOST_TEST(call.play(1, signals::numbered(1'600)));
  call.core.down().finish(1);
  for (int tick = 0; tick < 50; ++tick)
    call.tick();
  BOOST_TEST(call.play(2, signals::numbered(1'600)));
  call.tick(35ms);
  call.tick();
  BOOST_TEST(call.counters.now().pacing.sum_ns == 0u);
}
