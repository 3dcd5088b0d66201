// What a demo makes of the API's answers and the runner's news, and what it shows.
#define BOOST_TEST_MODULE demo_story
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/peers/demo_program.hpp"
#include "adapters/peers/demo_story.hpp"

#include <algorithm>
#include <filesystem>
#include <random>
#include <sstream>

namespace {

using namespace unpod;

constexpr const char* call_body = R"({"status_code":200,"message":"ok","data":{
  "call_id":"SCL_1","status":"completed","end_reason":"agent_end_call",
  "recording_url":"http://h/v1/recordings/SCL_1.wav",
  "transcript":[
    {"role":"agent","content":"Hello."},
    {"role":"user","content":"one"},
    {"role":"agent","content":"First","interrupted":true,
     "ledger_ms":{"endpoint":500.0,"send":1.5,"speak":0.5,"total":502.0}},
    {"role":"user","content":"two"},
    {"role":"agent","content":"Second reply.",
     "ledger_ms":{"endpoint":500.0,"send":2.5,"speak":0.5,"total":503.0}}]}})";

std::vector<cast_turn> two_turns() {
  std::vector<cast_turn> turns(2);
  turns[0].says = "one";
  turns[0].reply = "First reply.";
  turns[1].says = "two";
  turns[1].cue.barge_in = true;
  turns[1].reply = "Second reply.";
  turns[1].ends = true;
  return turns;
}

struct told_and_seen {
  std::vector<cast_turn> cast = two_turns();
  seen_call seen{
    {"one", "two"}, {"First reply.", "Second reply."}, {{1, "First"}}, "agent_end_call"};
  told_call told = read();
  std::vector<std::string> findings;

  static told_call read() {
    std::string why;
    auto call = read_call(call_body, why);
    BOOST_REQUIRE_MESSAGE(call.has_value(), why);
    return *call;
  }

  std::vector<demo_turn> tell() {
    findings.clear();
    return tell_turns(cast, seen, told, findings);
  }

  bool found(const std::string& words) {
    tell();
    return std::any_of(findings.begin(), findings.end(), [&](const auto& finding) {
      return finding.find(words) != std::string::npos;
    });
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_call_is_read_from_the_api) {
  const auto call = told_and_seen::read();
  BOOST_TEST(call.status == "completed");
  BOOST_TEST(call.recording == "SCL_1.wav");
  BOOST_TEST(call.transcript.size() == 5u);
  BOOST_TEST(ledger_part(call.transcript[2].ledger, "send") == 1.5);
  BOOST_TEST(ledger_part(call.transcript[2].ledger, "none") == -1);
  BOOST_TEST(read_data_text(R"({"data":{"pipe_id":"PIPE_1"}})", "pipe_id") == "PIPE_1");
  BOOST_TEST(read_data_text("[]", "pipe_id").empty());
}

BOOST_AUTO_TEST_CASE(answers_that_are_no_calls_are_refused_in_words) {
  std::mt19937 dice{9};
  const std::string body = call_body;
  for (int round = 0; round < 1'000; ++round) {
    auto bad = body.substr(0, dice() % body.size());
    if (!bad.empty())
      bad[dice() % bad.size()] = static_cast<char>(dice());
    std::string why;
    BOOST_REQUIRE((read_call(bad, why).has_value() || !why.empty()));
  }
  for (const char* odd : {"[]", "{}", R"({"data":[]})", R"({"data":null})"}) {
    std::string why;
    BOOST_TEST(!read_call(odd, why).has_value());
    BOOST_TEST(!why.empty());
  }
}

BOOST_FIXTURE_TEST_CASE(turns_are_put_together, told_and_seen) {
  const auto turns = tell();
  for (const auto& finding : findings)
    BOOST_ERROR(finding);
  BOOST_TEST(turns.at(0).user == "one");
  BOOST_TEST(turns.at(0).cut_off);
  BOOST_TEST(turns.at(0).heard_prefix == "First");
  BOOST_TEST(turns.at(1).barge_in);
  BOOST_TEST(ledger_part(turns.at(1).ledger, "total") == 503.0);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit_is_found, told_and_seen) {
  seen.replies[1] = "Another reply.";
  BOOST_TEST(found("turn 2: the runner replied \"Another reply.\""));
  seen = {{"one", "too"}, {"First reply.", "Second reply."}, {}, ""};
  BOOST_TEST(found("turn 1: the reply was to be interrupted, and was not"));
  BOOST_TEST(found("turn 2: the runner was told \"too\", the transcript says \"two\""));
  seen = {{"one", "two"}, {"First reply.", "Second reply."}, {{1, "First"}, {2, ""}}, ""};
  BOOST_TEST(found("turn 2: the reply was interrupted, against the script"));
  told.transcript[2].ledger[1].second = 3.5;
  BOOST_TEST(found("turn 1: the ledger's parts make 504.0 ms, its total is 502.0"));
  told.transcript[2].content = "Firstly";
  BOOST_TEST(found("turn 1: the transcript's \"Firstly\" is no beginning of the reply"));
  told.transcript[4].ledger.clear();
  BOOST_TEST(found("turn 2: the transcript has no latency ledger"));
  told.transcript.resize(3);
  BOOST_TEST(found("the transcript has 1 user turns, the script has 2"));
}

BOOST_FIXTURE_TEST_CASE(json_is_one_object_of_the_promised_shape, told_and_seen) {
  demo_call call;
  call.turns = tell();
  call.recording = "/tmp/x.wav";
  std::string why;
  auto document = json::parse(demo_json({call}), 8, why);
  BOOST_REQUIRE_MESSAGE(document.has_value(), why);
  BOOST_TEST(document->MemberCount() == 3u);
  const json::value& whole = *document;
  BOOST_TEST(json::flag(whole, "ok").value());
  BOOST_TEST(*json::text(whole, "recording") == "/tmp/x.wav");
  const auto& turns = *json::member(whole, "turns");
  BOOST_TEST(turns.Size() == 2u);
  BOOST_TEST(*json::text(turns[0], "heard_prefix") == "First");
  BOOST_TEST(!json::text(turns[1], "heard_prefix").has_value());
  BOOST_TEST(*json::number(*json::member(turns[1], "ledger_ms"), "total") == 503.0);
  call.report.findings.push_back("something");
  document = json::parse(demo_json({call, call}), 8, why);
  BOOST_TEST(!json::flag(*document, "ok").value());
  BOOST_TEST(json::member(*document, "findings")->Size() == 2u);
  BOOST_TEST(json::member(*document, "summary") != nullptr);
  BOOST_TEST(!json::flag(*json::parse(demo_json({}), 8, why), "ok").value());
}

BOOST_FIXTURE_TEST_CASE(sums_are_of_all_turns, told_and_seen) {
  std::vector<double> values;
  for (int n = 1; n <= 100; ++n)
    values.push_back(n);
  BOOST_TEST(percentile(values, 0.5) == 50);
  BOOST_TEST(percentile(values, 0.99) == 99);
  BOOST_TEST(percentile(values, 1.0) == 100);
  BOOST_TEST(percentile({7}, 0.0) == 7);
  BOOST_TEST(percentile({}, 0.5) == -1);
  demo_call call;
  call.turns = tell();
  const auto lines = summarise({call, call});
  const auto share = std::find_if(lines.begin(), lines.end(),
                                  [](const auto& line) { return line.name == "text share"; });
  BOOST_REQUIRE((share != lines.end()));
  BOOST_TEST(share->count == 4u);
  BOOST_TEST(share->p50_ms == 2.0);
  BOOST_TEST(share->max_ms == 3.0);
  BOOST_TEST(ledger_table(call.turns).find("500.0") != std::string::npos);
  BOOST_TEST(summary_table({call}).find("text share") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_demo_that_cannot_begin_says_why_and_leaves_nothing_behind) {
  std::ostringstream out, err;
  demo_wishes wishes;
  std::string asked_for;
  const demo_node_starter no_node = [&](const std::string& data_dir, std::string& why) {
    asked_for = data_dir;
    why = "port 1 is taken";
    return std::shared_ptr<const demo_node>{};
  };
  BOOST_TEST(run_demo_program(wishes, no_node, {}, out, err) == 2);
  BOOST_TEST(err.str() == "unpod demo: port 1 is taken\n");
  BOOST_TEST(!std::filesystem::exists(std::filesystem::path{asked_for}.parent_path()));
  wishes.script_file = "/nonexistent/talk.txt";
  err.str("");
  BOOST_TEST(run_demo_program(wishes, no_node, {}, out, err) == 2);
  BOOST_TEST(err.str() == "unpod demo: cannot read /nonexistent/talk.txt\n");
}

BOOST_AUTO_TEST_CASE(a_runner_without_a_script_or_an_address_says_so) {
  std::ostringstream out, err;
  runner_wishes wishes;
  wishes.script_file = "/nonexistent/talk.txt";
  BOOST_TEST(run_runner_program(wishes, {}, {}, {}, out, err) == 2);
  BOOST_TEST(err.str().find("cannot read") != std::string::npos);
  wishes.script_file.clear();
  wishes.url = "ftp://h";
  err.str("");
  BOOST_TEST(run_runner_program(wishes, {}, {}, {}, out, err) == 2);
  BOOST_TEST(err.str().find("is no address of a node") != std::string::npos);
}
