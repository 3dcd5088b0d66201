// Calls and sessions over the API: lists by pages and filters, calls that are asked for,
// and what cannot be done yet.
#define BOOST_TEST_MODULE calls
#include <boost/test/unit_test.hpp>

#include "adapters/api/paging.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <set>

using namespace fixtures;

namespace {

struct calls_fixture : api_fixture {
  /// A page of this list: ids, and where to go on.
  std::pair<std::string, std::string> page(const std::string& target) {
    const auto answer = call("GET", target);
    std::string ids, why;
    const auto rows = data(answer, 200);
    for (const auto& row : rows.GetArray())
      ids += (ids.empty() ? "" : " ") + json::text(row, "call_id").value();
    const auto whole = json::parse(answer.body, 32, why);
    BOOST_REQUIRE(json::member(*whole, "next_cursor"));
    return {ids, json::text(*whole, "next_cursor").value_or("")};
  }

  std::string ids(const std::string& target) {
    return page(target).first;
  }

  void add(const std::string& id, const std::string& agent, const std::string& direction = "web") {
    call_record record;
    record.id = call_id{id};
    record.project = "PRJ_1";
    record.pipe = pipe_id{"PIPE_" + agent};
    record.agent = agent_id{agent};
    record.direction = direction;
    record.status = "active";
    record.created = record.started = 1'700'000'000'000;
    stored.records->put(record);
  }

  void add_number(const std::string& number, const std::string& pipe,
                  const std::string& project = "PRJ_1") {
    number_record record;
    record.number = number;
    record.project = project;
    record.pipe = pipe_id{pipe};
    record.status = "assigned";
    stored.records->put(record);
  }

  http_response place(const std::string& body) {
    return call("POST", "/v1/calls", body);
  }
};

bool begins(const std::string& text, const std::string& beginning) {
  BOOST_TEST_INFO(text);
  return text.rfind(beginning, 0) == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(calls_tests, calls_fixture)

BOOST_AUTO_TEST_CASE(lists_go_page_by_page_newest_first) {
  for (int i = 1; i <= 7; ++i)
    add_call("SCL_" + std::to_string(i), "completed");
  for (const auto* list : {"/v1/calls", "/v1/sessions", "/v1/transcripts"}) {
    const std::string target = list;
    BOOST_TEST(ids(target) == "SCL_7 SCL_6 SCL_5 SCL_4 SCL_3 SCL_2 SCL_1");
    const auto first = page(target + "?limit=3");
    BOOST_TEST(first.first == "SCL_7 SCL_6 SCL_5");
    const auto second = page(target + "?limit=3&cursor=" + first.second);
    BOOST_TEST(second.first == "SCL_4 SCL_3 SCL_2");
    const auto third = page(target + "?limit=3&cursor=" + second.second);
    BOOST_TEST(third.first == "SCL_1");
    BOOST_TEST(third.second == "");
    for (const auto* bad : {"limit=0", "limit=1001", "limit=x", "limit=-1", "limit=1.5", "limit="})
      BOOST_TEST(begins(detail(call("GET", target + "?" + bad), 422), "limit must be"));
    BOOST_TEST(begins(detail(call("GET", target + "?cursor=a/b"), 422), "cursor is none of ours"));
    BOOST_TEST(
      begins(detail(call("GET", target + "?cursor=" + std::string(300, 'x')), 422), "cursor"));
  }
}

BOOST_AUTO_TEST_CASE(more_calls_than_are_read_at_a_time_are_all_found) {
  for (int i = 0; i < 450; ++i)
    add("SCL_" + std::to_string(1'000 + i), i % 100 == 0 ? "rare" : "often");
  BOOST_TEST(ids("/v1/calls?agent_id=rare") == "SCL_1400 SCL_1300 SCL_1200 SCL_1100 SCL_1000");
  std::set<std::string> seen;
  std::string cursor;
  do {
    const auto [some, next] =
      page("/v1/calls?limit=7" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (std::size_t at = 0; at < some.size(); at += 9)
      BOOST_TEST(seen.insert(some.substr(at, 8)).second);
    cursor = next;
  } while (!cursor.empty());
  BOOST_TEST(seen.size() == 450u);
}

BOOST_AUTO_TEST_CASE(filters_keep_what_they_name) {
  add("SCL_1", "a", "inbound");
  add("SCL_2", "b");
  add_call("SCL_3", "completed");
  add_call("SCL_4", "failed");
  auto failed = *find<call_record>(*stored.records, table::calls, "SCL_4");
  failed.ended = failed.created;
  stored.records->put(failed);
  BOOST_TEST(ids("/v1/calls?call_status=active") == "SCL_2 SCL_1");
  BOOST_TEST(ids("/v1/calls?status=completed") == "SCL_3");
  BOOST_TEST(ids("/v1/calls?agent_id=b") == "SCL_2");
  BOOST_TEST(ids("/v1/calls?pipe_id=PIPE_a") == "SCL_1");
  BOOST_TEST(ids("/v1/calls?direction=inbound") == "SCL_1");
  BOOST_TEST(ids("/v1/sessions?status=active") == "SCL_2 SCL_1");
  BOOST_TEST(ids("/v1/sessions?status=closed") == "SCL_3");
  BOOST_TEST(ids("/v1/sessions?status=failed") == "SCL_4");
  BOOST_TEST(ids("/v1/sessions?agent_id=a") == "SCL_1");
  BOOST_TEST(ids("/v1/transcripts") == "SCL_3");
  const auto session = data(call("GET", "/v1/sessions/SCL_3"), 200);
  const auto& turn = (*json::member(session, "transcript"))[0];
  BOOST_TEST(*json::text(turn, "timestamp") == "2023-11-14T22:13:20.000Z");
}

BOOST_AUTO_TEST_CASE(a_call_is_kept_and_queued_in_one_write_before_it_is_answered) {
  const auto id = new_pipe();
  add_number("+14155550101", id);
  const auto made = data(place(R"({"to_number":"+4930123456","pipe_id":")" + id
                               + R"(","instructions":"Be kind.","data":{"order":7}})"),
                         201);
  BOOST_TEST(*json::text(made, "status") == "pending");
  BOOST_TEST(json::member(made, "end_reason")->IsNull());
  BOOST_TEST(*json::text(made, "direction") == "outbound");
  BOOST_TEST(*json::text(made, "from_number") == "+14155550101");
  BOOST_TEST(*json::text(made, "number_id") == "NUM_14155550101");
  BOOST_TEST(*json::text(made, "trunk_id") == "loopback");
  BOOST_TEST(*json::text(made, "to_number") == "+4930123456");
  BOOST_TEST(*json::text(made, "instructions") == "Be kind.");
  BOOST_TEST(*json::whole(*json::member(made, "data"), "order") == 7);
  const auto call_id_text = *json::text(made, "call_id");
  const auto rows = list<queued_call>(*stored.records, table::queue, {});
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].call.str() == call_id_text);
  BOOST_TEST(rows[0].zone == "Europe/Berlin");
  BOOST_TEST(rows[0].due == rows[0].created);
  BOOST_TEST((queued == std::vector<std::string>{"PRJ_1"}));
  BOOST_TEST(stored.changes.back().record.index() == static_cast<std::size_t>(table::audit));
  const auto by_agent =
    data(place(R"({"to_number":"+14155550199","agent_id":"a","pipe_id":"PIPE_x"})"), 201);
  BOOST_TEST(*json::text(by_agent, "pipe_id") == id); // the agent goes first
}

BOOST_AUTO_TEST_CASE(who_waits_is_shown_in_the_order_in_which_they_are_placed) {
  const auto id = new_pipe();
  add_number("+14155550101", id);
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i)
    made.push_back(*json::text(
      data(place(R"({"to_number":"+14155550199","pipe_id":")" + id + "\"}"), 201), "call_id"));
  std::sort(made.begin(), made.end()); // within one millisecond their ids decide
  const auto first = call("GET", "/v1/queue?limit=2");
  const auto rows = data(first, 200);
  BOOST_REQUIRE(rows.Size() == 2u);
  BOOST_TEST(*json::whole(rows[0], "position") == 1);
  BOOST_TEST(*json::whole(rows[1], "position") == 2);
  const auto rest = page("/v1/queue?cursor=2");
  BOOST_TEST(std::count(rest.first.begin(), rest.first.end(), ' ') == 2);
  BOOST_TEST(rest.second.empty());
  const auto shown = data(call("GET", "/v1/calls/" + *json::text(rows[1], "call_id")), 200);
  BOOST_TEST(*json::whole(shown, "queue_position") == 2);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/v1/queue"), 200).Empty());
  BOOST_TEST(call("GET", "/v1/queue?limit=0").status == 422);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_queued_is_ended_by_its_queue_and_any_other_by_its_pipe) {
  add("SCL_1", "a", "outbound");
  add("SCL_2", "a");
  for (const auto* ending : {"/v1/calls/SCL_1/hangup", "/v1/sessions/SCL_1/end"})
    BOOST_TEST(call("POST", ending).status == 200);
  BOOST_TEST((cancelled == std::vector<std::string>{"SCL_1", "SCL_1"}));
  BOOST_TEST(ended.empty());
  BOOST_TEST(call("POST", "/v1/calls/SCL_2/hangup").status == 200);
  BOOST_TEST(ended.size() == 1u);
  queue_knows = false; // it let it go meanwhile
  BOOST_TEST(call("POST", "/v1/calls/SCL_1/hangup").status == 200);
  BOOST_TEST(ended.size() == 2u);
}

BOOST_AUTO_TEST_CASE(calling_hours_need_a_zone_that_is_known) {
  const auto id =
    *json::text(data(call("POST", "/v1/pipes",
                          R"({"name":"d","agent_id":"h","calling_hours":"mon-fri 09:00-18:00"})"),
                     201),
                "pipe_id");
  add_number("+14155550101", id);
  const auto with = [&](const std::string& number, const std::string& data) {
    return place(R"({"pipe_id":")" + id + R"(","to_number":")" + number + R"(","data":)" + data
                 + "}");
  };
  BOOST_TEST(begins(detail(with("+14155550199", "{}"), 422), "data.timezone is missing"));
  BOOST_TEST(begins(detail(with("+14155550199", R"({"timezone":"Mars/North"})"), 422),
                    "data.timezone: there is no time zone 'Mars/North'"));
  BOOST_TEST(with("+14155550199", R"({"timezone":"Asia/Kolkata"})").status == 201);
  BOOST_TEST(with("+81312345678", "{}").status == 201);
  for (const auto* bad : {"always", "mon-fri 09:00-18:00 Mars/North"})
    BOOST_TEST(begins(
      detail(call("PATCH", "/v1/pipes/" + id, std::string{R"({"calling_hours":")"} + bad + "\"}"),
             422),
      "calling_hours"));
  const auto shown = data(call("GET", "/v1/pipes/" + id), 200);
  BOOST_TEST(*json::text(shown, "calling_hours") == "mon-fri 09:00-18:00");
}

BOOST_AUTO_TEST_CASE(a_call_that_is_asked_for_wrongly_is_refused_in_words) {
  const auto id = new_pipe();
  const auto with = [&](const std::string& members) { return place("{" + members + "}"); };
  const auto to = std::string{R"("to_number":"+14155550199",)"};
  const auto pipe = R"("pipe_id":")" + id + "\"";
  BOOST_TEST(detail(place("[]"), 422) == "the body must be a JSON object");
  BOOST_TEST(detail(with(pipe), 422) == "to_number is missing");
  BOOST_TEST(detail(with(R"("to_number":null,)" + pipe), 422) == "to_number is missing");
  for (const auto* bad :
       {"14155550199", "+04155550199", "+1415555o199", "+1", "+1 415", "tel:+1415"})
    BOOST_TEST(begins(detail(with(R"("to_number":")" + std::string{bad} + "\"," + pipe), 422),
                      "to_number must be a number in E.164"));
  BOOST_TEST(detail(with(R"("to_number":7,)" + pipe), 422) == "to_number must be text");
  BOOST_TEST(detail(with(R"("to_number":"+14155550199")"), 422)
             == "agent_id or pipe_id is missing");
  BOOST_TEST(begins(detail(with(to + R"("pipe_id":"PIPE_x")"), 404), "pipe_id: there is no pipe"));
  BOOST_TEST(
    begins(detail(with(to + R"("agent_id":"nobody")"), 404), "agent_id: there is no agent"));
  BOOST_TEST(begins(detail(with(to + pipe), 400), "no_from_number"));
  BOOST_TEST(begins(detail(with(to + pipe + R"(,"from_number":"x")"), 422), "from_number must be"));
  BOOST_TEST(
    begins(detail(with(to + pipe + R"(,"from_number":"+14155550102")"), 422), "from_number '+1"));
  BOOST_TEST(detail(with(to + pipe + R"(,"data":[])"), 422) == "data must be an object");
  BOOST_TEST(
    begins(detail(with(to + pipe + R"(,"instructions":")" + std::string(70'000, 'x') + "\""), 422),
           "instructions is longer than"));
  add_number("+14155550102", "PIPE_other", "PRJ_2"); // another project's number is no caller id
  BOOST_TEST(with(to + pipe + R"(,"from_number":"+14155550102")").status == 422);
  BOOST_TEST(data(call("GET", "/v1/calls"), 200).Size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_session_that_is_over_is_ended_again_without_a_word_to_anyone) {
  add_call("SCL_1", "completed");
  for (int i = 0; i < 2; ++i)
    BOOST_TEST(*json::text(data(call("POST", "/orchestrator/v1/sessions/SCL_1/end"), 200), "state")
               == "ended");
  BOOST_TEST(ended.empty());
}

BOOST_AUTO_TEST_CASE(a_transfer_is_checked_and_passed_on) {
  add("SCL_1", "a");
  add("SCL_4", "a");
  add_call("SCL_2", "completed");
  const auto transfer = [&](const std::string& body, const std::string& id = "SCL_1") {
    return call("POST", "/orchestrator/v1/sessions/" + id + "/transfer", body);
  };
  const auto good = R"({"to":{"type":"agent","config":{"agent_id":"billing","announcement":"Wait.",
    "metadata":{"order":7}}},"mode":"warm","drop_participant_id":"SCL_5"})";
  const auto done = data(transfer(good), 200);
  BOOST_TEST(*json::text(done, "session_id") == "SCL_1");
  BOOST_TEST(*json::text(done, "added_participant_id") == "agent:billing");
  BOOST_TEST(*json::text(done, "mode") == "warm");
  BOOST_TEST(*json::text(done, "removed_participant_id") == "SCL_5");
  BOOST_TEST_REQUIRE(transfers.size() == 1u);
  BOOST_TEST(transfers[0].kind == "agent");
  BOOST_TEST(transfers[0].announcement == "Wait.");
  BOOST_TEST(transfers[0].data_json == R"({"order":7})");
  BOOST_TEST(transfer(good, "SCL_9").status == 404);
  BOOST_TEST(begins(detail(transfer(good, "SCL_2"), 409), "session 'SCL_2' has ended"));
  BOOST_TEST(detail(transfer(R"({"to":{"type":"agent","config":{"agent_id":"nobody"}}})"), 503)
             == "no runner is registered");
  BOOST_TEST(begins(detail(transfer(R"({"to":{"type":"livekit"}})"), 501), "this node knows no"));
  const auto joined =
    data(transfer(R"({"to":{"type":"webrtc","config":{"session_id":"SCL_4"}}})"), 200);
  BOOST_TEST(*json::text(joined, "added_participant_id") == "SCL_4");
}

BOOST_AUTO_TEST_CASE(something_is_said_into_a_live_call) {
  add("SCL_1", "a");
  add_call("SCL_2", "completed");
  const auto say = [&](const std::string& id, const std::string& body) {
    return call("POST", "/v1/calls/" + id + "/say", body);
  };
  const auto done = data(say("SCL_1", R"({"text":"One moment."})"), 200);
  BOOST_TEST(*json::text(done, "call_id") == "SCL_1");
  BOOST_TEST_REQUIRE(said.size() == 1u);
  BOOST_TEST(said[0].text == "One moment.");
  BOOST_TEST(!said[0].by.empty());
  BOOST_TEST(say("SCL_9", R"({"text":"x"})").status == 404);
  BOOST_TEST(begins(detail(say("SCL_2", R"({"text":"x"})"), 409), "call 'SCL_2' has ended"));
  BOOST_TEST(detail(say("SCL_1", R"({"text":"too late"})"), 409) == "the call is ending");
  const auto long_text = R"({"text":")" + std::string(2'001, 'x') + R"("})";
  for (const auto& bad : {std::string{"{}"}, std::string{R"({"text":"  "})"},
                          std::string{R"({"text":7})"}, long_text})
    BOOST_TEST(say("SCL_1", bad).status == 422, bad.substr(0, 20));
}

BOOST_AUTO_TEST_CASE(a_number_is_allowed_by_its_pipe_or_refused) {
  auto row = data(call("POST", "/v1/pipes", R"({"name":"desk","agent_id":"a",
    "transfer_allowed_numbers":["+14155550101"],"transfer_allowed_prefixes":["+49"],
    "transfer_refusal_phrase":"No."})"),
                  201);
  const auto id = *json::text(row, "pipe_id");
  call_record record;
  record.id = call_id{"SCL_1"};
  record.project = "PRJ_1";
  record.pipe = pipe_id{id};
  record.status = "active";
  stored.records->put(record);
  const auto transfer = [&](const std::string& number) {
    return call("POST", "/v1/sessions/SCL_1/transfer",
                R"({"to":{"type":"sip","config":{"number":")" + number + R"("}}})");
  };
  BOOST_TEST(begins(detail(transfer("sip:x@y"), 422), "to.config.number must be"));
  BOOST_TEST(begins(detail(transfer("+14155550102"), 403), "transfer_not_allowed"));
  BOOST_TEST(begins(detail(transfer("+14155550101"), 501), "this node has no telephone line"));
  BOOST_TEST(begins(detail(transfer("+493012345"), 501), "this node has no telephone line"));
  row = data(call("PATCH", "/v1/pipes/" + id, R"({"transfer_allowed_numbers":null})"), 200);
  BOOST_TEST(!json::member(row, "transfer_allowed_numbers"));
  BOOST_TEST(json::member(row, "transfer_allowed_prefixes")->Size() == 1u);
  BOOST_TEST(transfer("+14155550101").status == 403);
  for (const auto* bad :
       {R"({"transfer_allowed_numbers":["911"]})", R"({"transfer_allowed_numbers":"+1"})",
        R"({"transfer_allowed_prefixes":["*"]})"})
    BOOST_TEST(begins(detail(call("PATCH", "/v1/pipes/" + id, bad), 422), "transfer_allowed_"));
  BOOST_TEST(transfers.empty());
}

BOOST_AUTO_TEST_CASE(a_participant_is_shown_out) {
  add("SCL_1", "a");
  add_call("SCL_2", "completed");
  BOOST_TEST(call("DELETE", "/v1/sessions/SCL_1/participants/SCL_7").status == 204);
  BOOST_TEST(call("DELETE", "/v1/sessions/SCL_1/participants/caller").status == 409);
  BOOST_TEST(call("DELETE", "/v1/sessions/SCL_2/participants/SCL_7").status == 409);
  BOOST_TEST(call("DELETE", "/v1/sessions/SCL_9/participants/SCL_7").status == 404);
  BOOST_TEST(shown_out.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_listener_is_let_in_to_a_live_call_of_the_pipe_only) {
  const auto id = *json::text(
    data(call("POST", "/v1/pipes", R"({"name":"desk","agent_id":"a"})"), 201), "pipe_id");
  add("SCL_1", "a");
  add_call("SCL_2", "completed");
  call_record record;
  record.id = call_id{"SCL_3"};
  record.project = "PRJ_1";
  record.pipe = pipe_id{id};
  record.status = "active";
  stored.records->put(record);
  const auto token = [&](const std::string& metadata) {
    return call("POST", "/v1/sessions/token",
                R"({"pipe_id":")" + id + R"(","metadata":)" + metadata + "}");
  };
  BOOST_TEST(token(R"({"listen_only":true,"call_id":"SCL_3"})").status == 201);
  BOOST_TEST(begins(detail(token(R"({"listen_only":true})"), 422), "metadata.call_id is missing"));
  BOOST_TEST(token(R"({"listen_only":true,"call_id":"SCL_9"})").status == 404);
  BOOST_TEST(token(R"({"listen_only":true,"call_id":"SCL_1"})").status == 422);
  BOOST_TEST(token(R"({"listen_only":false,"call_id":"SCL_9"})").status == 201);
}

BOOST_AUTO_TEST_CASE(a_bad_transfer_is_named) {
  add("SCL_1", "a");
  const auto transfer = [&](const std::string& body) {
    return call("POST", "/orchestrator/v1/sessions/SCL_1/transfer", body);
  };
  const std::pair<const char*, const char*> table[] = {
    {"[]", "the body must be"},
    {"{}", "to.type must be one of"},
    {R"({"to":{"type":"pigeon"}})", "to.type must be one of"},
    {R"({"to":{"type":"sip","config":7}})", "to.config must be an object"},
    {R"({"to":{"type":"sip"},"mode":"hot"})", "mode must be cold or warm"},
    {R"({"to":{"type":"sip"},"warm_handoff_ms":-1})", "warm_handoff_ms must be"},
    {R"({"to":{"type":"sip"},"drop_participant_id":7})", "drop_participant_id must be text"},
    {R"({"to":{"type":"agent"}})", "to.config.agent_id is missing"},
    {R"({"to":{"type":"agent","config":{"agent_id":"b","metadata":[]}}})",
     "to.config.metadata must be an object"},
    {R"({"to":{"type":"webrtc","config":{"session_id":"SCL_9"}}})", "to.config.session_id must"},
  };
  for (const auto& [body, words] : table)
    BOOST_TEST(begins(detail(transfer(body), 422), words));
}

BOOST_AUTO_TEST_CASE(a_merge_is_checked_and_passed_on) {
  add("SCL_1", "a");
  add("SCL_2", "a");
  add_call("SCL_3", "completed");
  const auto merge = [&](const std::string& body) {
    return call("POST", "/orchestrator/v1/sessions/merge", body);
  };
  const auto of = [](const std::string& primary, const std::string& others) {
    return R"({"primary_session_id":")" + primary + R"(","secondary_session_ids":)" + others + "}";
  };
  add("SCL_8", "a");
  const auto done = data(merge(of("SCL_1", R"(["SCL_2","SCL_8"])")), 200);
  BOOST_TEST(*json::text(done, "primary_session_id") == "SCL_1");
  const auto& outcomes = *json::member(done, "outcomes");
  BOOST_TEST(*json::text(outcomes[0], "status") == "merged");
  BOOST_TEST(json::member(outcomes[0], "moved_participant_ids")->Size() == 1u);
  BOOST_TEST(!json::member(outcomes[0], "error"));
  BOOST_TEST(*json::text(outcomes[1], "status") == "failed");
  BOOST_TEST(*json::text(outcomes[1], "error") == "is ending");
  BOOST_TEST(detail(merge(of("SCL_1", R"(["SCL_9"])")), 404) == "there is no session 'SCL_9'");
  BOOST_TEST(detail(merge(of("SCL_1", R"(["SCL_3"])")), 409) == "session 'SCL_3' has ended");
  BOOST_TEST(merge(of("SCL_3", R"(["SCL_9"])")).status == 404); // what is not there comes first
  BOOST_TEST(
    begins(detail(merge(of("SCL_1", R"(["SCL_1"])")), 422), "secondary_session_ids names"));
  BOOST_TEST(
    begins(detail(merge(of("SCL_1", "[]")), 422), "secondary_session_ids must be an array"));
  BOOST_TEST(begins(detail(merge(of("SCL_1", "[7]")), 422), "secondary_session_ids must hold"));
  BOOST_TEST(begins(detail(merge("{}"), 422), "primary_session_id is missing"));
  BOOST_TEST(begins(detail(merge(R"({"primary_session_id":"SCL_1","secondary_session_ids":["SCL_2"],
    "drop_participants":[7]})"),
                           422),
                    "drop_participants must be"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_node_without_a_trunk_or_room_refuses_a_call_in_words) {
  const auto figures = std::make_shared<queue_figures>();
  std::string trunk;
  const auto refused = [&] {
    api_fixture node{[&](api_setup& setup) {
      setup.dial_trunk = trunk;
      setup.queue = figures;
    }};
    const auto id = node.new_pipe();
    number_record number;
    number.number = "+14155550101";
    number.project = "PRJ_1";
    number.pipe = pipe_id{id};
    number.status = "assigned";
    node.stored.records->put(number);
    const auto answer =
      node.call("POST", "/v1/calls", R"({"to_number":"+14155550199","pipe_id":")" + id + "\"}");
    BOOST_TEST(node.stored.records->list(table::queue, {}).size()
               == (answer.status == 201 ? 1u : 0u));
    return answer;
  };
  const auto none = refused();
  BOOST_TEST(none.status == 409);
  BOOST_TEST(none.body.find("no_trunk: no trunk can dial this number yet") != std::string::npos);
  trunk = "loopback";
  figures->waiting = limits{}.queue.waiting_max;
  BOOST_TEST(refused().status == 503);
  figures->waiting = 0;
  BOOST_TEST(refused().status == 201);
}
