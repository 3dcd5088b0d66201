// What ORCHESTRATOR and RUNNER make of bursts, refusals, silence, lost sockets and
// lost calls.
#define BOOST_TEST_MODULE dispatch
#include <boost/test/unit_test.hpp>

#include "actors/orchestrator.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <caf/event_based_actor.hpp>

#include <deque>
#include <optional>

using namespace unpod;

namespace {

// -- a house of runners ------------------------------------------------------------

enum class manner { accepts, refuses, is_silent };

struct fake_runner {
  manner how = manner::accepts;
  runner_face_actor face;
  runner_ear_actor runner;
  std::vector<job_assign> assigned;
  std::vector<std::string> cancelled;
  std::vector<std::string> closed;
};

/// A CALL that asks for a runner and then lives until it is ended.
struct fake_call {
  caf::actor actor;
  std::optional<dispatched_call> got;
  std::optional<caf::error> refused;
};

struct dispatch_fixture : fixtures::deterministic_system {
  dispatch_limits bounds;
  int ids = 0;
  std::deque<fake_runner> runners;
  std::deque<fake_call> calls;
  services house = std::make_shared<service_book>();
  orchestrator_actor subject;

  ~dispatch_fixture() {
    for (const auto& call : calls)
      end(call.actor, caf::exit_reason::kill);
    if (subject)
      end(subject, caf::exit_reason::kill);
    for (const auto& one : runners)
      end(one.face, caf::exit_reason::kill);
  }

  void begin() {
    subject = sys.spawn(orchestrator, orchestrator_setup{bounds, house, [this](const auto& prefix) {
                                                           return prefix + std::to_string(++ids);
                                                         }});
  }

  void pass(milliseconds span) {
    for (auto gone = milliseconds{0}; gone < span; gone += milliseconds{100})
      advance(milliseconds{100});
  }

  static runner_card card(const std::string& worker, std::uint64_t seats = 10) {
    runner_card made;
    made.worker = worker_id{worker};
    made.agent = agent_id{"agent"};
    made.pool = "agent";
    made.project = "PRJ_1";
    made.seats = seats;
    made.public_url = "ws://node:8080";
    return made;
  }

  fake_runner& add(runner_card with, manner how = manner::accepts) {
    auto& one = runners.emplace_back();
    one.how = how;
    one.face = sys.spawn([&one]() -> runner_face_actor::behavior_type {
      return {
        [&one](const job_assign& job) {
          one.assigned.push_back(job);
          if (one.how != manner::is_silent)
            caf::anon_send(one.runner,
                           job_ack{job.job, job.assign, one.how == manner::accepts, "at_capacity"});
        },
        [&one](const job_cancel& job) { one.cancelled.push_back(job.job.str()); },
        [&one](const close_runner& close) { one.closed.push_back(close.why); },
      };
    });
    auto answer = ask<registered_runner>(subject, register_runner{with, one.face});
    BOOST_REQUIRE(answer);
    one.runner = answer->runner;
    return one;
  }

  fake_runner& add(const std::string& worker, manner how = manner::accepts) {
    return add(card(worker), how);
  }

  fake_call& dispatch(std::vector<worker_id> excluded = {}) {
    auto& one = calls.emplace_back();
    const auto number = std::to_string(calls.size());
    dispatch_call request{call_id{"SCL_" + number}, job_id{"JOB_" + number},
                          agent_id{"agent"},        "PRJ_1",
                          "token" + number,         std::move(excluded)};
    one.actor = sys.spawn([this, &one, request](caf::event_based_actor* me) -> caf::behavior {
      me->request(subject, caf::infinite, request)
        .then([&one](const dispatched_call& answer) { one.got = answer; },
              [&one](const caf::error& error) { one.refused = error; });
      return {[](int) {}};
    });
    run();
    return one;
  }

  runner_row shown(const std::string& worker) {
    const auto all = ask<runner_list>(subject, list_runners{});
    for (const auto& one : all->rows)
      if (one.card.worker.str() == worker)
        return one;
    return {};
  }

  std::size_t known() {
    return ask<runner_list>(subject, list_runners{})->rows.size();
  }

  void beat(fake_runner& one, std::uint64_t jobs = 0) {
    tell(one.runner, runner_beat{jobs});
  }
};

struct open_house : dispatch_fixture {
  open_house() {
    begin();
  }
};

std::string worker_of(const fake_call& call) {
  return call.got ? call.got->runner.worker.str() : "";
}

} // namespace

// -- registration -----------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(registration, open_house)

BOOST_AUTO_TEST_CASE(a_runner_is_shown_as_it_registered) {
  add("agent#1");
  BOOST_TEST(known() == 1u);
  BOOST_TEST(shown("agent#1").eligible);
  BOOST_TEST(shown("agent#1").active == 0u);
  BOOST_TEST(living().size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_same_worker_replaces_itself_and_keeps_its_load) {
  add("agent#1");
  dispatch();
  auto& again = add("agent#1");
  BOOST_TEST(known() == 1u);
  BOOST_TEST(living().size() == 2u);
  BOOST_TEST(shown("agent#1").active == 1u);
  beat(again, 1); // the job it kept is the one we know
  BOOST_TEST(shown("agent#1").active == 1u);
  BOOST_TEST(worker_of(dispatch()) == "agent#1");
  BOOST_TEST(again.assigned.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_offer_to_the_life_before_reserves_nothing_in_the_next) {
  add("agent#1", manner::is_silent);
  const auto& call = dispatch();
  add("agent#1", manner::is_silent);
  BOOST_TEST(call.refused.has_value()); // tried already, and there is no other
  BOOST_TEST(shown("agent#1").reserved == 0u);
  dispatch();
  BOOST_TEST(shown("agent#1").reserved == 1u);
}

BOOST_AUTO_TEST_CASE(a_replaced_runners_beat_no_longer_counts) {
  auto& old = add("agent#1");
  auto& young = add("agent#1");
  pass(seconds{16});
  beat(old);
  BOOST_TEST(!shown("agent#1").eligible);
  beat(young);
  BOOST_TEST(shown("agent#1").eligible);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(more_runners_than_the_limit_are_refused_in_words, dispatch_fixture) {
  bounds.runners_max = 1;
  begin();
  add("agent#1");
  const auto answer =
    ask<registered_runner>(subject, register_runner{card("agent#2"), runners.front().face});
  BOOST_REQUIRE(!answer);
  BOOST_TEST(words_of(answer.error()).find("runners_max") != std::string::npos);
  add("agent#1"); // itself it may replace
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_lies_about_its_seats_gets_no_more_than_the_limit,
                        dispatch_fixture) {
  bounds.seats_max = 2;
  begin();
  add(card("agent#1", 4'000'000'000));
  dispatch();
  dispatch();
  BOOST_TEST(dispatch().refused.has_value());
}

// -- dispatch ------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_SUITE(dispatching, open_house)

BOOST_AUTO_TEST_CASE(a_seat_is_reserved_before_the_runner_answers) {
  auto& one = add("agent#1", manner::is_silent);
  auto& call = dispatch();
  BOOST_TEST(shown("agent#1").reserved == 1u);
  BOOST_TEST(shown("agent#1").active == 0u);
  BOOST_REQUIRE(one.assigned.size() == 1u);
  BOOST_TEST(one.assigned[0].bridge_url == "ws://node:8080/call/SCL_1");
  BOOST_TEST(one.assigned[0].call_token == "token1");
  BOOST_TEST(one.assigned[0].agent.str() == "agent");
  tell(one.runner, job_ack{one.assigned[0].job, one.assigned[0].assign, true, {}});
  BOOST_TEST(worker_of(call) == "agent#1");
  BOOST_TEST(shown("agent#1").reserved == 0u);
  BOOST_TEST(shown("agent#1").active == 1u);
}

BOOST_AUTO_TEST_CASE(a_burst_is_spread_evenly) {
  for (int i = 0; i < 8; ++i)
    add(card("agent#" + std::to_string(i), 200), i % 2 ? manner::accepts : manner::is_silent);
  for (int i = 0; i < 1'000; ++i)
    dispatch();
  std::uint64_t least = 1'000, most = 0;
  for (int i = 0; i < 8; ++i) {
    const auto one = shown("agent#" + std::to_string(i));
    least = std::min(least, one.active + one.reserved);
    most = std::max(most, one.active + one.reserved);
  }
  BOOST_TEST(most - least <= 1u);
  for (const auto& call : calls)
    end(call.actor, caf::exit_reason::kill);
  pass(seconds{10});
  for (int i = 0; i < 8; ++i) {
    const auto one = shown("agent#" + std::to_string(i));
    BOOST_TEST(one.active + one.reserved == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_goes_to_the_next_runner) {
  add("agent#1", manner::refuses);
  add("agent#2");
  const auto& call = dispatch();
  BOOST_TEST(worker_of(call) == "agent#2");
  BOOST_REQUIRE(call.got);
  BOOST_TEST(call.got->attempts == 2u);
  std::vector<std::string> verdicts;
  for (const auto& candidate : call.got->candidates)
    verdicts.push_back(candidate.worker.str() + " " + candidate.verdict);
  BOOST_TEST((std::find(verdicts.begin(), verdicts.end(), "agent#1 refused: at_capacity")
              != verdicts.end()));
  BOOST_TEST(shown("agent#1").reserved == 0u);
}

BOOST_AUTO_TEST_CASE(silence_goes_to_the_next_runner_and_a_late_yes_is_called_off) {
  auto& slow = add("agent#1", manner::is_silent);
  add("agent#2");
  const auto& call = dispatch();
  pass(milliseconds{1'900});
  BOOST_TEST(!call.got);
  pass(milliseconds{200});
  BOOST_TEST(worker_of(call) == "agent#2");
  BOOST_TEST(shown("agent#1").reserved == 0u);
  tell(slow.runner, job_ack{slow.assigned[0].job, slow.assigned[0].assign, true, {}});
  BOOST_REQUIRE(slow.cancelled.size() == 1u);
  BOOST_TEST(slow.cancelled[0] == "JOB_1");
  tell(slow.runner,
       job_ack{job_id{"JOB_1"}, "ASG_x", false, "at_capacity"}); // a late no is nothing
  BOOST_TEST(slow.cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_ack_of_another_offer_is_no_answer) {
  auto& one = add("agent#1", manner::is_silent);
  const auto& call = dispatch();
  tell(one.runner, job_ack{one.assigned[0].job, "ASG_other", true, {}});
  BOOST_TEST(!call.got);
}

BOOST_AUTO_TEST_CASE(three_attempts_and_no_more) {
  for (int i = 0; i < 5; ++i)
    add("agent#" + std::to_string(i), manner::is_silent);
  const auto& call = dispatch();
  pass(seconds{7});
  BOOST_REQUIRE(call.refused);
  BOOST_TEST((refusal_of(*call.refused) == refusal::no_runner));
  std::size_t offers = 0;
  for (const auto& one : runners)
    offers += one.assigned.size();
  BOOST_TEST(offers == 3u);
}

BOOST_AUTO_TEST_CASE(no_runner_is_refused_with_what_to_do) {
  const auto& call = dispatch();
  BOOST_REQUIRE(call.refused);
  BOOST_TEST(words_of(*call.refused).find("agent_id=\"agent\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_the_agents_own_pool_of_the_same_project_is_seen) {
  auto dev = card("agent#1");
  dev.pool = "agent@dev";
  add(dev);
  auto foreign = card("agent#2");
  foreign.project = "PRJ_2";
  add(foreign);
  auto other = card("other#3");
  other.agent = agent_id{"other"};
  other.pool = "other";
  add(other);
  BOOST_TEST(dispatch().refused.has_value());
  add("agent#4");
  BOOST_TEST(worker_of(dispatch()) == "agent#4");
}

BOOST_AUTO_TEST_CASE(runners_a_call_has_lost_are_not_asked_again) {
  add("agent#1");
  add("agent#2");
  BOOST_TEST(worker_of(dispatch({worker_id{"agent#1"}})) == "agent#2");
}

BOOST_AUTO_TEST_CASE(a_runner_that_serves_is_taken_without_a_word) {
  auto serving = card("agent#1");
  serving.dial_out = false;
  serving.serving_url = "ws://10.0.0.9:8765";
  auto& one = add(serving, manner::is_silent);
  const auto& call = dispatch();
  BOOST_TEST(worker_of(call) == "agent#1");
  tell(subject, end_job{job_id{"JOB_1"}, true});
  BOOST_TEST(one.assigned.empty());
  BOOST_TEST(one.cancelled.empty()); // it reads nothing (contract §2.6)
  BOOST_TEST(shown("agent#1").active == 0u);
}

BOOST_AUTO_TEST_CASE(a_job_that_ends_frees_its_seat_once) {
  auto& one = add("agent#1");
  dispatch();
  dispatch();
  tell(subject, end_job{job_id{"JOB_1"}, false}, end_job{job_id{"JOB_1"}, false});
  BOOST_TEST(shown("agent#1").active == 1u);
  BOOST_TEST(one.cancelled.empty());
  tell(subject, end_job{job_id{"JOB_2"}, true});
  BOOST_TEST(shown("agent#1").active == 0u);
  BOOST_TEST(one.cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_down_frees_its_seat_and_calls_its_job_off) {
  auto& one = add("agent#1");
  auto& call = dispatch();
  end(call.actor, caf::exit_reason::kill);
  BOOST_TEST(shown("agent#1").active == 0u);
  BOOST_TEST(one.cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_that_is_down_before_the_answer_frees_its_seat_too) {
  auto& one = add("agent#1", manner::is_silent);
  auto& call = dispatch();
  end(call.actor, caf::exit_reason::kill);
  tell(one.runner, job_ack{one.assigned[0].job, one.assigned[0].assign, true, {}});
  BOOST_TEST(shown("agent#1").active + shown("agent#1").reserved == 0u);
  BOOST_TEST(one.cancelled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_draining_runner_gets_no_more_and_keeps_what_it_has) {
  add("agent#1");
  dispatch();
  tell(subject, drain_runner{worker_id{"agent#1"}});
  BOOST_TEST(dispatch().refused.has_value());
  BOOST_TEST(shown("agent#1").active == 1u);
  BOOST_TEST(shown("agent#1").draining);
}

// -- signs of life ---------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_runner_without_a_beat_is_passed_over_and_then_gone) {
  auto& one = add("agent#1");
  pass(milliseconds{14'900});
  BOOST_TEST(shown("agent#1").eligible);
  pass(milliseconds{200}); // 1.5 intervals
  BOOST_TEST(!shown("agent#1").eligible);
  BOOST_TEST(dispatch().refused.has_value());
  beat(one);
  BOOST_TEST(worker_of(dispatch()) == "agent#1");
  pass(milliseconds{29'900});
  BOOST_TEST(known() == 1u);
  pass(seconds{5});
  BOOST_TEST(known() == 0u);
  BOOST_TEST(one.closed.size() == 1u);
  BOOST_TEST(living().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_runner_whose_socket_is_gone_is_gone) {
  auto& one = add("agent#1");
  end(one.face, caf::exit_reason::user_shutdown);
  BOOST_TEST(known() == 0u);
  BOOST_TEST(living().size() == 1u);
}

BOOST_AUTO_TEST_CASE(jobs_from_before_our_time_take_seats_and_only_shrink) {
  auto& one = add(card("agent#1", 4));
  beat(one, 3);
  BOOST_TEST(shown("agent#1").active == 3u);
  dispatch();
  BOOST_TEST(dispatch().refused.has_value()); // full
  beat(one, 2);                               // ours, and one of before
  BOOST_TEST(shown("agent#1").active == 2u);
  beat(one, 4); // what grows is not of before: our count stands
  BOOST_TEST(shown("agent#1").active == 2u);
}

// -- deaths ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_runner_actor_that_is_killed_hands_its_offer_on) {
  auto& one = add("agent#1", manner::is_silent);
  add("agent#2");
  const auto& call = dispatch();
  BOOST_REQUIRE(one.assigned.size() == 1u);
  end(one.runner, caf::exit_reason::kill);
  BOOST_TEST(known() == 1u);
  BOOST_TEST(worker_of(call) == "agent#2");
}

BOOST_AUTO_TEST_CASE(a_runner_actor_that_crashes_keeps_the_seats_of_its_live_calls) {
  auto& one = add("agent#1");
  const auto& call = dispatch();
  end(one.runner, caf::sec::runtime_error);
  BOOST_TEST(known() == 0u);
  BOOST_TEST(worker_of(call) == "agent#1"); // the call goes on
  add("agent#1");
  BOOST_TEST(shown("agent#1").active == 1u);
  tell(subject, end_job{job_id{"JOB_1"}, false});
  BOOST_TEST(shown("agent#1").active == 0u);
}

BOOST_AUTO_TEST_CASE(a_killed_orchestrator_leaves_no_runner_behind) {
  add("agent#1");
  add("agent#2", manner::is_silent);
  dispatch();
  dispatch();
  end(subject, caf::exit_reason::kill);
  BOOST_TEST(living().empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_heartbeat_of_one_second_is_watched_in_halves, dispatch_fixture) {
  bounds.heartbeat = seconds{1};
  bounds.heartbeat_ttl = seconds{3};
  begin();
  auto& one = add("agent#1");
  for (int i = 0; i < 5; ++i) {
    pass(seconds{1});
    beat(one);
    BOOST_TEST(shown("agent#1").eligible);
  }
  pass(milliseconds{1'600});
  BOOST_TEST(!shown("agent#1").eligible);
  pass(seconds{2});
  BOOST_TEST(known() == 0u);
}
