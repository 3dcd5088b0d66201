// The simulated streams, on the deterministic clock.
#define BOOST_TEST_MODULE simulated
#include <boost/test/unit_test.hpp>

#include "adapters/speech/simulated_speech.hpp"
#include "tests/adapters/speech/stream_fixture.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

stt_listener::behavior_type hearing_log(stt_listener::pointer, told* log) {
  return {
    [=](const stt_ready& x) { log->order += "ready " + x.provider + "; "; },
    [=](const stt_partial& x) { log->partials.push_back(x); },
    [=](const stt_final& x) {
      log->order += "final " + x.text + "; ";
      log->finals.push_back(x);
    },
    [=](const stt_failed& x) { log->why = x.why; },
  };
}

tts_listener::behavior_type speaking_log(tts_listener::pointer, told* log) {
  const auto name = [](generation utterance, std::uint32_t piece) {
    return std::to_string(utterance) + "." + std::to_string(piece) + "; ";
  };
  return {
    [=](const tts_first_byte& x) { log->order += "first " + name(x.utterance, x.piece); },
    [=](const tts_piece_done& x) {
      log->order += "done " + name(x.utterance, x.piece);
      log->done.push_back(x);
    },
    [=](const tts_failed& x) { log->why = x.why; },
  };
}

struct simulated_fixture : fixtures::deterministic_system {
  told log;
  std::shared_ptr<fake_port> port = std::make_shared<fake_port>(8'000);
  stt_listener ear = sys.spawn(hearing_log, &log);
  tts_listener mouth = sys.spawn(speaking_log, &log);
  stt_stream_actor hearing;
  tts_stream_actor speaking;

  ~simulated_fixture() {
    if (hearing)
      end(hearing, caf::exit_reason::kill);
    if (speaking)
      end(speaking, caf::exit_reason::kill);
    end(ear, caf::exit_reason::kill);
    end(mouth, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
    BOOST_TEST(port->tap() == nullptr);
  }

  void listen(sample_index from = 0) {
    hearing = make_simulated_stt({})(self.ptr(), ear, port, {}, from, "c");
    run();
  }
  void open_voice() {
    speaking = make_simulated_tts({})(self.ptr(), mouth, port, {}, "c");
    run();
  }
  /// Samples [from, to) arrive.
  void audio(sample_index from, sample_index to) {
    const std::vector<std::int16_t> pcm(to - from);
    port->tap()->audio(from, pcm.data(), pcm.size());
  }
  void settle(caf::timespan by) {
    for (auto left = by; left > caf::timespan{0}; left -= 10ms)
      advance(10ms);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(simulated_tests, simulated_fixture)

BOOST_AUTO_TEST_CASE(as_many_words_as_speech_arrived_for_and_late_as_told) {
  listen();
  BOOST_TEST(log.order == "ready simulated; ");
  audio(0, 8'000);
  port->tap()->speech_started(800);
  audio(8'000, 16'000);
  port->tap()->speech_ended(13'000);
  run();
  settle(90ms);
  BOOST_TEST(log.finals.empty());
  settle(20ms);
  BOOST_REQUIRE(log.finals.size() == 1u);
  BOOST_TEST(log.finals[0].text == "one two three four five"); // 1.5 s
  BOOST_TEST(log.finals[0].from == 800u);
  BOOST_TEST(log.finals[0].to == 13'000u);
}

BOOST_AUTO_TEST_CASE(without_samples_there_are_no_words) {
  listen(16'000);
  port->tap()->speech_started(16'000);
  port->tap()->speech_ended(40'000);
  run();
  settle(200ms);
  BOOST_REQUIRE(log.finals.size() == 1u);
  BOOST_TEST(log.finals[0].text.empty());
}

BOOST_AUTO_TEST_CASE(asked_for_a_final_it_gives_what_waits_or_nothing) {
  listen();
  audio(0, 8'000);
  tell(hearing, stt_finalize{});
  BOOST_REQUIRE(log.finals.size() == 1u);
  BOOST_TEST(log.finals[0].text.empty());
  BOOST_TEST(log.finals[0].to == 8'000u);
  port->tap()->speech_started(0);
  port->tap()->speech_ended(8'000);
  run();
  tell(hearing, stt_finalize{});
  BOOST_TEST(log.finals.size() == 1u);
  settle(200ms);
  BOOST_REQUIRE(log.finals.size() == 2u);
  BOOST_TEST(log.finals[1].text == "one two three");
}

BOOST_AUTO_TEST_CASE(a_piece_sounds_after_its_first_byte_and_is_as_long_as_its_words) {
  open_voice();
  tell(speaking, tts_speak{1, 0, "0123456789"}); // 650 ms
  settle(110ms);
  BOOST_TEST(log.order == "");
  settle(20ms);
  BOOST_TEST(log.order == "first 1.0; ");
  BOOST_TEST(port->played(1).size() == 1'600u); // a block of 200 ms
  settle(200ms);
  BOOST_TEST(log.order == "first 1.0; done 1.0; ");
  BOOST_TEST(port->played(1).size() == 5'200u);
  BOOST_TEST(log.done.at(0).samples == 5'200u);
}

BOOST_AUTO_TEST_CASE(pieces_follow_each_other_and_empty_ones_cost_nothing) {
  open_voice();
  self->send(speaking, tts_speak{1, 0, "abc"});
  self->send(speaking, tts_speak{1, 1, ""});
  tell(speaking, tts_speak{1, 2, "def"});
  settle(300ms);
  BOOST_TEST(log.order == "first 1.0; done 1.0; done 1.1; first 1.2; done 1.2; ");
  BOOST_TEST(log.done.at(1).samples == 0u);
}

BOOST_AUTO_TEST_CASE(a_cancelled_utterance_falls_silent_and_the_next_is_spoken) {
  open_voice();
  tell(speaking, tts_speak{1, 0, std::string(100, 'a')});
  settle(140ms);
  const auto given = port->played(1).size();
  BOOST_TEST(given > 0u);
  self->send(speaking, tts_cancel{1});
  self->send(speaking, tts_speak{1, 1, "late"});
  tell(speaking, tts_speak{2, 0, "abc"});
  settle(500ms);
  BOOST_TEST(port->played(1).size() == given);
  BOOST_TEST(log.order == "first 1.0; first 2.0; done 2.0; ");
}

BOOST_AUTO_TEST_CASE(a_port_that_wants_no_more_ends_the_piece_without_a_word) {
  open_voice();
  port->flush(1);
  tell(speaking, tts_speak{1, 0, "abc"});
  tell(speaking, tts_speak{2, 0, "abc"});
  settle(500ms);
  BOOST_TEST(log.order == "first 2.0; done 2.0; ");
}

BOOST_AUTO_TEST_CASE(what_waits_to_be_played_holds_the_rest_back) {
  open_voice();
  port->pretend_queued(3 * 8'000 + 1);
  tell(speaking, tts_speak{1, 0, "abc"});
  settle(1s);
  BOOST_TEST(port->played(1).empty());
  port->pretend_queued(0);
  settle(100ms);
  BOOST_TEST(log.order == "first 1.0; done 1.0; ");
}

BOOST_AUTO_TEST_CASE(too_much_text_loses_the_stream) {
  open_voice();
  for (int n = 0; n < 5; ++n)
    self->send(speaking, tts_speak{1, 0, std::string(64 * 1024, 'a')});
  run();
  BOOST_TEST(log.why.find("bytes are waiting") != std::string::npos);
  speaking = nullptr;
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_hum_is_a_whole_number_of_blocks) {
  for (const auto rate : {8'000U, simulated_voice_rate_hz})
    BOOST_TEST(simulated_voice(rate).size() == 2 * rate);
}
