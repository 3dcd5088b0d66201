// The parts that need no model: gate, upsampler, spoken text, threads.
#define BOOST_TEST_MODULE parts
#include <boost/test/unit_test.hpp>

#include "adapters/speech/speech_threads.hpp"
#include "adapters/speech/spoken_text.hpp"
#include "adapters/speech/upsampler.hpp"
#include "adapters/speech/utterance_gate.hpp"

#include <atomic>
#include <cmath>
#include <future>
#include <random>
#include <set>

using namespace unpod;

namespace {

/// Writes down what the gate lets through; each sample's value is its own index.
struct gate_log : utterance_sink {
  std::string told;
  sample_index next = 0;
  std::vector<sample_index> heard;

  void open(sample_index first) override {
    told += "open " + std::to_string(first) + "; ";
    next = first;
  }
  void hear(const std::int16_t* pcm, std::size_t samples) override {
    for (std::size_t i = 0; i < samples; ++i, ++next) {
      BOOST_REQUIRE_EQUAL(pcm[i], static_cast<std::int16_t>(next));
      heard.push_back(next);
    }
  }
  void close(sample_index from, sample_index to) override {
    told += "close " + std::to_string(from) + "-" + std::to_string(to) + " at "
            + std::to_string(next) + "; ";
  }
  void nothing(sample_index at) override {
    told += "nothing at " + std::to_string(at) + "; ";
  }
};

struct gate_fixture {
  utterance_gate gate{{30, 80, 35, 300}};
  gate_log log;
  sample_index now = 0;

  void audio_to(sample_index end) {
    std::vector<std::int16_t> pcm;
    for (auto i = now; i < end; ++i)
      pcm.push_back(static_cast<std::int16_t>(i));
    gate.audio(now, pcm.data(), pcm.size(), log);
    now = end;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_utterance_is_speech_with_some_quiet_around_it, gate_fixture) {
  audio_to(100);
  gate.speech_started(90, log);
  audio_to(150);
  gate.speech_ended(120, log);
  audio_to(154);
  BOOST_TEST(log.told == "open 60; ");
  audio_to(200);
  BOOST_TEST(log.told == "open 60; close 90-120 at 155; ");
  gate.speech_started(210, log);
  audio_to(300);
  gate.speech_ended(250, log); // more than the silence wanted has been heard already
  BOOST_TEST(log.told == "open 60; close 90-120 at 155; open 180; close 200-250 at 300; ");
}

BOOST_FIXTURE_TEST_CASE(a_breath_does_not_part_an_utterance, gate_fixture) {
  audio_to(50);
  gate.speech_started(40, log);
  gate.speech_ended(50, log);
  audio_to(80);
  gate.speech_started(80, log);
  audio_to(100);
  gate.speech_ended(95, log);
  audio_to(140);
  BOOST_TEST(log.told == "open 10; close 40-95 at 130; ");
}

BOOST_FIXTURE_TEST_CASE(a_final_may_be_asked_for_at_any_time, gate_fixture) {
  gate.finalize(log);
  audio_to(50);
  gate.speech_started(40, log);
  audio_to(100);
  gate.finalize(log); // and the caller goes on speaking
  gate.finalize(log);
  audio_to(150);
  gate.speech_ended(140, log);
  gate.finalize(log);
  audio_to(400);
  BOOST_TEST(log.told
             == "nothing at 0; open 10; close 40-100 at 100; nothing at 100; "
                "open 100; close 100-140 at 150; ");
}

BOOST_FIXTURE_TEST_CASE(a_long_utterance_is_parted_without_a_gap, gate_fixture) {
  gate.speech_started(0, log);
  for (sample_index end = 50; end <= 700; end += 50)
    audio_to(end);
  BOOST_TEST(log.told == "open 0; close 0-300 at 300; open 300; close 300-600 at 600; open 600; ");
  BOOST_TEST(log.heard.size() == 700u);
}

BOOST_FIXTURE_TEST_CASE(lost_audio_parts_an_utterance_and_replayed_audio_is_known, gate_fixture) {
  audio_to(50);
  gate.speech_started(45, log);
  now = 20;
  audio_to(60); // replayed from 20
  now = 90;
  audio_to(100); // 60 to 90 are lost
  BOOST_TEST(log.told == "open 15; close 45-60 at 60; open 90; ");
}

// Whatever comes, each sample is heard at most once, in order, and every
// utterance that was opened can be closed.
BOOST_AUTO_TEST_CASE(the_gate_keeps_its_order_in_any_weather) {
  std::mt19937 random{7};
  for (int round = 0; round < 300; ++round) {
    gate_fixture f;
    for (int step = 0; step < 60; ++step)
      switch (random() % 6) {
        case 0:
          f.gate.speech_started(f.now - std::min<sample_index>(f.now, random() % 30), f.log);
          break;
        case 1:
          f.gate.speech_ended(f.now - std::min<sample_index>(f.now, random() % 60), f.log);
          break;
        case 2:
          if (random() % 4 == 0)
            f.gate.finalize(f.log);
          break;
        case 3:
          f.now += random() % 8 == 0 ? random() % 100 : 0;
          [[fallthrough]];
        default:
          f.audio_to(f.now + random() % 60);
      }
    for (std::size_t i = 1; i < f.log.heard.size(); ++i)
      BOOST_REQUIRE(f.log.heard[i] > f.log.heard[i - 1]);
    f.gate.finalize(f.log);
    f.log.told.clear();
    f.gate.finalize(f.log);
    BOOST_REQUIRE(f.log.told.find("nothing") == 0u);
  }
}

BOOST_AUTO_TEST_CASE(upsampling_keeps_a_tone_and_does_not_mind_the_cuts) {
  std::vector<std::int16_t> tone, whole, cut;
  for (int i = 0; i < 4'000; ++i)
    tone.push_back(static_cast<std::int16_t>(std::lround(9'000 * std::sin(i * 0.6))));
  upsampler{}.push(tone.data(), tone.size(), whole);
  upsampler pieces;
  for (std::size_t at = 0, step = 1; at < tone.size(); at += step, step = step * 7 % 160 + 1)
    pieces.push(tone.data() + at, std::min(step, tone.size() - at), cut);
  BOOST_TEST((whole == cut));
  BOOST_TEST(whole.size() == 8'000u);
  // y[k] is the tone at half the step, `reach` input samples late.
  double worst = 0;
  for (std::size_t k = 100; k < whole.size(); ++k) {
    const double at = static_cast<double>(k) / 2 - upsampler::reach;
    worst = std::max(worst, std::abs(whole[k] - 9'000 * std::sin(at * 0.6)));
  }
  BOOST_TEST(worst < 90); // 1 %
}

BOOST_AUTO_TEST_CASE(spoken_text_is_plain_and_knows_its_way_back) {
  const std::string piece = "It\xe2\x80\x99s  \xe2\x80\x9c"
                            "fine\xe2\x80\x9d \xf0\x9f\x99\x82 \xe2\x80\x93 na\xc3\xafve";
  const auto spoken = spoken_of(piece);
  BOOST_TEST(spoken.ascii == "It's \"fine\" naive");
  std::vector<std::string> words;
  for (const auto& token : spoken.tokens)
    words.push_back(piece.substr(token.begin, token.end - token.begin));
  BOOST_TEST(words.size() == 5u);
  BOOST_TEST(words[4] == "na\xc3\xafve");
  BOOST_TEST(spoken.token_before(0) == 5u);
  BOOST_TEST(spoken.token_before(5) == 0u); // flite has read "It's" and the blank after it
  BOOST_TEST(spoken.token_before(12) == 1u);
  BOOST_TEST(spoken.token_before(17) == 4u);
  BOOST_TEST(spoken_of("").ascii.empty());
  BOOST_TEST(spoken_of(" ... \xf0\x9f\x99\x82 \xff\xc3").ascii.empty());
}

BOOST_AUTO_TEST_CASE(spoken_text_of_any_bytes_is_printable) {
  std::mt19937 random{11};
  for (int round = 0; round < 2'000; ++round) {
    std::string bytes(random() % 60, ' ');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    const auto spoken = spoken_of(bytes);
    for (const unsigned char c : spoken.ascii)
      BOOST_REQUIRE((c >= 0x20 && c < 0x7f));
    for (std::size_t i = 1; i < spoken.tokens.size(); ++i)
      BOOST_REQUIRE(spoken.tokens[i].begin > spoken.tokens[i - 1].end);
  }
}

BOOST_AUTO_TEST_CASE(a_lane_keeps_its_order) {
  speech_threads threads{4};
  const auto lane = threads.open_lane(urgency::steady);
  std::vector<int> order; // guarded by the lane itself
  std::promise<void> done;
  for (int i = 0; i < 200; ++i)
    BOOST_REQUIRE(lane->post([&order, &done, i] {
      order.push_back(i);
      if (i == 199)
        done.set_value();
    }));
  BOOST_REQUIRE(done.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready);
  BOOST_TEST(order.size() == 200u);
  BOOST_TEST(std::is_sorted(order.begin(), order.end()));
}

BOOST_AUTO_TEST_CASE(an_urgent_job_never_waits_behind_steady_ones) {
  speech_threads threads{2};
  std::promise<void> release, urgent_ran;
  const auto gate = release.get_future().share();
  std::vector<std::shared_ptr<speech_lane>> lanes;
  for (int i = 0; i < 5; ++i) {
    lanes.push_back(threads.open_lane(urgency::steady));
    lanes.back()->post([gate] { gate.wait(); });
  }
  threads.open_lane(urgency::urgent)->post([&] { urgent_ran.set_value(); });
  BOOST_TEST(
    (urgent_ran.get_future().wait_for(std::chrono::seconds{20}) == std::future_status::ready));
  release.set_value();
}

BOOST_AUTO_TEST_CASE(lanes_are_bounded_and_outlive_their_threads) {
  std::shared_ptr<speech_lane> lane;
  auto held = std::make_shared<int>(1);
  {
    speech_threads threads{0};
    lane = threads.open_lane(urgency::steady);
    for (std::size_t i = 0; i < speech_lane::jobs_max; ++i)
      BOOST_REQUIRE(lane->post([held] {}));
    BOOST_TEST(!lane->post([] {}));
    BOOST_TEST(held.use_count() > 1);
  }
  BOOST_TEST(held.use_count() == 1); // dropped with the threads
  BOOST_TEST(!lane->post([] {}));
}

BOOST_AUTO_TEST_CASE(a_job_that_throws_harms_nobody) {
  speech_threads threads{0};
  const auto lane = threads.open_lane(urgency::urgent);
  bool ran = false;
  lane->post([] { throw std::runtime_error{"no"}; });
  lane->post([&] { ran = true; });
  BOOST_TEST(threads.run_all() == 2u);
  BOOST_TEST(ran);
}
