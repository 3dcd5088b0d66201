// What a call says, read by who looks at it: rings, gaps, ends; and the rows that
// webhooks and usage get in the batch that changes a call.
#define BOOST_TEST_MODULE messages_call_events
#include "messages/call_events.hpp"
#include "messages/outbox.hpp"
#include "messages/usage.hpp"
#include "tests/fixtures/fake_store.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace unpod;

namespace {

watch_limits small_ring(std::size_t events) {
  watch_limits bounds;
  bounds.events_kept = events;
  return bounds;
}

std::vector<std::uint64_t> numbers(const event_line::glimpse& seen) {
  std::vector<std::uint64_t> all;
  for (const auto& event : seen.events)
    all.push_back(event.seq);
  return all;
}

struct outbox_fixture {
  fixtures::fake_store store;
  webhook_limits bounds;
  int ids = 100;
  std::function<std::string(const std::string&)> new_id = [this](const std::string& prefix) {
    return prefix + std::to_string(--ids); // falling: as ids of one moment may be
  };

  void add(const std::string& id, const std::string& events, const std::string& status = "active") {
    webhook_record webhook;
    webhook.id = id;
    webhook.project = "PRJ_1";
    webhook.events = events;
    webhook.status = status;
    store.records->put(webhook);
  }

  std::vector<delivery_record> tell(const std::vector<std::string>& events,
                                    const call_record& call) {
    std::vector<delivery_record> rows;
    for (const auto& change : deliveries_of({*store.records, bounds, new_id, 1'000}, call, events))
      rows.push_back(std::get<delivery_record>(change.record));
    return rows;
  }

  static call_record call() {
    call_record made;
    made.id = call_id{"SCL_1"};
    made.project = "PRJ_1";
    made.status = "completed";
    made.transcript.push_back({"user", "hello", 900, 1, false, {}, {}});
    return made;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(what_a_call_says_is_numbered_and_read_from_any_place) {
  event_line line{{}, 7};
  BOOST_TEST(line.post("one", "{}", 1) == 8u);
  BOOST_TEST(line.post("two", "{}", 2) == 9u);
  BOOST_TEST((numbers(line.read(0, 10'000)) == std::vector<std::uint64_t>{8, 9}));
  BOOST_TEST((numbers(line.read(8, 10'000)) == std::vector<std::uint64_t>{9}));
  BOOST_TEST(line.read(9, 10'000).events.empty());
  BOOST_TEST(line.read(0, 1).events.size() == 1u); // one at least
  BOOST_TEST(!line.read(9, 10'000).over);
  line.close();
  BOOST_TEST(line.read(9, 10'000).over);
  BOOST_TEST(!line.read(0, 1).over);
}

BOOST_AUTO_TEST_CASE(a_ring_forgets_its_oldest_and_says_so) {
  event_line line{small_ring(3), 0};
  for (int i = 0; i < 10; ++i)
    line.post("partial", "{}", i);
  const auto seen = line.read(2, 10'000);
  BOOST_TEST(seen.first_kept == 8u);
  BOOST_TEST((numbers(seen) == std::vector<std::uint64_t>{8, 9, 10}));
  auto bounds = small_ring(100);
  bounds.event_bytes_kept = 1;
  event_line narrow{bounds, 0};
  narrow.post("a", std::string(1'000, 'x'), 0);
  narrow.post("b", std::string(1'000, 'x'), 0);
  BOOST_TEST((numbers(narrow.read(0, 10'000)) == std::vector<std::uint64_t>{2}));
}

BOOST_AUTO_TEST_CASE(who_waits_is_woken_once) {
  event_line line{{}, 0};
  int woken = 0;
  line.wake_when_more(0, [&] { ++woken; });
  BOOST_TEST(woken == 0);
  line.post("one", "{}", 0);
  line.post("two", "{}", 0);
  BOOST_TEST(woken == 1);
  line.wake_when_more(1, [&] { ++woken; }); // there is more already
  BOOST_TEST(woken == 2);
  line.wake_when_more(2, [&] { ++woken; });
  line.close();
  BOOST_TEST(woken == 3);
  line.wake_when_more(2, [&] { ++woken; });
  BOOST_TEST(woken == 4);
}

BOOST_AUTO_TEST_CASE(a_board_keeps_lines_that_somebody_holds_and_goes_on_from_the_journal) {
  fixtures::fake_store store;
  store.records->put(journal_record{call_id{"SCL_1"}, 41, 0, "dispatch", "{}"});
  watch_limits bounds;
  bounds.ended_kept = 1;
  event_board board{bounds};
  const call_id one{"SCL_1"}, two{"SCL_2"};
  BOOST_TEST(!board.find(one));
  auto line = board.line(one, *store.records);
  BOOST_TEST(line->post("x", "{}", 0) == 42u);
  BOOST_TEST(board.line(one, *store.records) == line);
  board.tell(one, "provider", "{}");
  board.tell(two, "provider", "{}"); // nobody's
  BOOST_TEST(line->read(0, 10'000).events.size() == 2u);
  line->close();
  board.keep(std::move(line));
  BOOST_TEST(board.find(one));
  board.keep(board.line(two, *store.records));
  BOOST_TEST(!board.find(one));
  BOOST_TEST(board.find(two));
}

BOOST_AUTO_TEST_CASE(many_threads_may_post_and_read) {
  event_line line{small_ring(50), 0};
  std::vector<std::thread> talkers;
  for (int who = 0; who < 4; ++who)
    talkers.emplace_back([&line] {
      for (int i = 0; i < 500; ++i)
        line.post("partial", "{}", i);
    });
  std::uint64_t after = 0;
  while (after < 2'000) {
    for (const auto& event : line.read(after, 4'000).events) {
      BOOST_REQUIRE(event.seq > after);
      after = event.seq;
    }
    line.wake_when_more(after, [] {});
  }
  for (auto& talker : talkers)
    talker.join();
}

BOOST_FIXTURE_TEST_CASE(each_webhook_that_wants_an_event_gets_a_row, outbox_fixture) {
  add("WHK_1", "");
  add("WHK_2", "call_ended recording_ready");
  add("WHK_3", "", "paused");
  const auto rows = tell({"call_ended", "transcript_ready"}, call());
  BOOST_REQUIRE(rows.size() == 3u);
  BOOST_TEST(rows[0].webhook == "WHK_1");
  BOOST_TEST(rows[1].webhook == "WHK_2");
  BOOST_TEST(rows[2].event == "transcript_ready");
  BOOST_TEST(rows[0].id < rows[2].id); // ids of one moment keep the order
  BOOST_TEST(rows[2].body_json.find(R"("content":"hello")") != std::string::npos);
  BOOST_TEST(rows[0].body_json.find("hello") == std::string::npos);
  BOOST_TEST(rows[0].status == "pending");
  auto foreign = call();
  foreign.project = "PRJ_2";
  BOOST_TEST(tell({"call_ended"}, foreign).empty());
}

BOOST_FIXTURE_TEST_CASE(a_transcript_that_is_too_long_is_left_out, outbox_fixture) {
  add("WHK_1", "");
  bounds.transcript_bytes_max = 10;
  BOOST_TEST(tell({"transcript_ready"}, call())[0].body_json.find(R"("transcript":null)")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_an_end_means) {
  using names = std::vector<std::string>;
  auto call = outbox_fixture::call();
  BOOST_TEST((ending_events(call, true) == names{"call_ended", "transcript_ready"}));
  call.recording = "SCL_1.wav";
  BOOST_TEST(
    (ending_events(call, true) == names{"call_ended", "transcript_ready", "recording_ready"}));
  BOOST_TEST((ending_events(call, false) == names{"call_ended", "transcript_ready"}));
  call.status = "failed";
  call.transcript.clear();
  BOOST_TEST((ending_events(call, false) == names{"call_failed"}));
}

BOOST_AUTO_TEST_CASE(usage_counts_what_is_there_and_costs_what_the_profile_says) {
  BOOST_TEST(characters_of("na\xc3\xafve") == 5);
  usage_tally used;
  used.call_s = 90;
  used.stt_s = 88.5;
  used.tts_characters = 12;
  used.stt = "embedded";
  const auto call = outbox_fixture::call();
  auto row = usage_of(call, used, 5);
  BOOST_TEST(key_of(row) == "SCL_1/node/000000000001");
  BOOST_TEST(row.body_json
             == R"({"counters":{"call_seconds":90.000,"stt_seconds":88.500,"tts_characters":12},)"
                R"("providers":{"stt_provider":"embedded"}})");
  used.cost_per_min_usd = 0.02;
  used.prompt_tokens = 7;
  row = usage_of(call, used, 5);
  BOOST_TEST(row.body_json.find(R"("cost_usd":0.030)") != std::string::npos);
  BOOST_TEST(row.body_json.find(R"("llm_prompt_tokens":7)") != std::string::npos);
  BOOST_TEST(row.body_json.find("by_provider") == std::string::npos);
  used.shares["cartesia@eu"] = {0, 12};
  used.shares["deepgram"] = {88.5, 0};
  row = usage_of(call, used, 5);
  BOOST_TEST(row.body_json.find(R"("by_provider":{"cartesia@eu":{"stt_seconds":0.000,)"
                                R"("tts_characters":12},"deepgram":{"stt_seconds":88.500,)")
             != std::string::npos);
}
