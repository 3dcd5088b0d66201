// Who takes part in a CALL: hand-over to another agent, callers who join, are moved from
// another call, leave and are shown out.
#define BOOST_TEST_MODULE rooms
#include <boost/test/unit_test.hpp>

#include "actors/pipes.hpp"
#include "actors/providers.hpp"
#include "messages/transfer_policy.hpp"
#include "tests/actors/call_fixture.hpp"

using namespace fixtures;

namespace {

/// A caller besides the first: a leg of its own, and what it was told.
struct other_caller {
  lines told;
  std::shared_ptr<fake_media_port> port = std::make_shared<fake_media_port>();
  caller_leg_actor leg;

  explicit other_caller(call_house& house)
    : leg(house.sys.spawn([this]() -> caller_leg_actor::behavior_type {
        const auto note = [this](std::string words) { told.push_back(std::move(words)); };
        return {
          [note](const caller_partial& x) { note("partial " + x.text); },
          [note](const caller_turn& x) { note("turn " + x.text); },
          [note](const caller_reply& x) { note("reply " + x.text); },
          [note](const caller_state& x) { note("state " + x.state); },
          [note](const caller_interrupted& x) { note("interrupted " + x.heard); },
          [note](const caller_ended& x) { note("ended " + to_string(x.reason)); },
          [note](const caller_moved& x) { note("moved " + x.call.str()); },
        };
      })) {}

  room_seat seat(const std::string& id, bool listen_only) const {
    return {id, port, leg, listen_only};
  }
};

struct rooms_fixture : call_fixture {
  other_caller other{*this}, third{*this};

  ~rooms_fixture() {
    end(other.leg, caf::exit_reason::kill);
    end(third.leg, caf::exit_reason::kill);
  }

  caf::expected<opened_call> join_as(const other_caller& who, const std::string& id,
                                     bool listen_only, const std::string& project = "PRJ_1") {
    return ask<opened_call>(subject,
                            join_call{call_id{"SCL_1"}, project, who.seat(id, listen_only)});
  }

  void ask_transfer(const std::string& kind, const std::string& target,
                    const std::string& announcement = {}) {
    runner_says(runner_verb{
      "agent.transfer", kind, target, announcement.empty() ? "cold" : "warm", announcement, {}});
  }

  const std::string& metadata() const {
    return bridges.back().opening.metadata_json;
  }

  bool has_noted(const std::string& kind, const std::string& words) {
    for (const auto& line : store_data.noted(kind))
      if (line.find(words) != std::string::npos)
        return true;
    return false;
  }

  std::string spoken() const {
    std::string all;
    for (const auto& line : tts)
      for (const auto& piece : line.said)
        all += piece + " ";
    return all;
  }
};

/// Two calls and more through PIPES, each with a leg and a port of its own.
struct merge_fixture : call_house {
  providers_actor providers;
  pipes_actor subject;
  std::deque<other_caller> callers;

  merge_fixture() {
    store_data.records->put(pipe());
    const auto profiles =
      std::make_shared<const std::vector<voice_profile>>(std::vector{profile()});
    providers = sys.spawn(speech_providers, providers_setup{profiles, {"first", "second"}});
    house->put(providers);
    subject = sys.spawn(speech_pipes, kit());
    house->put(subject);
    run();
  }

  ~merge_fixture() {
    end(subject, caf::exit_reason::kill);
    end(providers, caf::exit_reason::kill);
    for (const auto& one : callers)
      end(one.leg, caf::exit_reason::kill);
    BOOST_TEST(living().empty());
  }

  other_caller& open(const std::string& id, const std::string& project = "PRJ_1") {
    auto& who = callers.emplace_back(*this);
    auto asked = request(id);
    asked.project = project;
    asked.port = who.port;
    asked.leg = who.leg;
    BOOST_REQUIRE(ask<opened_call>(subject, asked));
    caf::send_as(bridges.back().bridge, bridges.back().call, runner_joined{1, now()});
    run();
    return who;
  }

  merge_outcome merge(const std::string& into, const std::string& source) {
    const auto merged =
      ask<merged_calls>(subject, merge_calls{call_id{into}, {call_id{source}}, {}});
    BOOST_REQUIRE(merged);
    BOOST_REQUIRE(merged->outcomes.size() == 1u);
    return merged->outcomes.front();
  }

  call_record record(const std::string& id) {
    return *find<call_record>(*store_data.records, table::calls, id);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_number_is_allowed_by_name_or_by_its_beginning) {
  BOOST_TEST(number_refusal("", "+14155550101") != "");
  BOOST_TEST(number_refusal("+14155550101", "+14155550101") == "");
  BOOST_TEST(number_refusal("+14155550101", "+14155550102") != "");
  BOOST_TEST(number_refusal("+49* +1415*", "+14155550102") == "");
  BOOST_TEST(number_refusal("+1416*", "+14155550102") != "");
  for (const auto* bad : {"", "+", "911", "+0123", "+1 415", "+12345678901234567", "sip:a@b"})
    BOOST_TEST(!is_phone_number(bad));
}

BOOST_FIXTURE_TEST_SUITE(rooms_tests, rooms_fixture)

BOOST_AUTO_TEST_CASE(a_call_is_handed_to_another_agent_with_what_was_said) {
  begin_joined();
  say("billing please");
  answer("One moment.");
  play();
  ask_transfer("agent", "billing");
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(dispatches[1].agent.str() == "billing");
  BOOST_REQUIRE(bridges.size() == 2u);
  BOOST_TEST(bridges[0].heard.back() == "close");
  BOOST_TEST(jobs_ended == (lines{dispatches[0].job.str()}), boost::test_tools::per_element());
  BOOST_TEST(metadata().find(R"("content":"billing please")") != std::string::npos);
  BOOST_TEST(metadata().find(R"("handover":{"from_agent":"agent"})") != std::string::npos);
  BOOST_TEST(metadata().find(R"("agent_id":"billing")") != std::string::npos);
  join();
  say("how much is it");
  BOOST_TEST(count_of(runner_heard(), "text 2 how much is it") == 1u);
  BOOST_TEST(record().agent.str() == "billing");
  BOOST_TEST(has_noted("handover", R"("to_agent":"billing")"));
  tell(subject, hang_up{end_reason::api_hangup});
  BOOST_TEST(bridges[1].heard.back() == "close");
}

BOOST_AUTO_TEST_CASE(an_announcement_is_heard_out_first) {
  begin_joined();
  say("billing please");
  ask_transfer("agent", "billing", "I connect you to billing.");
  BOOST_TEST(dispatches.size() == 1u);
  BOOST_TEST(bridges[0].heard.back() != "close");
  runner_says(runner_text_end{});
  play();
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(spoken().find("I connect you to billing.") != std::string::npos);
  BOOST_TEST(metadata().find("I connect you to billing.") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_agent_that_never_ends_its_turn_is_relieved_all_the_same) {
  begin_joined();
  say("billing please");
  ask_transfer("agent", "billing", "I connect you to billing.");
  play();
  BOOST_REQUIRE(dispatches.size() == 2u);
  BOOST_TEST(metadata().find("I connect you to billing.") != std::string::npos);
  join();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(count_of(runner_heard(), "text ") == 0u);
  BOOST_TEST(record().transcript.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_turn_that_nobody_answered_is_told_to_the_next_agent) {
  begin_joined();
  say("billing please");
  ask_transfer("agent", "billing");
  join();
  BOOST_TEST(count_of(runner_heard(), "text 1 billing please") == 1u);
}

BOOST_AUTO_TEST_CASE(when_nobody_takes_over_the_agent_stays_and_the_caller_is_told) {
  answers = {{"agent#1"}, {""}};
  begin_joined();
  say("billing please");
  answer("One moment.");
  play();
  ask_transfer("agent", "billing");
  BOOST_TEST(bridges[0].heard.back() != "close");
  BOOST_TEST(bridges[1].heard.back() == "close");
  BOOST_TEST(spoken().find("I am sorry, I cannot connect you there.") != std::string::npos);
  BOOST_TEST(has_noted("transfer_refused", "no runner is registered"));
  play();
  pass(milliseconds{500});
  start_speaking();
  pass(milliseconds{200});
  stop_speaking();
  words("never mind");
  pass(milliseconds{600});
  BOOST_TEST(count_of(bridges[0].heard, "text 2 never mind") == 1u);
  BOOST_TEST(record().agent.str() == "agent");
}

BOOST_AUTO_TEST_CASE(the_next_agents_runner_may_be_quicker_than_the_dispatchers_word) {
  answers = {{"agent#1"}, {"", "", true}};
  begin_joined();
  ask_transfer("agent", "billing");
  BOOST_REQUIRE(bridges.size() == 2u);
  BOOST_TEST(bridges[0].heard.back() != "close");
  join();
  BOOST_TEST(bridges[0].heard.back() == "close");
  runner_says(runner_say{"Billing here.", now()});
  play();
  BOOST_TEST(count_of(caller, "reply Billing here.") == 1u);
}

BOOST_AUTO_TEST_CASE(a_number_that_is_not_allowed_is_refused_aloud_and_the_call_goes_on) {
  pipe_row.transfer_refusal = "That I may not.";
  begin_joined();
  ask_transfer("number", "+14155550101");
  BOOST_TEST(has_noted("transfer_refused", "does not allow transfers"));
  BOOST_TEST(spoken().find("That I may not.") != std::string::npos);
  ask_transfer("human", "+14155550101"); // whatever it is called
  BOOST_TEST(store_data.noted("transfer_refused").size() == 2u);
  BOOST_TEST(dispatches.size() == 1u);
  BOOST_TEST(phase() != "gone");
  BOOST_TEST(counted["unpod_transfers_refused_total"] == 2);
}

BOOST_AUTO_TEST_CASE(an_allowed_number_is_refused_for_want_of_a_line) {
  pipe_row.transfer_allow = "+1415*";
  begin_joined();
  ask_transfer("number", "+14155550101");
  BOOST_TEST(has_noted("transfer_refused", "no telephone line"));
}

BOOST_AUTO_TEST_CASE(through_the_api_the_answer_says_who_came_and_who_left) {
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_2", false));
  transfer_call wish{call_id{"SCL_1"}, "agent", "billing", false, {}, R"({"order":7})", "SCL_2"};
  const auto done = ask<transferred_call>(subject, wish);
  BOOST_REQUIRE(done);
  BOOST_TEST(done->added == "agent:billing");
  BOOST_TEST(done->removed == "SCL_2");
  BOOST_TEST(other.told.back() == "ended api_hangup");
  BOOST_TEST(metadata().find(R"("data":{"order":7})") != std::string::npos);
  const auto again = ask<transferred_call>(subject, wish);
  BOOST_REQUIRE(!again);
  BOOST_TEST(words_of(again.error()) == "agent 'billing' has the call already");
}

BOOST_AUTO_TEST_CASE(a_listener_reads_along_is_not_heard_and_keeps_no_call_alive) {
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_9", true));
  BOOST_REQUIRE(joined.size() == 1u);
  BOOST_TEST(joined[0].first == other.port);
  BOOST_TEST(!joined[0].second);
  BOOST_TEST(record().participants == "caller agent SCL_9");
  say("hello");
  BOOST_TEST(count_of(other.told, "turn hello") == 1u);
  tell(subject, hang_up{end_reason::api_hangup});
  BOOST_TEST(other.told.back() == "ended api_hangup");
  expect_ended("api_hangup");
}

BOOST_AUTO_TEST_CASE(a_listener_leaves_and_nobody_minds) {
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_9", true));
  end(other.leg, caf::exit_reason::user_shutdown);
  run();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().participants == "caller agent");
  BOOST_TEST(has_noted("participant_left", "SCL_9"));
}

BOOST_AUTO_TEST_CASE(who_may_not_join) {
  begin_joined();
  BOOST_TEST((refusal_of(join_as(other, "SCL_9", true, "PRJ_2").error()) == refusal::not_found));
  join_refused = "it has gone";
  BOOST_TEST((refusal_of(join_as(other, "SCL_9", true).error()) == refusal::unavailable));
  BOOST_TEST(other.told.back() == "ended media_lost");
}

BOOST_AUTO_TEST_CASE(a_room_is_not_overfull) {
  bounds.call.room_callers_max = 2;
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_2", false));
  BOOST_TEST((refusal_of(join_as(third, "SCL_3", true).error()) == refusal::at_limit));
}

BOOST_AUTO_TEST_CASE(the_call_goes_on_while_a_caller_is_left) {
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_2", false));
  BOOST_REQUIRE(join_as(third, "SCL_9", true));
  caf::send_as(leg, subject, hang_up{end_reason::caller_hangup});
  run();
  BOOST_TEST(phase() == "listening");
  BOOST_TEST(record().participants == "agent SCL_2 SCL_9");
  BOOST_TEST(!port->closed);
  caf::send_as(other.leg, subject, hang_up{end_reason::caller_hangup});
  run();
  BOOST_TEST(third.told.back() == "ended caller_hangup");
  BOOST_TEST(is_gone());
  BOOST_TEST(ended_with == "caller_hangup");
  BOOST_TEST(port->closed);
}

BOOST_AUTO_TEST_CASE(a_participant_is_shown_out_and_the_last_is_not) {
  begin_joined();
  BOOST_REQUIRE(join_as(other, "SCL_2", false));
  runner_says(runner_verb{"agent.remove_participant", {}, "SCL_2", {}, {}, {}});
  BOOST_TEST(other.told.back() == "ended agent_end_call");
  BOOST_TEST(record().participants == "caller agent");
  const auto last =
    ask<removed_participant>(subject, remove_participant{call_id{"SCL_1"}, "caller"});
  BOOST_TEST((refusal_of(last.error()) == refusal::conflict));
  const auto nobody =
    ask<removed_participant>(subject, remove_participant{call_id{"SCL_1"}, "SCL_2"});
  BOOST_TEST((refusal_of(nobody.error()) == refusal::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(merge_tests, merge_fixture)

BOOST_AUTO_TEST_CASE(two_calls_become_one_and_each_ends_once) {
  auto& first = open("SCL_1");
  auto& second = open("SCL_2");
  const auto outcome = merge("SCL_1", "SCL_2");
  BOOST_TEST(outcome.error == "");
  BOOST_TEST(outcome.moved == (lines{"SCL_2"}), boost::test_tools::per_element());
  BOOST_TEST(count_of(second.told, "moved SCL_1") == 1u);
  BOOST_TEST(count_of(second.told, "ended") == 0u);
  BOOST_TEST(!second.port->closed);
  BOOST_REQUIRE(joined.size() == 1u);
  BOOST_TEST(joined[0].first == second.port);
  BOOST_TEST(joined[0].second);
  BOOST_TEST(record("SCL_2").end_reason == "transferred");
  BOOST_TEST(record("SCL_2").room.str() == "SCL_1");
  BOOST_TEST(record("SCL_1").participants == "caller agent SCL_2");
  BOOST_TEST(bridges[1].heard.back() == "close");
  BOOST_REQUIRE(ask<end_call_done>(subject, end_call{call_id{"SCL_1"}, end_reason::api_hangup}));
  pass(milliseconds{100});
  BOOST_TEST(first.told.back() == "ended api_hangup");
  BOOST_TEST(second.told.back() == "ended api_hangup");
  BOOST_TEST(record("SCL_1").end_reason == "api_hangup");
  BOOST_TEST(counted["unpod_calls_ended_totalreason=\"transferred\""] == 1);
  BOOST_TEST(ask<pipe_status>(subject, caf::get_atom_v)->calls_live == 0u);
}

BOOST_AUTO_TEST_CASE(a_room_is_merged_with_all_who_are_in_it) {
  open("SCL_1");
  open("SCL_2");
  open("SCL_3");
  BOOST_TEST(merge("SCL_2", "SCL_3").error == "");
  const auto outcome = merge("SCL_1", "SCL_2");
  BOOST_TEST(outcome.moved == (lines{"SCL_2", "SCL_3"}), boost::test_tools::per_element());
  BOOST_TEST(count_of(callers[2].told, "moved SCL_1") == 1u);
  BOOST_TEST(record("SCL_1").participants == "caller agent SCL_2 SCL_3");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_merged_goes_on_as_it_is) {
  auto& first = open("SCL_1");
  open("SCL_2");
  BOOST_TEST(merge("SCL_1", "SCL_9").error == "call 'SCL_9' is not live");
  BOOST_TEST(merge("SCL_1", "SCL_1").error == "a session cannot be merged into itself");
  open("SCL_4", "PRJ_2");
  BOOST_TEST(merge("SCL_1", "SCL_4").error == "there is no session 'SCL_4'");
  BOOST_TEST(record("SCL_4").end_reason == "");
  BOOST_TEST(count_of(first.told, "ended") == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_room_takes_nobody_and_they_keep_their_call) {
  end(subject, caf::exit_reason::kill);
  bounds.call.room_callers_max = 2;
  subject = sys.spawn(speech_pipes, kit());
  house->put(subject);
  run();
  open("SCL_1");
  open("SCL_2");
  auto& third = open("SCL_3");
  BOOST_TEST(merge("SCL_1", "SCL_2").error == "");
  BOOST_TEST(merge("SCL_1", "SCL_3").error.find("no place") != std::string::npos);
  BOOST_TEST(count_of(third.told, "ended") == 0u);
  BOOST_TEST(record("SCL_3").end_reason == "");
}

BOOST_AUTO_TEST_CASE(a_merge_into_itself_through_the_verb_is_harmless) {
  open("SCL_1");
  caf::send_as(bridges[0].bridge, bridges[0].call,
               runner_verb{"agent.merge", {}, "SCL_1", {}, {}, {}});
  run();
  BOOST_TEST(store_data.noted("merge_refused").size() == 1u);
  BOOST_TEST(record("SCL_1").end_reason == "");
}

BOOST_AUTO_TEST_SUITE_END()
