// The control socket: its frames, its session, its face and the door.
#define BOOST_TEST_MODULE runner_control
#include <boost/test/unit_test.hpp>

#include "adapters/runner/runner_door.hpp"
#include "tests/adapters/runner/fake_channel.hpp"
#include "tests/fixtures/deterministic_system.hpp"

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::fake_channel;

namespace {

constexpr auto dial_out_register =
  R"({"type":"register","worker_id":"my-agent#d4d4d4fd","pool":"my-agent","capabilities":{
  "voice_profiles":[],"max_concurrent":50,"agent_id":"my-agent","transport":"dial_out",
  "kind":"brain","hostname":"vm","address":"10.0.0.5","region":null,"deployment":"local"}})";

constexpr auto serve_register =
  R"({"type":"register","worker_id":"a#1","capabilities":{"max_concurrent":2,
  "agent_id":"a","serving_url":"ws://10.0.0.5:8765/x"}})";

std::string without_url() {
  return R"({"type":"register","worker_id":"a#1","capabilities":{"agent_id":"a"}})";
}

template <class T>
T read_as(std::string_view text) {
  auto frame = read_control_frame(text, 1'000, 32);
  BOOST_TEST_REQUIRE(std::holds_alternative<T>(frame), "another kind of frame: " << text);
  return std::get<T>(std::move(frame));
}

template <class T>
const T* find_output(const control_session::outputs& outputs) {
  for (const auto& output : outputs)
    if (const auto* found = std::get_if<T>(&output))
      return found;
  return nullptr;
}

std::uint16_t closed_with(const control_session::outputs& outputs) {
  const auto* close = find_output<close_socket>(outputs);
  return close ? close->code : 0;
}

control_session new_session(control_limits limits = {}) {
  return {limits, "PRJ_1", "ws://node:8080", 0s};
}

} // namespace

// -- frames -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_register_frame_of_the_sdk_is_a_card) {
  const auto card = read_as<runner_card>(dial_out_register);
  BOOST_TEST(card.worker == worker_id{"my-agent#d4d4d4fd"});
  BOOST_TEST(card.pool == "my-agent");
  BOOST_TEST(card.agent == agent_id{"my-agent"});
  BOOST_TEST(card.seats == 50u);
  BOOST_TEST(card.dial_out);
  BOOST_TEST(card.hostname == "vm");
  BOOST_TEST(card.region.empty());
}

BOOST_AUTO_TEST_CASE(a_runner_that_serves_needs_a_url) {
  const auto card = read_as<runner_card>(serve_register);
  BOOST_TEST(!card.dial_out);
  BOOST_TEST(card.serving_url == "ws://10.0.0.5:8765/x");
  BOOST_TEST(card.pool == "a");
  BOOST_TEST(read_as<bad_frame>(without_url()).why.find("serving_url") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_runner_that_lies_about_its_seats_is_cut_to_size) {
  const auto claim = [](const std::string& seats) {
    return R"({"type":"register","worker_id":"a#1","capabilities":{"agent_id":"a","transport":)"
           R"("dial_out","max_concurrent":)"
           + seats + "}}";
  };
  BOOST_TEST(read_as<runner_card>(claim("4000000000")).seats == 1'000u);
  BOOST_TEST(read_as<runner_card>(claim("3.0")).seats == 3u);
  BOOST_TEST(read_as<runner_card>(claim("null")).seats == 1u);
  for (const auto* bad : {"-1", "2.5", "\"9\"", "[]", "1e30"})
    BOOST_TEST(read_as<bad_frame>(claim(bad)).why.find("max_concurrent") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(beats_and_acks_tolerate_nulls) {
  BOOST_TEST(
    read_as<runner_beat>(R"({"type":"heartbeat","active_jobs":3,"worker_id":null})").active_jobs
    == 3u);
  const auto ack = read_as<job_ack>(
    R"({"type":"job.ack","job_id":"JOB_1","assign_id":"x","accepted":false,"reason":"at_capacity"})");
  BOOST_TEST(!ack.accepted);
  BOOST_TEST(ack.reason == "at_capacity");
  BOOST_TEST(
    read_as<job_ack>(R"({"type":"job.ack","job_id":"J","accepted":true,"reason":null})").accepted);
}

BOOST_AUTO_TEST_CASE(what_is_not_a_frame_is_said_in_words) {
  const std::vector<std::string> table{
    "",
    "{",
    "[]",
    "{}",
    "7",
    "\xff\xfe",
    std::string(40, '['),
    R"({"type":7})",
    R"({"type":"register"})",
    R"({"type":"register","worker_id":"","capabilities":{"agent_id":"a"}})",
    R"({"type":"register","worker_id":"a#1","capabilities":[]})",
    R"({"type":"register","worker_id":"a#1","capabilities":{}})",
    R"({"type":"register","worker_id":")" + std::string(300, 'x') + R"("})",
    R"({"type":"heartbeat","active_jobs":-1})",
    R"({"type":"job.ack","job_id":"J"})",
    R"({"type":"job.ack","accepted":true})"};
  for (const auto& bad : table)
    BOOST_TEST(!read_as<bad_frame>(bad).why.empty());
  BOOST_TEST(read_as<ignored_frame>(R"({"type":"job.completed","job_id":1})").type
             == "job.completed");
}

BOOST_AUTO_TEST_CASE(our_frames_are_what_the_sdk_reads) {
  BOOST_TEST(registered_frame(10s, true)
             == R"({"type":"registered","heartbeat_interval_s":10,"transport_ack":"dial_out"})");
  BOOST_TEST(registered_frame(10s, false)
             == R"({"type":"registered","heartbeat_interval_s":10,"transport_ack":null})");
  BOOST_TEST(
    job_assign_frame({job_id{"J"}, "as", call_id{"S"}, agent_id{"a"}, "ws://n/call/S", "t\"k"},
                     2'000ms)
    == R"({"type":"job.assign","job_id":"J","assign_id":"as","call_id":"S","agent_id":"a",)"
       R"("bridge_url":"ws://n/call/S","call_token":"t\"k","deadline_ms":2000,"metadata":{}})");
  BOOST_TEST(job_cancel_frame({job_id{"J"}}) == R"({"type":"job.cancel","job_id":"J"})");
}

// -- the session --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_runner_registers_and_is_told_so) {
  auto session = new_session();
  const auto asked = session.on_frame(dial_out_register, 1s);
  const auto* enlist = find_output<enlist_runner>(asked);
  BOOST_TEST_REQUIRE(enlist);
  BOOST_TEST(enlist->card.project == "PRJ_1");
  BOOST_TEST(enlist->card.public_url == "ws://node:8080");
  BOOST_TEST(session.on_frame(R"({"type":"heartbeat","active_jobs":0})", 1s).empty());
  BOOST_TEST(find_output<send_frame>(session.enlisted()) != nullptr);
  BOOST_TEST(find_output<runner_beat>(session.on_frame(R"({"type":"heartbeat"})", 2s)));
}

BOOST_AUTO_TEST_CASE(a_runner_may_register_again_on_its_socket) {
  auto session = new_session();
  session.on_frame(dial_out_register, 1s);
  session.enlisted();
  BOOST_TEST(find_output<enlist_runner>(session.on_frame(dial_out_register, 2s)));
  BOOST_TEST(session.on_frame(dial_out_register, 2s).empty()); // one question at a time
  BOOST_TEST(find_output<send_frame>(session.enlisted()));
}

BOOST_AUTO_TEST_CASE(the_first_frame_must_be_register) {
  for (const auto* first : {R"({"type":"heartbeat"})", R"({"type":"what"})", "nonsense",
                            R"({"type":"job.ack","job_id":"J","accepted":true})"}) {
    auto session = new_session();
    BOOST_TEST(closed_with(session.on_frame(first, 1s)) == close_code::policy);
    BOOST_TEST(session.on_frame(dial_out_register, 1s).empty()); // closed is closed
  }
}

BOOST_AUTO_TEST_CASE(a_runner_that_says_nothing_may_try_again_later) {
  auto session = new_session();
  BOOST_TEST((session.deadline() == mono_time{10s}));
  BOOST_TEST(session.on_tick(9s).empty());
  BOOST_TEST(closed_with(session.on_tick(10s)) == close_code::try_again);
  BOOST_TEST(!session.deadline());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_by_a_code_the_sdk_acts_on) {
  const auto code = [](refusal why) {
    auto session = new_session();
    session.on_frame(dial_out_register, 1s);
    return closed_with(session.refused(why, "words"));
  };
  BOOST_TEST(code(refusal::at_limit) == close_code::try_again);
  BOOST_TEST(code(refusal::draining) == close_code::going_away);
  BOOST_TEST(code(refusal::invalid) == close_code::policy);
}

BOOST_AUTO_TEST_CASE(a_runner_that_serves_is_sent_nothing_after_registered) {
  auto session = new_session();
  session.on_frame(serve_register, 1s);
  session.enlisted();
  BOOST_TEST(session.assign({}).empty());
  BOOST_TEST(session.cancel({}).empty());
}

BOOST_AUTO_TEST_CASE(a_flood_of_frames_ends_the_socket) {
  control_limits limits;
  limits.burst_frames_max = 3;
  limits.frames_per_second_max = 1;
  auto session = new_session(limits);
  session.on_frame(dial_out_register, 1s);
  session.enlisted();
  constexpr auto beat = R"({"type":"heartbeat"})";
  BOOST_TEST(find_output<runner_beat>(session.on_frame(beat, 1s)));
  BOOST_TEST(find_output<runner_beat>(session.on_frame(beat, 1s)));
  BOOST_TEST(find_output<runner_beat>(session.on_frame(beat, 2s))); // a second gave one more
  BOOST_TEST(closed_with(session.on_frame(beat, 2s)) == close_code::policy);
}

BOOST_AUTO_TEST_CASE(a_lost_runner_actor_is_asked_for_again_but_not_for_ever) {
  auto session = new_session();
  session.on_frame(dial_out_register, 1s);
  session.enlisted();
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(find_output<enlist_runner>(session.lost_ear(1s)));
    session.enlisted();
  }
  BOOST_TEST(closed_with(session.lost_ear(1s)) == close_code::try_again);
}

// -- the actors ---------------------------------------------------------------

namespace {

/// Stands in for the ORCHESTRATOR and for the RUNNERs.
struct fake_registry {
  caf::actor_system& sys;
  std::vector<register_runner> asked;
  std::vector<runner_beat> beats;
  std::vector<job_ack> acks;
  refusal refuse = refusal::none;
  std::vector<runner_ear_actor> ears;

  runner_ear_actor spawn_ear() {
    ears.push_back(sys.spawn([this]() -> runner_ear_actor::behavior_type {
      return {[this](const job_ack& ack) { acks.push_back(ack); },
              [this](const runner_beat& beat) { beats.push_back(beat); }};
    }));
    return ears.back();
  }

  void end_ears() {
    for (const auto& ear : ears)
      caf::anon_send_exit(ear, caf::exit_reason::user_shutdown);
    ears.clear();
  }

  runner_registry_actor spawn() {
    return sys.spawn([this]() -> runner_registry_actor::behavior_type {
      return {[this](const register_runner& request) -> caf::result<registered_runner> {
        asked.push_back(request);
        if (refuse != refusal::none)
          return make_error(refuse, "no room");
        return registered_runner{spawn_ear()};
      }};
    });
  }
};

struct control_house : fixtures::deterministic_system {
  fake_registry registry{sys, {}, {}, {}, refusal::none, {}};
  runner_registry_actor orchestrator = registry.spawn();
  runner_door_actor door;

  explicit control_house(control_limits limits = {}, feed_limits feed = {})
    : door(sys.spawn(runner_door, orchestrator, limits, feed)) {
    run();
  }

  /// Whatever a case did: afterwards no actor of it is left.
  ~control_house() {
    end(door, caf::exit_reason::user_shutdown);
    end(orchestrator, caf::exit_reason::user_shutdown);
    registry.end_ears();
    run();
    registry.asked.clear();
    BOOST_CHECK(living().empty());
  }

  std::shared_ptr<fake_channel> connect() {
    auto channel = std::make_shared<fake_channel>();
    tell(door, runner_socket{channel, "PRJ_1", "ws://node:8080"});
    return channel;
  }

  std::shared_ptr<fake_channel> registered() {
    auto channel = connect();
    channel->say(dial_out_register);
    run();
    return channel;
  }

  std::size_t faces() const {
    const auto all = living();
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [](const auto& actor) { return actor.kind == "runner_face"; }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(registered_is_the_first_frame_a_runner_gets, control_house) {
  const auto channel = connect();
  BOOST_TEST(channel->sent.empty());
  channel->say_binary(dial_out_register); // JSON in a binary frame counts too
  run();
  BOOST_TEST_REQUIRE(channel->sent.size() == 1u);
  BOOST_TEST(channel->sent[0] == registered_frame(10s, true));
  BOOST_TEST(registry.asked.at(0).card.worker == worker_id{"my-agent#d4d4d4fd"});
}

BOOST_FIXTURE_TEST_CASE(jobs_go_out_and_acks_and_beats_come_in, control_house) {
  const auto channel = registered();
  const auto face = registry.asked.at(0).face;
  tell(face, job_assign{job_id{"J"}, "x", call_id{"S"}, agent_id{"my-agent"}, "ws://u", "t"});
  tell(face, job_cancel{job_id{"J"}});
  BOOST_TEST(channel->told("type")
               == (std::vector<std::string>{"registered", "job.assign", "job.cancel"}),
             boost::test_tools::per_element());
  channel->say(R"({"type":"job.ack","job_id":"J","assign_id":"x","accepted":true})");
  channel->say(R"({"type":"heartbeat","active_jobs":1})");
  run();
  BOOST_TEST(registry.acks.at(0).assign == "x");
  BOOST_TEST(registry.beats.at(0).active_jobs == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_closed_socket_ends_its_face_and_who_watches_hears_it, control_house) {
  const auto channel = registered();
  bool down = false;
  const auto watcher = sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
    self->set_down_handler([&](const caf::down_msg&) { down = true; });
    self->monitor(registry.asked.at(0).face);
    return {[](int) {}};
  });
  run();
  BOOST_TEST(faces() == 1u);
  channel->end(1006, "reset");
  run();
  BOOST_TEST(down);
  BOOST_TEST(faces() == 0u);
  end(watcher, caf::exit_reason::user_shutdown);
}

BOOST_FIXTURE_TEST_CASE(a_runner_without_room_is_told_to_come_again, control_house) {
  registry.refuse = refusal::at_limit;
  const auto channel = registered();
  BOOST_TEST(channel->code() == close_code::try_again);
  BOOST_TEST(channel->closed->second == "no room");
  BOOST_TEST(faces() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_silent_socket_is_closed_at_its_deadline, control_house) {
  const auto channel = connect();
  advance(9s);
  BOOST_TEST(channel->code() == 0);
  advance(2s);
  BOOST_TEST(channel->code() == close_code::try_again);
  BOOST_TEST(faces() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_replaced_runner_is_closed_as_it_is_told, control_house) {
  const auto channel = registered();
  tell(registry.asked.at(0).face, close_runner{1000, "another connection took this worker_id"});
  BOOST_TEST(channel->code() == 1000);
  BOOST_TEST(faces() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_crashed_runner_actor_is_registered_again, control_house) {
  const auto channel = registered();
  end(registry.ears.at(0), caf::exit_reason::kill);
  BOOST_TEST(registry.asked.size() == 2u);
  BOOST_TEST(channel->code() == 0);
  channel->say(R"({"type":"heartbeat","active_jobs":4})");
  run();
  BOOST_TEST(registry.beats.at(0).active_jobs == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_new_orchestrator_hears_of_every_live_runner, control_house) {
  registered();
  fake_registry second{sys, {}, {}, {}, refusal::none, {}};
  const auto handle = second.spawn();
  tell(door, use_registry{handle});
  BOOST_TEST(second.asked.size() == 1u);
  second.asked.clear();
  second.end_ears();
  end(handle, caf::exit_reason::user_shutdown);
}

BOOST_FIXTURE_TEST_CASE(a_killed_face_leaves_no_open_socket_and_the_door_lives, control_house) {
  const auto channel = registered();
  end(registry.asked.at(0).face, caf::exit_reason::kill);
  BOOST_TEST(channel->code() == close_code::going_away);
  BOOST_TEST(faces() == 0u);
  BOOST_TEST(registered()->sent.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_killed_door_takes_its_faces_along, control_house) {
  const auto first = registered();
  const auto second = connect();
  BOOST_TEST(faces() == 2u);
  end(door, caf::exit_reason::user_shutdown);
  BOOST_TEST(faces() == 0u);
  BOOST_TEST(first->code() == close_code::going_away);
  BOOST_TEST(second->code() == close_code::going_away);
}

BOOST_AUTO_TEST_CASE(a_full_door_turns_runners_away) {
  control_limits limits;
  limits.dispatch.runners_max = 1;
  control_house house{limits};
  house.connect();
  const auto second = house.connect();
  BOOST_TEST(second->started);
  BOOST_TEST(second->code() == close_code::try_again);
  BOOST_TEST(house.faces() == 1u);
}

BOOST_AUTO_TEST_CASE(frames_that_nobody_had_time_to_read_are_bounded) {
  control_house house{{}, feed_limits{4, 10'000}};
  const auto channel = house.connect();
  for (int i = 0; i < 4; ++i)
    channel->say(dial_out_register);
  BOOST_TEST(channel->code() == 0);
  channel->say(dial_out_register);
  BOOST_TEST(channel->code() == close_code::policy);
}

BOOST_FIXTURE_TEST_CASE(runners_of_a_revoked_key_are_closed_for_good, control_house) {
  std::vector<std::shared_ptr<fake_channel>> channels;
  for (const auto* key : {"good", "revoked", "revoked"}) {
    channels.push_back(std::make_shared<fake_channel>());
    tell(door, runner_socket{channels.back(), "PRJ_1", "ws://node:8080", key});
  }
  int asked = 0;
  tell(door, recheck_runners{[&asked](const std::string& key) {
         ++asked;
         return key == "good";
       }});
  BOOST_TEST(asked == 2); // once for each key
  BOOST_TEST(channels[0]->code() == 0);
  BOOST_TEST(channels[1]->code() == close_code::bad_credentials);
  BOOST_TEST(channels[2]->code() == close_code::bad_credentials);
  BOOST_TEST(faces() == 1u);
  // One whose key was looked at before it was revoked, and who arrives after.
  auto late = std::make_shared<fake_channel>();
  tell(door, runner_socket{late, "PRJ_1", "ws://node:8080", "revoked"});
  BOOST_TEST(late->code() == close_code::bad_credentials);
  BOOST_TEST(faces() == 1u);
}
