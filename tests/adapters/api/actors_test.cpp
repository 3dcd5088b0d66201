// The actors of a node over its API: as a tree, as rows, held and killed; and who may.
#define BOOST_TEST_MODULE actors
#include <boost/test/unit_test.hpp>

#include "adapters/api/actor_rows.hpp"
#include "adapters/api/json_writer.hpp"
#include "adapters/api/trace_feed.hpp"
#include "adapters/api/trace_text.hpp"
#include "messages/children.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <limits>

using namespace unpod;
using namespace fixtures;
using std::chrono::seconds;

namespace {

struct leaf_state {
  static inline const char* name = "call";
};
using leaf_self = caf::stateful_actor<leaf_state, observed<caf::event_based_actor>>*;

/// Given somebody else and words, it passes them on.
caf::behavior leaf(leaf_self self) {
  self->show_phase("speaking");
  return {[](int) {}, [](const say_words&) {},
          [self](const caf::actor& other, const std::string& words) {
            self->send(other, say_words{call_id{"SCL_7"}, words, "KEY_1"});
          }};
}

struct root_state {
  static inline const char* name = "node";
};
using root_self = caf::stateful_actor<root_state, observed<caf::event_based_actor>>*;

/// Told a subject, it has a child about it.
caf::behavior root(root_self self) {
  self->set_down_handler([self](caf::down_msg& down) { release_child(self, down.source); });
  return {[self](const std::string& subject) { return spawn_child(self, subject, leaf); }};
}

struct actors_fixture : api_fixture {
  explicit actors_fixture(bool dev = true)
    : api_fixture([dev](api_setup& setup) {
        setup.dev = dev;
        setup.authenticate = [](std::string_view secret) -> std::optional<api_caller> {
          return api_caller{"k", "ORG_1", "PRJ_1", "", secret == "good"};
        };
      }) {}

  ~actors_fixture() {
    end(top, caf::exit_reason::user_shutdown);
    BOOST_TEST(living().empty());
  }

  caf::actor child(const std::string& subject) {
    return *ask<caf::actor>(top, subject);
  }

  /// "node 0; call SCL_1 1; " of a list.
  std::string listed(const std::string& query) {
    std::string all;
    const auto rows = data(call("GET", "/v1/actors" + query), 200);
    for (const auto& row : rows.GetArray())
      all += json::text(row, "subject").value_or("node") + " "
             + std::to_string(*json::whole(row, "level")) + "; ";
    return all;
  }

  std::string path(const caf::actor& one, const std::string& verb = {}) {
    return "/v1/actors/" + std::to_string(one.id()) + (verb.empty() ? "" : "/" + verb);
  }

  /// The data of each event there is.
  std::vector<json::document> read(const http_response& answer) {
    std::vector<json::document> all;
    BOOST_REQUIRE(answer.open);
    for (;;) {
      const auto piece = answer.open->poll([] {});
      if (!piece || piece->empty())
        return all;
      for (std::size_t at = 0; (at = piece->find("data: ", at)) != std::string::npos; ++at) {
        std::string why;
        const auto end = piece->find('\n', at);
        all.push_back(*json::parse(piece->substr(at + 6, end - at - 6), 10, why));
      }
    }
  }

  std::size_t audited() const {
    return stored.changes.size();
  }

  caf::actor top = sys.spawn(root);
};

struct careful_fixture : actors_fixture {
  careful_fixture() : actors_fixture(false) {}
};

activity one(std::uint64_t id, std::uint64_t parent, const char* kind, std::uint64_t depth = 0) {
  activity made;
  made.id = id;
  made.parent = parent;
  made.kind = kind;
  made.mailbox_depth = depth;
  return made;
}

std::string ids_of(const std::vector<actor_row>& rows) {
  std::string all;
  for (const auto& row : rows)
    all += std::string(row.level, '>') + std::to_string(row.seen.id) + " ";
  return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_tree_shows_who_matches_and_those_above) {
  const std::vector<activity> all{one(1, 0, "node"),    one(2, 1, "pipes"),   one(3, 2, "pipe", 1),
                                  one(4, 3, "call", 1), one(5, 2, "pipe", 9), one(6, 1, "store"),
                                  one(9, 77, "stray")}; // its parent is gone
  actor_wish wish;
  BOOST_TEST(ids_of(arranged(all, wish)) == "1 >2 >>3 >>>4 >>5 >6 9 ");
  wish.kind = "call";
  const auto calls = arranged(all, wish);
  BOOST_TEST(ids_of(calls) == "1 >2 >>3 >>>4 ");
  BOOST_TEST((!calls[0].matches && calls[3].matches));
  BOOST_TEST(calls[1].children == 2u);
  wish = {};
  wish.sort = "mailbox";
  BOOST_TEST(ids_of(arranged(all, wish)) == "1 >2 >>5 >>3 >>>4 >6 9 ");
  wish.tree = false;
  wish.limit = 3;
  BOOST_TEST(ids_of(arranged(all, wish)) == "5 3 4 ");
}

BOOST_AUTO_TEST_CASE(a_ring_of_parents_hangs_nobody) {
  BOOST_TEST(arranged({one(1, 2, "a"), one(2, 1, "b")}, {}).empty());
}

BOOST_AUTO_TEST_CASE(five_thousand_are_told_quickly) {
  std::vector<activity> all{one(1, 0, "node")};
  for (std::uint64_t id = 2; id <= 5'000; ++id)
    all.push_back(one(id, id / 8 + 1 < id ? id / 8 + 1 : 1, "call"));
  const auto began = std::chrono::steady_clock::now();
  const auto rows = arranged(all, {});
  const auto bytes = actors_json(rows, {}).size();
  const auto took = std::chrono::steady_clock::now() - began;
  BOOST_TEST(rows.size() == 5'000u);
  BOOST_TEST(bytes > 1'000'000u);
  BOOST_TEST_MESSAGE("5,000 actors: " << took.count() / 1'000 << " us, " << bytes << " bytes");
}

BOOST_AUTO_TEST_CASE(a_row_is_json_whatever_stands_in_it) {
  auto odd = one(7, 0, "call");
  odd.subject = "a \"quoted\\ \n line";
  odd.last_exit = "x";
  odd.per_s = std::numeric_limits<double>::infinity();
  std::string why;
  const auto row = json::parse(actor_json({odd, 3, 0, true}, {}), 4, why);
  BOOST_REQUIRE(row.has_value());
  BOOST_TEST(*json::text(*row, "id") == "7");
  BOOST_TEST(*json::text(*row, "subject") == odd.subject);
  BOOST_TEST((*row)["parent_id"].IsNull());
  BOOST_TEST((*row)["started_at"].IsNull());
  BOOST_TEST((*row)["per_s"].IsNull());
  BOOST_TEST(*json::whole(*row, "level") == 3);
  BOOST_TEST(actors_json({}, {}) == "[]");
}

BOOST_AUTO_TEST_CASE(numbers_are_written_as_everywhere_else) {
  for (const double value :
       {0.0, 0.0004, 0.0006, -0.0001, 1.0, -1.5, 12.3456, -0.25, 999.9996, 1e11, 123'456'789.125,
        1e12, -1e15, std::numeric_limits<double>::quiet_NaN()}) {
    std::string straight;
    json_writer{straight}.number("x", value).close();
    auto usual = json_line{}.number("x", value).str();
    if (usual == R"({"x":-0.000})")
      usual = R"({"x":0.000})";
    BOOST_TEST(straight == usual);
  }
}

BOOST_AUTO_TEST_CASE(without_words_a_trace_shows_ids_and_numbers_alone) {
  const std::pair<const char*, const char*> rows[] = {
    {R"((runner_say("my number is 4711", 20ms)))", "(runner_say(<17 bytes>, 20ms))"},
    {R"((say_words("SCL_1", "yes", true, 0.5)))", R"((say_words("SCL_1", <3 bytes>, true, 0.5)))"},
    {R"((say_words("SCL 1", "NUM_14155550101")))", "(say_words(<5 bytes>, <15 bytes>))"},
    {R"((x_y("a \"quoted\" word")))", "(x_y(<17 bytes>))"},
    {R"((x_y("")))", R"((x_y("")))"},
    {R"((x_y("cut off in the mid)", "(x_y(<18 bytes>"},
    {R"((job_assign(***(), "JOB_1")))", R"((job_assign(***, "JOB_1")))"}};
  for (const auto& [text, shown] : rows)
    BOOST_TEST(shown_fields(text, false) == shown);
  BOOST_TEST(shown_fields("(x_y(384771798564123ns, 20ns))", false,
                          std::chrono::nanoseconds{384'771'000'000'000})
             == "(x_y(@0.799s, 20ns))");
  // CAF leaves a text as it is that begins with a quote.
  const auto told = shown_fields(R"((x_y("Hello," she said (softly).)))", false);
  for (const auto* word : {"Hello", "she", "said", "softly"})
    BOOST_TEST(told.find(word) == std::string::npos, told);
}

BOOST_AUTO_TEST_CASE(with_words_a_trace_shows_them_and_no_secret) {
  BOOST_TEST(shown_fields(R"((runner_say("my number is 4711")))", true)
             == R"((runner_say("my number is 4711")))");
  BOOST_TEST(shown_fields("(x(***(), \"sk_dev_abcdefghijkl\"))", true) == "(x(***, \"sk_***\"))");
}

BOOST_AUTO_TEST_CASE(who_reads_too_slowly_is_told_what_was_lost) {
  trace_line line;
  int wakes = 0;
  BOOST_TEST(line.take(10, [&] { ++wakes; }).messages.empty());
  for (std::size_t i = 0; i < activity_registry::traced_waiting_max + 5; ++i)
    line.hear({1, 2, "x", "(x())", 5, {}});
  BOOST_TEST(wakes == 1);
  const auto some = line.take(10, [] {});
  BOOST_TEST(some.messages.size() == 10u);
  BOOST_TEST(some.lost == 5u);
  BOOST_TEST(line.take(10'000, [] {}).messages.size()
             == activity_registry::traced_waiting_max - 10);
}

BOOST_FIXTURE_TEST_SUITE(over_the_api, actors_fixture)

BOOST_AUTO_TEST_CASE(all_of_them_are_listed_for_the_nodes_administrator) {
  const auto first = child("SCL_1");
  const auto second = child("SCL_2");
  BOOST_TEST(listed("") == "node 0; SCL_1 1; SCL_2 1; ");
  BOOST_TEST(listed("?subject=L_2&kind=call") == "node 0; SCL_2 1; ");
  BOOST_TEST(listed("?view=flat&kind=call&state=speaking&sort=age&limit=1") == "SCL_1 0; ");
  BOOST_TEST(detail(call("GET", "/v1/actors?sort=size"), 422).find("sort") == 0);
  BOOST_TEST(detail(call("GET", "/v1/actors?view=round"), 422).find("view") == 0);
  BOOST_TEST(detail(call("GET", "/v1/actors?limit=0"), 422).find("limit") == 0);
  BOOST_TEST(ask_as("Bearer other", "GET", "/v1/actors").status == 403);
}

BOOST_AUTO_TEST_CASE(one_is_shown_with_those_below_it_and_those_that_died) {
  const auto first = child("SCL_1");
  end(first, caf::exit_reason::kill);
  const auto second = child("SCL_1");
  const auto shown = data(call("GET", path(top)), 200);
  BOOST_TEST(*json::whole(shown, "children") == 1);
  BOOST_TEST(!*json::flag(shown, "can_kill"));
  const auto& below = shown["children_rows"];
  BOOST_TEST(*json::text(below[0], "id") == std::to_string(second.id()));
  BOOST_TEST(*json::whole(below[0], "restarts") == 1);
  BOOST_TEST(json::text(below[0], "last_exit")->find("kill") != std::string::npos);
  BOOST_TEST(*json::text(shown["children_died"][0], "subject") == "SCL_1");
  for (const auto* nobody : {"/v1/actors/999999", "/v1/actors/x", "/v1/actors/1x"})
    BOOST_TEST(call("GET", nobody).status == 404, nobody);
}

BOOST_AUTO_TEST_CASE(a_suspended_one_waits_goes_on_and_all_of_it_is_audited) {
  const auto first = child("SCL_1");
  const auto held = data(call("POST", path(first, "suspend"), R"({"seconds":5})"), 200);
  BOOST_TEST(*json::text(held, "state") == "suspended");
  tell(first, 1);
  BOOST_TEST(cfg.activities.find(first.id())->mailbox_depth == 1u);
  BOOST_TEST(!*json::flag(data(call("POST", path(first, "resume")), 200), "suspended"));
  run();
  BOOST_TEST(cfg.activities.find(first.id())->mailbox_depth == 0u);
  BOOST_TEST(audited() == 2u);
  const auto& line = std::get<audit_record>(stored.changes[0].record);
  BOOST_TEST(line.action == "POST /v1/actors/{id}/suspend");
  BOOST_TEST(line.target == "call SCL_1 (actor " + std::to_string(first.id()) + ")");
  for (const auto* bad : {R"({"seconds":0})", R"({"seconds":61})", R"({"seconds":"5"})"})
    BOOST_TEST(call("POST", path(first, "suspend"), bad).status == 422, bad);
  BOOST_TEST(call("POST", path(top, "suspend")).status == 409);
  BOOST_TEST(audited() == 2u);
}

BOOST_AUTO_TEST_CASE(a_killed_one_is_gone_and_the_root_is_not_killed) {
  const auto first = child("SCL_1");
  BOOST_TEST(call("POST", path(first, "kill")).status == 200);
  BOOST_TEST(listed("") == "node 0; ");
  BOOST_TEST(call("POST", path(top, "kill")).status == 409);
  BOOST_TEST(ask_as("Bearer other", "POST", path(top, "kill")).status == 403);
  BOOST_TEST(audited() == 1u);
}

BOOST_AUTO_TEST_CASE(nothing_is_done_that_could_not_be_written_down) {
  const auto first = child("SCL_1");
  stored.refuses = refusal::disk_full;
  BOOST_TEST(call("POST", path(first, "kill")).status == 507);
  BOOST_TEST(listed("") == "node 0; SCL_1 1; ");
}

BOOST_AUTO_TEST_CASE(a_trace_shows_what_goes_in_and_what_goes_out) {
  const auto first = child("SCL_1"), second = child("SCL_2");
  const auto answer = call("POST", path(first, "trace"), R"({"seconds":60})");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.content_type == "text/event-stream");
  BOOST_TEST(audited() == 1u);
  tell(second, 1); // nobody's business
  self->send(first, second, std::string{"a word in secret"});
  run();
  const auto events = read(answer);
  BOOST_REQUIRE(events.size() == 2u);
  const auto& in = events[0];
  BOOST_TEST(*json::text(in, "way") == "in");
  BOOST_TEST(*json::text(in, "receiver_name") == "call SCL_1");
  const auto& out = events[1];
  BOOST_TEST(*json::text(out, "way") == "out");
  BOOST_TEST(*json::text(out, "type") == "say_words");
  BOOST_TEST(*json::text(out, "sender") == std::to_string(first.id()));
  BOOST_TEST(*json::text(out, "receiver_name") == "call SCL_2");
  BOOST_TEST(*json::text(out, "fields") == R"((say_words("SCL_7", <16 bytes>, <5 bytes>)))");
  BOOST_TEST(*json::whole(out, "bytes") > 16);
  end(first, caf::exit_reason::user_shutdown);
  const auto rest = read(answer);
  BOOST_TEST(*json::text(rest.back(), "what") == "end");
  BOOST_TEST(*json::text(rest.back(), "why") == "the actor has ended");
  BOOST_TEST(!answer.open->poll([] {}).has_value());
  BOOST_TEST(!cfg.activities.tracing());
}

BOOST_AUTO_TEST_CASE(a_trace_with_words_is_asked_for_and_audited) {
  const auto first = child("SCL_1");
  const auto answer = call("POST", path(first, "trace"), R"({"words":true})");
  tell(first, say_words{call_id{"SCL_1"}, "hello there", "KEY_1"});
  BOOST_TEST(*json::text(read(answer).back(), "fields")
             == R"((say_words("SCL_1", "hello there", "KEY_1")))");
  BOOST_TEST(std::get<audit_record>(stored.changes[0].record).target.find("with words")
             != std::string::npos);
  for (const auto* bad : {R"({"seconds":61})", R"({"seconds":0})", R"({"words":"yes"})", "[", "{"})
    BOOST_TEST(call("POST", path(first, "trace"), bad).status / 100 == 4, bad);
  BOOST_TEST(ask_as("Bearer other", "POST", path(first, "trace")).status == 403);
}

BOOST_AUTO_TEST_CASE(a_node_carries_so_many_traces_and_no_more) {
  const auto first = child("SCL_1");
  std::vector<http_response> on;
  for (std::size_t i = 0; i < activity_registry::traces_max; ++i)
    on.push_back(call("POST", path(first, "trace")));
  BOOST_TEST(on.back().status == 200);
  BOOST_TEST(call("POST", path(first, "trace")).status == 429);
  tell(first, 1);
  BOOST_TEST(read(on.front()).size() == 1u);
  BOOST_TEST(read(on.back()).size() == 1u);
  on.pop_back(); // an observer that goes
  BOOST_TEST(call("POST", path(first, "trace")).status == 200);
  on.clear();
  BOOST_TEST(!cfg.activities.tracing());
}

BOOST_AUTO_TEST_CASE(a_slowed_one_takes_its_time_and_no_thread_waits) {
  const auto first = child("SCL_1");
  const auto handled = [&] { return cfg.activities.find(first.id())->handled; };
  const auto slow = R"({"do":"slow","seconds":60,"ms":500})";
  BOOST_TEST(call("POST", path(first, "chaos"), slow).status == 200);
  tell(first, 1, 2, 3);
  BOOST_TEST(handled() == 0u);
  for (std::uint64_t done = 1; done <= 3; ++done) {
    advance(milliseconds{499});
    BOOST_TEST(cfg.activities.find(first.id())->mailbox_depth == 4 - done);
    advance(milliseconds{1}); // a nudge, and the message it lets through
    BOOST_TEST(handled() == 2 * done);
  }
  tell(first, 4);
  end(first, caf::exit_reason::user_shutdown); // at once
  BOOST_TEST(!cfg.activities.find(first.id()).has_value());
}

BOOST_AUTO_TEST_CASE(chaos_drops_slows_and_stalls) {
  const auto first = child("SCL_1");
  BOOST_TEST(call("POST", path(first, "chaos"), R"({"do":"drop","seconds":60})").status == 200);
  tell(first, 1, 2);
  BOOST_TEST(cfg.activities.find(first.id())->mailbox_depth == 0u);
  BOOST_TEST(call("POST", path(first, "chaos"), R"({"do":"stall"})").status == 200);
  tell(first, 1);
  BOOST_TEST(cfg.activities.find(first.id())->mailbox_depth == 1u);
  for (const auto* bad : {R"({"do":"burn"})", "{}", "[]", R"({"do":"slow","ms":6000})"})
    BOOST_TEST(call("POST", path(first, "chaos"), bad).status == 422, bad);
  BOOST_TEST(call("POST", path(top, "chaos"), R"({"do":"drop"})").status == 409);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(without_dev_there_is_no_chaos, careful_fixture) {
  const auto first = child("SCL_1");
  BOOST_TEST(call("POST", path(first, "chaos"), R"({"do":"drop"})").status == 403);
}
