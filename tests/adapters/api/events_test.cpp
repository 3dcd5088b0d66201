// Looking at calls: where an observer begins, what it gets from the ring and from the
// journal, gaps, ends, and how many may look.
#define BOOST_TEST_MODULE api_events
#include "tests/adapters/api/api_fixture.hpp"

#include "adapters/api/event_feed.hpp"

using namespace fixtures;

namespace {

struct small_board { // what the API is made with
  watch_limits bounds = few();
  event_board_ptr board = std::make_shared<event_board>(bounds);

  static watch_limits few() {
    watch_limits made;
    made.events_kept = 4;
    made.key_observers_max = 2;
    made.observers_max = 3;
    return made;
  }
};

struct events_fixture : small_board, api_fixture {
  events_fixture()
    : api_fixture([this](api_setup& setup) {
        setup.bounds.watch = bounds;
        setup.events = board;
      }) {}

  void journal(const std::string& call, std::uint64_t seq, const std::string& kind) {
    stored.records->put(journal_record{call_id{call}, seq, 1'700'000'000'000, kind, "{}"});
  }
  event_line_ptr line(const std::string& call = "SCL_1") {
    return board->line(call_id{call}, *stored.records);
  }

  http_response watch(const std::string& call = "SCL_1", const std::string& query = {},
                      const std::string& last_id = {}, const std::string& key = "Bearer good") {
    auto exchange = std::make_shared<fake_exchange>();
    auto& asked = exchange->asked;
    asked.method = "GET";
    asked.path = asked.target = "/v1/sessions/" + call + "/events";
    asked.query = query;
    asked.headers.emplace_back("authorization", key);
    if (!last_id.empty())
      asked.headers.emplace_back("last-event-id", last_id);
    api(exchange);
    run();
    return exchange->got;
  }

  int wakes = 0;

  /// "3 user_turn, 4 end" and whether that is all there will be, as "." at its end.
  std::string read(const http_response& answer) {
    BOOST_REQUIRE(answer.open);
    std::string all;
    for (;;) {
      const int woken = wakes;
      const auto piece = answer.open->poll([this] { ++wakes; });
      if (!piece)
        return all + ".";
      if (piece->empty() && wakes == woken)
        return all;
      for (std::size_t at = 0; (at = piece->find("id: ", at)) != std::string::npos;) {
        const auto id_end = piece->find('\n', at);
        const auto kind_end = piece->find('\n', id_end + 1);
        all += (all.empty() ? "" : ", ") + piece->substr(at + 4, id_end - at - 4) + " "
               + piece->substr(id_end + 8, kind_end - id_end - 8);
        at = kind_end;
      }
    }
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(an_event_as_text) {
  BOOST_TEST(sse_text(call_id{"SCL_1"}, {7, 1'700'000'000'000, "note", "{\"a\":\n1}"})
             == "id: 7\nevent: note\ndata: {\"seq\":7,\"at\":\"2023-11-14T22:13:20.000Z\","
                "\"call_id\":\"SCL_1\",\"kind\":\"note\",\"data\":{\"a\": 1}}\n\n");
}

BOOST_FIXTURE_TEST_CASE(an_observer_sees_what_was_and_what_comes, events_fixture) {
  add_call("SCL_1", "active");
  const auto talk = line();
  talk->post("started", "{}", 1);
  const auto answer = watch();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.content_type == "text/event-stream");
  BOOST_TEST(has_header(answer, "Cache-Control", "no-store"));
  BOOST_TEST(!answer.open->idle.empty());
  BOOST_TEST(read(answer) == "1 started");
  BOOST_TEST(read(answer).empty());
  const int before = wakes;
  talk->post("partial", "{}", 2);
  talk->post("user_turn", "{}", 3);
  BOOST_TEST(wakes == before + 1);
  BOOST_TEST(read(answer) == "2 partial, 3 user_turn");
  talk->post("end", "{}", 4);
  talk->post("late", "{}", 5);
  BOOST_TEST(read(answer) == "4 end.");
}

BOOST_FIXTURE_TEST_CASE(it_goes_on_where_it_left_off, events_fixture) {
  add_call("SCL_1", "active");
  const auto talk = line();
  for (const auto* kind : {"started", "partial", "state"})
    talk->post(kind, "{}", 1);
  BOOST_TEST(read(watch("SCL_1", "", "2")) == "3 state");
  BOOST_TEST(read(watch("SCL_1", "after=1")) == "2 partial, 3 state");
  BOOST_TEST(read(watch("SCL_1", "after=1", "2")) == "3 state"); // the header goes first
}

BOOST_FIXTURE_TEST_CASE(what_the_ring_let_go_comes_from_the_journal, events_fixture) {
  add_call("SCL_1", "active");
  const auto talk = line();
  for (int i = 1; i <= 10; ++i) {
    talk->post(i % 2 == 1 ? "stored" : "moment", "{}", i);
    if (i % 2 == 1)
      journal("SCL_1", static_cast<std::uint64_t>(i), "stored");
  }
  const std::string ring = "7 stored, 8 moment, 9 stored, 10 moment";
  BOOST_TEST(read(watch()) == "1 stored, 3 stored, 5 stored, " + ring); // from the start: no gap
  BOOST_TEST(read(watch("SCL_1", "after=2")) == "3 stored, 5 stored, 6 gap, " + ring);
  BOOST_TEST(read(watch("SCL_1", "after=6")) == ring);
}

BOOST_FIXTURE_TEST_CASE(a_slow_observer_misses_moments_and_is_told, events_fixture) {
  add_call("SCL_1", "active");
  const auto talk = line();
  talk->post("started", "{}", 1);
  const auto answer = watch();
  BOOST_TEST(read(answer) == "1 started");
  for (int i = 0; i < 20; ++i)
    talk->post("partial", "{}", 1);
  BOOST_TEST(read(answer) == "17 gap, 18 partial, 19 partial, 20 partial, 21 partial");
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_over_is_read_from_its_journal, events_fixture) {
  add_call("SCL_1", "completed");
  for (std::uint64_t seq = 1; seq <= 450; ++seq)
    journal("SCL_1", seq * 2, seq == 450 ? "end" : "user_turn");
  const auto all = read(watch());
  BOOST_TEST(all.substr(0, 28) == "2 user_turn, 4 user_turn, 6 ");
  BOOST_TEST(all.substr(all.size() - 10) == ", 900 end.");
  BOOST_TEST(std::count(all.begin(), all.end(), ',') == 449);
  BOOST_TEST(read(watch("SCL_1", "after=898")) == "900 end.");
  BOOST_TEST(watch("SCL_1", "after=900").status == 204); // it need not come again
}

BOOST_FIXTURE_TEST_CASE(a_call_that_never_said_its_end_is_ended_all_the_same, events_fixture) {
  add_call("SCL_1", "completed");
  BOOST_TEST(read(watch()) == "1 end.");
  BOOST_TEST(watch("SCL_1", "after=1").status == 204);
  // The numbers of a node that died go beyond its journal.
  auto record = *find<call_record>(*stored.records, table::calls, "SCL_1");
  record.end_reason = "node_lost";
  stored.records->put(record);
  journal("SCL_1", 5, "end");
  BOOST_TEST(read(watch("SCL_1", "after=70")) == "71 end.");
}

BOOST_FIXTURE_TEST_CASE(one_that_ended_just_now_is_still_on_the_board, events_fixture) {
  add_call("SCL_1", "completed");
  auto talk = line();
  talk->post("partial", "{}", 1);
  talk->post("end", "{}", 1);
  talk->close();
  board->keep(std::move(talk));
  BOOST_TEST(read(watch()) == "1 partial, 2 end.");
  BOOST_TEST(watch("SCL_1", "after=2").status == 204);
}

BOOST_FIXTURE_TEST_CASE(a_call_may_be_looked_at_before_it_begins, events_fixture) {
  add_call("SCL_1", "pending");
  const auto answer = watch();
  BOOST_TEST(read(answer).empty());
  line()->post("started", "{}", 1);
  BOOST_TEST(read(answer) == "1 started");
}

BOOST_FIXTURE_TEST_CASE(one_that_ends_before_it_began_is_noticed, events_fixture) {
  add_call("SCL_1", "pending");
  const auto answer = watch();
  BOOST_TEST(read(answer).empty());
  BOOST_TEST(read(answer).empty()); // as after a sign of life
  add_call("SCL_1", "completed");
  BOOST_TEST(read(answer) == "1 end.");
}

BOOST_FIXTURE_TEST_CASE(one_may_ask_for_no_more_than_there_is, events_fixture) {
  add_call("SCL_1", "active");
  const auto talk = line();
  talk->post("started", "{}", 1);
  BOOST_TEST(read(watch("SCL_1", "follow=false")) == "1 started.");
}

BOOST_FIXTURE_TEST_CASE(seats_are_counted_and_given_back, events_fixture) {
  add_call("SCL_1", "active");
  add_call("SCL_2", "active", "PRJ_2");
  {
    const auto first = watch(), second = watch();
    const auto third = watch();
    BOOST_TEST(third.status == 429);
    BOOST_TEST(detail(third, 429).find("this key has 2 observers") != std::string::npos);
    const auto other = watch("SCL_2", "", "", "Bearer other");
    BOOST_TEST(other.status == 200);
    BOOST_TEST(watch("SCL_2", "", "", "Bearer other").status == 503);
  }
  BOOST_TEST(watch().status == 200);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_looked_at, events_fixture) {
  add_call("SCL_1", "active");
  BOOST_TEST(watch("SCL_9").status == 404);
  BOOST_TEST(watch("SCL_1", "", "", "Bearer other").status == 404);
  for (const auto* bad : {"x", "-1", "1x", "9999999999999", "1.0"})
    BOOST_TEST(detail(watch("SCL_1", "", bad), 422).find("Last-Event-ID") != std::string::npos);
}
