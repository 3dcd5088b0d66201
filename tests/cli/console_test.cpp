// The console without a terminal: what its keys do, and that each view says what matters
// at 80 by 24 and at 200 by 60.
#define BOOST_TEST_MODULE console
#include <boost/test/unit_test.hpp>

#include "cli/console_model.hpp"
#include "cli/text.hpp"

#include <cstdlib>
#include <set>

using namespace unpod;
using namespace unpod::cli;

namespace {

constexpr screen_size small{24, 80}, large{60, 200};

struct utc {
  utc() {
    ::setenv("TZ", "UTC", 1);
  }
};
BOOST_GLOBAL_FIXTURE(utc);

node_reply answered(const std::string& data) {
  return read_reply({200, R"({"status_code":200,"message":"ok","data":)" + data + "}", {}});
}

constexpr auto node = R"({"version":"0.1.0","pid":7,"status":"ok","uptime_s":3725,"cpu_s":61,
  "memory_bytes":41943040,"disk_free_bytes":1073741824,"calls_live":412,"calls_started":9000,
  "turns":30000,"barge_ins":70,"seats":{"runners":3,"total":600,"busy":412},
  "latencies":[{"stage":"dispatch","p50_ms":1.0,"p95_ms":1.5,"p99_ms":2.0},
               {"stage":"turn","p50_ms":515,"p95_ms":530,"p99_ms":540}],
  "media_ticks":100000,"media_late_ticks":3,"realtime":false,
  "store":{"writable":true,"trouble":null,"journal_waiting":2,"journal_dropped":0},
  "actors":{"living":5012,"messages_waiting":7,"per_s":9000.5,"died":1,
            "last_deaths":[{"id":"9","parent_id":"5","kind":"transcriber","subject":"SCL_1",
                            "reason":"exit kill","at":"2026-11-21T14:03:05.000Z"}]},
  "limits":[{"name":"limits.calls_max","used":412,"most":500,"percent":82},
            {"name":"open files","used":900,"most":65536,"percent":1}],
  "providers":[{"name":"embedded","state":"well","successes":40,"failures":0,
                "failures_in_a_row":0,"last_failure":null,"first_byte_p50_ms":12,
                "first_byte_p99_ms":30},
               {"name":"deepgram","state":"open","successes":9,"failures":4,"failures_in_a_row":3,
                "last_failure":"closed with 1011","first_byte_p50_ms":null,
                "first_byte_p99_ms":null}],
  "queues":[{"name":"outbound calls that wait","used":17,"most":null,"percent":null},
            {"name":"journal entries to be written","used":2,"most":20000,"percent":0}],
  "threads":[]})";

std::string actor(int id, int level, const char* kind, const char* about, int restarts = 0) {
  return R"({"id":")" + std::to_string(id) + R"(","parent_id":null,"kind":")" + kind
         + R"(","subject":")" + about + R"(","state":null,"level":)" + std::to_string(level)
         + R"(,"children":1,"matches":true,"age_s":70,"mailbox":0,"handled":12,"per_s":3,)"
         + R"("p50_us":12,"p99_us":900,"busy_ms":0,"bytes":700,"restarts":)"
         + std::to_string(restarts) + R"(,"last_exit":"exit kill","suspended":false})";
}

const std::string call_id = "SCL_" + std::string(24, 'x');

std::string calls() {
  return R"([{"call_id":")" + call_id
         + R"(","status":"active","started_at":"2026-11-21T14:00:00.000Z","from_number":"+14155550101",
    "agent_id":"baker","worker_id":"WRK_1","end_reason":null,"duration_s":0},
   {"call_id":"SCL_2","status":"failed","started_at":"2026-11-21T13:00:00.000Z","from_number":null,
    "agent_id":"baker","worker_id":null,"end_reason":"no_runner","duration_s":4}])";
}

constexpr auto runners = R"([{"worker_id":"WRK_1","agent_id":"baker","max_concurrent":4,
  "active_jobs":4,"reserved":0,"eligible":true,"draining":false,"last_heartbeat_age_s":0.4,
  "hostname":"box","transport":"dial_out"}])";

constexpr auto profiles = R"([{"profile_id":"VP_1","name":"embedded-en","stt_provider":"embedded",
  "tts_provider":"embedded","language":"en-US","available":true,"missing":null},
 {"profile_id":"VP_2","name":"far","stt_provider":"deepgram","tts_provider":"cartesia",
  "language":"en","available":false,"missing":"DEEPGRAM_API_KEY"}])";

constexpr auto logs = R"([{"seq":1,"at":"2026-11-21T14:03:05.000Z","level":"warn",
  "room":"actors.call","about":"SCL_2","actor":"42","words":"something\u001b[2J odd","skipped":0}])";

constexpr auto timeline = R"({"call_id":"SCL_2","why":"Call SCL_2 came in and nobody took it.",
  "rows":[{"at":"2026-11-21T13:00:00.000Z","after_ms":0,"kind":"started","data":{"pipe":"P"}},
          {"at":"2026-11-21T13:00:01.000Z","after_ms":1040,"kind":"dispatch_failed",
           "data":{"why":"no runner is registered"}}]})";

/// A console that has seen all of a node.
struct seen_node {
  console_model model;

  seen_node() {
    model.url = "http://127.0.0.1:8080";
    model.now = 1'795'269'960'000; // 2026-11-21 14:06 UTC
    give(answer_to::node, console_view::overview, node);
    give(answer_to::view, console_view::calls, calls());
    give(answer_to::view, console_view::timeline, timeline);
    give(answer_to::view, console_view::runners, runners);
    give(answer_to::view, console_view::providers, profiles);
    give(answer_to::view, console_view::log, logs);
    const auto tree = "[" + actor(1, 0, "node", "") + "," + actor(2, 1, "pipes", "") + ","
                      + actor(3, 2, "call", call_id.c_str()) + ","
                      + actor(4, 3, "transcriber", call_id.c_str(), 2) + ","
                      + actor(5, 1, "store", "") + "]";
    give(answer_to::view, console_view::actors, tree);
    give(answer_to::view, console_view::queues, tree);
  }

  void give(answer_to what, console_view view, const std::string& data) {
    take(model, what, view, answered(data));
  }

  console_wish type(const std::string& keys) {
    console_wish last;
    for (const char pressed : keys)
      last = press(model, pressed);
    return last;
  }

  std::string shown(const screen_size& size) const {
    std::string all;
    for (const auto& line : screen_of(model, size))
      all += line.text + "\n";
    return all;
  }

  bool shows(const std::string& words, const screen_size& size = small) const {
    return shown(size).find(words) != std::string::npos;
  }

  /// How the line with these words is painted.
  paint how(const std::string& words) const {
    for (const auto& line : screen_of(model, small))
      if (line.text.find(words) != std::string::npos)
        return line.how;
    return paint::plain;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(console, seen_node)

BOOST_AUTO_TEST_CASE(every_view_fills_the_screen_and_no_more) {
  for (const auto& size : {small, large, screen_size{5, 40}, screen_size{1, 1}})
    for (char view = '0'; view <= '9'; ++view) {
      model.help = view == '0';
      if (!model.help)
        type({view});
      const auto lines = screen_of(model, size);
      BOOST_TEST(lines.size() == size.rows);
      for (const auto& line : lines) {
        BOOST_TEST(columns_of(line.text) <= size.columns, line.text);
        BOOST_TEST(line.text.find('\x1b') == std::string::npos);
      }
    }
}

BOOST_AUTO_TEST_CASE(at_eighty_columns_nothing_is_cut_that_matters) {
  for (const auto* words :
       {"0.1.0", "up 1:02:05", "412", "412 of 600 busy, 3 runners", "dispatch 1.5 ms, turn 530 ms",
        "3 late of 100000", "writable", "5012 live, 7 messages wait", "40.0 MB",
        "412 of 500 (82 %)", "transcriber SCL_1: exit kill", "9Log", "q quit",
        "1 open (deepgram), 1 well"})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  type("2");
  for (const auto& words : {call_id, std::string{"active"}, std::string{"no_runner"}})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  type("4");
  for (const auto* words : {"WRK_1", "full", "0.4 s"})
    BOOST_TEST(shows(words), shown(small));
  type("5");
  for (const auto* words : {"embedded-en", "yes", "lacks DEEPGRAM_API_KEY", "deepgram  open",
                            "closed with 1011", "12.0 ms", "30.0 ms"})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  type("6");
  for (const auto* words : {"outbound calls that wait        17", "2 of 20000", "WAITING", "store"})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  type("7");
  for (const auto* words : {"    call", "      transcriber", "900 µs", "2 restarts"})
    BOOST_TEST(shows(words), shown(small));
  type("9");
  BOOST_TEST(shows("14:03:05 warn  actors.call SCL_2 #42: something"), shown(small));
}

BOOST_AUTO_TEST_CASE(at_two_hundred_columns_all_of_it_is_there) {
  type("7");
  for (const auto& words : {call_id, std::string{"2 restarts: exit kill"}, std::string{"HANDLED"}})
    BOOST_TEST(shows(words, large), shown(large));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_painted_so) {
  BOOST_TEST((how("limits.calls_max") == paint::warn));
  BOOST_TEST((how("open files") == paint::plain));
  BOOST_TEST((how("transcriber SCL_1") == paint::bad));
  type("2");
  BOOST_TEST((how("active") == paint::chosen));
  BOOST_TEST((how("no_runner") == paint::bad));
  type("j");
  BOOST_TEST((how("active") == paint::good));
}

BOOST_AUTO_TEST_CASE(a_filter_is_typed_kept_and_cleared) {
  type("2/NO_R");
  BOOST_TEST(rows_of(model).size() == 1u);
  BOOST_TEST(shows("/NO_R_"));
  type("q"); // a letter of the filter, not the way out
  BOOST_TEST(rows_of(model).empty());
  BOOST_TEST(shows("Nothing has \"NO_Rq\""));
  press(model, key::backspace);
  press(model, key::enter);
  BOOST_TEST(!model.typing);
  BOOST_TEST(shows("[/NO_R]"));
  press(model, key::escape);
  BOOST_TEST(rows_of(model).size() == 2u);
}

BOOST_AUTO_TEST_CASE(enter_goes_into_a_call_and_escape_comes_back) {
  type("2j\n");
  BOOST_TEST((model.view == console_view::timeline));
  BOOST_TEST(path_of(model) == "/v1/calls/SCL_2/timeline");
  BOOST_TEST(shows("Waiting for the node"));
  give(answer_to::view, console_view::timeline, timeline);
  BOOST_TEST(shows("nobody took it"));
  BOOST_TEST(shows("1.04  dispatch_failed  why: no runner is registered"), shown(small));
  press(model, key::escape);
  BOOST_TEST((model.view == console_view::calls));
}

BOOST_AUTO_TEST_CASE(a_tree_folds_and_turns_into_a_table) {
  type("7jj");
  type("f");
  BOOST_TEST(rows_of(model).size() == 4u);
  BOOST_TEST(rows_of(model)[2].cells[0] == "    call +1");
  type("f");
  BOOST_TEST(rows_of(model).size() == 5u);
  BOOST_TEST(type("t").fetch);
  BOOST_TEST(path_of(model) == "/v1/actors?view=flat&limit=500&sort=rate");
  type("o");
  BOOST_TEST(path_of(model) == "/v1/actors?view=flat&limit=500&sort=mailbox");
  type("\n");
  BOOST_TEST(path_of(model) == "/v1/actors/1");
  node_reply gone;
  gone.what = node_reply::outcome::refused;
  gone.status = 404;
  take(model, answer_to::view, console_view::actors, gone);
  BOOST_TEST(model.actor.empty());
}

BOOST_AUTO_TEST_CASE(no_more_is_asked_for_than_can_be_seen) {
  model.screen_rows = 24;
  type("2");
  BOOST_TEST(path_of(model) == "/v1/calls?limit=48");
  type("/x");
  BOOST_TEST(path_of(model) == "/v1/calls?limit=200"); // it may be in any of them
  press(model, key::escape);
  std::string many;
  for (int i = 0; i < 48; ++i)
    many += (i == 0 ? "" : ",") + actor(i, 0, "call", "SCL_1");
  give(answer_to::view, console_view::calls, "[" + many + "]");
  press(model, key::end);
  BOOST_TEST(path_of(model) == "/v1/calls?limit=200");
  type("6");
  BOOST_TEST(path_of(model) == "/v1/actors?view=flat&sort=mailbox&limit=48");
  type("7t");
  BOOST_TEST(path_of(model) == "/v1/actors?view=flat&limit=48&sort=rate");
}

BOOST_AUTO_TEST_CASE(calls_are_the_same_until_one_begins_or_ends) {
  type("2");
  const auto mark = mark_of(model);
  BOOST_TEST(!mark.empty());
  std::string later = node;
  later.replace(later.find("3725"), 4, "3726"); // a second has passed
  give(answer_to::node, console_view::overview, later);
  BOOST_TEST(mark_of(model) == mark);
  later.replace(later.find("9000"), 4, "9001"); // and a call has begun
  give(answer_to::node, console_view::overview, later);
  BOOST_TEST(mark_of(model) != mark);
  type("7");
  BOOST_TEST(mark_of(model).empty()); // actors change all the time
  BOOST_TEST(rows_behind(model) == 5'012u);
  type("4");
  BOOST_TEST(rows_behind(model) == 1u);
}

BOOST_AUTO_TEST_CASE(a_mouse_is_used_when_it_is_asked_for) {
  type("7");
  BOOST_TEST(!model.mouse);
  type("M");
  BOOST_TEST(model.mouse);
  const auto line_with = [&](const std::string& words) {
    const auto lines = screen_of(model, small);
    for (std::size_t line = 2; line < lines.size(); ++line)
      if (lines[line].text.find(words) != std::string::npos)
        return line;
    BOOST_FAIL("not shown: " + words);
    return std::size_t{0};
  };
  const auto click = [&](std::size_t line, std::size_t column) {
    return press(model, mouse_press{mouse_deed::click, line, column}, screen_of(model, small));
  };
  click(line_with("transcriber"), 5);
  BOOST_TEST((how("transcriber") == paint::chosen));
  BOOST_TEST(path_of(model) == "/v1/actors?view=tree&limit=5000");
  press(model, mouse_press{mouse_deed::wheel_up, 9, 9}, {});
  BOOST_TEST(model.chosen == 0u);
  click(line_with("transcriber"), 5);
  click(line_with("transcriber"), 5); // what is chosen already is gone into
  BOOST_TEST(path_of(model) == "/v1/actors/4");
  const auto tabs = screen_of(model, small)[tabs_line].text;
  BOOST_TEST(click(tabs_line, tabs.find("2Calls")).fetch);
  BOOST_TEST((model.view == console_view::calls));
  click(tabs_line, screen_of(model, small)[tabs_line].text.find("Log"));
  BOOST_TEST((model.view == console_view::log));
  for (const auto& beside : {std::size_t{0}, std::size_t{2}, std::size_t{23}, std::size_t{99}})
    BOOST_TEST(!click(beside, 79).fetch);
  BOOST_TEST((model.view == console_view::log));
  type("2h");
  click(line_with("no_runner"), 0);
  BOOST_TEST(shows("Really hang up")); // asked by a key, answered by one
}

BOOST_AUTO_TEST_CASE(an_actor_alone_has_its_children_to_go_into) {
  type("7jj\n");
  BOOST_TEST(path_of(model) == "/v1/actors/3");
  std::string children;
  for (int i = 10; i < 60; ++i)
    children += (i == 10 ? "" : ",") + actor(i, 1, "child", ("of " + std::to_string(i)).c_str());
  const auto alone = actor(3, 0, "call", "SCL_1", 1);
  give(answer_to::view, console_view::actors,
       alone.substr(0, alone.size() - 1)
         + R"(,"can_kill":true,"can_suspend":true,"children_rows":[)" + children
         + R"(],"children_died":[{"kind":"tts_stream","subject":"SCL_1",
         "reason":"exit kill","at":"2026-11-21T14:03:05.000Z"}]})");
  for (const auto* words : {"call 3", "SCL_1", "tts_stream SCL_1: exit kill", "of 10", "q quit"})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  press(model, key::end); // the last of fifty is in sight when it is chosen
  BOOST_TEST((how("of 59") == paint::chosen), shown(small));
  press(model, key::enter);
  BOOST_TEST(path_of(model) == "/v1/actors/59");
  press(model, key::escape);
  BOOST_TEST(path_of(model) == "/v1/actors/3");
  press(model, key::escape);
  BOOST_TEST(path_of(model) == "/v1/actors?view=tree&limit=5000");
}

BOOST_AUTO_TEST_CASE(the_messages_of_an_actor_are_shown_as_they_come) {
  type("8");
  BOOST_TEST(shows("Choose an actor in 7 Actors and press m"));
  BOOST_TEST(!stream_of(model).has_value());
  type("7jjm");
  BOOST_TEST((model.view == console_view::trace));
  const auto wanted = stream_of(model);
  BOOST_REQUIRE(wanted.has_value());
  std::string body, why;
  compose_body(*wanted, body, why);
  BOOST_TEST(wanted->method + " " + wanted->path + " " + body
             == R"(POST /v1/actors/3/trace {"seconds":60,"words":false})");
  const auto message = [&](int i) {
    return answered(R"({"what":"message","after_ms":)" + std::to_string(i) + R"(,"way":"in",
      "receiver":"3","receiver_name":"call SCL_1","sender":"2","sender_name":"pipe P",
      "type":"x","bytes":9,"fields":"(number_)"
                    + std::to_string(i) + "())\"}")
      .data;
  };
  for (int i = 1; i <= 50; ++i)
    hear(model, model.trace, message(i));
  hear(model, model.trace - 1, message(99)); // of a trace before
  hear(model, model.trace, answered(R"({"what":"gap","lost":7})").data);
  for (const auto* words : {"Messages of call SCL_1 #3: 50, 7 lost, it goes on", "(number_50())",
                            "<-", "pipe P", "7 messages came too fast"})
    BOOST_TEST(shows(words), words << "\n" << shown(small));
  BOOST_TEST(!shows("number_99"));
  press(model, key::home);
  BOOST_TEST((how("(number_1())") == paint::chosen), shown(small));
  hear(model, model.trace, message(51)); // who looks at an old one goes on looking at it
  BOOST_TEST((how("(number_1())") == paint::chosen), shown(small));
  hear(model, model.trace, answered(R"({"what":"end","why":"the time is over"})").data);
  BOOST_TEST(shows("the time is over"));
  BOOST_TEST(!stream_of(model).has_value());
  const auto before = model.trace;
  type("w");
  BOOST_TEST(model.trace == before + 1);
  BOOST_TEST(shows("with words"));
  press(model, key::escape);
  BOOST_TEST((model.view == console_view::actors));
}

BOOST_AUTO_TEST_CASE(the_end_of_the_log_is_followed_until_one_looks_back) {
  std::string all;
  for (int i = 1; i <= 100; ++i)
    all += (i == 1 ? "" : ",")
           + (R"({"seq":)" + std::to_string(i) + R"(,"at":"2026-11-21T14:03:05.000Z","level":"info",
      "room":"r","about":"SCL_)"
              + std::to_string(i) + R"(","actor":null,"words":"line )" + std::to_string(i)
              + R"(.","skipped":0})");
  type("9");
  give(answer_to::view, console_view::log, "[" + all + "]");
  BOOST_TEST(shows("line 100."));
  press(model, key::home);
  BOOST_TEST((how("line 1.") == paint::chosen), shown(small));
  press(model, key::down);
  press(model, key::enter); // the call that the line is about
  BOOST_TEST(path_of(model) == "/v1/calls/SCL_2/timeline");
}

BOOST_AUTO_TEST_CASE(what_hurts_is_asked_for_twice) {
  type("7jj");
  BOOST_TEST(!type("x").deed.has_value());
  BOOST_TEST(shows("Really kill 3?"));
  BOOST_TEST(!type("n").deed.has_value());
  const auto wish = type("xy");
  BOOST_REQUIRE(wish.deed.has_value());
  BOOST_TEST(wish.deed->method == "POST");
  BOOST_TEST(wish.deed->path == "/v1/actors/3/kill");
  type("4");
  BOOST_TEST(type("dy").deed->path == "/v1/runners/WRK_1/drain");
  type("2");
  BOOST_TEST(type("hy").deed->path == "/v1/calls/" + call_id + "/hangup");
}

BOOST_AUTO_TEST_CASE(it_says_that_the_node_is_away_and_goes_on) {
  node_reply away;
  away.words = "nobody listens there";
  take(model, answer_to::node, console_view::overview, away);
  model.now += 12'000;
  BOOST_TEST(shows("no answer for 12 s"));
  BOOST_TEST(shows("nobody listens there  Trying again"));
  BOOST_TEST(shows("412 of 500")); // what was seen last stays
  give(answer_to::node, console_view::overview, node);
  BOOST_TEST(!shows("no answer"));
}

BOOST_AUTO_TEST_CASE(help_lists_every_key) {
  type("?");
  for (const auto* named : {"1 … 9", "Enter", "Esc", "/ ", "space", "h ", "d ", "t ", "o ", "f ",
                            "m ", "w ", "s r", "x ", "? ", "q "})
    BOOST_TEST(shows(named), named);
  BOOST_TEST(!type("x").deed.has_value());
  BOOST_TEST(!model.help);
  BOOST_TEST(type("q").quit);
}

BOOST_AUTO_TEST_CASE(a_choice_stays_within_the_rows) {
  type("2jjjjj");
  BOOST_TEST(model.chosen == 1u);
  give(answer_to::view, console_view::calls, "[]");
  BOOST_TEST(model.chosen == 0u);
  BOOST_TEST(shows("No calls yet."));
  type("kj\n");
  BOOST_TEST((model.view == console_view::calls));
}

BOOST_AUTO_TEST_CASE(the_chosen_row_is_always_in_sight) {
  std::string all;
  for (int i = 1; i <= 100; ++i)
    all += (i == 1 ? "" : ",") + actor(i, 0, ("kind" + std::to_string(i)).c_str(), "");
  give(answer_to::view, console_view::queues, "[" + all + "]");
  type("6");
  press(model, key::end);
  BOOST_TEST((how("kind100") == paint::chosen));
  press(model, key::page_up);
  BOOST_TEST((how("kind85") == paint::chosen));
  press(model, key::home);
  BOOST_TEST((how("kind1 ") == paint::chosen));
}

BOOST_AUTO_TEST_SUITE_END()
