// Webhooks and their deliveries over the API; and usage, reported and summed.
#define BOOST_TEST_MODULE api_webhooks
#include "tests/adapters/api/api_fixture.hpp"

#include "messages/outbox.hpp"
#include "messages/usage.hpp"

using namespace fixtures;

namespace {

struct webhooks_fixture : api_fixture {
  int nudges = 0;
  webhooks_actor webhooks = sys.spawn([this]() -> webhooks_actor::behavior_type {
    return {[this](const deliveries_due&) { ++nudges; }};
  });

  webhooks_fixture() {
    house->put(webhooks);
  }
  ~webhooks_fixture() {
    house->clear();
    end(webhooks, caf::exit_reason::kill);
  }

  std::string add(const std::string& body = R"({"url":"https://h.test/in"})") {
    return *json::text(data(call("POST", "/v1/webhooks", body), 201), "webhook_id");
  }
  webhook_record stored_webhook(const std::string& id) {
    return *find<webhook_record>(*stored.records, table::webhooks, id);
  }
  void add_delivery(const std::string& webhook, const std::string& id, const std::string& status) {
    auto row = delivery_of(stored_webhook(webhook), id, "call_ended", call_id{"SCL_1"}, "{}", 5);
    row.status = status;
    row.attempts = 3;
    stored.records->put(row);
  }
  /// "DLV_2 pending, DLV_1 dead"
  std::string listed(const std::string& target) {
    std::string all;
    for (const auto& row : data(call("GET", target), 200).GetArray())
      all += (all.empty() ? "" : ", ") + *json::text(row, "delivery_id") + " "
             + *json::text(row, "status");
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhooks_tests, webhooks_fixture)

BOOST_AUTO_TEST_CASE(a_webhook_is_made_shown_changed_and_erased) {
  const auto made = data(
    call("POST", "/v1/webhooks",
         R"({"url":"https://h.test/in?x=1","events":["call_ended","call_ended","call_failed"]})"),
    201);
  BOOST_TEST(*json::text(made, "secret") == "whsec_the-token");
  BOOST_TEST(json::dump(*json::member(made, "events")) == R"(["call_ended","call_failed"])");
  const auto id = *json::text(made, "webhook_id");
  const auto path = "/v1/webhooks/" + id;
  BOOST_TEST(!data(call("GET", path), 200).HasMember("secret"));
  BOOST_TEST(data(call("GET", "/v1/webhooks"), 200).Size() == 1u);
  const auto changed = data(call("PATCH", path, R"({"status":"paused","events":null})"), 200);
  BOOST_TEST(*json::text(changed, "status") == "paused");
  BOOST_TEST(json::member(changed, "events")->Size() == webhook_events.size());
  BOOST_TEST(*json::text(changed, "url") == "https://h.test/in?x=********");
  BOOST_TEST(call("PATCH", path, R"({"url":"https://h.test/in?x=********"})").status == 200);
  BOOST_TEST(stored_webhook(id).url == "https://h.test/in?x=1"); // its mask keeps it
  const auto why = detail(call("PATCH", path, R"({"url":"https://h.test/?x=********"})"), 422);
  BOOST_TEST(why.find("url has the mask") == 0u);
  BOOST_TEST(call("DELETE", path).status == 204);
  BOOST_TEST(call("GET", path).status == 404);
}

BOOST_AUTO_TEST_CASE(what_can_be_no_webhook) {
  const std::pair<const char*, const char*> bad[] = {
    {"{}", "url is missing"},
    {R"({"url":"ftp://h.test"})", "url must be an address"},
    {R"({"url":"https://"})", "url must be an address"},
    {R"({"url":"https://u:p@h.test"})", "url must not hold a user"},
    {R"({"url":"https://h.test/#x"})", "fragment"},
    {R"({"url":"https://h.test/a b"})", "url must be an address"},
    {R"({"url":"https://h.test","events":["nonsense"]})", "events must be a list"},
    {R"({"url":"https://h.test","events":"call_ended"})", "events must be a list"},
    {R"({"url":"https://h.test","status":"off"})", "status must be active or paused"},
    {"[]", "must be an object"}};
  for (const auto& [body, words] : bad)
    BOOST_TEST(detail(call("POST", "/v1/webhooks", body), 422).find(words) != std::string::npos,
               body);
  for (std::size_t i = 0; i < webhook_limits{}.webhooks_max; ++i)
    add();
  BOOST_TEST(call("POST", "/v1/webhooks", R"({"url":"https://h.test"})").status == 409);
}

BOOST_AUTO_TEST_CASE(a_new_secret_takes_over_slowly) {
  const auto id = add();
  auto before = stored_webhook(id);
  before.secret = "whsec_old";
  stored.records->put(before);
  const auto made = data(call("PATCH", "/v1/webhooks/" + id, R"({"rotate_secret":true})"), 200);
  BOOST_TEST(*json::text(made, "secret") == "whsec_the-token");
  BOOST_TEST(stored_webhook(id).old_secret == "whsec_old");
  BOOST_TEST(stored_webhook(id).old_secret_until > wall_now() + 80'000'000);
}

BOOST_AUTO_TEST_CASE(others_see_nothing_of_it) {
  const auto id = add();
  add_delivery(id, "DLV_1", "dead");
  for (const auto& [method, path] :
       {std::pair<std::string, std::string>{"GET", "/v1/webhooks/" + id},
        {"DELETE", "/v1/webhooks/" + id},
        {"POST", "/v1/webhooks/" + id + "/test"},
        {"GET", "/v1/webhooks/" + id + "/deliveries"},
        {"GET", "/v1/deliveries/DLV_1"},
        {"POST", "/v1/deliveries/DLV_1/redeliver"}})
    BOOST_TEST(ask_as("Bearer other", method, path).status == 404, path);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/v1/webhooks"), 200).Empty());
}

BOOST_AUTO_TEST_CASE(a_test_goes_the_way_of_any_delivery) {
  const auto id = add();
  const auto made = data(call("POST", "/v1/webhooks/" + id + "/test"), 201);
  BOOST_TEST(*json::text(made, "event") == "test");
  BOOST_TEST(json::member(made, "payload")->IsObject());
  BOOST_TEST(nudges > 0);
  BOOST_TEST(listed("/v1/webhooks/" + id + "/deliveries")
             == *json::text(made, "delivery_id") + " pending");
}

BOOST_AUTO_TEST_CASE(deliveries_come_by_pages_and_by_status) {
  const auto id = add();
  const auto path = "/v1/webhooks/" + id + "/deliveries";
  for (const auto& [row, status] : {std::pair<const char*, const char*>{"DLV_1", "delivered"},
                                    {"DLV_2", "dead"},
                                    {"DLV_3", "pending"},
                                    {"DLV_4", "pending"},
                                    {"DLV_5", "delivered"}})
    add_delivery(id, row, status);
  BOOST_TEST(listed(path)
             == "DLV_4 pending, DLV_3 pending, DLV_5 delivered, DLV_2 dead, DLV_1 delivered");
  BOOST_TEST(listed(path + "?status=dead") == "DLV_2 dead");
  BOOST_TEST(listed(path + "?status=pending") == "DLV_4 pending, DLV_3 pending");
  std::string all, cursor;
  for (int page = 0; page < 5; ++page) {
    const auto target = path + "?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor);
    all += (all.empty() ? "" : ", ") + listed(target);
    std::string why;
    const auto whole = json::parse(call("GET", target).body, 32, why);
    cursor = json::text(*whole, "next_cursor").value_or("");
  }
  BOOST_TEST(all == listed(path));
  BOOST_TEST(call("GET", path + "?status=lost").status == 422);
}

BOOST_AUTO_TEST_CASE(what_is_dead_may_be_sent_again) {
  const auto id = add();
  add_delivery(id, "DLV_1", "dead");
  const auto again = data(call("POST", "/v1/deliveries/DLV_1/redeliver"), 200);
  BOOST_TEST(*json::text(again, "status") == "pending");
  BOOST_TEST(*json::whole(again, "attempts") == 0);
  BOOST_TEST(nudges > 0);
  BOOST_TEST(listed("/v1/webhooks/" + id + "/deliveries") == "DLV_1 pending");
  BOOST_TEST(json::member(data(call("GET", "/v1/deliveries/DLV_1"), 200), "payload")->IsObject());
  BOOST_TEST(call("POST", "/v1/deliveries/DLV_9/redeliver").status == 404);
}

// -- usage -------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_report_counts_once) {
  add_call("SCL_1", "completed");
  const auto path = "/v1/internal/sessions/SCL_1/usage";
  const auto body =
    R"({"source":"sdk","seq":1,"counters":{"llm_prompt_tokens":10},"providers":{"llm_model":"m"}})";
  BOOST_TEST(!*json::flag(data(call("POST", path, body), 201), "duplicate"));
  BOOST_TEST(*json::flag(data(call("POST", path, body), 200), "duplicate"));
  call("POST", path, R"({"seq":2,"counters":{"llm_prompt_tokens":5}})");
  const auto session = data(call("GET", "/v1/sessions/SCL_1"), 200);
  BOOST_TEST(json::dump(*json::member(session, "usage"))
             == R"({"llm_prompt_tokens":15,"cost_usd":null,"providers":{"llm_model":["m"]}})");
  BOOST_TEST(call("POST", "/v1/internal/sessions/SCL_9/usage", body).status == 404);
  BOOST_TEST(ask_as("Bearer other", "POST", path, body).status == 404);
}

BOOST_AUTO_TEST_CASE(what_can_be_no_report) {
  add_call("SCL_1", "active");
  for (const auto* body :
       {"[]", "{}", R"({"seq":1})", R"({"seq":1,"counters":[]})", R"({"counters":{}})",
        R"({"seq":-1,"counters":{}})", R"({"seq":1,"counters":{"a":-1}})",
        R"({"seq":1,"counters":{"a":"1"}})", R"({"seq":1,"counters":{"a\n":1}})",
        R"({"seq":1,"source":"node","counters":{}})", R"({"seq":1,"source":"a/b","counters":{}})",
        R"({"seq":1,"counters":{},"providers":{"a":1}})"})
    BOOST_TEST(call("POST", "/v1/internal/sessions/SCL_1/usage", body).status == 422, body);
}

BOOST_AUTO_TEST_CASE(sums_by_call_agent_and_project) {
  usage_tally used;
  used.call_s = 60;
  used.cost_per_min_usd = 0.5;
  for (int i = 1; i <= 3; ++i) {
    call_record one;
    one.id = call_id{"SCL_" + std::to_string(i)};
    one.project = "PRJ_1";
    one.agent = agent_id{i < 3 ? "baker" : "smith"};
    stored.records->put(usage_of(one, used, 1'700'000'000'000 + i * 86'400'000LL));
  }
  const auto sums = [this](const std::string& query) {
    const auto answer = data(call("GET", "/v1/usage?" + query), 200);
    std::string all;
    for (const auto& row : json::member(answer, "rows")->GetArray())
      for (const auto* id : {"call_id", "agent_id", "project_id"})
        if (const auto name = json::text(row, id))
          all += *name + " " + std::to_string(*json::whole(row, "calls")) + " "
                 + std::to_string(*json::whole(row, "call_seconds")) + "; ";
    const auto& total = *json::member(answer, "total");
    return all + std::to_string(json::number(total, "cost_usd").value_or(-1));
  };
  BOOST_TEST(sums("by=agent") == "smith 1 60; baker 2 120; 1.500000");
  BOOST_TEST(sums("by=project") == "PRJ_1 3 180; 1.500000");
  BOOST_TEST(sums("") == "SCL_3 1 60; SCL_2 1 60; SCL_1 1 60; 1.500000");
  BOOST_TEST(sums("agent_id=smith") == "SCL_3 1 60; 0.500000");
  BOOST_TEST(sums("from=2023-11-17") == "SCL_3 1 60; 0.500000");
  BOOST_TEST(sums("to=2023-11-15T23:00:00Z") == "SCL_1 1 60; 0.500000");
  BOOST_TEST(sums("call_id=SCL_2") == "SCL_2 1 60; 0.500000");
  for (const auto* bad : {"by=day", "from=yesterday", "to=2023-11-15T", "from=2023-13-01"})
    BOOST_TEST(call("GET", std::string{"/v1/usage?"} + bad).status == 422, bad);
}

BOOST_AUTO_TEST_SUITE_END()
