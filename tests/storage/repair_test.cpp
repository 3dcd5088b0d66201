// Calls that were live when the node died are ended once, with a journal entry.
#define BOOST_TEST_MODULE repair
#include <boost/test/unit_test.hpp>

#include "storage/memory_backend.hpp"
#include "storage/keys.hpp"
#include "storage/reader.hpp"
#include "storage/record_codec.hpp"
#include "storage/repair.hpp"
#include "storage/store_engine.hpp"
#include "tests/storage/sample_records.hpp"

using namespace unpod;
using namespace fixtures;

namespace {

struct repair_fixture {
  std::shared_ptr<memory_backend> disk = std::make_shared<memory_backend>();
  store_reader_ptr reader = make_reader(disk, {});
  store_engine engine{disk, {}};

  void put(stored record, store_change::what op = store_change::what::put) {
    engine.post(store_write{{{op, std::move(record)}}},
                [](const store_answer& answer) { BOOST_TEST((answer.why == refusal::none)); });
    engine.step(mono_time{0}, 0);
  }

  call_record call(const std::string& id) {
    return find<call_record>(*reader, table::calls, id).value();
  }

  std::vector<journal_record> journal(const std::string& id) {
    return list<journal_record>(*reader, table::journal, {id + "/", "", 1'000, false, {}});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(repair_tests, repair_fixture)

BOOST_AUTO_TEST_CASE(live_calls_end_once_and_the_others_stay) {
  for (const auto* status : {"pending", "ringing", "active", "completed", "failed", "cancelled"})
    put(make_call(status, status));
  for (std::uint64_t seq = 1; seq <= 12; ++seq) {
    auto entry = make_entry("active", seq);
    entry.at = 1'000 + static_cast<wall_ms>(seq);
    put(entry);
  }
  const auto first = repair(*disk, {}, 9'000);
  BOOST_TEST(first.result.ok());
  BOOST_TEST(first.calls_ended == 3u);
  BOOST_TEST(repair(*disk, {}, 9'999).calls_ended == 0u);

  for (const auto* id : {"pending", "ringing", "active"}) {
    BOOST_TEST(call(id).status == "failed");
    BOOST_TEST(call(id).end_reason == "node_lost");
    BOOST_TEST(call(id).modified == 9'000);
  }
  BOOST_TEST(call("active").ended == 1'012); // the last sign of life
  BOOST_TEST(call("completed").status == "completed");
  BOOST_TEST(call("failed").end_reason.empty());
  const auto entries = journal("active");
  BOOST_REQUIRE(entries.size() == 13u);
  BOOST_TEST(entries.back().seq == 13u);
  BOOST_TEST(entries.back().kind == "end");
  BOOST_TEST(entries.back().body == "{\"reason\":\"node_lost\"}");
  BOOST_TEST(journal("pending").size() == 1u);
  BOOST_TEST(journal("completed").empty());
}

BOOST_AUTO_TEST_CASE(webhooks_are_told_of_calls_that_died_with_their_node) {
  webhook_record webhook;
  webhook.id = "WHK_1";
  webhook.project = "PRJ_1";
  put(webhook);
  auto lost = make_call("lost", "active");
  lost.project = "PRJ_1";
  put(lost);
  put(make_call("over", "completed"));
  repair(*disk, {}, 9'000);
  const auto rows =
    list<delivery_record>(*reader, table::deliveries, {"pending/WHK_1/", "", 10, false, {}});
  BOOST_REQUIRE(!rows.empty());
  BOOST_TEST(rows[0].event == "call_failed");
  BOOST_TEST(rows[0].call.str() == "lost");
  BOOST_TEST(rows[0].body_json.find("node_lost") != std::string::npos);
  BOOST_TEST(reader->find(table::usage, "lost/node/000000000001").has_value());
}

BOOST_AUTO_TEST_CASE(a_call_that_ended_or_was_erased_is_not_live_any_more) {
  put(make_call("c1", "active"));
  put(make_call("c1", "completed"));
  put(make_call("c2", "active"));
  put(make_call("c2", ""), store_change::what::erase);
  BOOST_TEST(repair(*disk, {}, 1).calls_ended == 0u);
  BOOST_TEST(call("c1").status == "completed");
  BOOST_TEST(!find<call_record>(*reader, table::calls, "c2").has_value());
}

BOOST_AUTO_TEST_CASE(more_calls_than_one_batch_are_all_ended) {
  for (std::size_t i = 0; i < 2 * repair_calls_per_batch + 1; ++i)
    put(make_call("c" + std::to_string(i), "active"));
  BOOST_TEST(repair(*disk, {}, 1).calls_ended == 2 * repair_calls_per_batch + 1);
  BOOST_TEST(repair(*disk, {}, 1).calls_ended == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_that_cannot_be_read_does_not_stop_the_start) {
  put(make_call("c1", "active"));
  put(make_call("c2", "active"));
  disk->commit({{space::calls, "c1", "garbage"}});
  BOOST_TEST(repair(*disk, {}, 1).calls_ended == 1u);
  BOOST_TEST(call("c2").end_reason == "node_lost");
}

BOOST_AUTO_TEST_CASE(a_full_disk_stops_the_repair_and_the_next_start_does_it) {
  put(make_call("c1", "active"));
  disk->fail_with({disk_result::cause::full, "full"});
  BOOST_TEST(!repair(*disk, {}, 1).result.ok());
  disk->fail_with({});
  BOOST_TEST(repair(*disk, {}, 1).calls_ended == 1u);
}

BOOST_AUTO_TEST_CASE(expired_tokens_go_and_used_ones_stay_until_then) {
  auto used = make_token("h2", 2'000);
  used.used = true;
  put(make_token("h1", 1'000));
  put(used);
  BOOST_TEST(repair(*disk, {}, 1'000).tokens_purged == 1u);
  BOOST_TEST(find<token_record>(*reader, table::tokens, "h2")->used);
  BOOST_TEST(!find<token_record>(*reader, table::tokens, "h1").has_value());
}

BOOST_AUTO_TEST_CASE(a_store_of_a_build_without_an_index_gets_one) {
  const std::size_t many = 2 * repair_rows_per_batch + 1;
  key_batch old; // as an earlier build left it: rows, and no index
  for (std::size_t i = 0; i < many; ++i) {
    auto pipe = make_pipe("PIPE_" + twelve_digits(i), "p");
    pipe.project = i % 2 == 0 ? "PRJ_even" : "PRJ_odd";
    old.push_back({space::config, "pipe/" + pipe.id.str(), encode_record(pipe)});
  }
  number_record number;
  number.number = "+14155550101";
  number.project = "PRJ_odd";
  old.push_back({space::config, "number/" + number.number, encode_record(number)});
  old.push_back({space::config, "pipe/garbage", "garbage"});
  disk->commit(old);
  const auto rows = [&](table which, const std::string& project) {
    std::size_t seen = 0;
    list_query page;
    page.project = project;
    for (bool more = true; more;) {
      const auto found = reader->list(which, page);
      seen += found.size();
      more = found.size() == page.rows_max;
      if (more)
        page.after = std::visit([](const auto& row) { return key_of(row); }, found.back());
    }
    return seen;
  };
  BOOST_TEST(rows(table::pipes, "PRJ_even") == 0u);
  disk->fail_with({disk_result::cause::full, "full"});
  BOOST_TEST(!repair(*disk, {}, 1).result.ok());
  disk->fail_with({});
  BOOST_TEST(repair(*disk, {}, 1).rows_indexed == many + 1);
  BOOST_TEST(rows(table::pipes, "PRJ_even") == repair_rows_per_batch + 1);
  BOOST_TEST(rows(table::pipes, "PRJ_odd") == repair_rows_per_batch);
  BOOST_TEST(rows(table::numbers, "PRJ_odd") == 1u);
  BOOST_TEST(repair(*disk, {}, 1).rows_indexed == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
