// What simulated providers do wrong, all of it, to every adapter: each fault is got over, or
// the stream is lost with words that say why; never a crash, never a stream that hangs.
#define BOOST_TEST_MODULE voice_faults
#include <boost/test/unit_test.hpp>

#include "tests/adapters/peers/provider_stage.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::stage;
using fault = provider_fault::kind;

namespace {

struct voice {
  const char *provider, *name;
  std::uint32_t rate_hz;
};
const voice voices[] = {{"cartesia", "v", 16'000},
                        {"deepgram", "aura-2-thalia-en", 16'000},
                        {"deepgram", "flux-alexis-en", 16'000},
                        {"elevenlabs", "v", 16'000},
                        {"elevenlabs_single", "v", 16'000},
                        {"openai", "alloy", 24'000}};

provider_limits quick() {
  provider_limits bounds;
  bounds.dial_wait = 300ms;
  bounds.words_wait = 250ms;
  bounds.final_wait = 200ms;
  bounds.stall_wait = 250ms;
  return bounds;
}

/// Refusals, and how they are put into words.
const std::pair<fault, const char*> refusals[] = {
  {fault::refuse_key, "401"},   {fault::refuse_busy, "429"}, {fault::refuse_payment, "402"},
  {fault::refuse_model, "403"}, {fault::unavailable, "503"}, {fault::redirect, "302"},
};

bool says(const std::string& text, const std::string& part) {
  BOOST_TEST_INFO(text);
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_refusal_is_told_in_its_own_number) {
  for (const auto& [kind, words] : refusals)
    for (const auto& one : voices)
      BOOST_TEST_CONTEXT(one.provider << " " << one.name << " " << words) {
        stage on;
        on.open(one.rate_hz, {kind, 0, 0ms});
        on.open_voice(one.provider, quick(), one.name);
        on.speak("one");
        BOOST_TEST(on.book.wait_for("failed"));
        BOOST_TEST(says(on.book.after("failed "), words));
      }
}

BOOST_AUTO_TEST_CASE(a_voice_that_breaks_in_the_middle_is_lost) {
  for (const auto kind : {fault::stall, fault::half_frame, fault::close, fault::close_normal,
                          fault::close_restart, fault::not_utf8, fault::oversize, fault::deep})
    for (const auto& one : voices) {
      if (one.provider == std::string{"openai"} && kind != fault::stall && kind != fault::close)
        continue; // there are no frames
      BOOST_TEST_CONTEXT(one.provider << " " << one.name << " " << static_cast<int>(kind)) {
        stage on;
        on.open(one.rate_hz, {kind, 5, 0ms});
        on.open_voice(one.provider, quick(), one.name);
        on.speak("one two three four five six seven eight nine");
        BOOST_TEST(on.book.wait_for("failed"));
        BOOST_TEST(!on.book.after("failed ").empty());
        BOOST_TEST(on.book.count("done") == 0u);
        const auto words = on.played();
        BOOST_TEST(words.rfind("one", 0) == 0u, words);
      }
    }
}

BOOST_AUTO_TEST_CASE(a_voice_that_talks_nonsense_between_is_understood) {
  provider_limits patient; // half of real time leaves a caller nothing to hear: a stall, else
  patient.dry_wait = 5s;
  for (const auto kind : {fault::garbage, fault::nulls, fault::slow_sound})
    for (const auto& one : voices)
      BOOST_TEST_CONTEXT(one.provider << " " << one.name << " " << static_cast<int>(kind)) {
        stage on;
        on.open(one.rate_hz, {kind, 0, 0ms});
        on.open_voice(one.provider, patient, one.name);
        on.speak("one two three");
        BOOST_TEST(on.book.wait_for("done 0"));
        BOOST_TEST(on.played() == "one two three");
      }
}

BOOST_AUTO_TEST_CASE(a_voice_without_an_end_is_cut) {
  for (const auto& one : voices)
    BOOST_TEST_CONTEXT(one.provider << " " << one.name) {
      stage on;
      on.setup.pace.chunk_every = 1ms;
      on.setup.pace.chunk = 500ms;
      on.open(one.rate_hz, {fault::flood, 0, 0ms});
      on.open_voice(one.provider, quick(), one.name);
      on.speak("one");
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(says(on.book.after("failed "), "more sound than the text can have"));
      BOOST_TEST(on.port->played(1).size() <= 12u * one.rate_hz);
    }
}

BOOST_AUTO_TEST_CASE(sound_that_is_not_base64_loses_the_voice) {
  for (const auto& one : voices) {
    const std::string provider = one.provider;
    if (provider != "cartesia" && provider.rfind("elevenlabs", 0) != 0)
      continue;
    BOOST_TEST_CONTEXT(provider) {
      stage on;
      on.open(one.rate_hz, {fault::bad_base64, 0, 0ms});
      on.open_voice(provider, quick(), one.name);
      on.speak("one two");
      BOOST_TEST(on.book.wait_for("failed"));
      BOOST_TEST(says(on.book.after("failed "), "base64"));
    }
  }
}

/// What may be got over or not, as the protocol has it: an end comes, good or bad.
BOOST_AUTO_TEST_CASE(nothing_else_of_the_list_leaves_a_stream_hanging) {
  for (const auto kind : {fault::slow_handshake, fault::wrong_order, fault::deaf_to_close,
                          fault::swapped, fault::bad_base64, fault::twice, fault::late_sound}) {
    for (const auto& one : voices)
      BOOST_TEST_CONTEXT(one.provider << " " << one.name << " " << static_cast<int>(kind)) {
        stage on;
        on.open(one.rate_hz, {kind, 4, 600ms}); // it has begun to sound
        on.open_voice(one.provider, quick(), one.name);
        on.speak("one two three");
        BOOST_TEST(on.book.wait_for_either("done", "failed"));
      }
  }
}
