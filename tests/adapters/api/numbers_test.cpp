// Numbers over the API: any spelling of an id, both surfaces, and what attaching, moving
// and freeing them does and refuses.
#define BOOST_TEST_MODULE numbers
#include <boost/test/unit_test.hpp>

#include "adapters/api/number_bodies.hpp"
#include "adapters/api/number_ids.hpp"
#include "tests/adapters/api/number_fixture.hpp"

#include <algorithm>

using namespace unpod;
using fixtures::number_fixture;

namespace {

json::document parsed(const std::string& text) {
  std::string why;
  auto document = json::parse(text, 64, why);
  BOOST_REQUIRE_MESSAGE(document, why << " in " << text);
  return std::move(*document);
}

} // namespace

// -- one number --------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(numbers, number_fixture)

BOOST_AUTO_TEST_CASE(a_number_has_every_field_and_no_null_where_none_may_be) {
  const auto shown = data(call("GET", "/v1/numbers/" + id), 200);
  BOOST_TEST(field(shown, "number_id") == id);
  BOOST_TEST(field(shown, "number") == plus);
  BOOST_TEST(field(shown, "project_id") == "PRJ_1");
  BOOST_TEST(field(shown, "status") == "available");
  BOOST_TEST(field(shown, "country") == "US");
  BOOST_TEST(field(shown, "capabilities") == R"(["voice"])");
  BOOST_TEST(field(shown, "trunk_type") == "byo");
  for (const auto* empty :
       {"pipe_id", "agent_id", "trunk_id", "provider_trunk_id", "active_call_id", "region"})
    BOOST_TEST(json::member(shown, empty)->IsNull(), empty);
  BOOST_TEST(field(shown, "created").size() == 24u);
  BOOST_TEST(field(shown, "modified").size() == 24u);
}

BOOST_AUTO_TEST_CASE(any_spelling_finds_it_under_every_mount) {
  for (const std::string mount : {"", "/platform", "/api/v2/platform", "/api/v2/platform/speech"})
    for (const auto* spelling :
         {"NUM_14155550101", "14155550101", "+14155550101", "%2B14155550101", "+14155550101/"})
      BOOST_TEST(field(data(call("GET", mount + "/v1/numbers/" + spelling), 200), "number")
                 == plus);
  for (const auto* nobody : {"NUM_1", "+14155550199", "4930123456", "%20"})
    BOOST_TEST(call("GET", std::string{"/v1/numbers/"} + nobody).status == 404, nobody);
  BOOST_TEST(call("GET", "/v1/numbers/sync").status == 405); // a word of its own, not an id
}

BOOST_AUTO_TEST_CASE(a_number_is_made_once_on_the_whole_node) {
  const auto again = R"({"number":"+14155550101"})";
  BOOST_TEST(code(call("POST", "/v1/numbers", again), 409) == "number_in_use");
  BOOST_TEST(code(ask_as("Bearer other", "POST", "/v1/numbers", again), 409) == "number_in_use");
  const auto made = data(call("POST", "/v1/numbers", R"({"number":"+442071838750",
    "agent_id":"desk-agent","status":"disabled","number_id":"NUM_9","note":"front door"})"),
                         201);
  BOOST_TEST(field(made, "status") == "assigned"); // what it is attached to says so
  BOOST_TEST(field(made, "number_id") == "NUM_442071838750");
  BOOST_TEST(field(made, "note") == "front door");
  BOOST_TEST(call("POST", "/v1/numbers", R"({"number":"+4420","pipe_id":"PIPE_x"})").status == 404);
  BOOST_TEST(call("POST", "/v1/numbers", R"({"number":"+4420","inbound_trunk_id":"TK_1"})").status
             == 422);
}

BOOST_AUTO_TEST_CASE(another_project_sees_nothing_of_it) {
  for (const auto& [method, rest] :
       std::vector<std::pair<std::string, std::string>>{{"GET", ""},
                                                        {"PATCH", ""},
                                                        {"DELETE", ""},
                                                        {"POST", "/attach"},
                                                        {"PUT", "/attach"},
                                                        {"DELETE", "/attach"}})
    BOOST_TEST(
      ask_as("Bearer other", method, "/v1/numbers/" + id + rest, quoted("agent_id", "b")).status
        == 404,
      method << rest);
  BOOST_TEST(ask_as("Bearer other", "DELETE", "/telephony/numbers/14155550101").status == 404);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/v1/numbers"), 200).Size() == 1u);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/telephony/overview/"), 200).Size() == 1u);
  // Nor are other projects' pipes and agents to be had.
  const auto theirs = new_pipe("Bearer other");
  BOOST_TEST(call("POST", "/v1/numbers/" + id + "/attach", quoted("pipe_id", theirs)).status
             == 404);
  BOOST_TEST(kept(plus).project == "PRJ_1");
  BOOST_TEST(kept(plus).pipe.empty());
}

BOOST_AUTO_TEST_CASE(lists_are_filtered) {
  attached(quoted("pipe_id", pipe));
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750","country":"GB"})"), 201);
  const auto count = [&](const std::string& query) {
    return data(call("GET", "/api/v2/platform/telephony/numbers/" + query), 200).Size();
  };
  BOOST_TEST(count("") == 2u);
  BOOST_TEST(count("?status=assigned") == 1u);
  BOOST_TEST(count("?status_filter=available") == 1u);
  BOOST_TEST(count("?status=in_call") == 0u);
  BOOST_TEST(count("?country=GB") == 1u);
  BOOST_TEST(count("?trunk_type=byo&country=US&status=assigned") == 1u);
  BOOST_TEST(count("?trunk_type=livekit") == 0u);
}

BOOST_AUTO_TEST_CASE(one_path_has_two_lists) {
  attached(quoted("agent_id", "desk-agent"));
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750"})"), 201);
  data(call("POST", "/v1/numbers", R"({"number":"+442071838751"})"), 201);
  data(call("PATCH", "/v1/numbers/442071838751", quoted("status", "disabled")), 200);
  const auto rows = data(call("GET", "/telephony/numbers/?include_assigned=true"), 200);
  BOOST_REQUIRE_EQUAL(rows.Size(), 3u);
  BOOST_TEST(field(rows[0], "id") == "14155550101");
  BOOST_TEST(field(rows[0], "state") == "ASSIGNED");
  BOOST_TEST(field(rows[1], "state") == "NOT_ASSIGNED");
  BOOST_TEST(field(rows[2], "active") == "false");
  for (const auto& row : rows.GetArray())
    BOOST_TEST(!json::member(row, "status")); // the SDK would take it verbatim
  BOOST_TEST(data(call("GET", "/telephony/numbers/?include_assigned=false"), 200).Size() == 2u);
  BOOST_TEST(field(data(call("GET", "/telephony/numbers/"), 200)[0], "status") == "assigned");
}

BOOST_AUTO_TEST_CASE(a_long_list_comes_in_pages) {
  for (int i = 0; i < 4; ++i)
    data(call("POST", "/v1/numbers",
              R"({"number":"+44207183875)" + std::to_string(i) + R"(","country":"GB"})"),
         201);
  std::string seen, cursor;
  for (int pages = 0; pages < 3; ++pages) {
    const auto answer =
      call("GET", "/v1/numbers?country=GB&limit=2" + (cursor.empty() ? "" : "&cursor=" + cursor));
    const auto page = data(answer, 200);
    for (const auto& row : page.GetArray())
      seen += field(row, "number").back();
    cursor = json::text(parsed(answer.body), "next_cursor").value_or("");
  }
  BOOST_TEST(seen == "0123");
  BOOST_TEST(cursor.empty());
  BOOST_TEST(data(call("GET", "/telephony/overview?limit=2"), 200).Size() == 2u);
  for (const auto* bad : {"limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=+1415"})
    BOOST_TEST(call("GET", std::string{"/v1/numbers?"} + bad).status == 422, bad);
}

BOOST_AUTO_TEST_CASE(syncing_finds_what_is_there) {
  const auto answer = call("POST", "/api/v2/platform/speech/v1/numbers/sync");
  const auto told = data(answer, 200);
  BOOST_TEST(field(told, "synced") == "1");
  BOOST_TEST(field(told, "new") == "0");
  BOOST_TEST(answer.body.find("no carrier is connected") != std::string::npos);
}

// -- attaching ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_number_is_attached_to_a_pipe_and_freed) {
  const auto now = attached(quoted("pipe_id", pipe));
  BOOST_TEST(field(now, "status") == "assigned");
  BOOST_TEST(field(now, "pipe_id") == pipe);
  BOOST_TEST(field(now, "agent_id") == "a");
  const auto shown = data(call("GET", "/v1/pipes/" + pipe), 200);
  BOOST_TEST(field(shown, "number_id") == id);
  BOOST_TEST(field(shown, "number") == plus);
  BOOST_TEST(field(data(call("GET", "/v1/pipes"), 200)[0], "number") == plus);
  BOOST_TEST(field(data(call("PATCH", "/v1/pipes/" + pipe, R"({"name":"x"})"), 200), "number")
             == plus);
  BOOST_TEST(attached(quoted("pipe_id", pipe)).IsObject()); // once more changes nothing
  const auto free = data(call("DELETE", "/v1/numbers/14155550101/attach"), 200);
  BOOST_TEST(field(free, "status") == "available");
  BOOST_TEST(json::member(free, "pipe_id")->IsNull());
  BOOST_TEST(json::member(data(call("GET", "/v1/pipes/" + pipe), 200), "number")->IsNull());
  BOOST_TEST(call("DELETE", "/v1/numbers/14155550101/attach").status == 200);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(attaching_carries_the_pipe_so_that_it_can_not_vanish_meanwhile) {
  attached(quoted("pipe_id", pipe));
  const auto carried =
    std::count_if(stored.changes.begin(), stored.changes.end(), [&](const auto& change) {
      const auto* row = std::get_if<pipe_record>(&change.record);
      return row && row->id.str() == pipe && change.before.has_value();
    });
  BOOST_TEST(carried == 1);
  const auto once = find<pipe_record>(*stored.records, table::pipes, pipe)->modified;
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750","pipe_id":")" + pipe + "\"}"), 201);
  BOOST_TEST(find<pipe_record>(*stored.records, table::pipes, pipe)->modified
             == once); // no first number
  stored.refuses = refusal::conflict;
  BOOST_TEST(call("PUT", "/v1/numbers/" + id + "/attach", quoted("agent_id", "desk-agent")).status
             == 409);
  BOOST_TEST(kept(plus).pipe.str() == pipe);
}

BOOST_AUTO_TEST_CASE(the_alias_with_two_bodies_attaches_as_well) {
  const std::string alias = "/api/v2/platform/telephony/numbers/";
  const auto both = R"({"pipe_id":")" + pipe + R"(","agent_id":"a"})";
  BOOST_TEST(field(data(call("POST", alias + id + "/attach-numbers/", both), 200), "pipe_id")
             == pipe);
  const auto odd = R"({"pipe_id":")" + pipe + R"(","agent_id":"desk-agent"})";
  BOOST_TEST(detail(call("POST", alias + id + "/attach-numbers/", odd), 422).rfind("agent_id: ", 0)
             == 0u);
  BOOST_TEST(
    detail(call("POST", alias + id + "/attach-numbers/", "{}"), 422).rfind("agent_id is missing", 0)
    == 0u);
}

BOOST_AUTO_TEST_CASE(an_agent_is_answered_by_its_default_voice_whichever_it_is) {
  const auto voice = field(attached(quoted("agent_id", "desk-agent")), "pipe_id");
  BOOST_TEST(field(data(call("GET", "/v1/pipes/" + voice), 200), "number") == plus);
  BOOST_TEST(field(data(call("GET", "/v1/agents/desk-agent"), 200), "number") == plus);
  BOOST_TEST(field(data(call("GET", "/v1/agents"), 200)[0], "number_id") == id);
  auto first = *find<pipe_record>(*stored.records, table::pipes, voice);
  auto second = first;
  second.id = pipe_id{"PIPE_second"};
  first.is_default = false;
  stored.records->put(first);
  stored.records->put(second);
  BOOST_TEST(field(data(call("GET", "/v1/numbers/" + id), 200), "pipe_id") == "PIPE_second");
  BOOST_TEST(field(data(call("GET", "/v1/pipes/PIPE_second"), 200), "number") == plus);
  BOOST_TEST(json::member(data(call("GET", "/v1/pipes/" + voice), 200), "number")->IsNull());
  stored.records->erase(second);
  const auto left = data(call("GET", "/v1/numbers/" + id), 200);
  BOOST_TEST(field(left, "status") == "available"); // nobody is there to answer
  BOOST_TEST(field(attached(quoted("pipe_id", pipe)), "pipe_id") == pipe);
}

BOOST_AUTO_TEST_CASE(an_agent_that_is_only_a_pipe_will_do) {
  const auto now = attached(quoted("agent_id", "a"));
  BOOST_TEST(field(now, "pipe_id") == pipe);
  BOOST_TEST(kept(plus).agent.empty());
  BOOST_TEST(detail(call("POST", "/v1/numbers/" + id + "/attach", quoted("agent_id", "b")), 404)
             == "there is no agent 'b'");
}

BOOST_AUTO_TEST_CASE(an_attached_number_is_moved_and_not_taken) {
  attached(quoted("pipe_id", pipe));
  const auto body = quoted("agent_id", "desk-agent");
  BOOST_TEST(code(call("POST", "/v1/numbers/" + id + "/attach", body), 409)
             == "number_already_assigned");
  const auto moved =
    data(call("PUT", "/v1/numbers/" + id + "/attach",
              R"({"agent_id":"desk-agent","number":"+14155550101","attach_type":"pipeline"})"),
         200);
  BOOST_TEST(field(moved, "agent_id") == "desk-agent");
  data(call("DELETE", "/v1/numbers/" + id + "/attach"), 200);
  BOOST_TEST(code(call("PUT", "/v1/numbers/" + id + "/attach", body), 409) == "not_attached");
  BOOST_TEST(call("PUT", "/v1/numbers/+14155550999/attach", body).status == 404);
  BOOST_TEST(
    call("PUT", "/v1/numbers/" + id + "/attach", R"({"agent_id":"desk-agent","attach_type":"odd"})")
      .status
    == 422);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(an_attach_that_names_a_new_number_makes_it) {
  const auto body = [](const std::string& number) {
    return R"({"number":")" + number + R"(","agent_id":"desk-agent"})";
  };
  const auto made = attached(body("+442071838750"), "/v1/numbers/+442071838750");
  BOOST_TEST(field(made, "number_id") == "NUM_442071838750");
  BOOST_TEST(kept("+442071838750").project == "PRJ_1");
  // The path may hold another system's id; one of ours must be the same number.
  BOOST_TEST(field(attached(body("+442071838751"), "/v1/numbers/4711"), "number")
             == "+442071838751");
  BOOST_TEST(call("POST", "/v1/numbers/" + id + "/attach", body("+442071838750")).status == 422);
  BOOST_TEST(code(call("POST", "/v1/numbers/x/attach", body("+4930123456")), 409)
             == "number_in_use");
  BOOST_TEST(call("POST", "/v1/numbers/+4930123456/attach", quoted("agent_id", "desk-agent")).status
             == 404);
  BOOST_TEST(call("POST", "/v1/numbers/x/attach", body("0123")).status == 422);
  BOOST_TEST(kept("+4930123456").project == "PRJ_2");
}

BOOST_AUTO_TEST_CASE(a_patch_moves_frees_and_disables) {
  const auto patch = [&](const std::string& body) {
    return call("PATCH", "/v1/numbers/" + id, body);
  };
  BOOST_TEST(field(data(patch(quoted("agent_id", "desk-agent")), 200), "agent_id") == "desk-agent");
  BOOST_TEST(field(data(patch(quoted("pipe_id", pipe)), 200), "pipe_id") == pipe);
  BOOST_TEST(field(data(patch(R"({"country":"ca","tag":1})"), 200), "country") == "CA");
  BOOST_TEST(field(data(patch(R"({"tag":2})"), 200), "tag") == "2");
  BOOST_TEST(field(data(patch(R"({"status":"disabled"})"), 200), "status") == "disabled");
  BOOST_TEST(code(patch(quoted("agent_id", "desk-agent")), 409) == "number_disabled");
  BOOST_TEST(code(call("POST", "/v1/numbers/" + id + "/attach", quoted("pipe_id", pipe)), 409)
             == "number_disabled");
  BOOST_TEST(field(data(patch(R"({"status":"available"})"), 200), "status") == "assigned");
  BOOST_TEST(field(data(patch(R"({"agent_id":null})"), 200), "status") == "available");
  BOOST_TEST(kept(plus).pipe.empty());
  BOOST_TEST(patch(R"({"status":"in_call"})").status == 422);
  BOOST_TEST(patch(R"({"number":"+14155550102"})").status == 422);
  BOOST_TEST(patch(R"({"number":"+14155550101","capabilities":["sms"],"trunk_type":null})").status
             == 200);
  BOOST_TEST(field(data(call("GET", "/v1/numbers/" + id), 200), "capabilities") == R"(["voice"])");
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(deleting_releases_on_both_surfaces) {
  attached(quoted("pipe_id", pipe));
  BOOST_TEST(call("DELETE", "/api/v2/platform/telephony/numbers/" + id).status == 204);
  BOOST_TEST(call("GET", "/v1/numbers/" + id).status == 404);
  BOOST_TEST(json::member(data(call("GET", "/v1/pipes/" + pipe), 200), "number")->IsNull());
  BOOST_TEST(call("DELETE", "/v1/numbers/" + id).status == 404);
}

// -- pipes and agents with numbers -------------------------------------------------

BOOST_AUTO_TEST_CASE(a_pipe_with_numbers_is_kept_unless_they_may_go) {
  attached(quoted("pipe_id", pipe));
  const auto refused = call("DELETE", "/v1/pipes/" + pipe);
  BOOST_TEST(code(refused, 409) == "numbers_attached");
  BOOST_TEST(refused.body.find(plus) != std::string::npos);
  BOOST_TEST(call("DELETE", "/v1/pipes/" + pipe + "?detach_numbers=no").status == 409);
  stored.changes.clear();
  BOOST_TEST(call("DELETE", "/v1/pipes/" + pipe + "?detach_numbers=true").status == 204);
  BOOST_TEST(stored.changes.size() == 3u); // the pipe, the number and the audit line: one write
  BOOST_TEST(kept(plus).status == "available");
  BOOST_TEST(call("GET", "/v1/pipes/" + pipe).status == 404);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(an_agent_with_numbers_is_kept_unless_they_may_go) {
  attached(quoted("agent_id", "desk-agent"));
  BOOST_TEST(code(call("DELETE", "/v1/agents/desk-agent"), 409) == "numbers_attached");
  BOOST_TEST(call("DELETE", "/v1/agents/desk-agent?detach_numbers=true").status == 204);
  BOOST_TEST(kept(plus).agent.empty());
  BOOST_TEST(call("GET", "/v1/agents/desk-agent").status == 404);
}

BOOST_AUTO_TEST_CASE(the_next_voice_inherits_the_numbers_of_its_agent) {
  const auto voice = field(attached(quoted("agent_id", "desk-agent")), "pipe_id");
  auto second = *find<pipe_record>(*stored.records, table::pipes, voice);
  second.id = pipe_id{"PIPE_second"};
  second.is_default = false;
  stored.records->put(second);
  stored.changes.clear();
  BOOST_TEST(call("DELETE", "/v1/pipes/" + voice).status == 204);
  BOOST_TEST(field(data(call("GET", "/v1/numbers/" + id), 200), "pipe_id") == "PIPE_second");
  BOOST_TEST(code(call("DELETE", "/v1/pipes/PIPE_second"), 409) == "numbers_attached"); // the last
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(a_refusal_names_ten_numbers_and_counts_the_rest) {
  for (int i = 0; i < 12; ++i)
    data(call("POST", "/v1/numbers",
              R"({"number":"+4420718387)" + std::to_string(50 + i) + R"(","pipe_id":")" + pipe
                + "\"}"),
         201);
  BOOST_TEST(detail(call("DELETE", "/v1/pipes/" + pipe), 409).find("and 2 more")
             != std::string::npos);
}

// -- many at a time ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_of_several_numbers_has_its_own_outcome) {
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750","pipe_id":")" + pipe + "\"}"), 201);
  stored.changes.clear();
  const auto done =
    data(call("POST", "/api/v2/platform/telephony/numbers/attach/", R"({"agent_id":"desk-agent",
    "numbers":["+14155550101","+442071838750","+1999","oops","+4930123456","+14155550101"],
    "bridge_slug":"b","region":"eu"})"),
         200);
  const auto& rows = *json::member(done, "numbers");
  BOOST_REQUIRE_EQUAL(rows.Size(), 6u);
  BOOST_TEST(field(rows[0], "ok") == "true");
  BOOST_TEST(field(rows[0], "number_id") == "14155550101");
  BOOST_TEST(field(rows[0], "connection_state") == "LINKED");
  BOOST_TEST(field(rows[0], "agent_id") == "desk-agent");
  BOOST_TEST(json::member(rows[0], "error")->IsNull());
  const std::pair<unsigned, const char*> mistakes[] = {{1, "number_already_assigned"},
                                                       {2, "there is no number '+1999'"},
                                                       {3, "must be E.164"},
                                                       {4, "there is no number"},
                                                       {5, "is named twice"}};
  for (const auto& [row, words] : mistakes) {
    BOOST_TEST(field(rows[row], "ok") == "false");
    BOOST_TEST(field(rows[row], "error").rfind(words, 0) == 0u, field(rows[row], "error"));
    BOOST_TEST(json::member(rows[row], "number_id")->IsInt64());
  }
  BOOST_TEST(field(done, "agent_id") == "desk-agent");
  BOOST_TEST(field(done, "message") == "1 of 6 numbers attached");
  BOOST_TEST(kept(plus).region == "eu");
  BOOST_TEST(kept("+442071838750").pipe.str() == pipe);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(what_can_not_be_attached_at_all_is_said_number_by_number) {
  const auto attach = [&](const std::string& rest) {
    return call("POST", "/telephony/numbers/attach/",
                R"({"numbers":["+14155550101"])" + rest + "}");
  };
  const auto nobody = data(attach(R"(,"agent_id":"b")"), 200);
  BOOST_TEST(field((*json::member(nobody, "numbers"))[0], "error") == "there is no agent 'b'");
  BOOST_TEST(stored.changes.empty());
  BOOST_TEST(attach(R"(,"attach_type":"pipeline")").status == 422);
  BOOST_TEST(attach(R"(,"attach_type":"pipeline","pipe_id":")" + pipe + "\"").status == 200);
  BOOST_TEST(kept(plus).pipe.str() == pipe);
  data(call("PATCH", "/v1/numbers/" + id, quoted("status", "disabled")), 200);
  const auto shut = data(attach(R"(,"agent_id":"desk-agent")"), 200);
  BOOST_TEST(field((*json::member(shut, "numbers"))[0], "error").rfind("number_disabled", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(without_an_agent_a_number_is_wired_and_bound_to_nothing) {
  const auto done = data(
    call("POST", "/telephony/numbers/attach/", R"({"numbers":["+14155550101"],"bridge_slug":"b"})"),
    200);
  const auto& row = (*json::member(done, "numbers"))[0];
  BOOST_TEST(field(row, "ok") == "true");
  BOOST_TEST(field(row, "connection_state") == "NOT_LINKED");
  BOOST_TEST(!json::member(done, "agent_id"));
  BOOST_TEST(kept(plus).bridge_slug == "b");
  BOOST_TEST(kept(plus).status == "available");
}

BOOST_AUTO_TEST_CASE(detaching_frees_and_keeps) {
  attached(quoted("agent_id", "desk-agent"));
  const auto done = data(
    call("POST", "/telephony/numbers/detach/", R"({"numbers":["+14155550101","+1999"]})"), 200);
  const auto& rows = *json::member(done, "numbers");
  BOOST_TEST(field(rows[0], "ok") == "true");
  BOOST_TEST(field(rows[0], "connection_state") == "NOT_LINKED");
  BOOST_TEST(field(rows[1], "ok") == "false");
  BOOST_TEST(field(done, "message") == "1 of 2 numbers detached");
  BOOST_TEST(field(data(call("GET", "/v1/numbers/" + id), 200), "status") == "available");
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(the_overview_tells_where_each_number_leads) {
  attached(quoted("agent_id", "desk-agent"));
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750"})"), 201);
  const auto rows = data(call("GET", "/telephony/overview/"), 200);
  BOOST_REQUIRE_EQUAL(rows.Size(), 2u);
  BOOST_TEST(field(rows[0], "number_id") == "14155550101");
  BOOST_TEST(field(rows[0], "connection_state") == "LINKED");
  BOOST_TEST(field(rows[0], "termination_kind") == "agent");
  BOOST_TEST(field(rows[0], "agent_id") == "desk-agent");
  BOOST_TEST(field(rows[0], "in_sync") == "true");
  BOOST_TEST(field(rows[1], "connection_state") == "NOT_LINKED");
  BOOST_TEST(json::member(rows[1], "termination_kind")->IsNull());
}

BOOST_AUTO_TEST_SUITE_END()
