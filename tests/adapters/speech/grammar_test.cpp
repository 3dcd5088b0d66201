// The JSGF subset: what is taken, what is refused and in which words, and that
// nothing an administrator can send reaches the C library as it was sent.
#define BOOST_TEST_MODULE grammar
#include <boost/test/unit_test.hpp>

#include "adapters/speech/dictionary.hpp"
#include "adapters/speech/embedded_speech.hpp"
#include "adapters/speech/jsgf.hpp"

#include <random>

using namespace unpod;

namespace {

const speech_limits bounds;

std::string canonical(const std::string& text) {
  const auto checked = check_grammar(text, bounds);
  BOOST_TEST_INFO(checked.words());
  BOOST_TEST(checked.ok());
  const auto rules = checked.canonical.find("public");
  return rules == std::string::npos ? std::string{} : checked.canonical.substr(rules);
}

std::string refusal(const std::string& text) {
  const auto checked = check_grammar(text, bounds);
  BOOST_TEST(!checked.ok());
  BOOST_TEST(checked.canonical.empty());
  return checked.words();
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  while (times-- > 0)
    all += text;
  return all;
}

const std::string booking = R"(#JSGF V1.0 UTF-8 en;
// what a caller may want
grammar demo.booking;
public <said> = <want> | (yes | no) [please] ; /* two
lines */
<want> = I WANT <thing>;
<thing> = a table | "";
)";

} // namespace

BOOST_AUTO_TEST_CASE(a_grammar_comes_out_in_our_own_words) {
  BOOST_TEST(canonical("public <a> = yes | no;") == "public <all> = <r0>;\n<r0> = yes | no;\n");
  BOOST_TEST(canonical("#JSGF V1.0;\ngrammar g;\npublic <a> = (Call | ring) [<who>] now;\n"
                       "<who> = me | us;\n<unused> = never;")
             == "public <all> = <r0>;\n<r0> = ( call | ring ) [ <r1> ] now;\n<r1> = me | us;\n");
  BOOST_TEST(canonical("public <a> = one; // two\npublic <b> = /* three */ four;")
             == "public <all> = <r0> | <r1>;\n<r0> = one;\n<r1> = four;\n");
}

BOOST_AUTO_TEST_CASE(what_is_canonical_stays_so) {
  const auto once = check_grammar("public <a> = x [(y | z) w] | <b>; <b> = v;", bounds);
  const auto twice = check_grammar(once.canonical, bounds);
  BOOST_TEST(twice.ok());
  BOOST_TEST(check_grammar(twice.canonical, bounds).ok());
}

BOOST_AUTO_TEST_CASE(trouble_is_told_with_its_line) {
  BOOST_TEST(refusal(booking) == "line 7: quotes are not taken here: write the words one by one");
  BOOST_TEST(refusal("\n\npublic <a> = x*;").find("line 3: repetition") == 0u);
  BOOST_TEST(refusal("public <a> = /0.5/ x | y;").find("line 1: weights") == 0u);
  BOOST_TEST(refusal("public <a> = x {tag};").find("line 1: tags") == 0u);
  BOOST_TEST(refusal("import <b.c>;").find("line 1: imports") == 0u);
  BOOST_TEST(refusal("public <a> = <NULL>;").find("not taken") != std::string::npos);
  BOOST_TEST(refusal("public <a> = x | ;").find("an alternative is empty") != std::string::npos);
  BOOST_TEST(refusal("public <a> = (x;").find("expected ')'") != std::string::npos);
  BOOST_TEST(refusal("public <a> = x").find("expected ';'") != std::string::npos);
  BOOST_TEST(refusal("public <a> = x; <a> = y;").find("twice") != std::string::npos);
  BOOST_TEST(refusal("public <a> = <b>;").find("no rule <b>") != std::string::npos);
  BOOST_TEST(refusal("public <a> = x <b>;\n<b> = y | <a>;").find("refers to itself")
             != std::string::npos);
  BOOST_TEST(refusal("<a> = x;") == "there is no public rule");
  BOOST_TEST(refusal("") == "there is no public rule");
  BOOST_TEST(refusal("public <a> = [x] [y];").find("matches silence") != std::string::npos);
  BOOST_TEST(refusal("/* public <a> = x;").find("a comment does not end") != std::string::npos);
  BOOST_TEST(refusal("public <a> = caf\xc3\xa9;").find("letters, digits") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_limit_holds) {
  BOOST_TEST(refusal(std::string(bounds.grammar_bytes_max + 1, ' ')).find("bytes")
             != std::string::npos);
  BOOST_TEST(
    refusal("public <a> = " + repeated("x ", bounds.grammar_words_max + 1) + ";").find("words")
    != std::string::npos);
  std::string rules;
  for (std::size_t i = 0; i <= bounds.grammar_rules_max; ++i)
    rules += "public <r" + std::to_string(i) + "> = x;";
  BOOST_TEST(refusal(rules).find("rules") != std::string::npos);
  BOOST_TEST(
    refusal("public <a> = " + repeated("(", 17) + "x" + repeated(")", 17) + ";").find("deep")
    != std::string::npos);
  BOOST_TEST(refusal("public <a> = x " + repeated("[x] ", grammar_optionals_max + 1) + ";")
               .find("[optional]")
             != std::string::npos);
}

// Forty rules, each twice the one before: a trillion words once written out.
BOOST_AUTO_TEST_CASE(a_grammar_that_grows_without_end_is_refused) {
  std::string bomb = "<r0> = x x;";
  for (int i = 1; i < 40; ++i) {
    const auto before = "<r" + std::to_string(i - 1) + ">";
    bomb += "<r" + std::to_string(i) + "> = " + before + " " + before + ";";
  }
  BOOST_TEST(refusal(bomb + "public <a> = <r39>;").find("written out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(words_the_dictionary_lacks_are_named) {
  const embedded_speech engine{{}};
  BOOST_TEST(engine.check("public <a> = hello world | good morning;").ok());
  BOOST_TEST(engine.check("public <a> = hello wrld\n| frobnikate;").words()
             == "line 1: 'wrld' is not in the recogniser's dictionary; "
                "line 2: 'frobnikate' is not in the recogniser's dictionary");
  BOOST_TEST(engine.decoders()->warm() == 0u); // and nothing was loaded for it
}

// Any damage to a good grammar is either refused or still our subset, and what
// comes out is made of nothing but our own marks and dictionary characters.
BOOST_AUTO_TEST_CASE(damaged_grammars_never_reach_the_library_raw) {
  const std::string good = "#JSGF V1.0;\ngrammar g;\npublic <a> = (yes | no) [<b>] please;\n"
                           "<b> = thank you; // done\n/* end */\n";
  const std::string safe = "abcdefghijklmnopqrstuvwxyz0123456789'.-_ <>=|;()[]\n";
  std::mt19937 random{20'240'601};
  std::size_t taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto text = good;
    for (auto hits = random() % 6 + 1; hits > 0; --hits) {
      const auto at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 8);
          break;
        case 2:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
          break;
        default:
          text.insert(at, 1, "<>()[]|;=*+/{}\"\\#"[random() % 17]);
      }
      if (text.empty())
        text = ";";
    }
    const auto checked = check_grammar(text, bounds);
    BOOST_REQUIRE(checked.ok() == !checked.canonical.empty());
    if (!checked.ok())
      continue;
    ++taken;
    const auto body = checked.canonical.substr(checked.canonical.find("grammar"));
    BOOST_REQUIRE(body.find_first_not_of(safe) == std::string::npos);
    BOOST_REQUIRE(check_grammar(checked.canonical, bounds).ok());
  }
  BOOST_TEST(taken > 100u); // the test looks at both sides
  BOOST_TEST(taken < 19'000u);
}

// The largest grammars that are taken: the library copes, and says so itself.
BOOST_AUTO_TEST_CASE(the_library_takes_whatever_is_taken_here) {
  std::string why;
  const auto decoder = decoder::open({}, why);
  BOOST_REQUIRE_MESSAGE(decoder, why);
  const auto optionals = "public <a> = x " + repeated("[y] ", grammar_optionals_max) + ";";
  const auto deep = "public <a> = " + repeated("(x | ", 15) + "x" + repeated(")", 15) + ";";
  std::string wide = "public <a> = yes";
  for (std::size_t i = 1; i + 1 < bounds.grammar_words_max; ++i)
    wide += i % 2 ? " | (no" : " please)";
  wide += bounds.grammar_words_max % 2 ? " please);" : ";";
  std::string shared = "<b> = " + repeated("yes ", 49) + "no; public <a> = <b>";
  shared += repeated(" | <b>", grammar_expansion_max / 50 - 1) + ";";
  for (const auto& text : {optionals, deep, wide, shared}) {
    const auto checked = check_grammar(text, bounds);
    BOOST_TEST_INFO(text.substr(0, 60) << " " << checked.words());
    BOOST_TEST(checked.ok());
    BOOST_TEST(decoder->use_grammar(checked.canonical, why));
    BOOST_TEST(decoder->grammar() == checked.canonical);
  }
  BOOST_TEST(!decoder->use_grammar("", why));
  BOOST_TEST(decoder->grammar().empty());
}
