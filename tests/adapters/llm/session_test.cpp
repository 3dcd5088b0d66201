// A brain's turns, without a network: what the session does when the CALL and the answers
// say this and that. Pure; time is told.
#define BOOST_TEST_MODULE llm_session
#include <boost/test/unit_test.hpp>

#include "adapters/llm/brain_session.hpp"

using namespace unpod;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

struct session_fixture {
  brain_limits bounds;
  bridge_opening opening;
  llm_settings node{"https://model.example/", "m", "k"};
  std::optional<brain_session> session;
  mono_time now{1s};
  outgoing_request asked; // the newest
  std::uint64_t number = 0;

  session_fixture() {
    opening.call = call_id{"SCL_1"};
    opening.agent = agent_id{"baker"};
    opening.agent_endpoint = "https://brain.example/";
  }

  lines begin() {
    session.emplace(opening, node, bounds, 32);
    return told(session->begin(now));
  }

  /// What came out, as words.
  lines told(brain_session::outputs outputs) {
    lines all;
    for (auto& one : outputs)
      std::visit([&](auto& what) { all.push_back(words_of(what)); }, one);
    return all;
  }

  std::string words_of(send_ask& ask) {
    asked = std::move(ask.request);
    number = ask.number;
    return "ask";
  }
  static std::string words_of(drop_ask&) {
    return "drop";
  }
  static std::string words_of(brain_over&) {
    return "over";
  }
  static std::string words_of(runner_told& x) {
    return "told " + std::to_string(x.turn);
  }
  static std::string words_of(runner_joined&) {
    return "joined";
  }
  static std::string words_of(runner_delta& x) {
    return "say " + x.text;
  }
  static std::string words_of(runner_text_end&) {
    return "end";
  }
  static std::string words_of(runner_filler& x) {
    return "filler " + x.text;
  }
  static std::string words_of(runner_failed& x) {
    return std::string{x.last ? "give up " : "failed "} + std::to_string(x.turn);
  }

  lines user(const std::string& text, std::uint64_t turn) {
    return told(session->tell(bridge_user_text{text, turn, {}}, now));
  }
  void head(int status = 200, const std::string& type = "text/plain") {
    BOOST_TEST(told(session->on_head(number, status, type)).empty());
  }
  lines piece(const std::string& bytes) {
    return told(session->on_piece(number, bytes, now, now));
  }
  lines end(int status = 200, const std::string& why = {}, bool refused = false) {
    return told(session->on_end(number, outgoing_result{status, why, refused, {}}, now, now));
  }
  lines tick(mono_time later) {
    now += later;
    return told(session->on_tick(now));
  }
};

} // namespace

#define TEST_LINES(got, ...)                                                                       \
  BOOST_TEST((got) == (lines __VA_ARGS__), boost::test_tools::per_element())

BOOST_FIXTURE_TEST_CASE(a_turn_is_asked_and_its_words_come_as_they_come, session_fixture) {
  TEST_LINES(begin(), {"joined"});
  TEST_LINES(user("hello", 1), {"told 1", "ask"});
  BOOST_TEST(asked.url == "https://brain.example/");
  head();
  TEST_LINES(piece(" \n"), {});
  TEST_LINES(piece("Good "), {"say Good "});
  TEST_LINES(piece("day."), {"say day."});
  TEST_LINES(end(), {"end"});
  TEST_LINES(end(), {});
  TEST_LINES(told(session->close()), {"over"});
}

BOOST_FIXTURE_TEST_CASE(history_is_what_was_heard, session_fixture) {
  opening.brain_json = R"({"type":"prompt","ref":"Bake."})";
  begin();
  user("hello", 1);
  BOOST_TEST(asked.body.find(R"({"role":"user","content":"hello"}])") != std::string::npos);
  head();
  piece("Good day, what");
  TEST_LINES(told(session->tell(bridge_interrupted{1, "Good day,"})), {"drop"});
  session->tell(bridge_heard{"Good day,"});
  user("two loaves", 2);
  BOOST_TEST(asked.body.find(R"({"role":"user","content":"hello"},)"
                             R"({"role":"assistant","content":"Good day,"},)"
                             R"({"role":"user","content":"two loaves"}])")
             != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(cutting_in_drops_the_answer_and_what_still_comes_of_it, session_fixture) {
  begin();
  user("hello", 1);
  head();
  piece("Good ");
  const auto old = number;
  TEST_LINES(told(session->tell(bridge_interrupted{1, ""})), {"drop"});
  TEST_LINES(told(session->on_piece(old, "day.", now, now)), {});
  TEST_LINES(told(session->on_end(old, {0, "aborted", false, {}}, now, now)), {});
  TEST_LINES(user("wait", 2), {"told 2", "ask"});
  TEST_LINES(user("no, this", 3), {"drop", "told 3", "ask"});
}

BOOST_FIXTURE_TEST_CASE(a_failure_is_tried_again_once_and_then_told, session_fixture) {
  begin();
  user("hello", 1);
  TEST_LINES(end(0, "it broke"), {"drop", "ask"});
  TEST_LINES(end(0, "it broke"), {"drop", "failed 1"});
  user("hello?", 2);
  head(500);
  TEST_LINES(piece("<html>"), {});
  TEST_LINES(end(500), {"drop", "ask"});
  TEST_LINES(end(503), {"drop", "give up 2"});
}

BOOST_FIXTURE_TEST_CASE(an_answer_between_failures_makes_good, session_fixture) {
  begin();
  user("one", 1);
  end(0, "it broke");
  end(0, "it broke");
  user("two", 2);
  head();
  piece("Yes.");
  end();
  user("three", 3);
  end(404);
  TEST_LINES(user("four", 4), {"told 4", "ask"});
}

BOOST_FIXTURE_TEST_CASE(what_cannot_get_better_is_not_tried_again, session_fixture) {
  begin();
  user("one", 1);
  TEST_LINES(end(401), {"drop", "failed 1"});
  user("two", 2);
  TEST_LINES(end(302), {"drop", "give up 2"});
  begin();
  user("one", 1);
  TEST_LINES(end(0, "it leads inside", true), {"drop", "give up 1"});
}

BOOST_FIXTURE_TEST_CASE(late_is_not_tried_again, session_fixture) {
  begin();
  user("one", 1);
  now += bounds.first_byte;
  TEST_LINES(end(0, "did not answer"), {"drop", "ask"});
  begin();
  user("one", 1);
  head();
  now += 2 * bounds.first_byte;
  TEST_LINES(end(200, "fell silent"), {"drop", "failed 1"});
}

BOOST_FIXTURE_TEST_CASE(words_that_were_said_are_not_asked_for_again, session_fixture) {
  begin();
  user("hello", 1);
  head();
  piece("Good day, wha");
  TEST_LINES(end(200, "the connection broke"), {"drop", "end"});
  user("hello", 2);
  head();
  TEST_LINES(piece("Yes \xFF no"), {"say Yes ", "drop", "end"});
}

BOOST_FIXTURE_TEST_CASE(an_answer_without_words_is_a_failure_unless_it_says_so, session_fixture) {
  begin();
  user("hello", 1);
  head(200, "application/json");
  piece(R"({"text":""})");
  TEST_LINES(end(), {"end"});
  opening.brain_json = R"({"type":"endpoint","ref":"https://x"})";
  begin();
  user("hello", 1);
  head(200, "text/event-stream");
  TEST_LINES(piece("data: [DONE]\n\n"), {"drop", "ask"});
}

BOOST_FIXTURE_TEST_CASE(an_end_that_is_said_ends_the_turn_and_keeps_the_connection,
                        session_fixture) {
  opening.brain_json = R"({"type":"endpoint","ref":"https://x"})";
  begin();
  user("hello", 1);
  head(200, "text/event-stream");
  TEST_LINES(piece("data: {\"choices\":[{\"delta\":{\"content\":\"Yes.\"}}]}\n\ndata: [DONE]\n\n"),
             {"say Yes.", "end"});
  TEST_LINES(end(), {});
}

BOOST_FIXTURE_TEST_CASE(an_endless_answer_is_cut_between_characters, session_fixture) {
  bounds.answer_text_bytes_max = 5;
  begin();
  user("hello", 1);
  head();
  TEST_LINES(piece("abcd\xC3\xA9 and so on"), {"say abcd", "drop", "end"});
}

BOOST_FIXTURE_TEST_CASE(a_slow_answer_is_bridged_once, session_fixture) {
  opening.extra_json = R"({"brain_filler":"Hm."})";
  begin();
  user("hello", 1);
  BOOST_TEST((session->deadline() == now + bounds.filler_after));
  TEST_LINES(tick(1s), {});
  TEST_LINES(tick(bounds.filler_after), {"filler Hm."});
  TEST_LINES(tick(5s), {});
  BOOST_TEST(!session->deadline());
  head();
  piece("Yes.");
  end();
  opening.extra_json = R"({"brain_filler":""})";
  begin();
  user("hello", 2);
  BOOST_TEST(!session->deadline());
}

BOOST_FIXTURE_TEST_CASE(an_agent_may_speak_first, session_fixture) {
  opening.speaks_first = true;
  TEST_LINES(begin(), {"joined", "told 0", "ask"});
  BOOST_TEST(asked.body.find(R"("text":"")") != std::string::npos);
  head();
  TEST_LINES(piece("Welcome."), {"say Welcome."});
}

BOOST_FIXTURE_TEST_CASE(a_brain_that_cannot_be_asked_gives_up_at_once, session_fixture) {
  opening.brain_json = R"({"type":"prompt","ref":"Bake."})";
  node = {};
  TEST_LINES(begin(), {"give up 0"});
}
