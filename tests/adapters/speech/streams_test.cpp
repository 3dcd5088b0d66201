// STT STREAM and TTS STREAM, embedded: on the deterministic clock with lanes
// that run when the test says so, and once on real threads.
#define BOOST_TEST_MODULE streams
#include <boost/test/unit_test.hpp>

#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/embedded_tts.hpp"
#include "adapters/speech/recognise.hpp"
#include "tests/adapters/speech/fake_port.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <future>

using namespace unpod;

namespace {

const std::string yes_or_no = "public <a> = yes please | no thank you | maybe tomorrow;";

/// What a stream told its listener, in words and in full.
struct told {
  std::string order;
  std::vector<stt_partial> partials;
  std::vector<stt_final> finals;
  std::vector<tts_piece_done> done;
  std::string why;
};

stt_listener::behavior_type hearing_log(stt_listener::pointer, told* log) {
  return {
    [=](const stt_ready& x) { log->order += "ready " + x.provider + "; "; },
    [=](const stt_partial& x) { log->partials.push_back(x); },
    [=](const stt_final& x) {
      log->order += "final " + x.text + "; ";
      log->finals.push_back(x);
    },
    [=](const stt_failed& x) {
      log->order += "failed; ";
      log->why = x.why;
    },
  };
}

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

embedded_settings on_demand() {
  embedded_settings settings;
  settings.threads = 0; // lanes run in `settle`
  return settings;
}

struct stream_fixture : fixtures::deterministic_system {
  embedded_speech_ptr engine = std::make_shared<embedded_speech>(on_demand());
  told log;
  std::shared_ptr<fake_port> port = std::make_shared<fake_port>();

  /// Until neither an actor nor a lane has anything to do.
  void settle() {
    do
      run();
    while (engine->threads().run_all() > 0);
  }
};

struct hearing_fixture : stream_fixture {
  stt_listener listener = sys.spawn(hearing_log, &log);
  stt_stream_actor stream;
  sample_index now = 32'000; // two seconds into the call

  ~hearing_fixture() {
    if (stream)
      end(stream, caf::exit_reason::kill);
    end(listener, caf::exit_reason::kill);
    settle();
    BOOST_TEST(living().empty());
    BOOST_TEST(engine->decoders()->lent() == 0u);
    BOOST_TEST(port->tap() == nullptr);
  }

  void open(const std::string& grammar = yes_or_no) {
    stream = make_embedded_stt(engine)(self.ptr(), listener, port, {"en", {}, grammar}, now, "c");
    settle();
  }

  /// As the media thread would: chunks of 100 ms.
  void audio(const std::vector<std::int16_t>& pcm) {
    const auto chunk = port->rate_hz() / 10;
    for (std::size_t at = 0; at < pcm.size(); at += chunk) {
      const auto count = std::min<std::size_t>(chunk, pcm.size() - at);
      port->tap()->audio(now, pcm.data() + at, count);
      now += count;
    }
  }

  void quiet(std::size_t ms) {
    audio(std::vector<std::int16_t>(ms * port->rate_hz() / 1'000, 1));
  }

  /// Says it, with edges as a VAD tells them; returns where speech began and ended.
  std::pair<sample_index, sample_index> say(const std::string& text) {
    auto pcm = synthesise(text, "rms").pcm;
    if (port->rate_hz() == 8'000)
      for (std::size_t i = 0; i < pcm.size(); ++i)
        if (i % 2 == 0)
          pcm[i / 2] = static_cast<std::int16_t>((pcm[i] + pcm[std::min(i + 1, pcm.size() - 1)]) / 2);
    pcm.resize(pcm.size() * port->rate_hz() / 16'000);
    const auto from = now;
    audio({pcm.begin(), pcm.begin() + 800});
    port->tap()->speech_started(from);
    audio({pcm.begin() + 800, pcm.end()});
    const auto to = now;
    quiet(240);
    port->tap()->speech_ended(to);
    return {from, to};
  }
};

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

BOOST_FIXTURE_TEST_SUITE(hearing, hearing_fixture)

BOOST_AUTO_TEST_CASE(an_utterance_becomes_partials_and_one_final) {
  open();
  BOOST_TEST(log.order == "ready embedded; ");
  quiet(500);
  settle();
  const auto [from, to] = say("no thank you");
  settle();
  BOOST_TEST(log.finals.empty()); // 240 ms of quiet are no end yet
  quiet(200);
  const auto asked = mono_now();
  settle();
  BOOST_TEST(log.order == "ready embedded; final no thank you; ");
  const auto& final = log.finals.at(0);
  BOOST_TEST(final.from == from);
  BOOST_TEST(final.to == to);
  BOOST_TEST((final.at >= asked && final.at <= mono_now()));
  BOOST_REQUIRE(final.words.size() == 3u);
  BOOST_TEST(final.words[0].from >= from - 4'800);
  BOOST_TEST(final.words[2].to > to - 6'400);
  BOOST_TEST(final.words[2].to < to + 3'200);
  BOOST_TEST(living().at(0).kind == "stt_stream");
}

BOOST_AUTO_TEST_CASE(partials_come_while_the_caller_speaks_and_only_when_they_change) {
  open();
  quiet(300);
  port->tap()->speech_started(now);
  const auto pcm = synthesise("maybe tomorrow", "rms").pcm;
  for (std::size_t at = 0; at < pcm.size(); at += 1'600) {
    audio({pcm.begin() + static_cast<std::ptrdiff_t>(at),
           pcm.begin() + static_cast<std::ptrdiff_t>(std::min(at + 1'600, pcm.size()))});
    settle();
  }
  for (int i = 0; i < 10; ++i) {
    quiet(100);
    settle();
  }
  BOOST_REQUIRE(!log.partials.empty());
  BOOST_TEST(log.partials.back().text == "maybe tomorrow");
  for (std::size_t i = 1; i < log.partials.size(); ++i)
    BOOST_TEST(log.partials[i].text != log.partials[i - 1].text);
}

BOOST_AUTO_TEST_CASE(speech_that_goes_on_in_time_is_one_utterance) {
  open("public <a> = yes please no thank you;");
  quiet(300);
  const auto [from, ignored] = say("yes please");
  const auto [ignored_too, to] = say("no thank you");
  quiet(400);
  settle();
  BOOST_TEST(log.order == "ready embedded; final yes please no thank you; ");
  BOOST_TEST(log.finals.at(0).from == from);
  BOOST_TEST(log.finals.at(0).to == to);
}

BOOST_AUTO_TEST_CASE(a_final_can_be_asked_for) {
  open();
  quiet(300);
  say("yes please");
  tell(stream, stt_finalize{});
  settle();
  BOOST_TEST(log.order == "ready embedded; final yes please; ");
  tell(stream, stt_finalize{});
  settle();
  BOOST_TEST(log.order == "ready embedded; final yes please; final ; ");
}

BOOST_AUTO_TEST_CASE(a_noise_is_a_final_without_words) {
  open();
  quiet(300);
  port->tap()->speech_started(now);
  quiet(300);
  port->tap()->speech_ended(now);
  quiet(400);
  settle();
  BOOST_TEST(log.order == "ready embedded; final ; ");
}

BOOST_AUTO_TEST_CASE(a_grammar_that_is_not_taken_ends_the_stream) {
  open("public <a> = frobnikate*;");
  BOOST_TEST(log.order == "failed; ");
  BOOST_TEST(log.why.find("repetition") != std::string::npos);
  BOOST_TEST(port->tap() == nullptr);
  BOOST_TEST(living().empty());
  stream = nullptr;
}

BOOST_AUTO_TEST_CASE(a_model_that_is_not_there_ends_the_stream) {
  auto settings = on_demand();
  settings.model.folder = "/nowhere";
  engine = std::make_shared<embedded_speech>(settings);
  open({});
  BOOST_TEST(log.order == "failed; ");
  BOOST_TEST(log.why.find("/nowhere") != std::string::npos);
  stream = nullptr;
}

BOOST_AUTO_TEST_CASE(a_killed_stream_lets_go_before_anyone_knows) {
  open();
  quiet(300);
  say("yes please");
  engine->threads().run_all(); // in mid-utterance: a decoder is lent
  BOOST_TEST(engine->decoders()->lent() == 1u);
  std::weak_ptr<audio_tap> tap = port->tap();
  bool was_bound = true;
  caf::actor_cast<caf::actor>(stream)->attach_functor([&] { was_bound = port->tap() != nullptr; });
  end(std::exchange(stream, nullptr), caf::exit_reason::kill);
  BOOST_TEST(!was_bound);
  settle();
  BOOST_TEST(tap.expired());
  BOOST_TEST(engine->decoders()->lent() == 0u);
  BOOST_TEST(log.finals.empty());
}

BOOST_AUTO_TEST_CASE(a_lane_that_lags_drops_the_oldest_audio) {
  open();
  port->tap()->speech_started(now);
  quiet(40'000);
  say("maybe tomorrow");
  quiet(400);
  settle();
  BOOST_TEST(log.order == "ready embedded; final maybe tomorrow; ");
  BOOST_TEST(log.finals.at(0).to - log.finals.at(0).from < 16 * 16'000u);
}

BOOST_AUTO_TEST_CASE(two_callers_share_a_decoder_and_its_grammar) {
  BOOST_TEST(engine->decoders()->warm() == 0u);
  open();
  told other_log;
  const auto other_listener = sys.spawn(hearing_log, &other_log);
  auto other_port = std::make_shared<fake_port>();
  const auto other = make_embedded_stt(engine)(self.ptr(), other_listener, other_port,
                                               {"en", {}, yes_or_no}, 0, "d");
  settle();
  BOOST_TEST(engine->decoders()->warm() == 1u);
  quiet(300);
  say("yes please");
  quiet(400);
  settle();
  std::swap(port, other_port);
  now = 0;
  say("maybe tomorrow");
  quiet(400);
  settle();
  std::swap(port, other_port);
  BOOST_TEST(log.order == "ready embedded; final yes please; ");
  BOOST_TEST(other_log.order == "ready embedded; final maybe tomorrow; ");
  BOOST_TEST(engine->decoders()->warm() == 1u);
  end(other, caf::exit_reason::user_shutdown);
  end(other_listener, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(when_every_decoder_is_lent_a_callers_words_wait) {
  auto settings = on_demand();
  settings.lent_max = 1;
  engine = std::make_shared<embedded_speech>(settings);
  open();
  std::string why;
  auto lent = engine->decoders()->lend(engine->check(yes_or_no).canonical, why);
  quiet(300);
  say("yes please");
  quiet(400);
  settle();
  BOOST_TEST(log.order == "ready embedded; ");
  engine->decoders()->give_back(std::move(lent));
  settle();
  BOOST_TEST(log.order == "ready embedded; final yes please; ");
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_decoder_and_goes_holds_up_nobody) {
  auto settings = on_demand();
  settings.lent_max = 1;
  engine = std::make_shared<embedded_speech>(settings);
  std::string why;
  auto lent = engine->decoders()->lend(engine->check(yes_or_no).canonical, why);
  open();
  end(std::exchange(stream, nullptr), caf::exit_reason::kill);
  settle();
  open();
  BOOST_TEST(log.order == "");
  engine->decoders()->give_back(std::move(lent));
  settle();
  BOOST_TEST(log.order == "ready embedded; ");
}

BOOST_AUTO_TEST_CASE(a_phone_line_is_heard_on_its_own_clock) {
  port = std::make_shared<fake_port>(8'000);
  open();
  quiet(300);
  const auto [from, to] = say("no thank you");
  quiet(400);
  settle();
  BOOST_TEST(log.order == "ready embedded; final no thank you; ");
  BOOST_TEST(log.finals.at(0).words.back().to < to + 1'600);
  BOOST_TEST(log.finals.at(0).words.back().to > from + 4'000);
}

BOOST_AUTO_TEST_SUITE_END()

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
