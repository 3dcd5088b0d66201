// PIPES and PIPE: who is admitted, and what a crash costs: one call, never more.
#define BOOST_TEST_MODULE pipes
#include <boost/test/unit_test.hpp>

#include "actors/pipes.hpp"
#include "actors/providers.hpp"
#include "tests/fixtures/call_house.hpp"

#include <limits>

using namespace fixtures;
using namespace unpod;

namespace {

struct pipes_fixture : call_house {
  providers_actor providers;
  pipes_actor subject;
  pipe_record pipe_row = pipe();

  ~pipes_fixture() {
    end(subject, caf::exit_reason::kill);
    end(providers, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }

  void begin() {
    store_data.records->put(pipe_row);
    const auto profiles =
      std::make_shared<const std::vector<voice_profile>>(std::vector{profile()});
    providers = sys.spawn(speech_providers, providers_setup{profiles, {"first", "second"}});
    house->put(providers);
    subject = sys.spawn(speech_pipes, kit());
    run();
  }

  caf::expected<opened_call> try_open(const std::string& id, const std::string& pipe = "PIPE_1") {
    auto asked = request(id);
    asked.pipe = pipe_id{pipe};
    return ask<opened_call>(subject, asked);
  }

  call_ear_actor open(const std::string& id) {
    auto answer = try_open(id);
    BOOST_REQUIRE(answer);
    return answer->call;
  }

  std::string refused(const std::string& id, refusal expected, const std::string& pipe = "PIPE_1") {
    const auto answer = try_open(id, pipe);
    BOOST_REQUIRE(!answer);
    BOOST_TEST((refusal_of(answer.error()) == expected));
    return words_of(answer.error());
  }

  std::uint64_t calls_live() {
    return ask<pipe_status>(subject, caf::get_atom_v)->calls_live;
  }

  /// Test only: the handle of a PIPE, which nobody else is given.
  pipe_actor pipe_named(const std::string& id) {
    auto* actor = caf::actor_cast<caf::abstract_actor*>(subject);
    return dynamic_cast<pipes_state::self_pointer>(actor)->state.pipes.at(pipe_id{id});
  }

  call_record record(const std::string& id) {
    return *find<call_record>(*store_data.records, table::calls, id);
  }

  std::uint64_t canned_samples() {
    const auto found = port->given_to.find(std::numeric_limits<generation>::max());
    return found == port->given_to.end() ? 0 : found->second;
  }

  bool is_alive(const std::string& kind) {
    for (const auto& one : living())
      if (one.kind == kind)
        return true;
    return false;
  }
};

struct open_pipes : pipes_fixture {
  open_pipes() {
    begin();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(admission, open_pipes)

BOOST_AUTO_TEST_CASE(a_call_is_admitted_counted_and_counted_down) {
  const auto call = open("SCL_1");
  BOOST_TEST(calls_live() == 1u);
  BOOST_TEST(is_alive("call"));
  tell(call, hang_up{});
  BOOST_TEST(calls_live() == 0u);
  BOOST_TEST(!is_alive("call"));
  BOOST_TEST(record("SCL_1").end_reason == "caller_hangup");
}

BOOST_AUTO_TEST_CASE(a_console_sees_what_a_call_is_about) {
  open("SCL_1");
  for (const auto& one : living())
    if (one.kind == "call" || one.kind == "transcriber" || one.kind == "synthesizer")
      BOOST_TEST(one.subject == "SCL_1");
}

BOOST_AUTO_TEST_CASE(an_unknown_pipe_is_refused_and_leaves_nothing_behind) {
  const auto before = living().size();
  BOOST_TEST(refused("SCL_1", refusal::not_found, "PIPE_x").find("PIPE_x") != std::string::npos);
  BOOST_TEST(living().size() == before);
  BOOST_TEST(calls_live() == 0u);
}

BOOST_AUTO_TEST_CASE(a_pipe_whose_voice_is_gone_is_refused) {
  pipe_row.voice_profile = "VP_gone";
  store_data.records->put(pipe_row);
  BOOST_TEST(refused("SCL_1", refusal::not_found).find("VP_gone") != std::string::npos);
  BOOST_TEST(calls_live() == 0u);
}

BOOST_AUTO_TEST_CASE(a_change_of_the_pipe_applies_to_the_next_call) {
  open("SCL_1");
  pipe_row.greeting = "Welcome.";
  store_data.records->put(pipe_row);
  open("SCL_2");
  BOOST_TEST(tts[0].said.empty());
  BOOST_TEST(tts[1].said.front() == "Welcome.");
}

BOOST_AUTO_TEST_CASE(a_pipe_has_its_own_limit) {
  pipe_row.max_concurrent = 2;
  store_data.records->put(pipe_row);
  open("SCL_1");
  open("SCL_2");
  BOOST_TEST(refused("SCL_3", refusal::at_limit).find("max_concurrent") != std::string::npos);
  BOOST_TEST(calls_live() == 2u);
}

BOOST_AUTO_TEST_CASE(a_call_id_is_opened_once) {
  open("SCL_1");
  refused("SCL_1", refusal::conflict);
  BOOST_TEST(calls_live() == 1u);
}

BOOST_AUTO_TEST_CASE(a_draining_node_admits_nobody_and_keeps_its_calls) {
  const auto call = open("SCL_1");
  tell(subject, drain_calls{});
  BOOST_TEST(refused("SCL_2", refusal::draining).find("no new calls") != std::string::npos);
  BOOST_TEST(calls_live() == 1u);
  BOOST_TEST(ask<pipe_status>(subject, caf::get_atom_v)->draining);
  tell(call, hang_up{});
  BOOST_TEST(calls_live() == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_is_ended_by_name) {
  open("SCL_1");
  BOOST_TEST(
    ask<end_call_done>(subject, end_call{call_id{"SCL_1"}, end_reason::api_hangup})->was_live);
  BOOST_TEST(record("SCL_1").end_reason == "api_hangup");
  BOOST_TEST(!ask<end_call_done>(subject, end_call{call_id{"SCL_1"}})->was_live);
  BOOST_TEST(!ask<end_call_done>(subject, end_call{call_id{"SCL_x"}})->was_live);
}

BOOST_AUTO_TEST_CASE(all_calls_are_ended_at_once_and_their_pipe_is_closed) {
  open("SCL_1");
  open("SCL_2");
  tell(subject, end_all_calls{end_reason::node_draining});
  BOOST_TEST(calls_live() == 0u);
  BOOST_TEST(record("SCL_1").end_reason == "node_draining");
  BOOST_TEST(record("SCL_2").end_reason == "node_draining");
  BOOST_TEST(!is_alive("pipe"));
}

BOOST_AUTO_TEST_CASE(without_providers_nobody_is_admitted) {
  house->put(providers_actor{});
  refused("SCL_1", refusal::draining);
  BOOST_TEST(calls_live() == 0u);
}

// -- crashes ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_crashed_call_costs_itself_alone) {
  const auto victim = open("SCL_1");
  open("SCL_2");
  end(victim, caf::sec::runtime_error);
  BOOST_TEST(calls_live() == 1u);
  BOOST_TEST(canned_samples() == 16'000u);
  BOOST_TEST(count_of(caller, "ended") == 0u); // the apology is still to be heard
  BOOST_TEST(!port->closed);
  BOOST_TEST(record("SCL_1").end_reason == "internal_error");
  BOOST_TEST(record("SCL_1").status == "completed");
  BOOST_TEST(record("SCL_2").end_reason.empty());
  pass(milliseconds{1'400});
  BOOST_TEST(count_of(caller, "ended internal_error") == 1u);
  BOOST_TEST(count_of(caller, "ended") == 1u);
  BOOST_TEST(port->closed);
}

BOOST_AUTO_TEST_CASE(a_killed_call_is_reported_as_a_crash) {
  end(open("SCL_1"), caf::exit_reason::kill);
  BOOST_TEST(calls_live() == 0u);
  BOOST_TEST(record("SCL_1").end_reason == "internal_error");
  open("SCL_1"); // and the name is free again
}

BOOST_AUTO_TEST_CASE(a_killed_pipe_leaves_no_call_and_the_next_call_starts_a_new_one) {
  open("SCL_1");
  open("SCL_2");
  end(pipe_named("PIPE_1"), caf::exit_reason::kill);
  BOOST_TEST(!is_alive("call"));
  BOOST_TEST(!is_alive("transcriber"));
  BOOST_TEST(calls_live() == 0u);
  BOOST_TEST(canned_samples() > 0u);
  BOOST_TEST(record("SCL_1").end_reason == "internal_error");
  BOOST_TEST(record("SCL_2").end_reason == "internal_error");
  BOOST_REQUIRE_EQUAL(cfg.activities.exits().size(), 1u); // the calls ended with it
  BOOST_TEST(cfg.activities.exits().front().kind == "pipe");
  open("SCL_3");
  BOOST_TEST(calls_live() == 1u);
}

BOOST_AUTO_TEST_CASE(a_crashed_pipe_does_not_touch_another) {
  auto other = pipe();
  other.id = pipe_id{"PIPE_2"};
  store_data.records->put(other);
  open("SCL_1");
  BOOST_REQUIRE(try_open("SCL_2", "PIPE_2"));
  end(pipe_named("PIPE_1"), caf::sec::runtime_error);
  BOOST_TEST(calls_live() == 1u);
  BOOST_TEST(record("SCL_2").end_reason.empty());
}

BOOST_AUTO_TEST_CASE(a_thousand_calls_leave_nothing_behind) {
  tell(open("SCL_0"), hang_up{});
  bridges.clear();
  stt.clear();
  tts.clear();
  const auto living_before = living().size();
  const auto running_before = sys.registry().running();
  for (int i = 1; i <= 1'000; ++i) {
    tell(open("SCL_" + std::to_string(i)), hang_up{});
    bridges.clear();
    stt.clear();
    tts.clear();
  }
  BOOST_TEST(calls_live() == 0u);
  BOOST_TEST(living().size() == living_before);
  BOOST_TEST(sys.registry().running() == running_before);
  BOOST_TEST(count_of(caller, "ended") == 1'001u);
  BOOST_TEST(jobs_ended.size() == 1'001u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_CASE(a_node_has_its_limit_and_says_so, pipes_fixture) {
  bounds.node.calls_max = 2;
  begin();
  open("SCL_1");
  const auto second = open("SCL_2");
  BOOST_TEST(refused("SCL_3", refusal::at_limit).find("node.calls_max") != std::string::npos);
  tell(second, hang_up{});
  open("SCL_3");
}
