// Where the agent's text is cut, and what of it is spoken. That the pieces cover
// the text is tested with agent_speech.
#define BOOST_TEST_MODULE text_splitter
#include <boost/test/unit_test.hpp>

#include "actors/text_splitter.hpp"

using namespace unpod;

namespace {

/// The text's own pieces, one "|" apart; given byte by byte, or at once.
std::string cuts(const std::string& text, bool at_once = true) {
  text_splitter splitter{600};
  std::vector<text_piece> pieces;
  const auto take = [&](std::vector<text_piece> more) {
    pieces.insert(pieces.end(), more.begin(), more.end());
  };
  for (std::size_t at = 0; !at_once && at < text.size(); ++at)
    take(splitter.add(std::string_view{text}.substr(at, 1)));
  if (at_once)
    take(splitter.add(text));
  take(splitter.finish());
  std::string all;
  for (const auto& piece : pieces)
    all += (all.empty() ? "" : "|") + text.substr(piece.begin, piece.end - piece.begin);
  return all;
}

std::string spoken(const std::string& text) {
  std::string all;
  text_splitter splitter{600};
  for (const auto& piece : splitter.add(text))
    all += piece.spoken;
  for (const auto& piece : splitter.finish())
    all += piece.spoken;
  return all;
}

const std::string opening = "Let me have a look. ";

} // namespace

BOOST_AUTO_TEST_CASE(sentences_are_cut_where_they_end) {
  for (const bool at_once : {true, false}) {
    BOOST_TEST(cuts(opening + "It is open! Is it? Yes, it is.", at_once)
               == opening + "|It is open! |Is it? |Yes, it is.");
    BOOST_TEST(cuts(opening + "(It is.) He said \"no.\" Then **yes!** Fine.", at_once)
               == opening + "|(It is.) |He said \"no.\" |Then **yes!** |Fine.");
    BOOST_TEST(cuts(opening + "He said “no.” Wait… what", at_once)
               == opening + "|He said “no.” |Wait… |what");
  }
}

BOOST_AUTO_TEST_CASE(a_dot_is_not_always_an_end) {
  for (const auto* text :
       {"It costs 3.5 or 1,000.75 now", "Ask Dr. Smith (e.g. by phone) or J. Doe",
        "At 5 p.m. we close", "See https://a.b/c.d?e=1, ok", "1. First of all", "\"Mr. X\" called",
        "It is room No. 5 here"})
    BOOST_TEST(cuts(opening + text) == opening + "|" + text);
  BOOST_TEST(cuts(opening + "Steps:\n1. Open it.\n2. Close it.")
             == opening + "|Steps:\n|1. Open it.\n|2. Close it.");
  BOOST_TEST(cuts(opening + "It costs 5. Then go.") == opening + "|It costs 5. |Then go.");
  BOOST_TEST(cuts(opening + "See https://a.b/c. Then go.")
             == opening + "|See https://a.b/c. |Then go.");
}

BOOST_AUTO_TEST_CASE(other_scripts_end_their_sentences_too) {
  BOOST_TEST(cuts(opening + "मैं ठीक हूँ। आप?") == opening + "|मैं ठीक हूँ। |आप?");
  BOOST_TEST(cuts(opening + "はい。そうです。", false) == opening + "|はい。|そうです。");
  BOOST_TEST(cuts(opening + "كيف حالك؟ جيد") == opening + "|كيف حالك؟ |جيد");
}

BOOST_AUTO_TEST_CASE(the_first_clause_is_enough_to_begin_with) {
  BOOST_TEST(cuts("Well of course, I can do that, now.") == "Well of course, |I can do that, now.");
  BOOST_TEST(cuts("Sure, I can do that, now.") == "Sure, I can do that, |now.");
  const std::string words = "so many words in a row and never a mark that one could stop at for a "
                            "breath or for a thought";
  BOOST_TEST(cuts(words).find('|') <= text_splitter::first_piece_max);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_is_left_out) {
  BOOST_TEST(spoken("## **Bold** ✅ `x` ❤️ is #1 🙂!") == " Bold  x  is #1 !");
  BOOST_TEST(spoken("naïve – “café” 日本") == "naïve – “café” 日本");
  BOOST_TEST(spoken("a\nb\tc") == "a b c");
}
