// BRIDGE LEG on the deterministic clock: pairing, redial, hang-up, and what is
// left when it dies.
#define BOOST_TEST_MODULE runner_leg
#include <boost/test/unit_test.hpp>

#include "adapters/runner/bridge_leg.hpp"
#include "tests/adapters/runner/fake_channel.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <caf/default_attachable.hpp>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::fake_channel;
using names = std::vector<std::string>;

namespace {

constexpr auto hello = R"({"event":"hello","protocol_version":2})";

/// What a CALL would hear, as words.
struct heard_events {
  names all;
  std::uint64_t handshakes = 0;
  runner_gone gone;

  bridge_listener spawn(caf::actor_system& sys) {
    return sys.spawn([this]() -> bridge_listener::behavior_type {
      return {[this](const runner_told&) { all.push_back("told"); },
              [this](const runner_joined& event) {
                all.push_back("joined");
                handshakes = event.handshakes;
              },
              [this](const runner_delta& event) { all.push_back("delta " + event.text); },
              [this](const runner_text_end&) { all.push_back("end"); },
              [this](const runner_say& event) { all.push_back("say " + event.text); },
              [this](const runner_filler& event) { all.push_back("filler " + event.text); },
              [this](const runner_recording& event) {
                all.push_back(event.on ? "record" : "pause " + event.reason);
              },
              [this](const runner_end_call& event) { all.push_back("end_call " + event.reason); },
              [this](const runner_verb& event) { all.push_back(event.verb); },
              [this](const runner_failed& event) { all.push_back("failed " + event.why); },
              [this](const runner_gone& event) {
                all.push_back("gone");
                gone = event;
              },
              [this](const runner_usage& event) { all.push_back("usage " + event.model); }};
    });
  }
};

/// The parent of a leg: monitors and links it one way, as a CALL does.
struct parent_state {
  bridge_actor leg;
  bool down = false;
  caf::error why;
};

caf::behavior fake_call(caf::stateful_actor<parent_state>* self, const bridge_spawner& spawner,
                        bridge_listener listener, bridge_opening opening) {
  self->set_down_handler([self](const caf::down_msg& down) {
    self->state.down = true;
    self->state.why = down.reason;
  });
  self->state.leg = spawner(self, std::move(listener), std::move(opening));
  self->monitor(self->state.leg);
  self->attach(caf::default_attachable::make_link(self->address(), self->state.leg.address()));
  return {[](int) {}};
}

struct leg_house : fixtures::deterministic_system {
  std::shared_ptr<bridge_pairings> pairings = std::make_shared<bridge_pairings>();
  std::vector<dial_options> dials;
  std::vector<dial_callback> dialled;
  heard_events heard;
  bridge_listener listener = heard.spawn(sys);
  caf::actor call;
  bridge_opening opening;

  leg_house() {
    opening.call = call_id{"SCL_1"};
    opening.job = job_id{"JOB_1"};
    opening.room = "RM_1";
    opening.call_token = "tok+en";
  }

  /// Whatever a case did: afterwards no actor of it is left, and no pairing.
  ~leg_house() {
    end(call, caf::exit_reason::user_shutdown);
    end(listener, caf::exit_reason::user_shutdown);
    call = nullptr;
    run();
    BOOST_CHECK(living().empty());
    BOOST_CHECK_EQUAL(pairings->size(), 0u);
  }

  void spawn() {
    bridge_wiring wiring;
    wiring.pairings = pairings;
    wiring.dial = [this](dial_options options, dial_callback done) {
      dials.push_back(std::move(options));
      dialled.push_back(std::move(done));
    };
    call = sys.spawn(fake_call, make_bridge_spawner(wiring), listener, opening);
    run();
  }

  parent_state& state() {
    auto* parent = caf::actor_cast<caf::abstract_actor*>(call);
    return dynamic_cast<caf::stateful_actor<parent_state>*>(parent)->state;
  }

  template <class Command>
  void say(const Command& command) {
    tell(state().leg, command);
  }

  /// A runner dials with this token; null when nobody waits for it.
  std::shared_ptr<fake_channel> dial(const std::string& token = "tok+en") {
    const auto leg = pairings->find(opening.call, token);
    if (!leg)
      return nullptr;
    auto channel = std::make_shared<fake_channel>();
    tell(leg, bridge_socket{std::make_shared<offered_channel>(channel)});
    return channel;
  }

  void hear(const std::shared_ptr<fake_channel>& channel, std::string_view frame) {
    channel->say(frame);
    run();
  }

  std::shared_ptr<fake_channel> joined() {
    spawn();
    auto channel = dial();
    hear(channel, hello);
    return channel;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_leg_is_paired_as_soon_as_it_is_spawned, leg_house) {
  bridge_wiring wiring;
  wiring.pairings = pairings;
  run();
  call = sys.spawn(fake_call, make_bridge_spawner(wiring), listener, opening);
  sched.run_once(); // only the parent ran: its leg has not begun
  BOOST_TEST(pairings->size() == 1u);
  run();
}

BOOST_FIXTURE_TEST_CASE(only_its_token_opens_a_call, leg_house) {
  spawn();
  const auto opens = [&](const call_id& id, const std::string& token) {
    return static_cast<bool>(pairings->find(id, token));
  };
  BOOST_TEST(!opens(opening.call, "tok en"));
  BOOST_TEST(!opens(opening.call, ""));
  BOOST_TEST(!opens(call_id{"SCL_2"}, "tok+en"));
  BOOST_TEST(opens(opening.call, "tok+en"));
}

BOOST_FIXTURE_TEST_CASE(a_conversation_crosses_the_leg_both_ways, leg_house) {
  const auto channel = joined();
  say(bridge_user_text{"hi", 1, ""});
  say(bridge_state{"thinking", 1});
  hear(channel, R"({"event":"agent.text.delta","text":"Hello"})");
  hear(channel, R"({"event":"agent.text.end"})");
  hear(channel, R"({"event":"agent.say","text":"__recording_pause:card"})");
  hear(channel, R"({"event":"agent.end_call","reason":"done"})");
  BOOST_TEST(channel->told("event") == (names{"hello.ack", "call.started", "user.text", "state"}),
             boost::test_tools::per_element());
  BOOST_TEST(heard.all
               == (names{"joined", "told", "delta Hello", "end", "pause card", "end_call done"}),
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_second_socket_is_refused_while_the_first_lives, leg_house) {
  const auto first = joined();
  const auto second = dial();
  BOOST_TEST(second->started); // or its close would never go out
  BOOST_TEST(second->code() == close_code::already_bridged);
  BOOST_TEST(first->code() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_redial_after_the_first_closed_shakes_hands_again, leg_house) {
  const auto first = joined();
  first->end(1011, "entrypoint raised");
  run();
  BOOST_TEST(heard.gone.code == 1011);
  const auto second = dial();
  hear(second, hello);
  BOOST_TEST(heard.handshakes == 2u);
  first->say(R"({"event":"agent.text.delta","text":"ghost"})"); // too late
  run();
  BOOST_TEST(heard.all.back() == "joined");
}

BOOST_FIXTURE_TEST_CASE(a_hang_up_in_mid_turn_waits_for_the_end_then_quits, leg_house) {
  const auto channel = joined();
  say(bridge_user_text{"hi", 1, ""});
  hear(channel, R"({"event":"agent.text.delta","text":"Hel"})");
  say(bridge_close{});
  BOOST_TEST(channel->told("event").back() == "user.interrupted");
  BOOST_TEST(!state().down);
  hear(channel, R"({"event":"agent.text.end"})");
  BOOST_TEST(channel->code() == close_code::normal);
  BOOST_TEST(state().down);
  BOOST_TEST(!state().why);
  BOOST_TEST(!dial()); // a finished call is never opened again
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_does_not_end_its_turn_is_not_waited_for_long, leg_house) {
  const auto channel = joined();
  say(bridge_user_text{"hi", 1, ""});
  say(bridge_close{});
  advance(499ms);
  BOOST_TEST(channel->code() == 0);
  advance(1ms);
  BOOST_TEST(channel->code() == close_code::normal);
  BOOST_TEST(state().down);
}

BOOST_FIXTURE_TEST_CASE(a_leg_nobody_dialled_just_ends, leg_house) {
  spawn();
  say(bridge_close{});
  BOOST_TEST(state().down);
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_says_no_hello_is_closed, leg_house) {
  spawn();
  const auto channel = dial();
  advance(10s);
  BOOST_TEST(channel->code() == close_code::policy);
  BOOST_TEST(heard.all.empty());
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_stops_reading_is_gone_after_a_minute, leg_house) {
  const auto channel = joined();
  channel->stalled = true;
  say(bridge_user_text{"hi", 1, ""});
  for (int s = 0; s < 58; ++s)
    advance(1s);
  BOOST_TEST(channel->code() == 0);
  for (int s = 0; s < 3; ++s)
    advance(1s);
  BOOST_TEST(channel->code() == close_code::policy);
  BOOST_TEST(heard.all.back() == "gone");
  channel->end(1006);
  run();
  BOOST_TEST(std::count(heard.all.begin(), heard.all.end(), "gone") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_killed_leg_leaves_no_socket_and_no_pairing, leg_house) {
  const auto channel = joined();
  end(state().leg, caf::exit_reason::kill);
  BOOST_TEST(state().down);
  BOOST_TEST(channel->code() == close_code::going_away);
  BOOST_TEST(pairings->size() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_killed_call_takes_its_leg_along, leg_house) {
  const auto channel = joined();
  end(call, caf::exit_reason::kill);
  BOOST_TEST(living().empty());
  BOOST_TEST(channel->code() == close_code::going_away);
}

BOOST_FIXTURE_TEST_CASE(a_socket_for_a_leg_that_just_died_is_turned_away, leg_house) {
  spawn();
  const auto leg = pairings->find(opening.call, "tok+en");
  end(state().leg, caf::exit_reason::kill);
  const auto channel = std::make_shared<fake_channel>();
  tell(leg, bridge_socket{std::make_shared<offered_channel>(channel)});
  BOOST_TEST(channel->code() == close_code::not_paired);
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_serves_is_dialled_and_signed, leg_house) {
  opening.serving_url = "ws://10.0.0.5:8765/x";
  opening.agent_secret = "s";
  spawn();
  BOOST_TEST(pairings->size() == 0u);
  BOOST_TEST_REQUIRE(dials.size() == 1u);
  BOOST_TEST(dials[0].url.rfind("ws://10.0.0.5:8765/x?session_id=SCL_1&job_id=JOB_1&nonce=", 0)
             == 0u);
  BOOST_TEST(dials[0].url.find("&signature=") != std::string::npos);
  const auto channel = std::make_shared<fake_channel>();
  dialled[0](channel, "");
  run();
  hear(channel, hello);
  BOOST_TEST(heard.all == names{"joined"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_runner_that_cannot_be_dialled_is_gone, leg_house) {
  opening.serving_url = "ws://10.0.0.5:8765/x";
  spawn();
  dialled.at(0)(nullptr, "cannot connect");
  run();
  BOOST_TEST(heard.all == names{"gone"}, boost::test_tools::per_element());
  BOOST_TEST(heard.gone.reason.find("cannot connect") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_dial_that_comes_through_too_late_is_hung_up, leg_house) {
  opening.serving_url = "ws://10.0.0.5:8765/x";
  spawn();
  end(state().leg, caf::exit_reason::kill);
  const auto channel = std::make_shared<fake_channel>();
  dialled.at(0)(channel, "");
  run();
  BOOST_TEST(channel->code() == close_code::not_paired);
}

BOOST_AUTO_TEST_CASE(a_full_table_of_pairings_ends_the_leg) {
  leg_house house;
  house.pairings = std::make_shared<bridge_pairings>(0);
  house.spawn();
  BOOST_TEST(house.state().down);
}
