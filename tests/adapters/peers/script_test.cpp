// Scripts are read with errors in words, cast by seed, and make the grammar.
#define BOOST_TEST_MODULE script
#include <boost/test/unit_test.hpp>

#include "adapters/peers/runner_brain.hpp"
#include "adapters/peers/script.hpp"
#include "adapters/peers/words.hpp"

#include <random>
#include <set>

namespace {

using namespace unpod;

std::string error_of(std::string_view text) {
  std::string why;
  BOOST_TEST(!parse_script(text, why).has_value());
  return why;
}

talk_script read(std::string_view text) {
  std::string why;
  auto script = parse_script(text, why);
  BOOST_REQUIRE_MESSAGE(script.has_value(), why);
  return *script;
}

bool says(const std::string& text, const std::string& words) {
  BOOST_TEST_INFO(text);
  return text.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(words_are_what_can_be_spoken) {
  BOOST_TEST(plain("Of course. Four o'clock?") == "of course four o'clock");
  BOOST_TEST(plain(" -- \xff 12 ").empty());
  BOOST_TEST(word_errors(spoken_words("a b c"), spoken_words("a x c d")) == 2u);
  BOOST_TEST(word_errors({}, spoken_words("a b")) == 2u);
  BOOST_TEST(word_errors(spoken_words("a b"), {}) == 2u);
  BOOST_TEST(word_overlap(spoken_words("a a b"), spoken_words("a b c")) == 2.0 / 3.0);
}

BOOST_AUTO_TEST_CASE(the_built_in_script_can_be_performed) {
  const auto script = read(built_in_script());
  BOOST_TEST(why_not_performable(script) == "");
  BOOST_TEST(script.turns.size() == 3u);
  BOOST_TEST(!script.turns[0].cue.barge_in);
  BOOST_TEST(script.turns[1].cue.barge_in);
  BOOST_TEST(script.turns[2].ends);
  BOOST_TEST(script.decoys.size() >= 20u);
}

BOOST_AUTO_TEST_CASE(a_script_says_when_the_caller_speaks) {
  const auto script = read("greeting: Hello.\n"
                           "caller: one\n when: barge-in after word Hello\nagent: A.\n"
                           "caller: two\n when: barge-in after 1200 ms\nagent: B.\n"
                           "caller: three\n when: after 50 ms\nagent: C.\nend: done\n");
  BOOST_TEST(script.turns[0].cue.after_word == "hello");
  BOOST_TEST(script.turns[1].cue.barge_in);
  BOOST_TEST(script.turns[1].cue.wait.count() == 1200);
  BOOST_TEST(!script.turns[2].cue.barge_in);
  BOOST_TEST(script.turns[2].cue.wait.count() == 50);
  BOOST_TEST(script.turns[2].end_reason == "done");
}

BOOST_AUTO_TEST_CASE(errors_name_the_line_and_what_to_write) {
  BOOST_TEST(error_of("title: x\nnonsense\n")
             == "line 2: write `key: text` (keys: title, greeting, "
                "caller, or, when, agent, end, keyword, otherwise, "
                "decoy)");
  BOOST_TEST(error_of("colour: red") == "line 1: unknown key `colour`");
  BOOST_TEST(says(error_of("caller: a table for 4"), "line 1: write the number as words"));
  BOOST_TEST(says(error_of("caller: hi; there"), "only letters"));
  BOOST_TEST(says(error_of("caller: hi\n"), "no agent line"));
  BOOST_TEST(says(error_of("caller: hi\ncaller: again"), "line 2: the caller line before"));
  BOOST_TEST(says(error_of("agent: hello"), "answers the caller"));
  BOOST_TEST(says(error_of("or: hello"), "belongs under a caller"));
  BOOST_TEST(says(error_of("caller: hi\nwhen: later"), "line 2: write `when: after 300 ms`"));
  BOOST_TEST(says(error_of("caller: hi\nwhen: after 99999 ms"), "at most 30000 ms"));
  BOOST_TEST(says(error_of("caller: hi\nwhen: after -5 ms"), "write `when"));
  BOOST_TEST(says(error_of("caller: hi\nwhen: barge-in after 5 ms"), "nobody to cut in on"));
  BOOST_TEST(says(error_of("end: now"), "right after an agent line"));
  BOOST_TEST(says(error_of("title:"), "has no text"));
  BOOST_TEST(says(error_of("decoy: " + std::string(60, 'a')), "no word is that long"));
}

BOOST_AUTO_TEST_CASE(a_script_is_bounded) {
  BOOST_TEST(says(error_of("title: " + std::string(2'000, 'a')), "longer than 1000 bytes"));
  BOOST_TEST(says(error_of(std::string(70 * 1024, '\n')), "longer than 65536 bytes"));
  std::string turns, ways = "caller: a\n", decoys;
  for (int n = 0; n < 51; ++n)
    turns += "caller: hi\nagent: yes\n";
  for (int n = 0; n < 17; ++n)
    ways += "or: b\n";
  for (int n = 0; n < 201; ++n)
    decoys += "decoy: b\n";
  BOOST_TEST(says(error_of(turns), "more than 50 turns"));
  BOOST_TEST(says(error_of(ways), "more than 16 ways"));
  BOOST_TEST(says(error_of(decoys), "more than 200 decoys"));
}

BOOST_AUTO_TEST_CASE(any_bytes_are_a_script_or_an_error_in_words) {
  std::mt19937 dice{7};
  const std::string seeds[] = {
    "caller: hi\n", "agent: x\n", "when: barge-in after ", "or: ",       ":",
    "\n",           "end:",       "keyword: a,,b\n",       "decoy: z\n", "\xff\x00 ms"};
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (int n = 0; n < 8; ++n)
      text += dice() % 4 == 0 ? std::string(1, static_cast<char>(dice())) : seeds[dice() % 10];
    std::string why;
    const auto script = parse_script(text, why);
    BOOST_REQUIRE(script.has_value() == why.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_demo_needs_decoys_that_are_never_said) {
  auto script = read(built_in_script());
  script.decoys.resize(19);
  BOOST_TEST(says(why_not_performable(script), "19 `decoy:` lines; at least 20"));
  script = read(built_in_script());
  script.decoys.push_back("I would like to book a TABLE for two");
  BOOST_TEST(says(why_not_performable(script), "also said by the caller"));
  BOOST_TEST(says(why_not_performable({}), "no `caller:` line"));
  script = read(built_in_script());
  script.turns[0].ends = true;
  BOOST_TEST(says(why_not_performable(script), "hangs up before turn 2"));
}

BOOST_AUTO_TEST_CASE(the_grammar_holds_every_way_and_every_decoy_once) {
  const auto script = read(built_in_script());
  const auto grammar = grammar_of(script);
  BOOST_TEST(grammar.rfind("#JSGF V1.0;\n", 0) == 0u);
  BOOST_TEST(grammar.size() < 16u * 1024);
  std::size_t phrases = script.decoys.size();
  for (const auto& turn : script.turns)
    for (const auto& way : turn.ways) {
      ++phrases;
      BOOST_TEST(says(grammar, " " + plain(way) + "\n"));
    }
  BOOST_TEST(static_cast<std::size_t>(std::count(grammar.begin(), grammar.end(), '|'))
             == phrases - 1);
}

BOOST_AUTO_TEST_CASE(a_seed_always_casts_the_same_and_seeds_differ) {
  const auto script = read(built_in_script());
  BOOST_TEST(cast(script, 0)[0].says == script.turns[0].ways[0]);
  BOOST_TEST(cast(script, 0)[1].cue.wait.count() == script.turns[1].cue.wait.count());
  std::set<std::string> openings;
  std::set<long> waits;
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    const auto one = cast(script, seed), two = cast(script, seed);
    BOOST_TEST(one[0].says == two[0].says);
    BOOST_TEST(one[1].cue.wait.count() == two[1].cue.wait.count());
    openings.insert(one[0].says);
    waits.insert(one[1].cue.wait.count());
    BOOST_TEST(one[1].cue.wait.count() >= 2600 * 8 / 10);
    BOOST_TEST(one[1].cue.wait.count() <= 2600 * 12 / 10);
  }
  BOOST_TEST(openings.size() == script.turns[0].ways.size());
  BOOST_TEST(waits.size() > 5u);
}

BOOST_AUTO_TEST_CASE(the_script_brain_answers_what_was_heard) {
  auto script = read("caller: I would like to book a table for two\nagent: Gladly.\n"
                     "caller: that is all\nagent: Bye.\nend: goodbye\n"
                     "keyword: price, how much\nagent: Twelve dollars.\n"
                     "otherwise: Pardon?\n");
  const auto brain = make_script_brain(std::make_shared<talk_script>(script));
  BOOST_TEST(brain->answer("i would like to book a table for two").text == "Gladly.");
  BOOST_TEST(brain->answer("would like to book table for you").text == "Gladly.");
  const auto last = brain->answer("That is all.");
  BOOST_TEST(last.text == "Bye.");
  BOOST_TEST(last.end_call);
  BOOST_TEST(last.end_reason == "goodbye");
  BOOST_TEST(brain->answer("and how much is lunch").text == "Twelve dollars.");
  BOOST_TEST(brain->answer("overpriced").text == "Pardon?");
  BOOST_TEST(brain->answer("").text == "Pardon?");
  BOOST_TEST(make_echo_brain()->answer("hi").text == "You said: hi");
}
