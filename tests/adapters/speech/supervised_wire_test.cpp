// What supervision asks of the wires: of what kind a failure is, when a voice has stalled, and
// how many streams there may be.
#define BOOST_TEST_MODULE supervised_wire
#include <boost/test/unit_test.hpp>

#include "adapters/speech/connection_trust.hpp"
#include "adapters/speech/dialled_speech.hpp"
#include "adapters/speech/stt_wire.hpp"
#include "adapters/speech/tts_wire.hpp"
#include "tests/adapters/runner/fake_channel.hpp"
#include "tests/adapters/speech/fake_port.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

/// A protocol of two letters: "s" is 100 ms of sound, "d" is done.
struct letters : tts_codec {
  wire_dial dial() const override {
    return {"ws://nowhere", {}};
  }
  std::uint32_t rate_hz() const override {
    return 16'000;
  }
  wire_frames opening() override {
    return {};
  }
  wire_frames speak(piece_serial piece, const std::string& text) override {
    now = piece;
    return {{true, text}};
  }
  wire_frames cancel(piece_serial) override {
    return {};
  }
  void take(bool, std::string_view bytes, tts_sink& sink) override {
    const std::vector<std::int16_t> some(1'600);
    if (bytes == "s")
      sink.sound(now, some.data(), some.size());
    else if (bytes == "d")
      sink.done(now);
    else
      sink.failed("what?");
  }
  piece_serial now = 0;
};

struct outlet_log : tts_outlet {
  outlet_log(std::vector<tts_failed>& into, int& wishes) : into(into), wishes(wishes) {}
  void sounds(tts_first_byte) override {}
  void done(tts_piece_done) override {}
  void failed(tts_failed event) override {
    into.push_back(std::move(event));
  }
  void needs_connection() override {
    ++wishes;
  }
  std::vector<tts_failed>& into;
  int& wishes;
};

struct voice_on_a_wire {
  std::vector<tts_failed> failed;
  int wishes = 0; // for a connection
  std::shared_ptr<fake_port> port = std::make_shared<fake_port>();
  provider_limits bounds;
  std::shared_ptr<tts_wire> wire = std::make_shared<tts_wire>(
    std::make_unique<letters>(), std::make_unique<outlet_log>(failed, wishes), port, "letters",
    bounds);
  std::shared_ptr<fixtures::fake_channel> channel = std::make_shared<fixtures::fake_channel>();

  void speak() {
    wire->opened(channel);
    wire->speak({1, 0, "Some words."});
  }
  bool has_stalled() const {
    return failed.size() == 1 && failed.front().kind == trouble::stalled;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_voice_that_leaves_nothing_to_hear_has_stalled_soon, voice_on_a_wire) {
  speak();
  BOOST_TEST(!wire->look_amid(mono_now()).has_value()); // that it is silent is its parent's concern
  channel->say("s");
  const auto began = mono_now();
  const auto next = wire->look_amid(began);
  BOOST_REQUIRE(next.has_value());
  BOOST_TEST((*next <= bounds.dry_wait && *next >= 25ms));
  BOOST_TEST(failed.empty());
  BOOST_TEST(!wire->look_amid(began + bounds.dry_wait).has_value());
  BOOST_TEST(has_stalled());
  BOOST_TEST(channel->closed.has_value());
}

BOOST_FIXTURE_TEST_CASE(while_there_is_sound_to_hear_a_voice_has_time, voice_on_a_wire) {
  speak();
  channel->say("s");
  port->pretend_queued(16'000);
  const auto began = mono_now();
  BOOST_TEST((wire->look_amid(began + bounds.dry_wait) == 1'000ms)); // when that is played
  BOOST_TEST((wire->look_amid(began + 1'400ms) == 1'000ms));
  wire->look(began + 1'400ms);
  BOOST_TEST(failed.empty());
  wire->look(began + bounds.stall_wait + 1ms); // but not for ever
  BOOST_TEST(has_stalled());
}

BOOST_FIXTURE_TEST_CASE(a_voice_that_is_through_is_not_looked_at, voice_on_a_wire) {
  speak();
  channel->say("s");
  channel->say("d");
  BOOST_TEST(!wire->look_amid(mono_now() + 10s).has_value());
  BOOST_TEST(failed.empty());
}

BOOST_FIXTURE_TEST_CASE(a_voice_that_was_asked_and_makes_no_sound_is_mute, voice_on_a_wire) {
  wire->opened(channel);
  BOOST_TEST(!wire->is_mute(mono_now() + 10s));
  wire->speak({1, 0, "Some words."});
  BOOST_TEST(!wire->is_mute(mono_now()));
  BOOST_TEST(wire->is_mute(mono_now() + 250ms));
  channel->say("s");
  BOOST_TEST(!wire->is_mute(mono_now() + 10s)); // then it has stalled
}

BOOST_FIXTURE_TEST_CASE(an_idle_connection_that_is_suspect_is_let_go_of, voice_on_a_wire) {
  wire->opened(channel);
  wire->let_go_of_older(mono_now() - 1s);
  BOOST_TEST(!channel->closed.has_value());
  wire->speak({1, 0, "Some words."});
  wire->let_go_of_older(mono_now() + 1s); // not in the middle of something
  BOOST_TEST(!channel->closed.has_value());
  channel->say("s");
  channel->say("d");
  wire->let_go_of_older(mono_now() + 1s);
  BOOST_TEST(channel->closed.has_value());
  wire->speak({1, 1, "More."});
  BOOST_TEST(wire->wants_connection());
  const auto fresh = std::make_shared<fixtures::fake_channel>();
  wire->opened(fresh);
  BOOST_TEST(fresh->sent.back() == "More.");
  channel->say("s"); // late, of the one before
  channel->end(1'000);
  fresh->say("s");
  fresh->say("d");
  BOOST_TEST(failed.empty());
  BOOST_TEST(port->given(1) == 3'200u);
}

BOOST_AUTO_TEST_CASE(two_mute_connections_make_the_older_ones_suspect) {
  connection_trust trust;
  BOOST_TEST((trust.suspect_before() == mono_time{0}));
  trust.fell_mute(10s);
  BOOST_TEST((trust.suspect_before() == mono_time{0})); // it was slow, perhaps
  trust.fell_mute(11s);
  BOOST_TEST((trust.suspect_before() == 11s));
}

BOOST_AUTO_TEST_CASE(an_old_connection_that_sounds_clears_the_others) {
  connection_trust trust;
  trust.fell_mute(10s);
  trust.sounds(9s);
  trust.fell_mute(11s);
  BOOST_TEST((trust.suspect_before() == mono_time{0}));
  trust.sounds(12s); // a fresh one says nothing about them
  trust.fell_mute(13s);
  BOOST_TEST((trust.suspect_before() == 13s));
}

BOOST_FIXTURE_TEST_CASE(failures_say_of_what_kind_they_are, voice_on_a_wire) {
  speak();
  channel->end(1'011, "over");
  BOOST_REQUIRE(failed.size() == 1u);
  BOOST_TEST((failed.front().kind == trouble::closed));
  voice_on_a_wire other;
  other.speak();
  other.channel->say("x");
  BOOST_TEST((other.failed.at(0).kind == trouble::refused));
  voice_on_a_wire third;
  third.wire->not_opened("the server answered HTTP 429");
  BOOST_TEST((third.failed.at(0).kind == trouble::busy));
  BOOST_TEST((trouble_of_dial("the server answered HTTP 401") == trouble::key));
  BOOST_TEST((trouble_of_dial("no connection in time") == trouble::unreachable));
}

BOOST_FIXTURE_TEST_CASE(a_connection_that_stood_by_and_was_dead_costs_another_dial_and_no_word,
                        voice_on_a_wire) {
  BOOST_TEST(wire->wants_connection());
  wire->opened(channel, true);
  wire->speak({1, 0, "Some words."});
  BOOST_TEST(channel->sent.back() == "Some words.");
  channel->end(1'006);
  BOOST_TEST(failed.empty());
  BOOST_TEST(wishes == 1);
  BOOST_TEST(wire->wants_connection());
  const auto fresh = std::make_shared<fixtures::fake_channel>();
  wire->opened(fresh);
  BOOST_TEST(fresh->sent.back() == "Some words.");
  fresh->say("s");
  fresh->say("d");
  BOOST_TEST(failed.empty());
  BOOST_TEST(port->given(1) == 1'600u);
}

BOOST_FIXTURE_TEST_CASE(a_dead_one_is_not_missed_while_nothing_is_to_be_said, voice_on_a_wire) {
  wire->opened(channel, true);
  channel->end(1'000);
  BOOST_TEST(failed.empty());
  BOOST_TEST(wishes == 0);
}

BOOST_FIXTURE_TEST_CASE(one_that_has_said_something_is_as_any_other, voice_on_a_wire) {
  wire->opened(channel, true);
  wire->speak({1, 0, "Some words."});
  channel->say("s");
  channel->end(1'011);
  BOOST_REQUIRE(failed.size() == 1u);
  BOOST_TEST((failed.front().kind == trouble::closed));
  voice_on_a_wire other; // nor does a fresh one get a second chance
  other.speak();
  other.channel->end(1'006);
  BOOST_TEST(other.failed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(every_kind_has_a_name_of_its_own) {
  std::set<std::string> names;
  for (std::size_t kind = 0; kind < trouble_kinds; ++kind)
    names.insert(to_string(static_cast<trouble>(kind)));
  BOOST_TEST(names.size() == trouble_kinds);
}

BOOST_AUTO_TEST_CASE(streams_have_seats_and_give_them_back) {
  const auto two = std::make_shared<stream_seats>(2);
  auto first = two->take(), second = two->take();
  BOOST_TEST((first && second));
  BOOST_TEST(!two->take());
  first.reset();
  first = two->take();
  BOOST_TEST(!!first);
  const auto any = std::make_shared<stream_seats>(0);
  std::vector<std::shared_ptr<void>> all;
  for (int i = 0; i < 1'000; ++i)
    BOOST_TEST(!!all.emplace_back(any->take()));
}
