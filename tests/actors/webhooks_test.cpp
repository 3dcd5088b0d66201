// WEBHOOKS on the deterministic clock: order, back-off, the end of patience, restarts;
// and the pure plan beside it.
#define BOOST_TEST_MODULE actors_webhooks
#include "actors/delivery_plan.hpp"
#include "actors/webhooks.hpp"
#include "messages/outbox.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/fixtures/fake_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace unpod;

namespace {

constexpr wall_ms day_one = 1'800'000'000'000;

struct no_exchange : outgoing_exchange {
  void abort() override {}
};

/// A way out that answers when the test says so.
struct fake_way_out : outgoing_http {
  struct sent {
    outgoing_request request;
    std::shared_ptr<outgoing_listener> listener;
    bool open = true;

    std::string header(const std::string& name) const {
      for (const auto& [key, value] : request.headers)
        if (key == name)
          return value;
      return {};
    }
  };
  std::vector<sent> all;

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    all.push_back({std::move(request), std::move(listener)});
    return std::make_shared<no_exchange>();
  }

  void answer(sent& one, int status) {
    one.open = false;
    one.listener->began(status, "text/plain");
    one.listener->ended({status, {}, false, {}});
  }
  void fail(sent& one, bool refused = false) {
    one.open = false;
    one.listener->ended({0, "nobody answers at hook.test", refused, {}});
  }
  std::size_t open() const {
    return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const sent& one) { return one.open; }));
  }
  std::vector<std::string> open_to(const std::string& host) const {
    std::vector<std::string> ids;
    for (const auto& one : all)
      if (one.open && host_of(one.request.url) == host)
        ids.push_back(one.header("X-Unpod-Delivery"));
    return ids;
  }
};

struct webhook_house : fixtures::deterministic_system {
  fixtures::fake_store stored;
  services house = std::make_shared<service_book>();
  store_actor store =
    sys.spawn([this]() -> store_actor::behavior_type { return stored.behavior(); });
  std::shared_ptr<fake_way_out> out = std::make_shared<fake_way_out>();
  webhook_limits bounds;
  webhooks_actor subject;
  int ids = 0;

  webhook_house() {
    house->put(store);
    add_webhook("WHK_1", "https://hook.test/in");
  }
  ~webhook_house() {
    house->clear();
    stop();
    end(store, caf::exit_reason::kill);
  }

  wall_ms wall() {
    return day_one
           + std::chrono::duration_cast<milliseconds>(sys.clock().now().time_since_epoch()).count();
  }
  void begin() {
    webhooks_setup setup;
    setup.house = house;
    setup.reader = stored.records;
    setup.bounds = bounds;
    setup.out = out;
    setup.sign = [](std::string_view secret, std::string_view text) {
      return "<" + std::string{secret} + ":" + std::string{text}.substr(0, 10) + ">";
    };
    setup.wall = [this] { return wall(); };
    subject = sys.spawn(webhooks, setup);
    pass(milliseconds{100});
  }
  void stop() {
    if (subject)
      end(subject, caf::exit_reason::kill);
    subject = nullptr;
  }
  void pass(milliseconds span, milliseconds step = milliseconds{50}) {
    for (auto gone = milliseconds{0}; gone < span; gone += step)
      advance(step);
  }

  void add_webhook(const std::string& id, const std::string& url) {
    webhook_record webhook;
    webhook.id = id;
    webhook.project = "PRJ_1";
    webhook.url = url;
    webhook.secret = "s1";
    stored.records->put(webhook);
  }
  std::string add(const std::string& call, const std::string& webhook = "WHK_1") {
    const auto hook = *find<webhook_record>(*stored.records, table::webhooks, webhook);
    const auto id = "DLV_" + std::to_string(1'000 + ++ids);
    stored.records->put(delivery_of(hook, id, "call_ended", call_id{call}, "{}", wall()));
    return id;
  }
  delivery_record row(const std::string& id, const std::string& webhook = "WHK_1") {
    for (const auto* state : {"pending/", "done/"})
      if (auto found =
            find<delivery_record>(*stored.records, table::deliveries, state + webhook + "/" + id))
        return *found;
    return {};
  }
  void answer(std::size_t which, int status) {
    out->answer(out->all.at(which), status);
    run();
    pass(milliseconds{100});
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(the_wait_doubles_up_to_a_bound_and_is_spread) {
  const webhook_limits bounds;
  const auto close_to = [&](std::int64_t attempts, seconds wanted) {
    const auto wait = retry_wait(bounds, attempts, "DLV_1");
    BOOST_TEST(wait.count() >= milliseconds{wanted}.count() * 8 / 10);
    BOOST_TEST(wait.count() <= milliseconds{wanted}.count() * 12 / 10);
  };
  close_to(1, seconds{5});
  close_to(2, seconds{10});
  close_to(5, seconds{80});
  close_to(60, seconds{21'600});
  BOOST_TEST((retry_wait(bounds, 3, "DLV_1") != retry_wait(bounds, 3, "DLV_2")));
}

BOOST_AUTO_TEST_CASE(what_becomes_of_a_delivery) {
  const webhook_limits bounds;
  delivery_record row;
  row.id = "DLV_1";
  row.queued = row.due = day_one;
  auto after = settled(row, {"DLV_1", 204, {}, false}, bounds, day_one);
  BOOST_TEST(after.status == "delivered");
  BOOST_TEST(after.attempts == 1);
  for (const int status : {0, 301, 404, 500}) {
    after = settled(row, {"DLV_1", status, "why", false}, bounds, day_one);
    BOOST_TEST(after.status == "pending");
    BOOST_TEST(after.due > day_one);
    BOOST_TEST(!after.last_error.empty());
  }
  BOOST_TEST(settled(row, {"DLV_1", 410, {}, false}, bounds, day_one).status == "dead");
  BOOST_TEST(settled(row, {"DLV_1", 0, "a private address", true}, bounds, day_one).status
             == "dead");
  std::int64_t at = day_one;
  int attempts = 0;
  for (; row.status == "pending"; ++attempts) {
    row = settled(row, {"DLV_1", 500, {}, false}, bounds, at);
    at = row.due;
  }
  BOOST_TEST(row.status == "dead");
  BOOST_TEST(attempts > 10);
  BOOST_TEST(attempts < 25);
}

BOOST_AUTO_TEST_CASE(hosts_of_urls) {
  BOOST_TEST(host_of("https://Hook.Test:8443/in?x=1") == "hook.test:8443");
  BOOST_TEST(host_of("http://a") == "a");
  BOOST_TEST(host_of("https://a?x") == "a");
}

BOOST_FIXTURE_TEST_CASE(what_is_pending_is_sent_signed_and_then_done, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  BOOST_REQUIRE(out->all.size() == 1u);
  const auto& sent = out->all.front();
  BOOST_TEST(sent.request.method == "POST");
  BOOST_TEST(sent.request.url == "https://hook.test/in");
  BOOST_TEST(sent.request.body == row(id).body_json);
  BOOST_TEST(sent.header("X-Unpod-Event") == "call_ended");
  BOOST_TEST(sent.header("X-Unpod-Delivery") == id);
  BOOST_TEST(sent.header("X-Unpod-Attempt") == "1");
  const auto time = std::to_string(day_one / 1'000);
  BOOST_TEST(sent.header("X-Unpod-Signature").rfind("t=" + time + ",v1=<s1:" + time, 0) == 0u);
  answer(0, 200);
  BOOST_TEST(row(id).status == "delivered");
  BOOST_TEST(!stored.records->find(table::deliveries, "pending/WHK_1/" + id));
  pass(seconds{20});
  BOOST_TEST(out->all.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(two_secrets_sign_while_one_takes_over, webhook_house) {
  auto webhook = *find<webhook_record>(*stored.records, table::webhooks, "WHK_1");
  webhook.old_secret = "s0";
  webhook.old_secret_until = day_one + 60'000;
  stored.records->put(webhook);
  add("SCL_1");
  begin();
  const auto line = out->all.at(0).header("X-Unpod-Signature");
  BOOST_TEST(line.find(",v1=<s1:") != std::string::npos);
  BOOST_TEST(line.find(",v1=<s0:") != std::string::npos);
  answer(0, 200);
  pass(seconds{61}, milliseconds{1'000});
  add("SCL_2");
  pass(seconds{6});
  BOOST_TEST(out->all.at(1).header("X-Unpod-Signature").find("s0") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_failure_is_tried_again_later_and_later, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  answer(0, 500);
  BOOST_TEST(row(id).last_error == "it answered 500");
  pass(milliseconds{3'500});
  BOOST_TEST(out->all.size() == 1u);
  pass(milliseconds{3'000});
  BOOST_REQUIRE(out->all.size() == 2u);
  BOOST_TEST(out->all.at(1).header("X-Unpod-Attempt") == "2");
  out->fail(out->all.at(1));
  pass(milliseconds{7'000});
  BOOST_TEST(row(id).last_error == "nobody answers at hook.test");
  BOOST_TEST(out->all.size() == 2u);
  pass(milliseconds{6'000});
  BOOST_TEST(out->all.size() == 3u);
  answer(2, 200);
  BOOST_TEST(row(id).status == "delivered");
  BOOST_TEST(row(id).attempts == 3);
}

BOOST_FIXTURE_TEST_CASE(what_nobody_takes_for_a_day_is_dead, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  for (int i = 0; i < 40 && row(id).status == "pending"; ++i) {
    if (out->all.back().open)
      answer(out->all.size() - 1, 503);
    pass(std::max(milliseconds{100}, milliseconds{row(id).due - wall()}), seconds{1});
    pass(seconds{6}, seconds{1});
  }
  BOOST_TEST(row(id).status == "dead");
  BOOST_TEST((wall() - day_one) < milliseconds{seconds{2 * 86'400}}.count());
  const auto tried = out->all.size();
  pass(seconds{86'400}, seconds{3'600});
  BOOST_TEST(out->all.size() == tried);
}

BOOST_FIXTURE_TEST_CASE(what_the_nodes_rules_refuse_is_dead_at_once, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  out->fail(out->all.at(0), true);
  pass(milliseconds{100});
  BOOST_TEST(row(id).status == "dead");
}

BOOST_FIXTURE_TEST_CASE(of_one_call_the_order_is_kept_and_others_go_on, webhook_house) {
  const auto first = add("SCL_1"), second = add("SCL_1"), other = add("SCL_2");
  begin();
  BOOST_TEST((out->open_to("hook.test") == std::vector<std::string>{first, other}));
  answer(1, 200); // the other call's: the webhook is well
  answer(0, 500); // now the first waits, and the second with it
  pass(milliseconds{2'000});
  BOOST_TEST(out->open() == 0u);
  pass(milliseconds{5'000});
  BOOST_TEST((out->open_to("hook.test") == std::vector<std::string>{first}));
  answer(2, 200);
  BOOST_TEST((out->open_to("hook.test") == std::vector<std::string>{second}));
}

BOOST_FIXTURE_TEST_CASE(a_silent_host_holds_up_nobody_else, webhook_house) {
  add_webhook("WHK_2", "https://well.test/in");
  for (int i = 0; i < 50; ++i)
    add("SCL_" + std::to_string(i));
  begin();
  BOOST_TEST(out->open_to("hook.test").size() == bounds.host_under_way_max);
  const auto id = add("SCL_1", "WHK_2");
  tell(subject, deliveries_due{});
  pass(milliseconds{100});
  BOOST_TEST((out->open_to("well.test") == std::vector<std::string>{id}));
  // Once it has failed it is tried with one at a time.
  for (std::size_t i = 0; i < bounds.host_under_way_max; ++i)
    out->fail(out->all.at(i));
  pass(milliseconds{100});
  BOOST_TEST(out->open_to("hook.test").size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_waits_long_does_not_hide_what_is_behind_it, webhook_house) {
  bounds.window = 4;
  for (int i = 0; i < 10; ++i) {
    const auto id = add("SCL_" + std::to_string(i));
    auto later = row(id);
    later.due = day_one + 3'600'000;
    stored.records->put(later);
  }
  const auto behind = add("SCL_20");
  begin();
  BOOST_TEST((out->open_to("hook.test") == std::vector<std::string>{behind}));
}

BOOST_FIXTURE_TEST_CASE(after_a_restart_what_is_pending_is_still_sent, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  stop(); // with an answer still out
  out->answer(out->all.at(0), 200);
  run();
  BOOST_TEST(row(id).status == "pending");
  begin();
  BOOST_REQUIRE(out->all.size() == 2u);
  answer(1, 200);
  BOOST_TEST(row(id).status == "delivered");
}

BOOST_FIXTURE_TEST_CASE(without_a_store_it_comes_twice_rather_than_never, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  stored.refuses = refusal::disk_full;
  answer(0, 200);
  pass(seconds{3});
  BOOST_TEST(out->all.size() == 1u); // not at once
  stored.refuses = refusal::none;
  pass(seconds{11});
  BOOST_REQUIRE(out->all.size() == 2u);
  answer(1, 200);
  BOOST_TEST(row(id).status == "delivered");
}

BOOST_FIXTURE_TEST_CASE(a_paused_webhook_waits_and_an_erased_one_is_forgotten, webhook_house) {
  auto webhook = *find<webhook_record>(*stored.records, table::webhooks, "WHK_1");
  webhook.status = "paused";
  stored.records->put(webhook);
  const auto id = add("SCL_1");
  begin();
  BOOST_TEST(out->all.empty());
  BOOST_TEST(row(id).status == "pending");
  stored.records->erase(webhook);
  pass(seconds{6});
  BOOST_TEST(row(id).id.empty());
}

BOOST_FIXTURE_TEST_CASE(history_is_forgotten_after_its_time, webhook_house) {
  const auto id = add("SCL_1");
  begin();
  answer(0, 200);
  pass(milliseconds{bounds.history} + milliseconds{seconds{7'200}}, milliseconds{seconds{600}});
  BOOST_TEST(row(id).id.empty());
}
