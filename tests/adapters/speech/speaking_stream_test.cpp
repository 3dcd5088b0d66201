// TTS STREAM, embedded, on the deterministic clock; and a voice that a recogniser
// hears, once on real threads.
#define BOOST_TEST_MODULE speaking
#include <boost/test/unit_test.hpp>

#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/embedded_tts.hpp"
#include "tests/adapters/speech/stream_fixture.hpp"

#include <future>
#include <thread>

using namespace unpod;

namespace {

std::string piece_name(generation utterance, std::uint32_t piece) {
  return std::to_string(utterance) + "." + std::to_string(piece) + "; ";
}

tts_listener::behavior_type speaking_log(tts_listener::pointer, told* log) {
  return {
    [=](const tts_first_byte& x) { log->order += "first " + piece_name(x.utterance, x.piece); },
    [=](const tts_piece_done& x) {
      log->order += "done " + piece_name(x.utterance, x.piece);
      log->done.push_back(x);
    },
    [=](const tts_failed& x) {
      log->order += "failed; ";
      log->why = x.why;
    },
  };
}

struct speaking_fixture : stream_fixture {
  tts_listener listener = sys.spawn(speaking_log, &log);
  tts_stream_actor stream;

  ~speaking_fixture() {
    if (stream)
      end(stream, caf::exit_reason::kill);
    end(listener, caf::exit_reason::kill);
    settle();
    BOOST_TEST(living().empty());
  }

  void open(const std::string& voice = "kal16") {
    stream = make_embedded_tts(engine)(self.ptr(), listener, port, {"en", voice, 1.0}, "c");
    settle();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(speaking, speaking_fixture)

BOOST_AUTO_TEST_CASE(pieces_are_spoken_in_order_and_measured) {
  open();
  self->send(stream, tts_speak{1, 0, "Sure, one moment."});
  self->send(stream, tts_speak{1, 1, "Here it is."});
  settle();
  BOOST_TEST(log.order == "first 1.0; done 1.0; first 1.1; done 1.1; ");
  BOOST_TEST(log.done.at(0).samples + log.done.at(1).samples == port->played(1).size());
  BOOST_REQUIRE(log.done.at(0).words.size() == 3u);
  BOOST_TEST(log.done.at(0).words[1].begin == 6u);
  BOOST_TEST(log.done.at(0).words[1].end == 9u);
  BOOST_TEST(log.done.at(0).words[2].until_sample <= log.done.at(0).samples);
  BOOST_TEST(living().at(0).kind == "tts_stream");
}

BOOST_AUTO_TEST_CASE(a_cancelled_utterance_is_forgotten_and_the_next_one_spoken) {
  open();
  self->send(stream, tts_speak{1, 0, "This will never be heard."});
  self->send(stream, tts_speak{1, 1, "Nor will this."});
  run(); // the lane has not begun
  self->send(stream, tts_cancel{1});
  self->send(stream, tts_speak{1, 2, "Nor this."});
  self->send(stream, tts_speak{2, 0, "But this."});
  settle();
  BOOST_TEST(log.order == "first 2.0; done 2.0; ");
  BOOST_TEST(port->played(1).empty());
}

BOOST_AUTO_TEST_CASE(a_flushed_utterance_ends_without_a_word) {
  open();
  port->flush(1);
  self->send(stream, tts_speak{1, 0, "Nobody wants this."});
  self->send(stream, tts_speak{2, 0, "But this."});
  settle();
  BOOST_TEST(log.order == "first 2.0; done 2.0; ");
}

BOOST_AUTO_TEST_CASE(a_piece_far_ahead_sounds_at_once_and_is_completed_later) {
  open();
  port->pretend_queued(31 * 16'000);
  self->send(stream, tts_speak{1, 0, "This is spoken much later."});
  settle();
  BOOST_TEST(log.order == "first 1.0; ");
  const auto begun = port->played(1).size();
  BOOST_TEST(begun > 0u);
  advance(std::chrono::seconds{5});
  settle();
  BOOST_TEST(log.order == "first 1.0; "); // still as much ahead
  port->pretend_queued(29 * 16'000);
  advance(std::chrono::seconds{5});
  settle();
  BOOST_TEST(log.order == "first 1.0; done 1.0; ");
  BOOST_TEST(port->played(1).size() > begun);
  BOOST_TEST(log.done.at(0).samples == port->played(1).size());
}

BOOST_AUTO_TEST_CASE(a_held_piece_can_be_cancelled) {
  open();
  port->pretend_queued(31 * 16'000);
  self->send(stream, tts_speak{1, 0, "This is spoken much later."});
  settle();
  port->pretend_queued(0);
  self->send(stream, tts_cancel{1});
  self->send(stream, tts_speak{2, 0, "This now."});
  settle();
  BOOST_TEST(log.order == "first 1.0; first 2.0; done 2.0; ");
  advance(std::chrono::seconds{5});
  settle();
  BOOST_TEST(log.order == "first 1.0; first 2.0; done 2.0; ");
}

BOOST_AUTO_TEST_CASE(a_full_ring_holds_a_piece_back) {
  open();
  port->limit(4'000);
  port->pretend_queued(30 * 16'000);
  self->send(stream, tts_speak{1, 0, "The ring is full of this."});
  run();
  port->pretend_queued(31 * 16'000);
  settle();
  BOOST_TEST(log.order == "first 1.0; ");
  port->limit(~std::uint64_t{0});
  port->pretend_queued(0);
  advance(std::chrono::seconds{5});
  settle();
  BOOST_TEST(log.order == "first 1.0; done 1.0; ");
}

BOOST_AUTO_TEST_CASE(a_phone_line_counts_its_own_samples) {
  port = std::make_shared<fake_port>(8'000);
  open();
  self->send(stream, tts_speak{1, 0, "Hello there."});
  settle();
  BOOST_TEST(log.done.at(0).samples == port->played(1).size());
  BOOST_TEST(log.done.at(0).words.back().until_sample <= log.done.at(0).samples);
  BOOST_TEST(log.done.at(0).words.back().until_sample > log.done.at(0).samples / 2);
}

BOOST_AUTO_TEST_CASE(a_piece_with_nothing_to_say_is_done_at_once) {
  open();
  self->send(stream, tts_speak{1, 0, ""});
  self->send(stream, tts_speak{1, 1, "..."});
  settle();
  BOOST_TEST(log.order == "done 1.0; done 1.1; ");
  BOOST_TEST(log.done.at(0).samples == 0u);
}

BOOST_AUTO_TEST_CASE(too_much_text_ends_the_stream) {
  open();
  for (std::uint32_t i = 0; i < 5; ++i)
    self->send(stream, tts_speak{1, i, std::string(60'000, 'a')});
  self->send(stream, tts_speak{1, 5, std::string(60'000, 'a')});
  run();
  BOOST_TEST(log.order == "failed; ");
  BOOST_TEST(living().empty());
  stream = nullptr;
}

BOOST_AUTO_TEST_CASE(a_killed_stream_speaks_no_more) {
  open();
  self->send(stream, tts_speak{1, 0, "This will never be heard."});
  run();
  end(std::exchange(stream, nullptr), caf::exit_reason::kill);
  settle();
  BOOST_TEST(port->played(1).empty());
  BOOST_TEST(log.order == "");
}

BOOST_AUTO_TEST_SUITE_END()

// -- on real threads -----------------------------------------------------------

namespace {

struct real_config : caf::actor_system_config {
  real_config() {
    register_messages(*this);
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

stt_listener::behavior_type hearing_promise(stt_listener::pointer,
                                            std::shared_ptr<std::promise<std::string>> heard) {
  return {
    [](const stt_ready&) {},
    [](const stt_partial&) {},
    [=](const stt_final& x) { heard->set_value(x.text); },
    [=](const stt_failed& x) { heard->set_value("failed: " + x.why); },
  };
}

tts_listener::behavior_type speaking_promise(tts_listener::pointer,
                                             std::shared_ptr<std::promise<std::string>> done) {
  return {
    [](const tts_first_byte&) {},
    [=](const tts_piece_done& x) { done->set_value("done " + std::to_string(x.utterance)); },
    [=](const tts_failed& x) { done->set_value("failed: " + x.why); },
  };
}

std::string wait_for(const std::shared_ptr<std::promise<std::string>>& news) {
  auto future = news->get_future();
  const bool came = future.wait_for(std::chrono::seconds{60}) == std::future_status::ready;
  BOOST_REQUIRE(came);
  return future.get();
}

} // namespace

// A voice speaks, is cut off in a long text, speaks again; what it said last is
// heard by a recogniser.
BOOST_AUTO_TEST_CASE(a_voice_is_heard_on_real_threads) {
  real_config cfg;
  caf::actor_system sys{cfg};
  auto engine = std::make_shared<embedded_speech>(embedded_settings{});
  auto port = std::make_shared<fake_port>();
  auto heard = std::make_shared<std::promise<std::string>>();
  auto done = std::make_shared<std::promise<std::string>>();
  caf::scoped_actor self{sys};
  const auto voice = make_embedded_tts(engine)(self.ptr(), sys.spawn(speaking_promise, done), port,
                                               {"en", "rms", 1.0}, "c");
  std::string long_text;
  for (int i = 0; i < 40; ++i)
    long_text += "and so on and on and on ";
  self->send(voice, tts_speak{1, 0, long_text});
  self->send(voice, tts_cancel{1});
  self->send(voice, tts_speak{2, 0, "maybe tomorrow"});
  BOOST_TEST(wait_for(done) == "done 2");

  const auto ear = make_embedded_stt(engine)(self.ptr(), sys.spawn(hearing_promise, heard), port,
                                             {"en", {}, yes_or_no}, 0, "c");
  std::vector<std::int16_t> pcm(4'800, 1);
  const auto spoken = port->played(2);
  pcm.insert(pcm.end(), spoken.begin(), spoken.end());
  const auto speech_end = pcm.size();
  pcm.insert(pcm.end(), 8'000, 1);
  while (!port->tap()) // bound by the stream's first message
    std::this_thread::yield();
  const auto tap = port->tap();
  tap->speech_started(4'800);
  tap->audio(0, pcm.data(), pcm.size());
  tap->speech_ended(speech_end);
  BOOST_TEST(wait_for(heard) == "maybe tomorrow");
  self->send_exit(voice, caf::exit_reason::user_shutdown);
  self->send_exit(ear, caf::exit_reason::user_shutdown);
}
