// A CALL as others see it: what observers are told, which rows webhooks and usage get in
// its batches, and what a crash leaves.
#define BOOST_TEST_MODULE actors_call_watch
#include <boost/test/unit_test.hpp>

#include "tests/actors/call_fixture.hpp"

#include <set>

using namespace fixtures;

namespace {

struct watched_call : call_fixture {
  event_board_ptr board = std::make_shared<event_board>();
  event_line_ptr line;

  /// As begin_joined, on a board that the test can see.
  void begin_watched() {
    webhook_record webhook;
    webhook.id = "WHK_1";
    webhook.project = "PRJ_1";
    store_data.records->put(webhook);
    auto seen = std::make_shared<call_kit>(*kit());
    seen->events = board;
    seen->bounds.watch = watch_limits{};
    line = board->line(call_id{"SCL_1"}, *store_data.records);
    subject = sys.spawn(unpod::call, call_setup{seen, request(), pipe_row, voices});
    self->monitor(subject);
    run();
    join();
  }

  std::vector<call_event> said() {
    return line->read(0, 1'000'000).events;
  }
  std::string kinds() {
    std::string all;
    for (const auto& event : said())
      all += (all.empty() ? "" : " ") + event.kind;
    return all;
  }
  bool has_said(const std::string& kind, const std::string& part = {}) {
    for (const auto& event : said())
      if (event.kind == kind && event.body.find(part) != std::string::npos)
        return true;
    return false;
  }
  std::vector<std::string> told() {
    std::vector<std::string> events;
    for (const auto& change : store_data.changes)
      if (const auto* row = std::get_if<delivery_record>(&change.record))
        events.push_back(row->event);
    return events;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(observers_are_told_all_and_the_journal_what_is_kept, watched_call) {
  begin_watched();
  start_speaking();
  recogniser_says(stt_partial{"two loa"});
  stop_speaking();
  say("two loaves");
  answer("Two loaves it is.");
  play();
  for (const auto& [kind, part] :
       std::vector<std::pair<std::string, std::string>>{{"started", "PIPE_1"},
                                                        {"partial", "two loa"},
                                                        {"speech_started", ""},
                                                        {"speech_ended", ""},
                                                        {"final", "two loaves"},
                                                        {"user_turn", "two loaves"},
                                                        {"state", "thinking"},
                                                        {"first_sample", R"("own":false)"},
                                                        {"agent_text", "Two loaves it is."},
                                                        {"ledger", R"("total":)"},
                                                        {"agent_turn", "Two loaves it is."}})
    BOOST_TEST(has_said(kind, part), kind << " " << part << " in " << kinds());
  // The journal has the same numbers, without those of the moment.
  std::set<std::uint64_t> numbers;
  for (const auto& entry : store_data.journal) {
    numbers.insert(entry.seq);
    BOOST_TEST(entry.kind != "partial");
  }
  for (const auto& event : said())
    if (event.kind == "user_turn" || event.kind == "agent_turn")
      BOOST_TEST(numbers.count(event.seq) == 1u);
  BOOST_TEST(said().back().seq == said().size());
}

BOOST_FIXTURE_TEST_CASE(a_long_silence_is_told_in_steps, watched_call) {
  begin_watched();
  pass(seconds{12});
  BOOST_TEST(has_said("silence", R"("seconds":5)"));
  BOOST_TEST(has_said("silence", R"("seconds":10)"));
  start_speaking();
  stop_speaking();
  const auto before = said().size();
  pass(seconds{4});
  for (auto at = before; at < said().size(); ++at)
    BOOST_TEST(said()[at].kind != "silence");
}

BOOST_FIXTURE_TEST_CASE(the_end_is_the_last_that_is_said_and_its_rows_come_with_it, watched_call) {
  begin_watched();
  BOOST_TEST((told() == std::vector<std::string>{"call_started"}));
  say("two loaves");
  answer("Here.");
  play();
  self->send(subject, hang_up{end_reason::caller_hangup});
  run();
  pass(seconds{4});
  BOOST_TEST(is_gone());
  BOOST_TEST(
    (told() == std::vector<std::string>{"call_started", "call_ended", "transcript_ready"}));
  BOOST_TEST(said().back().kind == "end");
  BOOST_TEST(line->read(said().back().seq, 1).over);
  const auto usage =
    find<usage_record>(*store_data.records, table::usage, "SCL_1/node/000000000001");
  BOOST_REQUIRE(usage);
  BOOST_TEST(usage->body_json.find(R"("tts_characters":5)") != std::string::npos, usage->body_json);
  BOOST_TEST(usage->project == "PRJ_1");
  BOOST_TEST(board->find(call_id{"SCL_1"})); // for who comes back
}

BOOST_FIXTURE_TEST_CASE(tokens_of_a_brain_are_counted, watched_call) {
  begin_watched();
  runner_says(runner_usage{100, 20, 0, "openai", "gpt"});
  runner_says(runner_usage{50, 10, 5, "openai", "gpt"});
  self->send(subject, hang_up{end_reason::api_hangup});
  run();
  pass(seconds{4});
  const auto body =
    find<usage_record>(*store_data.records, table::usage, "SCL_1/node/000000000001")->body_json;
  for (const auto* part : {R"("llm_prompt_tokens":150)", R"("llm_completion_tokens":30)",
                           R"("llm_cached_tokens":5)", R"("llm_model":"gpt")"})
    BOOST_TEST(body.find(part) != std::string::npos, body);
}

BOOST_FIXTURE_TEST_CASE(a_call_without_a_runner_has_failed, watched_call) {
  answers.clear();
  answers.push_back({""});
  webhook_record webhook;
  webhook.id = "WHK_1";
  webhook.project = "PRJ_1";
  webhook.events = "call_failed";
  store_data.records->put(webhook);
  begin();
  play();
  pass(seconds{4});
  BOOST_TEST((told() == std::vector<std::string>{"call_failed"}));
}
