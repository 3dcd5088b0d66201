// Rooms: who hears whom, to the sample where it is pure, and by correlation through
// whole ports on a clock of the test's own. Nobody ever hears itself.
#define BOOST_TEST_MODULE media_room
#include <boost/test/unit_test.hpp>

#include "adapters/media/call_core.hpp"
#include "tests/adapters/media/signals.hpp"

#include <memory>

using namespace unpod;
using namespace std::chrono_literals;
using signals::samples;

namespace {

constexpr std::uint32_t rate = 16'000;
constexpr std::size_t frame = 320, delay = 1'280;

struct ear : media_sink {
  samples heard;
  void frame(std::string bytes) override {
    const auto pcm = signals::samples_of(bytes);
    heard.insert(heard.end(), pcm.begin(), pcm.end());
  }
};

struct tap : audio_tap {
  samples heard;
  void audio(sample_index, const std::int16_t* pcm, std::size_t count) override {
    heard.insert(heard.end(), pcm, pcm + count);
  }
  void speech_started(sample_index) override {}
  void speech_ended(sample_index) override {}
};

/// One port without threads, and its caller: what it says, what it hears.
struct participant {
  media_counters counters;
  call_core core;
  std::shared_ptr<ear> hears = std::make_shared<ear>();
  samples says;
  std::size_t said = 0;
  std::size_t frame_samples;

  explicit participant(samples voice, std::uint32_t port_rate = rate)
    : core({audio_encoding::pcm_s16le, port_rate}, media_limits{}, 15s, counters),
      says(std::move(voice)), frame_samples(port_rate / 50) {
    core.start(hears);
  }
};

/// A room that is ticked: 20 ms at a time, its ports on four lanes as in the engine.
struct stage {
  std::vector<std::unique_ptr<participant>> all;
  media_room_ptr room = std::make_shared<media_room>(rate);
  mono_time now{5'000'000'000};

  participant& enter(samples voice, room_chair::kind who, std::uint32_t port_rate = rate) {
    all.push_back(std::make_unique<participant>(std::move(voice), port_rate));
    all.back()->core.sit(std::make_shared<room_chair>(room, who, port_rate));
    return *all.back();
  }

  void run(std::size_t frames) {
    for (std::size_t i = 0; i < frames * 4; ++i, now += 5ms)
      for (std::size_t who = i % 4; who < all.size(); who += 4) {
        auto& one = *all[who];
        if (one.said + one.frame_samples <= one.says.size())
          one.core.up().caller_frame(
            signals::bytes_of(one.says.data() + one.said, one.frame_samples), now);
        one.said += one.frame_samples;
        one.core.tick(now);
      }
  }
};

/// The greatest correlation of a stretch of `voice` with what was heard, wherever it lies.
double likeness(const samples& voice, const samples& heard) {
  constexpr std::size_t from = 8'000, count = 2'000, shift_max = 3'600;
  double best = 0;
  for (std::size_t shift = 0; shift <= shift_max; ++shift) {
    double both = 0, one = 1e-9, other = 1e-9;
    const auto start = from - shift_max / 2 + shift;
    for (std::size_t i = 0; i < count && start + i < heard.size(); ++i) {
      const double a = voice[from + i], b = heard[start + i];
      both += a * b, one += a * a, other += b * b;
    }
    best = std::max(best, std::abs(both) / std::sqrt(one * other));
  }
  return best;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_hears_exactly_the_others) {
  room_mixer mixer{rate};
  std::vector<room_place> places;
  std::vector<samples> voices;
  for (unsigned who = 0; who < 8; ++who) {
    places.push_back(mixer.enter(true));
    voices.push_back(signals::noise(frame, 800, who));
    mixer.caller_says(places[who], 10'000, voices[who].data(), frame);
  }
  const auto agent = signals::noise(frame, 800, 99);
  mixer.agent_says(10'000, agent.data(), frame);
  for (std::size_t who = 0; who < 8; ++who) {
    for (const bool direct : {false, true}) {
      samples heard(frame);
      BOOST_TEST(mixer.caller_hears(places[who], 10'000 + delay, heard.data(), frame, direct));
      for (std::size_t i = 0; i < frame; ++i) {
        std::int32_t sum = direct ? 0 : agent[i];
        for (std::size_t other = 0; other < 8; ++other)
          sum += other == who ? 0 : voices[other][i];
        BOOST_REQUIRE(heard[i] == sum);
      }
    }
  }
  samples all(frame);
  mixer.agent_hears(10'000 + delay, all.data(), frame);
  std::int32_t first = 0;
  for (const auto& voice : voices)
    first += voice[0];
  BOOST_TEST(all[0] == first); // and not the agent itself
}

BOOST_AUTO_TEST_CASE(a_listener_hears_and_is_never_heard) {
  room_mixer mixer{rate};
  const auto caller = mixer.enter(true), listener = mixer.enter(false);
  const auto voice = signals::noise(frame, 800, 1);
  mixer.caller_says(listener, 0, voice.data(), frame);
  samples heard(frame);
  BOOST_TEST(!mixer.caller_hears(caller, delay, heard.data(), frame, true));
  mixer.caller_says(caller, 0, voice.data(), frame);
  BOOST_TEST(mixer.caller_hears(listener, delay, heard.data(), frame, false));
  BOOST_TEST(heard == voice, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(loud_sums_are_bent_and_never_wrap) {
  std::int32_t before = -40'000 * 8;
  for (auto sum = before; sum <= 320'000; sum += 7) {
    const auto bent = limited(sum);
    BOOST_REQUIRE(bent >= limited(before)); // steady
    BOOST_REQUIRE(std::abs(static_cast<std::int32_t>(bent)) <= 32'767);
    if (std::abs(sum) <= limit_knee)
      BOOST_REQUIRE(bent == sum);
    before = sum;
  }
  room_mixer mixer{rate};
  const auto listener = mixer.enter(false);
  const samples loud(frame, 32'767);
  for (int i = 0; i < 15; ++i)
    mixer.caller_says(mixer.enter(true), 0, loud.data(), frame);
  samples heard(frame);
  mixer.caller_hears(listener, delay, heard.data(), frame, false);
  BOOST_TEST(heard[0] > limit_knee);
}

BOOST_AUTO_TEST_CASE(a_voice_runs_on_and_one_too_fast_or_too_late_is_put_right) {
  room_mixer mixer{rate};
  const auto caller = mixer.enter(true), other = mixer.enter(false);
  const samples ones(frame, 1);
  for (std::uint64_t i = 0; i < 10; ++i) // 30 ms late now and then: no gap
    mixer.caller_says(caller, i * frame + (i % 3 == 2 ? 400 : 0), ones.data(), frame);
  samples heard(10 * frame);
  mixer.caller_hears(other, delay, heard.data(), heard.size(), false);
  BOOST_TEST(std::count(heard.begin(), heard.end(), 1) == 10 * static_cast<int>(frame));
  for (int i = 0; i < 100; ++i) // a second and more at once: what is too far ahead is dropped
    mixer.caller_says(caller, 10 * frame, ones.data(), frame);
  samples later(rate);
  mixer.caller_hears(other, 10 * frame + delay, later.data(), later.size(), false);
  BOOST_TEST(std::count(later.begin(), later.end(), 1) < 6'400);
  mixer.leave(caller);
  BOOST_TEST(mixer.callers() == 1u);
}

BOOST_AUTO_TEST_CASE(eight_callers_hear_all_others_and_never_themselves) {
  stage at;
  for (unsigned who = 0; who < 8; ++who)
    at.enter(signals::noise(2 * rate, 1'500, who),
             who == 0 ? room_chair::kind::host : room_chair::kind::guest);
  at.run(75);
  for (std::size_t who = 0; who < 8; ++who) {
    BOOST_TEST(at.all[who]->hears->heard.size() > rate);
    for (std::size_t other = 0; other < 8; ++other) {
      const auto like = likeness(at.all[other]->says, at.all[who]->hears->heard);
      if (who == other)
        BOOST_TEST(like < 0.15, who << " hears itself: " << like);
      else
        BOOST_TEST(like > 0.25, who << " does not hear " << other << ": " << like);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_agent_hears_all_and_is_heard_by_all_and_not_by_itself) {
  stage at;
  auto& host = at.enter(signals::noise(2 * rate, 1'500, 1), room_chair::kind::host);
  auto& guest = at.enter(signals::noise(2 * rate, 1'500, 2), room_chair::kind::guest);
  auto& listener = at.enter(signals::noise(2 * rate, 1'500, 3), room_chair::kind::listener);
  const auto ears = std::make_shared<tap>();
  host.core.up().bind(ears, 0);
  const auto agent = signals::noise(2 * rate, 1'500, 4);
  host.core.down().play(1, agent.data(), agent.size(), rate);
  at.run(75);
  BOOST_TEST(likeness(host.says, ears->heard) > 0.5);
  BOOST_TEST(likeness(guest.says, ears->heard) > 0.5);
  BOOST_TEST(likeness(agent, ears->heard) < 0.15);
  for (const auto* one : {&host, &guest, &listener}) {
    BOOST_TEST(likeness(agent, one->hears->heard) > 0.4);
    BOOST_TEST(likeness(listener.says, one->hears->heard) < 0.15);
  }
  BOOST_TEST(likeness(listener.says, ears->heard) < 0.15);
}

BOOST_AUTO_TEST_CASE(a_muted_caller_is_silence_to_the_others_only) {
  stage at;
  auto& host = at.enter(signals::noise(2 * rate, 1'500, 1), room_chair::kind::host);
  auto& guest = at.enter(signals::noise(2 * rate, 1'500, 2), room_chair::kind::guest);
  host.core.up().mute(true);
  const auto ears = std::make_shared<tap>();
  host.core.up().bind(ears, 0);
  at.run(75);
  BOOST_TEST(guest.hears->heard.empty()); // silence is not sent
  BOOST_TEST(likeness(guest.says, host.hears->heard) > 0.9);
  BOOST_TEST(likeness(guest.says, ears->heard) > 0.9);
}

BOOST_AUTO_TEST_CASE(the_first_caller_leaves_and_the_agent_speaks_on_to_the_others) {
  stage at;
  auto& host = at.enter(signals::noise(2 * rate, 1'500, 1), room_chair::kind::host);
  auto& guest = at.enter(signals::noise(2 * rate, 1'500, 2), room_chair::kind::guest);
  host.core.chair()->leave();
  host.core.start(nullptr);
  const auto agent = signals::noise(2 * rate, 1'500, 4);
  host.core.down().rendered(10); // its client once reported: nobody does any more
  host.core.down().play(1, agent.data(), agent.size(), rate);
  at.run(75);
  BOOST_TEST(host.hears->heard.empty());
  BOOST_TEST(likeness(agent, guest.hears->heard) > 0.9);
  BOOST_TEST(likeness(host.says, guest.hears->heard) < 0.15);
  const auto position = host.core.down().position(1);
  BOOST_TEST(position.sent > rate);
  BOOST_TEST(position.heard == position.sent);
}

BOOST_AUTO_TEST_CASE(ports_of_another_rate_take_part) {
  stage at;
  auto& host = at.enter(signals::tone(440, rate, 2 * rate, 6'000), room_chair::kind::host);
  auto& guest =
    at.enter(signals::tone(1'000, 8'000, 16'000, 6'000), room_chair::kind::guest, 8'000);
  at.run(75);
  BOOST_TEST(guest.hears->heard.size() > 8'000u);
  const auto heard_by_guest = signals::rms(guest.hears->heard, 4'000, 8'000);
  const auto heard_by_host = signals::rms(host.hears->heard, 8'000, 16'000);
  BOOST_TEST(heard_by_guest == 6'000 / std::sqrt(2.0), boost::test_tools::tolerance(0.1));
  BOOST_TEST(heard_by_host == 6'000 / std::sqrt(2.0), boost::test_tools::tolerance(0.1));
}

BOOST_AUTO_TEST_CASE(a_port_moves_from_room_to_room_and_leaves_no_chair_behind) {
  stage at, elsewhere;
  auto& host = at.enter({}, room_chair::kind::host);
  auto& guest = at.enter(signals::noise(4 * rate, 1'500, 2), room_chair::kind::guest);
  at.run(20);
  const auto before = host.hears->heard.size();
  BOOST_TEST(before > 0u);
  guest.core.sit(std::make_shared<room_chair>(elsewhere.room, room_chair::kind::guest, rate));
  at.run(20);
  BOOST_TEST(host.hears->heard.size() <= before + 6 * frame); // what was said already
  BOOST_TEST(at.room.use_count() == 2);                       // the test's, the host's
}
