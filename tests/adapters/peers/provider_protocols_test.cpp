// Every protocol that this program speaks, against its simulated provider: words in are words
// out, both ways, and a cancelled utterance is silent.
#define BOOST_TEST_MODULE provider_protocols
#include <boost/test/unit_test.hpp>

#include "tests/adapters/peers/provider_stage.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::stage;

namespace {

struct recogniser {
  const char *provider, *model;
  bool must_be_asked; // it ends no utterance by itself
};

const recogniser recognisers[] = {
  {"assemblyai", "", false}, {"cartesia", "", true},
  {"deepgram", "", false},   {"deepgram", "flux-general-en", false},
  {"elevenlabs", "", false}, {"openai", "", false},
  {"vosk", "", false},
};

struct voice {
  const char *provider, *name;
  bool timed;         // it tells its words' times
  bool stays;         // a cancelled utterance does not cost the connection
  std::uint32_t wide; // samples/s of a port that a test's ring needs no resampling for
};

const voice voices[] = {
  {"cartesia", "v", true, true, 16'000},
  {"deepgram", "aura-2-thalia-en", false, true, 16'000},
  {"deepgram", "flux-alexis-en", false, true, 16'000},
  {"elevenlabs", "v", true, true, 16'000},
  {"elevenlabs_single", "v", true, false, 16'000},
  {"openai", "alloy", false, true, 24'000},
  {"openai_compatible", "af", false, true, 24'000},
};

std::string done_of(const voice& one, int piece, int words, std::uint64_t samples) {
  return "done " + std::to_string(piece) + " " + std::to_string(one.timed ? words : 0) + " words "
         + std::to_string(samples);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_recogniser_hears_what_arrived_at_both_rates) {
  for (const auto& one : recognisers)
    for (const std::uint32_t rate : {8'000u, 16'000u})
      BOOST_TEST_CONTEXT(one.provider << " " << one.model << " at " << rate) {
        stage on;
        on.open(rate);
        on.listen(one.provider, 1'000, {}, one.model);
        BOOST_TEST(on.book.wait_for(std::string{"ready "} + one.provider));
        const auto next = on.say("one two three", 1'000);
        BOOST_TEST(on.book.wait_for("partial one"));
        if (one.must_be_asked)
          (*on.self)->send(on.hearing, stt_finalize{});
        BOOST_TEST(on.book.wait_for("final one two three @"));
        on.say("forty", next);
        if (one.must_be_asked)
          (*on.self)->send(on.hearing, stt_finalize{});
        BOOST_TEST(on.book.wait_for("final forty @"));
        BOOST_TEST(on.book.count("failed") == 0u);
      }
}

BOOST_AUTO_TEST_CASE(a_final_comes_sooner_when_it_is_asked_for) {
  for (const auto& one : recognisers) {
    if (one.provider == std::string{"vosk"}) // it cannot be asked
      continue;
    BOOST_TEST_CONTEXT(one.provider << " " << one.model) {
      stage on;
      on.setup.pace.endpointing = 60s;
      on.open(16'000);
      on.listen(one.provider, 0, {}, one.model);
      BOOST_TEST(on.book.wait_for("ready"));
      on.say("seven eight", 0);
      (*on.self)->send(on.hearing, stt_finalize{});
      BOOST_TEST(on.book.wait_for("final seven eight @"));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_voice_speaks_piece_after_piece_at_both_rates) {
  for (const auto& one : voices)
    for (const std::uint32_t rate : {8'000u, one.wide})
      BOOST_TEST_CONTEXT(one.provider << " " << one.name << " at " << rate) {
        stage on;
        on.open(rate);
        on.open_voice(one.provider, {}, one.name);
        on.speak("One, two.", 0);
        on.speak("Three four five!", 1);
        on.speak("", 2);
        on.speak("Six.", 3);
        BOOST_TEST(on.book.wait_for(done_of(one, 0, 2, rate * 6 / 10)));
        BOOST_TEST(on.book.wait_for(done_of(one, 1, 3, rate * 9 / 10)));
        BOOST_TEST(on.book.wait_for("done 2 0 words 0"));
        BOOST_TEST(on.book.wait_for(done_of(one, 3, 1, rate * 3 / 10)));
        BOOST_TEST(on.played() == "one two three four five six");
        BOOST_TEST(on.book.count("failed") == 0u);
      }
}

BOOST_AUTO_TEST_CASE(a_cancelled_utterance_of_any_voice_is_silent) {
  for (const auto& one : voices)
    BOOST_TEST_CONTEXT(one.provider << " " << one.name) {
      stage on;
      on.open(one.wide, {provider_fault::kind::late_sound, 0, 0ms});
      on.open_voice(one.provider, {}, one.name);
      on.speak("one two three four five six seven eight nine ten", 0, 1);
      BOOST_TEST(on.book.wait_for("first 0"));
      on.port->flush(1);
      (*on.self)->send(on.speaking, tts_cancel{1});
      on.speak("eleven twelve", 0, 2);
      BOOST_TEST(on.book.wait_for("done 0 " + std::to_string(one.timed ? 2 : 0) + " words"));
      BOOST_TEST(on.played(2) == "eleven twelve");
      BOOST_TEST(on.book.count("failed") == 0u);
      if (one.stays && one.provider != std::string{"openai"}
          && one.provider != std::string{"openai_compatible"}) {
        std::uint64_t all = 0;
        for (const auto& [service, count] : on.providers->connections())
          all += count;
        BOOST_TEST(all == 1u);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_text_without_a_word_is_said_in_silence) {
  for (const auto& one : voices)
    BOOST_TEST_CONTEXT(one.provider << " " << one.name) {
      stage on;
      on.open(one.wide);
      on.open_voice(one.provider, {}, one.name);
      on.speak("...", 0);
      on.speak("nine", 1);
      BOOST_TEST(on.book.wait_for("done 0 0 words 0"));
      BOOST_TEST(on.book.wait_for("done 1"));
      BOOST_TEST(on.played() == "nine");
    }
}
