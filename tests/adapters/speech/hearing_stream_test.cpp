// STT STREAM, embedded, on the deterministic clock.
#define BOOST_TEST_MODULE hearing
#include <boost/test/unit_test.hpp>

#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/recognise.hpp"
#include "tests/adapters/speech/stream_fixture.hpp"

using namespace unpod;

namespace {

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
          pcm[i / 2] =
            static_cast<std::int16_t>((pcm[i] + pcm[std::min(i + 1, pcm.size() - 1)]) / 2);
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
