// The CLIENT LEG between a fake socket, a fake media engine, a fake door and a
// fake CALL, on the clock that stands still.
#define BOOST_TEST_MODULE client_leg
#include <boost/test/unit_test.hpp>

#include "adapters/client/client_leg.hpp"
#include "tests/adapters/client/client_fakes.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <random>

using namespace unpod;
using namespace std::chrono_literals;

namespace {

const char* const plain_start = R"({"type":"start"})";

struct leg_fixture : fixtures::deterministic_system {
  fixtures::fake_engine engine;
  std::shared_ptr<fixtures::fake_channel> channel = std::make_shared<fixtures::fake_channel>();
  client_house house = make_house();
  std::vector<open_call> asked;
  std::vector<join_call> joins;
  std::vector<end_reason> hung_up;
  std::string digits;
  bool door_is_slow = false;
  caf::error refusal_to_give;
  std::vector<caf::typed_response_promise<opened_call>> waiting;
  call_ear_actor call = spawn_call();
  pipes_actor pipes = spawn_pipes();
  client_leg_actor leg;

  leg_fixture() {
    house.house->put(pipes);
    leg = enter(channel);
  }

  ~leg_fixture() {
    house.house->clear();
    waiting.clear();
    asked.clear();
    joins.clear();
    end(leg, caf::exit_reason::kill);
    end(call, caf::exit_reason::kill);
    end(pipes, caf::exit_reason::kill);
    channel->leaves(1006);
    run();
  }

  client_house make_house() {
    client_house made;
    made.house = std::make_shared<service_book>();
    made.engine = &engine;
    return made;
  }

  client_leg_actor enter(const std::shared_ptr<fixtures::fake_channel>& through,
                         const std::string& joins = {}) {
    client_entry entry{call_id{"SCL_1"}, pipe_id{"PIPE_1"}, "p1",
                       R"({"a":1})",     nullptr,           call_id{joins}};
    client_leg_actor entered = sys.spawn(client_leg, through, entry, house);
    run();
    return entered;
  }

  call_ear_actor spawn_call() {
    return sys.spawn([this]() -> call_ear_actor::behavior_type {
      return {[this](const caller_dtmf& x) { digits += x.digits; },
              [this](const hang_up& x) { hung_up.push_back(x.reason); }};
    });
  }

  caf::result<opened_call> answer(pipes_actor::pointer door, const open_call& request) {
    asked.push_back(request);
    if (refusal_to_give)
      return refusal_to_give;
    if (!door_is_slow)
      return opened_call{call};
    waiting.push_back(door->make_response_promise<opened_call>());
    return waiting.back();
  }

  /// A promise is kept by the actor that made it.
  void answer_slowly() {
    for (auto& promise : std::exchange(waiting, {}))
      promise.deliver(opened_call{call});
  }

  pipes_actor spawn_pipes() {
    return sys.spawn([this](pipes_actor::pointer door) -> pipes_actor::behavior_type {
      return {
        [this, door](const open_call& request) { return answer(door, request); },
        [](const end_call&) { return end_call_done{}; },
        [](const end_all_calls&) {},
        [](caf::get_atom) { return pipe_status{}; },
        [this](const join_call& request) -> caf::result<opened_call> {
          joins.push_back(request);
          return opened_call{call};
        },
        [](const transfer_call&) { return transferred_call{}; },
        [](const merge_calls&) { return merged_calls{}; },
        [](const release_callers&) { return released_callers{}; },
        [](const remove_participant&) { return removed_participant{}; },
        [](const say_words&) { return said_words{}; },
        [this](const drain_calls&) { answer_slowly(); }, // the test's way to wake it
        [](const call_ended&) {},
      };
    });
  }

  void go_live() {
    channel->says(plain_start);
    run();
    BOOST_REQUIRE(channel->type(0) == "started");
  }

  fixtures::fake_media& media() {
    BOOST_REQUIRE(!engine.ports.empty());
    return *engine.ports.back();
  }

  /// The leg is gone, the socket closed with this code, the media let go.
  void expect_over(int code) {
    BOOST_TEST(channel->close_code == code);
    BOOST_TEST(living().empty());
    BOOST_TEST(engine.all_closed());
  }

  void expect_hung_up(end_reason reason) {
    BOOST_REQUIRE(hung_up.size() == 1u);
    BOOST_TEST(to_string(hung_up[0]) == to_string(reason));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_leg_tests, leg_fixture)

BOOST_AUTO_TEST_CASE(a_started_call_is_asked_for_with_what_the_token_said) {
  channel->says(R"({"type":"start","audio":{"encoding":"mulaw","sample_rate":8000}})");
  run();
  BOOST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(asked[0].pipe.str() == "PIPE_1");
  BOOST_TEST(asked[0].call.str() == "SCL_1");
  BOOST_TEST(asked[0].project == "p1");
  BOOST_TEST(asked[0].direction == "web");
  BOOST_TEST(asked[0].data_json == R"({"a":1})");
  BOOST_TEST((asked[0].port == engine.ports.at(0)));
  BOOST_TEST((media().format == audio_format{audio_encoding::mulaw, 8'000}));
  BOOST_TEST(channel->texts.at(0)
             == R"({"type":"started","session_id":"SCL_1","call_id":"SCL_1",)"
                R"("audio":{"encoding":"mulaw","sample_rate":8000,"frame_ms":20}})");
}

BOOST_AUTO_TEST_CASE(audio_flows_both_ways_without_the_actor) {
  channel->sends("first");
  BOOST_TEST(media().frames.at(0) == "first");
  run();
  BOOST_TEST(channel->type(0) == "started");
  channel->sends("second");
  BOOST_TEST(media().frames.at(1) == "second");
  BOOST_REQUIRE(media().sink);
  media().sink->frame("down");
  BOOST_TEST(channel->binaries.at(0) == "down");
  channel->says(R"({"type":"playback","played_ms":20})");
  channel->says(R"({"type":"mute","on":true})");
  BOOST_TEST(media().played_ms == 20u);
  BOOST_TEST(media().muted);
}

BOOST_AUTO_TEST_CASE(what_the_call_says_reaches_the_client_in_order) {
  go_live();
  tell(leg, caller_state{"listening"}, caller_partial{"one"});
  tell(leg, caller_turn{"one two", 1}, caller_reply{"three", 1}, caller_interrupted{"thr"});
  const std::vector<std::string> wanted{"started",   "state",       "user_partial",
                                        "user_turn", "agent_reply", "interrupted"};
  BOOST_REQUIRE(channel->texts.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    BOOST_TEST(channel->type(i) == wanted[i]);
  BOOST_TEST(channel->field(5, "heard_prefix") == "thr");
}

BOOST_AUTO_TEST_CASE(a_call_that_talks_before_its_door_answers_is_heard_after_started) {
  door_is_slow = true;
  channel->says(plain_start);
  run();
  tell(leg, caller_state{"listening"});
  BOOST_TEST(channel->texts.empty());
  tell(pipes, drain_calls{});
  BOOST_TEST(channel->type(0) == "started");
  BOOST_TEST(channel->type(1) == "state");
}

BOOST_AUTO_TEST_CASE(digits_reach_the_call_even_early_ones) {
  door_is_slow = true;
  channel->says(plain_start);
  channel->says(R"({"type":"dtmf","digits":"12"})");
  run();
  tell(pipes, drain_calls{});
  channel->says(R"({"type":"dtmf","digits":"#"})");
  run();
  BOOST_TEST(digits == "12#");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_call_is_said_and_closed) {
  go_live();
  tell(leg, caller_ended{end_reason::agent_end_call});
  BOOST_TEST(channel->last("type") == "ended");
  BOOST_TEST(channel->last("reason") == "agent_end_call");
  expect_over(1000);
  BOOST_TEST(hung_up.empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_ends_is_answered_and_its_call_hung_up) {
  go_live();
  channel->says(R"({"type":"end"})");
  run();
  BOOST_TEST(channel->last("reason") == "caller_hangup");
  expect_hung_up(end_reason::caller_hangup);
  expect_over(1000);
}

BOOST_AUTO_TEST_CASE(a_closed_socket_hangs_up_by_its_code) {
  go_live();
  channel->leaves(1005);
  run();
  expect_hung_up(end_reason::caller_hangup);
  BOOST_TEST(living().empty());
  BOOST_TEST(media().closed);
}

BOOST_AUTO_TEST_CASE(a_broken_socket_is_lost_media) {
  go_live();
  channel->leaves(1006);
  run();
  expect_hung_up(end_reason::media_lost);
  BOOST_TEST(living().empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_left_while_its_call_was_opened_ends_the_leg) {
  door_is_slow = true;
  channel->says(plain_start);
  channel->leaves(1000);
  run();
  BOOST_TEST(living().empty());
  BOOST_TEST(engine.all_closed());
  self->monitor(leg);
  end_reason seen = end_reason::internal_error;
  self->receive([&](const caf::down_msg& down) { seen = end_reason_of(down.reason); },
                caf::after(0s) >> [] {});
  BOOST_TEST(to_string(seen) == "caller_hangup"); // what the CALL, its monitor, will read
}

BOOST_AUTO_TEST_CASE(a_refused_call_is_told_why) {
  const std::vector<std::tuple<caf::error, std::string, int>> table{
    {make_error(refusal::not_found, "no such pipe"), "pipe_not_found", 1008},
    {make_error(refusal::at_limit, "calls_max = 1"), "node_busy", 1013},
    {make_error(refusal::draining, "the node stops"), "node_draining", 1013},
    {make_error(refusal::unavailable, "later"), "unavailable", 1013},
    {caf::sec::runtime_error, "internal_error", 1011},
  };
  for (const auto& [why, code, close] : table) {
    refusal_to_give = why;
    const auto through = std::make_shared<fixtures::fake_channel>();
    enter(through);
    through->says(plain_start);
    run();
    BOOST_TEST(through->type(0) == "error");
    BOOST_TEST(through->field(0, "code") == code);
    BOOST_TEST(through->close_code == close);
    BOOST_TEST(through->close_reason.rfind(code, 0) == 0u);
    BOOST_TEST(engine.all_closed());
    BOOST_TEST(living().size() == 1u); // only the fixture's own
    through->leaves(1000);
  }
}

BOOST_AUTO_TEST_CASE(a_door_that_does_not_answer_or_is_not_there_is_an_error) {
  door_is_slow = true;
  channel->says(plain_start);
  run();
  advance(open_call_wait);
  BOOST_TEST(channel->field(0, "code") == "internal_error");
  expect_over(1011);
  const auto other = std::make_shared<fixtures::fake_channel>();
  house.house->clear();
  enter(other);
  other->says(plain_start);
  run();
  BOOST_TEST(other->field(0, "code") == "unavailable");
  other->leaves(1000);
  house.house->put(pipes);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_begins_is_cut_off) {
  advance(9s);
  BOOST_TEST(channel->close_code == 0);
  advance(1s);
  BOOST_TEST(channel->last("code") == "start_timeout");
  expect_over(1008);
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_CASE(a_client_that_falls_silent_is_lost) {
  go_live();
  for (int quarter = 0; quarter < 8; ++quarter) {
    channel->sends("still here");
    advance(7'500ms);
  }
  BOOST_TEST(channel->close_code == 0);
  for (int quarter = 0; quarter < 5; ++quarter)
    advance(7'500ms);
  BOOST_TEST(channel->last("code") == "silent");
  expect_hung_up(end_reason::media_lost);
  expect_over(1008);
}

BOOST_AUTO_TEST_CASE(a_bad_frame_ends_only_its_own_call) {
  const auto other = std::make_shared<fixtures::fake_channel>();
  enter(other);
  other->says(plain_start);
  go_live();
  channel->says("{nonsense");
  run();
  BOOST_TEST(channel->last("code") == "bad_json");
  BOOST_TEST(channel->close_code == 1008);
  BOOST_TEST(channel->close_reason.rfind("bad_json", 0) == 0u);
  expect_hung_up(end_reason::media_lost);
  BOOST_TEST(living().size() == 1u);
  BOOST_TEST(other->close_code == 0);
  BOOST_TEST(other->type(0) == "started");
  other->leaves(1000);
  run();
}

BOOST_AUTO_TEST_CASE(impossible_audio_is_a_bad_frame) {
  go_live();
  media().takes = false;
  channel->sends("x");
  run();
  BOOST_TEST(channel->last("code") == "bad_audio");
  expect_hung_up(end_reason::media_lost);
  expect_over(1008);
}

BOOST_AUTO_TEST_CASE(a_client_that_types_faster_than_it_is_read_runs_out_of_credit) {
  go_live();
  for (int i = 0; i < 1'000; ++i)
    channel->says(R"({"type":"dtmf","digits":"1"})");
  run();
  BOOST_TEST(digits.size() == line_credit_max);
  BOOST_TEST(channel->last("code") == "too_many_frames");
  expect_over(1008);
}

BOOST_AUTO_TEST_CASE(credit_comes_back) {
  go_live();
  for (int i = 0; i < 500; ++i) {
    channel->says(R"({"type":"dtmf","digits":"1"})");
    run();
  }
  BOOST_TEST(digits.size() == 500u);
  BOOST_TEST(channel->close_code == 0);
}

BOOST_AUTO_TEST_CASE(a_crashed_call_leaves_time_for_the_apology) {
  go_live();
  end(call, caf::sec::runtime_error);
  BOOST_TEST(channel->close_code == 0);
  BOOST_TEST(!media().closed);
  advance(house.bounds.call.farewell_max);
  BOOST_TEST(channel->last("reason") == "internal_error");
  expect_over(1000);
}

BOOST_AUTO_TEST_CASE(a_crashed_call_may_be_ended_by_its_pipe) {
  go_live();
  end(call, caf::exit_reason::kill);
  tell(leg, caller_ended{end_reason::internal_error});
  BOOST_TEST(channel->last("reason") == "internal_error");
  expect_over(1000);
  advance(60s);
  BOOST_TEST(channel->texts.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_call_that_ends_with_a_reason_and_no_word_is_over_at_once) {
  go_live();
  end(call, make_error(end_reason::max_duration));
  BOOST_TEST(channel->last("reason") == "max_duration");
  expect_over(1000);
}

BOOST_AUTO_TEST_CASE(a_listener_joins_a_call_and_may_be_silent_for_long) {
  const auto socket = std::make_shared<fixtures::fake_channel>();
  const auto listener = enter(socket, "SCL_7");
  socket->says(plain_start);
  run();
  BOOST_TEST(asked.empty());
  BOOST_REQUIRE(joins.size() == 1u);
  BOOST_TEST(joins[0].call.str() == "SCL_7");
  BOOST_TEST(joins[0].project == "p1");
  BOOST_TEST(joins[0].seat.id == "SCL_1");
  BOOST_TEST(joins[0].seat.listen_only);
  BOOST_TEST(socket->field(0, "session_id") == "SCL_7");
  for (int s = 0; s < 60; ++s)
    advance(seconds{1});
  BOOST_TEST(socket->close_code == 0);
  socket->leaves(1000);
  run();
  BOOST_TEST(hung_up.size() == 1u);
  end(listener, caf::exit_reason::kill);
}

BOOST_AUTO_TEST_CASE(a_moved_client_belongs_to_its_new_call) {
  go_live();
  const auto next = spawn_call();
  tell(leg, caller_moved{call_id{"SCL_7"}, next});
  BOOST_TEST(channel->last("type") == "moved");
  BOOST_TEST(channel->last("session_id") == "SCL_7");
  end(call, make_error(end_reason::transferred));
  BOOST_TEST(channel->close_code == 0);
  end(next, make_error(end_reason::api_hangup));
  BOOST_TEST(channel->last("type") == "ended");
  BOOST_TEST(channel->last("reason") == "api_hangup");
}

BOOST_AUTO_TEST_CASE(a_killed_leg_closes_socket_and_media) {
  go_live();
  end(leg, caf::exit_reason::kill);
  BOOST_TEST(channel->last("code") == "internal_error");
  expect_over(1011);
  channel->says(plain_start);
  channel->sends("late");
  channel->leaves(1000);
  run();
  BOOST_TEST(media().frames.empty());
}

BOOST_AUTO_TEST_CASE(a_stopped_node_says_so) {
  go_live();
  end(leg, caf::exit_reason::user_shutdown);
  BOOST_TEST(channel->last("reason") == "node_draining");
  expect_hung_up(end_reason::node_draining);
  expect_over(1001);
}

BOOST_AUTO_TEST_CASE(hostile_clients_leave_nothing_behind) {
  std::mt19937 random{2025};
  const std::vector<std::string> polite{plain_start, R"({"type":"mute","on":true})",
                                        R"({"type":"playback","played_ms":5})",
                                        R"({"type":"dtmf","digits":"1"})", R"({"type":"end"})"};
  end(leg, caf::exit_reason::kill);
  for (int round = 0; round < 400; ++round) {
    const auto peer = std::make_shared<fixtures::fake_channel>();
    enter(peer);
    for (auto frames = random() % 12; frames > 0; --frames) {
      auto frame = polite[random() % polite.size()];
      for (auto hits = random() % 4; hits > 1; --hits)
        frame[random() % frame.size()] = static_cast<char>(random());
      random() % 3 == 0 ? peer->sends(frame) : peer->says(frame);
      if (random() % 2 == 0)
        run();
    }
    run();
    BOOST_REQUIRE(peer->close_code == 0 || peer->close_code == 1000 || peer->close_code == 1008);
    for (std::size_t i = 0; i < peer->texts.size(); ++i)
      BOOST_REQUIRE(!peer->type(i).empty());
    peer->leaves(1006);
    run();
    BOOST_REQUIRE(living().empty());
  }
  BOOST_TEST(engine.all_closed());
}

BOOST_AUTO_TEST_SUITE_END()
