// The synthetic caller's manners on a clock of our own.
#define BOOST_TEST_MODULE caller_mind
#include <boost/test/unit_test.hpp>

#include "adapters/peers/caller_mind.hpp"

namespace {

using namespace unpod;
using std::chrono::milliseconds;

cast_turn turn(bool barge_in = false, long wait_ms = 300, std::string word = {},
               bool ends = false) {
  return {"words", {barge_in, milliseconds{wait_ms}, std::move(word)}, "reply", ends};
}

/// Steps the mind every 10 ms while the agent makes a sound, or not.
struct clocked {
  clocked(std::vector<cast_turn> turns, bool greeting)
    : mind{turns, greeting, std::vector<milliseconds>(turns.size(), milliseconds{1'000})} {
    mind.started(now);
  }

  /// What the mind did within this time, and when.
  void pass(long span_ms, bool agent_sounds) {
    for (long done = 0; done < span_ms; done += 10) {
      now += milliseconds{10};
      if (agent_sounds)
        mind.heard_sound(now);
      const auto act = mind.act(now);
      if (act.speak) {
        spoke_at = to_ms(now);
        cut_in = act.cuts_in;
      }
      hung_up = hung_up || act.hang_up;
      gave_up += act.gave_up;
    }
  }

  mono_time now{0};
  caller_mind mind;
  double spoke_at = -1;
  bool cut_in = false, hung_up = false;
  std::string gave_up;
};

} // namespace

BOOST_AUTO_TEST_CASE(he_waits_for_the_greeting_and_its_end) {
  clocked c{{turn()}, true};
  c.pass(1'000, false);
  c.pass(2'000, true);
  BOOST_TEST(c.mind.spoken() == 0u);
  c.mind.told_state("idle");
  c.pass(200, false);
  BOOST_TEST(c.mind.spoken() == 0u);
  c.pass(200, false);
  BOOST_TEST(c.mind.spoken() == 1u);
  BOOST_TEST(c.spoke_at >= 3'300);
  BOOST_TEST(!c.cut_in);
}

BOOST_AUTO_TEST_CASE(a_pause_between_clauses_is_not_the_end) {
  clocked c{{turn()}, true};
  c.pass(500, true);
  c.mind.heard_words("First clause.");
  c.pass(700, false); // nobody said that the agent is done
  BOOST_TEST(c.mind.spoken() == 0u);
  c.pass(500, true);
  c.pass(1'900, false); // without any word from the node a long quiet must do
  BOOST_TEST(c.mind.spoken() == 1u);
}

BOOST_AUTO_TEST_CASE(without_a_greeting_he_begins) {
  clocked at_once{{turn()}, false};
  at_once.pass(310, false);
  BOOST_TEST(at_once.mind.spoken() == 1u);
  clocked in_vain{{turn()}, true};
  in_vain.pass(4'900, false);
  BOOST_TEST(in_vain.mind.spoken() == 0u);
  in_vain.pass(500, false);
  BOOST_TEST(in_vain.mind.spoken() == 1u);
}

BOOST_AUTO_TEST_CASE(he_cuts_in_after_so_much_audible_speech) {
  clocked c{{turn(), turn(true, 800)}, false};
  c.pass(310, false);   // says turn 1 …
  c.pass(1'500, false); // … and hears nothing yet
  c.pass(700, true);
  BOOST_TEST(c.mind.spoken() == 1u);
  c.pass(200, true);
  BOOST_TEST(c.mind.spoken() == 2u);
  BOOST_TEST(c.cut_in);
}

BOOST_AUTO_TEST_CASE(he_cuts_in_after_a_word) {
  clocked c{{turn(), turn(true, 100, "seven")}, false};
  c.pass(310, false);
  c.pass(1'500, false);
  c.mind.heard_words("We have a table");
  c.pass(500, true);
  BOOST_TEST(c.mind.spoken() == 1u);
  c.mind.heard_words("at Seven, sir.");
  c.pass(80, true);
  BOOST_TEST(c.mind.spoken() == 1u);
  c.pass(50, true);
  BOOST_TEST(c.mind.spoken() == 2u);
}

BOOST_AUTO_TEST_CASE(too_late_to_cut_in_he_just_speaks) {
  clocked c{{turn(), turn(true, 5'000)}, false};
  c.pass(1'400, false);
  c.pass(1'000, true);
  c.mind.told_state("listening");
  c.pass(400, false);
  BOOST_TEST(c.mind.spoken() == 2u);
  BOOST_TEST(!c.cut_in);
}

BOOST_AUTO_TEST_CASE(after_the_last_turn_he_hangs_up_or_waits_to_be) {
  clocked polite{{turn()}, false};
  polite.pass(1'400, false);
  polite.pass(500, true);
  polite.mind.told_state("idle");
  polite.pass(400, false);
  BOOST_TEST(polite.hung_up);
  BOOST_TEST(polite.gave_up.empty());
  clocked waiting{{turn(false, 300, "", true)}, false};
  waiting.pass(1'400, false);
  waiting.pass(500, true);
  waiting.mind.told_state("idle");
  waiting.pass(3'000, false);
  BOOST_TEST(!waiting.hung_up);
  waiting.pass(15'000, false); // the agent does not hang up: he does
  BOOST_TEST(waiting.hung_up);
}

BOOST_AUTO_TEST_CASE(without_an_answer_he_gives_up) {
  clocked c{{turn(), turn()}, false};
  c.pass(16'000, false);
  BOOST_TEST(!c.hung_up);
  c.pass(1'000, false);
  BOOST_TEST(c.hung_up);
  BOOST_TEST(c.gave_up.find("no answer for 15 s") != std::string::npos);
}
