// Looking at a node and a call: figures, quantiles, the log's levels, timelines and their story.
#define BOOST_TEST_MODULE watch
#include <boost/test/unit_test.hpp>

#include "adapters/api/call_story.hpp"
#include "adapters/api/metric_figures.hpp"
#include "adapters/api/node_view.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <deque>

using namespace unpod;
using namespace fixtures;

namespace {

constexpr auto metrics = "# TYPE unpod_turn_seconds histogram\n"
                         "unpod_turn_seconds_bucket{le=\"0.5\"} 0\n"
                         "unpod_turn_seconds_bucket{le=\"1\"} 90\n"
                         "unpod_turn_seconds_bucket{le=\"2\"} 100\n"
                         "unpod_turn_seconds_bucket{le=\"+Inf\"} 100\n"
                         "unpod_turn_seconds_sum 80\n"
                         "unpod_turn_seconds_count 100\n"
                         "unpod_calls_ended_total{reason=\"completed\"} 4\n"
                         "unpod_calls_ended_total{reason=\"busy\"} 1\n";

/// There before the API is made with it.
struct with_logs {
  std::shared_ptr<log_book> logs = std::make_shared<log_book>();
  event_board_ptr board = std::make_shared<event_board>();
};

struct watch_fixture : with_logs, api_fixture {
  watch_fixture()
    : api_fixture([this](api_setup& setup) {
        setup.logs = logs;
        setup.events = board;
        setup.figures = [] {
          node_figures seen;
          seen.version = "1.2.3";
          seen.calls_live = 450;
          seen.threads = {{"media", 7, 1.5}, {"net", 8, 0.5}};
          seen.limits = {{"open files", 100, 1'000}, {"limits.calls_max", 450, 500}};
          return seen;
        };
        setup.gauges = [] { return std::string{metrics}; };
        setup.authenticate = [](std::string_view secret) -> std::optional<api_caller> {
          return api_caller{"k", "ORG_1", secret == "other" ? "PRJ_2" : "PRJ_1", "",
                            secret == "good"};
        };
      }) {}

  void note(const std::string& id, std::uint64_t seq, const std::string& kind,
            const std::string& body, wall_ms after) {
    stored.records->put(journal_record{call_id{id}, seq, 1'700'000'000'000 + after, kind, body});
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(quantiles_are_read_from_buckets) {
  const metric_figures told{metrics};
  BOOST_TEST(*told.quantile("unpod_turn_seconds", 0.5) > 0.5);
  BOOST_TEST(*told.quantile("unpod_turn_seconds", 0.5) < 1.0);
  BOOST_TEST(*told.quantile("unpod_turn_seconds", 0.95) == 1.5);
  BOOST_TEST(!told.quantile("unpod_turn", 0.5));
  BOOST_TEST(!metric_figures{}.quantile("x", 0.5));
  const metric_figures late{"a_bucket{le=\"1\"} 0\na_bucket{le=\"+Inf\"} 9\n"};
  BOOST_TEST(*late.quantile("a", 0.5) == 1);
  BOOST_TEST(told.total("unpod_calls_ended_total") == 5);
  BOOST_TEST(told.total("unpod_calls_ended") == 0);
}

BOOST_AUTO_TEST_CASE(histograms_of_all_labels_count_together) {
  const metric_figures told{"a_bucket{by=\"x\",le=\"1\"} 1\na_bucket{by=\"x\",le=\"2\"} 4\n"
                            "a_bucket{by=\"y\",le=\"1\"} 3\na_bucket{by=\"y\",le=\"2\"} 4\n"};
  BOOST_TEST(*told.quantile("a", 0.5) == 1.0);
  BOOST_TEST(*told.quantile("a", 1) == 2.0);
}

BOOST_AUTO_TEST_CASE(what_is_no_line_of_a_metric_is_left_out) {
  const metric_figures told{"# TYPE a counter\n\n a 1\na\na{b=\"c d\"\na x\na 1 \na 2\n{} 3\n"
                            "h_bucket 7\nh_bucket{le=\"} 8\nh_bucket{le=\"q\"} 9\na 5"};
  BOOST_TEST(told.total("a") == 7);
  BOOST_TEST(!told.quantile("h", 0.5));
}

BOOST_AUTO_TEST_CASE(a_house_of_thousands_is_counted_more_rarely) {
  activity_registry registry;
  std::deque<activity_node> nodes;
  const auto fill = [&](std::size_t living) {
    while (nodes.size() < living) {
      auto& node = nodes.emplace_back();
      node.id = nodes.size();
      registry.add(node, "call", {});
    }
  };
  actor_census census;
  const auto counted_at = [&](std::int64_t second) {
    return census.take(registry, std::chrono::seconds{second}).living;
  };
  fill(10);
  BOOST_TEST(counted_at(100) == 10u);
  fill(2'500);
  BOOST_TEST(counted_at(100) == 2'500u); // few were there: for everyone who asks
  fill(2'600);
  BOOST_TEST(counted_at(102) == 2'500u);
  BOOST_TEST(counted_at(103) == 2'600u);
}

BOOST_AUTO_TEST_CASE(a_breaker_that_is_open_is_a_providers_state) {
  node_sight sight;
  sight.providers.resize(1);
  sight.providers[0].state = "half_open";
  sight.providers[0].successes = 9;
  std::string why;
  const auto node = json::parse(node_json(sight), 10, why);
  BOOST_REQUIRE(node.has_value());
  BOOST_TEST(*json::text((*node)["providers"][0], "state") == "half_open");
}

BOOST_AUTO_TEST_CASE(providers_and_queues_are_told) {
  node_sight sight;
  sight.providers.resize(2);
  sight.providers[0].provider = "deepgram";
  sight.providers[0].failures_in_a_row = 3;
  sight.providers[0].first_byte_p99_ms = 340;
  sight.providers[1].provider = "embedded";
  sight.metrics = "unpod_queue_waiting 7\nunpod_queue_dialling 2\nunpod_queue_live 3\n";
  activity shown;
  shown.kind = "provider";
  shown.subject = "embedded";
  shown.state = "open";
  shown.mailbox_depth = 5;
  sight.actors = sums_of({shown});
  std::string why;
  const auto node = json::parse(node_json(sight), 10, why);
  BOOST_REQUIRE(node.has_value());
  const auto& providers = (*node)["providers"];
  BOOST_TEST(*json::text(providers[0], "state") == "failing");
  BOOST_TEST(*json::number(providers[0], "first_byte_p99_ms") == 340);
  BOOST_TEST(*json::text(providers[1], "state") == "open"); // as it shows itself
  BOOST_TEST(providers[1]["first_byte_p50_ms"].IsNull());
  std::string queues;
  for (const auto& row : (*node)["queues"].GetArray())
    queues += *json::text(row, "name") + " " + std::to_string(*json::whole(row, "used")) + "; ";
  BOOST_TEST(queues.find("outbound calls that wait 7; outbound calls on the line 5; ") == 0,
             queues);
  BOOST_TEST(queues.find("messages to actors 5; ") != queues.npos, queues);
}

BOOST_AUTO_TEST_CASE(a_story_is_a_paragraph) {
  call_record call;
  call.id = call_id{"SCL_1"};
  call.pipe = pipe_id{"PIPE_9"};
  call.agent = agent_id{"baker"};
  call.status = "completed";
  call.started = 1'000;
  call.ended = 43'000;
  call.end_reason = "agent_end_call";
  call.transcript.push_back({"agent", "hello", 0, 1, false, {}, R"({"endpoint":500,"total":515})"});
  call.transcript.push_back(
    {"agent", "well", 0, 2, true, {}, R"({"endpoint":500,"brain":900,"total":1430})"});
  const auto entry = [&](const char* kind, const char* body) {
    return journal_record{call.id, 1, 1'500, kind, body};
  };
  const std::vector<journal_record> journal{entry("started", "{}"),
                                            entry("dispatch",
                                                  R"({"worker_id":"W1","attempts":2,"candidates":[
            {"worker_id":"W1","busy":1,"seats":4,"verdict":"chosen"},
            {"worker_id":"W2","busy":3,"seats":4,"verdict":"more loaded"},
            {"worker_id":"W3","busy":4,"seats":4,"verdict":"full"}]})"),
                                            entry("user_turn", "{}"),
                                            entry("barge_in", "{}"),
                                            entry("user_turn", "{}"),
                                            entry("no_answer", R"({"turn":3})"),
                                            entry("end", "{}")};
  BOOST_TEST(story_of(call, journal)
             == "Call SCL_1 came in over the web to pipe PIPE_9 (agent baker) and lasted 42 s. "
                "Runner W1 took it at attempt 2, with 1 of 4 seats busy; W2 was more loaded, W3 "
                "was full. The runner did not answer turn 3. The caller took 2 turns and cut the "
                "agent off once. Answers began 515 ms after the caller's last sound (median), "
                "1430 ms at worst, in turn 2, most of it in \"brain\" (900 ms). It ended because "
                "the agent ended it, after what was queued had been played (agent_end_call).");
  BOOST_TEST(who_ended("caller_hangup") == "the caller");
  for (std::size_t i = 1; i < end_reason_names.size(); ++i)
    BOOST_TEST(!who_ended(end_reason_names[i]).empty(), end_reason_names[i]);
}

BOOST_AUTO_TEST_CASE(a_story_without_a_journal_or_with_a_broken_one_is_still_told) {
  call_record call;
  call.id = call_id{"SCL_1"};
  BOOST_TEST(story_of(call, {}).find("never began") != std::string::npos);
  call.started = 1;
  for (const auto* body : {"", "[]", "{", R"({"candidates":7})", R"({"candidates":[7]})"})
    BOOST_TEST(!story_of(call, {{call.id, 1, 1, "dispatch", body}}).empty(), body);
}

BOOST_FIXTURE_TEST_SUITE(over_the_api, watch_fixture)

BOOST_AUTO_TEST_CASE(a_timeline_is_in_order_and_the_projects_own) {
  add_call("SCL_1", "completed");
  note("SCL_1", 1, "started", "{}", 0);
  note("SCL_1", 2, "user_turn", R"({"text":"two loaves"})", 900);
  note("SCL_10", 1, "started", "{}", 0);
  const auto told = data(call("GET", "/v1/calls/SCL_1/timeline"), 200);
  BOOST_TEST(told["rows"].Size() == 2u);
  BOOST_TEST(*json::text(told["rows"][1], "kind") == "user_turn");
  BOOST_TEST(*json::whole(told["rows"][1], "after_ms") == 900);
  BOOST_TEST(*json::text(told["rows"][1]["data"], "text") == "two loaves");
  BOOST_TEST(json::text(told, "why")->find("Call SCL_1 came in") == 0);
  BOOST_TEST(ask_as("Bearer other", "GET", "/v1/calls/SCL_1/timeline").status == 404);
}

BOOST_AUTO_TEST_CASE(a_live_timeline_has_its_moments_too) {
  add_call("SCL_1", "active");
  note("SCL_1", 1, "started", "{}", 0);
  const auto line = board->line(call_id{"SCL_1"}, *stored.records);
  line->post("partial", R"({"text":"two"})", 1'700'000'000'300);
  line->post("user_turn", R"({"text":"two loaves"})", 1'700'000'000'900);
  line->post("ledger", "{}", 1'700'000'001'000);                  // the transcript has those
  note("SCL_1", 3, "user_turn", R"({"text":"two loaves"})", 900); // it was written meanwhile
  const auto told = data(call("GET", "/v1/calls/SCL_1/timeline"), 200);
  std::string kinds;
  for (const auto& row : told["rows"].GetArray())
    kinds += *json::text(row, "kind") + " ";
  BOOST_TEST(kinds == "started partial user_turn ");
  BOOST_TEST(json::text(told, "why")->find("took 1 turn") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_node_says_what_it_takes) {
  const auto seen = data(call("GET", "/v1/node"), 200);
  BOOST_TEST(*json::text(seen, "version") == "1.2.3");
  BOOST_TEST(*json::number(seen, "cpu_s") == 2.0);
  BOOST_TEST(*json::whole(seen, "calls_ended") == 5);
  std::string near;
  for (const auto& one : seen["limits"].GetArray())
    near += *json::text(one, "name") + " " + std::to_string(*json::whole(one, "percent")) + "; ";
  BOOST_TEST(near
             == "open files 10; limits.calls_max 90; limits.runners_max 0; "
                "limits.journal_spool_max 0; ");
  for (const auto& one : seen["latencies"].GetArray())
    if (*json::text(one, "stage") == "turn")
      BOOST_TEST(*json::number(one, "p95_ms") == 1'500);
  BOOST_TEST(ask_as("Bearer other", "GET", "/v1/node").status == 403);
}

BOOST_AUTO_TEST_CASE(a_room_can_be_told_to_say_more) {
  logs->take({0, 1, log_level::info, "adapters.speech", "SCL_1", "it began", 7, 0});
  logs->take({0, 2, log_level::debug, "adapters.speech", "", "not yet", 0, 0});
  const auto set = R"({"room":"adapters.speech","level":"debug"})";
  const auto levels = data(call("POST", "/v1/logs/levels", set), 200);
  BOOST_TEST(*json::text(levels["rooms"], "adapters.speech") == "debug");
  logs->take({0, 3, log_level::debug, "adapters.speech", "", "now", 0, 0});
  const auto lines = data(call("GET", "/v1/logs?after=1"), 200);
  BOOST_REQUIRE_EQUAL(lines.Size(), 1u);
  BOOST_TEST(*json::text(lines[0], "words") == "now");
  BOOST_TEST(*json::text(data(call("GET", "/v1/logs"), 200)[0], "actor") == "7");
  BOOST_TEST(*json::text(data(call("GET", "/v1/logs/levels"), 200), "level") == "info");
  for (const auto* bad : {"{}", "[]", R"({"level":"loud"})"})
    BOOST_TEST(call("POST", "/v1/logs/levels", bad).status == 422, bad);
  BOOST_TEST(call("GET", "/v1/logs?after=x").status == 422);
}

BOOST_AUTO_TEST_CASE(a_runner_of_another_project_is_not_drained) {
  runner_row mine;
  mine.card.worker = worker_id{"W1"};
  mine.card.project = "PRJ_1";
  runners.rows = {mine};
  BOOST_TEST(call("POST", "/v1/runners/W1/drain").status == 202);
  BOOST_TEST(call("POST", "/v1/runners/W2/drain").status == 404);
  BOOST_TEST(ask_as("Bearer other", "POST", "/v1/runners/W1/drain").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
