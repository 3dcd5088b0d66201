// The API over a fake exchange and fake actors: every spelling of a URL, who may
// ask, and what the actors behind it are told.
#define BOOST_TEST_MODULE api
#include <boost/test/unit_test.hpp>

#include "tests/adapters/api/api_fixture.hpp"

using namespace fixtures;

BOOST_FIXTURE_TEST_SUITE(api_tests, api_fixture)

BOOST_AUTO_TEST_CASE(every_spelling_of_a_url_finds_its_route) {
  for (const std::string mount :
       {"", "/platform", "/orchestrator", "/api/v2/platform", "/api/v2/platform/speech"})
    for (const std::string speech : {"", "/speech"})
      for (const std::string slash : {"", "/"}) {
        for (const auto* path : {"/v1/pipes", "/v1/agents", "/v1/calls", "/v1/sessions",
                                 "/v1/transcripts", "/voice-profiles", "/v1/voice-profiles"})
          BOOST_TEST(data(call("GET", mount + speech + path + slash), 200).IsArray());
      }
}

BOOST_AUTO_TEST_CASE(all_three_schemes_are_taken_on_every_plane) {
  for (const auto* scheme : {"Bearer", "bearer", "BEARER", "Token", "token", "JWT", "jwt"})
    for (const auto* target : {"/platform/v1/calls", "/api/v2/platform/speech/v1/pipes"})
      BOOST_TEST(ask_as(std::string{scheme} + " good", "GET", target).status == 200);
  for (const auto* bad :
       {"", "good", "Bearer", "Bearer ", "Bearer bad", "Basic good", "Bearer\tgood"}) {
    const auto answer = ask_as(bad, "GET", "/v1/pipes");
    BOOST_TEST(detail(answer, 401) == "Not authenticated", bad);
    BOOST_TEST(has_header(answer, "WWW-Authenticate", "Bearer"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_404_and_what_is_not_served_405) {
  for (const auto* path : {"/", "/v1", "/v1/pips", "/v1/pipes/x/y/z", "/v2/pipes"})
    BOOST_TEST(call("GET", path).status == 404, path);
  for (const auto* path : {"/%zz", "/v1/../pipes", "/v1/pipes/%00"})
    BOOST_TEST(call("GET", path).status == 400, path);
  BOOST_TEST(call("GET", "/v1/pipes?a=%zz").status == 400);
  const auto answer = call("DELETE", "/v1/pipes");
  BOOST_TEST(answer.status == 405);
  BOOST_TEST(has_header(answer, "Allow", "GET, POST"));
  const auto of_its_own = call("GET", "/v1/sessions/token");
  BOOST_TEST(of_its_own.status == 405); // and no session called "token"
  BOOST_TEST(has_header(of_its_own, "Allow", "POST"));
  BOOST_TEST(call("HEAD", "/v1/pipes").status == 200);
  BOOST_TEST(ask_as("", "PUT", "/v1/pipes").status == 405);
}

BOOST_AUTO_TEST_CASE(a_pipe_is_made_shown_changed_and_erased) {
  const auto id = new_pipe();
  BOOST_TEST(*json::text(data(call("GET", "/v1/pipes/" + id), 200), "name") == "desk");
  BOOST_TEST(data(call("GET", "/v1/pipes"), 200).Size() == 1u);
  const auto changed = data(call("PATCH", "/v1/pipes/" + id, R"({"name":"bar","tag":"x"})"), 200);
  BOOST_TEST(*json::text(changed, "name") == "bar");
  BOOST_TEST(*json::text(changed, "tag") == "x");
  BOOST_TEST(*json::text(changed, "agent_id") == "a");
  const auto gone = call("DELETE", "/v1/pipes/" + id);
  BOOST_TEST(gone.status == 204);
  BOOST_TEST(gone.body.empty());
  BOOST_TEST(call("GET", "/v1/pipes/" + id).status == 404);
}

BOOST_AUTO_TEST_CASE(another_project_sees_nothing_of_it) {
  const auto id = new_pipe();
  add_call("SCL_1", "completed");
  for (const auto& [method, target] :
       std::vector<std::pair<std::string, std::string>>{{"GET", "/v1/pipes/" + id},
                                                        {"PATCH", "/v1/pipes/" + id},
                                                        {"DELETE", "/v1/pipes/" + id},
                                                        {"GET", "/v1/calls/SCL_1"},
                                                        {"GET", "/v1/sessions/SCL_1"},
                                                        {"POST", "/v1/calls/SCL_1/hangup"},
                                                        {"POST", "/v1/sessions/SCL_1/end"}})
    BOOST_TEST(ask_as("Bearer other", method, target, "{}").status == 404, method << target);
  for (const auto* target : {"/v1/pipes", "/v1/calls", "/v1/sessions", "/v1/transcripts"})
    BOOST_TEST(data(ask_as("Bearer other", "GET", target), 200).Size() == 0u);
  BOOST_TEST(ended.empty());
  BOOST_TEST(call("GET", "/v1/pipes/" + id).status == 200);
}

BOOST_AUTO_TEST_CASE(a_bad_body_is_told_what_is_wrong) {
  BOOST_TEST(detail(call("POST", "/v1/pipes", "{\"name\":"), 400).find("not JSON at byte")
             != std::string::npos);
  BOOST_TEST(detail(call("POST", "/v1/pipes", ""), 400).find("no JSON") != std::string::npos);
  BOOST_TEST(detail(call("POST", "/v1/pipes", std::string(40, '[')), 400).find("32 levels")
             != std::string::npos);
  BOOST_TEST(detail(call("POST", "/v1/pipes", R"({"name":7})"), 422) == "name must be text");
  BOOST_TEST(stored.changes.empty());
}

BOOST_AUTO_TEST_CASE(a_store_that_refuses_or_is_gone_is_told_as_such) {
  stored.refuses = refusal::disk_full;
  BOOST_TEST(call("POST", "/v1/pipes", R"({"name":"a"})").status == 507);
  house->put(store_actor{});
  const auto answer = call("POST", "/v1/pipes", R"({"name":"a"})");
  BOOST_TEST(answer.status == 503);
  BOOST_TEST(has_header(answer, "Retry-After", "1"));
  BOOST_TEST(call("GET", "/v1/pipes").status == 200); // reading goes on
}

BOOST_AUTO_TEST_CASE(an_agent_is_a_group_of_voices) {
  const auto body = R"({"agent_id":"a","brain":{"type":"runner"},"voice_profile":"Nova"})";
  const auto made = data(call("POST", "/v1/agents", body), 201);
  BOOST_TEST(*json::text(made, "agent_id") == "a");
  BOOST_TEST(*json::flag(made, "is_default"));
  BOOST_TEST(detail(call("POST", "/v1/agents", body), 409).find("already") != std::string::npos);
  new_pipe(); // a plain pipe of the same agent is none of its voices
  BOOST_TEST(data(call("GET", "/v1/agents"), 200).Size() == 1u);
  BOOST_TEST(json::member(data(call("GET", "/v1/agents/a"), 200), "voices")->Size() == 1u);
  BOOST_TEST(call("GET", "/v1/agents/b").status == 404);
  BOOST_TEST(call("DELETE", "/v1/agents/a").status == 204);
  BOOST_TEST(data(call("GET", "/v1/agents"), 200).Size() == 0u);
  BOOST_TEST(data(call("GET", "/v1/pipes"), 200).Size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_token_is_shown_once_and_kept_as_its_hash) {
  const auto id = new_pipe();
  const auto before = wall_now();
  const auto made = data(
    call("POST", "/v1/sessions/token", R"({"pipe_id":")" + id + R"(","metadata":{"k":"v"}})"), 201);
  BOOST_TEST(*json::text(made, "token") == "the-token");
  BOOST_TEST(json::text(made, "expires_at")->size() == 24u);
  const auto kept = find<token_record>(*stored.records, table::tokens, "#the-token");
  BOOST_REQUIRE(kept);
  BOOST_TEST(kept->pipe.str() == id);
  BOOST_TEST(kept->metadata_json == R"({"k":"v"})");
  BOOST_TEST(!kept->used);
  BOOST_TEST(kept->expires >= before + 60'000);
  BOOST_TEST(kept->expires <= wall_now() + 60'000);
  const auto token = [&](const std::string& body) {
    return call("POST", "/v1/sessions/token", body);
  };
  BOOST_TEST(token(R"({"pipe_id":"PIPE_x"})").status == 404);
  BOOST_TEST(token("[]").status == 422);
  BOOST_TEST(token(R"({"pipe_id":")" + id + R"(","metadata":[]})").status == 422);
  BOOST_TEST(
    token(R"({"pipe_id":")" + id + R"(","metadata":{"k":")" + std::string(70'000, 'x') + "\"}}")
      .status
    == 422);
  BOOST_TEST(token(R"({"pipe_id":")" + id + R"(","metadata":null})").status == 201);
}

BOOST_AUTO_TEST_CASE(calls_are_listed_filtered_and_shown) {
  add_call("SCL_1", "completed");
  add_call("SCL_2", "active");
  add_call("SCL_3", "completed", "PRJ_2");
  const auto all = data(call("GET", "/v1/calls"), 200);
  BOOST_REQUIRE_EQUAL(all.Size(), 2u);
  BOOST_TEST(*json::text(all[0], "call_id") == "SCL_2"); // newest first
  BOOST_TEST(data(call("GET", "/v1/calls?call_status=completed"), 200).Size() == 1u);
  BOOST_TEST(data(call("GET", "/v1/calls?call_status=completed&pipe_id=PIPE_9"), 200).Size() == 0u);
  BOOST_TEST(json::member(data(call("GET", "/v1/calls/SCL_1"), 200), "transcript")->Size() == 1u);
  BOOST_TEST(*json::text(data(call("GET", "/v1/sessions/SCL_1"), 200), "status") == "closed");
  BOOST_TEST(data(call("GET", "/v1/transcripts"), 200).Size() == 1u);
  BOOST_TEST(call("GET", "/v1/calls/SCL_9").status == 404);
}

BOOST_AUTO_TEST_CASE(a_call_is_hung_up_through_its_pipe) {
  add_call("SCL_2", "active");
  BOOST_TEST(call("POST", "/v1/calls/SCL_2/hangup").status == 200); // an empty body is fine
  const auto state = data(call("POST", "/orchestrator/v1/sessions/SCL_2/end"), 200);
  BOOST_TEST(*json::text(state, "state") == "ended");
  BOOST_REQUIRE_EQUAL(ended.size(), 2u);
  BOOST_TEST(ended[0].call.str() == "SCL_2");
  BOOST_TEST((ended[1].reason == end_reason::api_hangup));
}

BOOST_AUTO_TEST_CASE(a_profile_is_found_by_id_or_name) {
  BOOST_TEST(*json::text(data(call("GET", "/voice-profiles/VP_1/"), 200), "name") == "Nova");
  BOOST_TEST(call("GET", "/voice-profiles/nova/").status == 200);
  BOOST_TEST(call("GET", "/voice-profiles/x/").status == 404);
  BOOST_TEST(data(call("GET", "/voice-profiles/?language=en"), 200).Size() == 1u);
  BOOST_TEST(data(call("GET", "/voice-profiles/?language=hi"), 200).Size() == 0u);
}

BOOST_AUTO_TEST_CASE(runners_are_shown_to_their_project) {
  runner_row mine, theirs;
  mine.card.worker = worker_id{"a#1"};
  mine.card.project = "PRJ_1";
  mine.card.seats = 2;
  mine.active = 1;
  mine.eligible = true;
  theirs.card.project = "PRJ_2";
  runners.rows = {mine, theirs};
  const auto shown = data(call("GET", "/v1/runners"), 200);
  BOOST_REQUIRE_EQUAL(shown.Size(), 1u);
  BOOST_TEST(*json::text(shown[0], "worker_id") == "a#1");
  BOOST_TEST(*json::flag(shown[0], "has_capacity"));
}

BOOST_AUTO_TEST_CASE(health_and_metrics_ask_for_no_key) {
  BOOST_TEST(ask_as("", "GET", "/health").body == R"({"status":"ok"})");
  draining = true;
  BOOST_TEST(ask_as("", "GET", "/health").status == 503);
  const auto metrics = ask_as("", "GET", "/metrics");
  BOOST_TEST(metrics.status == 200);
  BOOST_TEST(metrics.content_type == "text/plain; version=0.0.4");
  BOOST_TEST(metrics.body.find("counted 1\ngauged 2\n# TYPE unpod_actors gauge\n") == 0u,
             metrics.body);
}

BOOST_AUTO_TEST_CASE(a_request_leaves_no_actor_behind) {
  const auto before = sys.registry().running();
  for (int i = 0; i < 100; ++i)
    new_pipe();
  BOOST_TEST(sys.registry().running() == before);
}

BOOST_AUTO_TEST_SUITE_END()
