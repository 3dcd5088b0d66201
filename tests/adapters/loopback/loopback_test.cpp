// The loopback trunk: how a callee behaves by its number, and every way from dial to end, on
// the deterministic clock with a fake engine; the callee's ear and mouth beside it.
#define BOOST_TEST_MODULE loopback
#include <boost/test/unit_test.hpp>

#include "adapters/loopback/loopback_trunk.hpp"
#include "tests/fixtures/deterministic_system.hpp"

#include <caf/send.hpp>

#include <numeric>

using namespace unpod;
using namespace fixtures;

namespace {

/// A port that counts what the callee says.
struct counting_media : call_media {
  std::shared_ptr<media_sink> sink;
  std::size_t frames = 0, loud = 0;
  bool closed = false;

  std::uint32_t rate_hz() const override {
    return 16'000;
  }
  void listen(std::shared_ptr<media_listener>) override {}
  void bind(std::shared_ptr<audio_tap>, sample_index) override {}
  void unbind(const audio_tap&) override {}
  void unbind_any() override {}
  void covered_to(sample_index) override {}
  sample_index heard_so_far() const override {
    return 0;
  }
  mono_time voiced_for() const override {
    return mono_time{0};
  }
  bool play(generation, const std::int16_t*, std::size_t, std::uint32_t) override {
    return true;
  }
  std::uint64_t given(generation) const override {
    return 0;
  }
  void mark(generation, std::uint64_t) override {}
  void finish(generation) override {}
  playout_position flush(generation) override {
    return {};
  }
  playout_position position(generation) const override {
    return {};
  }
  void mute(bool) override {}
  void close() override {
    closed = true;
  }
  void start(std::shared_ptr<media_sink> to) override {
    sink = std::move(to);
  }
  bool caller_frame(std::string_view bytes) override {
    ++frames;
    loud += bytes.find_first_not_of('\0') != std::string_view::npos ? 1 : 0;
    return bytes.size() == 640;
  }
  std::uint64_t trim(generation, std::uint64_t to) override {
    return to;
  }
  void rendered(std::uint64_t) override {}
  mono_time last_frame_at() const override {
    return mono_time{0};
  }
};

struct counting_engine : media_engine {
  std::vector<std::shared_ptr<counting_media>> opened;

  std::shared_ptr<call_media> open(const audio_format&, const socket_home*) override {
    opened.push_back(std::make_shared<counting_media>());
    return opened.back();
  }
  std::shared_ptr<call_recording> record(const media_port_ptr&, const std::string&,
                                         std::string&) override {
    return nullptr;
  }
  bool join(const media_port_ptr&, const media_port_ptr&, bool, std::string&) override {
    return false;
  }
  media_figures figures() const override {
    return {};
  }
  void stop() override {}
};

struct loopback_fixture : deterministic_system {
  counting_engine engine;
  loopback_house house;
  std::vector<std::string> heard; // what the queue was told
  std::vector<open_call> opened;
  std::vector<std::string> hung_up; // what the CALL was told
  std::optional<refusal> refuses;
  bool voices = true;
  call_ear_actor call;
  pipes_actor pipes = spawn_pipes();
  call_queue_actor queue = spawn_queue();
  trunks_actor trunk;

  loopback_fixture() {
    house.house = std::make_shared<service_book>();
    house.house->put(pipes);
    house.house->put(queue);
    house.engine = &engine;
    house.pacer = std::make_shared<caller_pacer>(std::chrono::hours{1}); // ticks are the test's
    house.make_voice = [this](std::vector<std::string> phrases, auto done) {
      auto voice = std::make_shared<callee_voice>();
      for (const auto& phrase : phrases)
        voice->phrases.emplace_back(phrase.size() * 320, std::int16_t{1'000});
      done(voices ? voice : nullptr);
    };
    trunk = sys.spawn(loopback_trunk, house);
    run();
  }

  ~loopback_fixture() {
    house.house->clear();
    for (const auto& one : {caf::actor_cast<caf::actor>(trunk), caf::actor_cast<caf::actor>(pipes),
                            caf::actor_cast<caf::actor>(queue), caf::actor_cast<caf::actor>(call)})
      if (one)
        end(one, caf::exit_reason::kill);
  }

  pipes_actor spawn_pipes() {
    return sys.spawn([this]() -> pipes_actor::behavior_type {
      return {
        [this](const open_call& request) -> caf::result<opened_call> {
          if (refuses)
            return make_error(*refuses, "no room");
          opened.push_back(request);
          call = sys.spawn([this](call_ear_actor::pointer) -> call_ear_actor::behavior_type {
            return {[](const caller_dtmf&) {},
                    [this](const hang_up& x) { hung_up.push_back(to_string(x.reason)); }};
          });
          return opened_call{call};
        },
        [](const end_call&) { return end_call_done{}; },
        [](const end_all_calls&) {},
        [](caf::get_atom) { return pipe_status{}; },
        [](const join_call&) { return opened_call{}; },
        [](const transfer_call&) { return transferred_call{}; },
        [](const merge_calls&) { return merged_calls{}; },
        [](const release_callers&) { return released_callers{}; },
        [](const remove_participant&) { return removed_participant{}; },
        [](const say_words&) { return said_words{}; },
        [](const drain_calls&) {},
        [](const call_ended&) {},
      };
    });
  }

  call_queue_actor spawn_queue() {
    return sys.spawn([this]() -> call_queue_actor::behavior_type {
      return {
        [this](const dial_ringing& x) { heard.push_back(x.call.str() + " rings"); },
        [this](const dial_answered& x) { heard.push_back(x.call.str() + " answered"); },
        [this](const dial_ended& x) {
          heard.push_back(x.call.str() + " " + to_string(x.reason) + (x.had_call ? " call" : ""));
        },
        [](const call_queued&) {},
        [](const cancel_call&) { return cancelled_call{}; },
        [](const drain_calls&) {},
        [](caf::get_atom) { return queue_status{}; },
      };
    });
  }

  dial_call dial(const std::string& number, bool resumed = false,
                 const std::string& data = R"({"loopback":{"says":["hello"],"ring_ms":500}})") {
    dial_call made;
    made.call = call_id{"SCL_1"};
    made.pipe = pipe_id{"PIPE_1"};
    made.project = "P";
    made.trunk = loopback_trunk_id;
    made.from_number = "+1";
    made.to_number = number;
    made.instructions = "Be kind.";
    made.data_json = data;
    made.created = 7;
    made.resumed = resumed;
    return made;
  }

  void answer() {
    tell(trunk, dial("+14155550101"));
    advance(milliseconds{500});
  }

  template <class Message>
  void call_says(const Message& message) {
    caf::send_as(call, opened.back().leg, message);
    run();
  }

  std::string all() const {
    return std::accumulate(heard.begin(), heard.end(), std::string{}, [](auto sum, const auto& x) {
      return sum.empty() ? x : sum + ", " + x;
    });
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(the_number_and_the_calls_data_say_how_a_callee_behaves) {
  BOOST_TEST((callee_script_of("+14155550486", "{}").refuses == end_reason::busy));
  BOOST_TEST((callee_script_of("+14155550480", "{}").refuses == end_reason::no_answer));
  BOOST_TEST((callee_script_of("+14155550603", "{}").refuses == end_reason::rejected));
  BOOST_TEST((callee_script_of("+14155550503", "{}").refuses == end_reason::media_unavailable));
  BOOST_TEST(!callee_script_of("+14155550101", "{}").refuses.has_value());
  const auto told =
    callee_script_of("+1", R"({"loopback":{"says":["a table","thank you",7],"ring_ms":0}})");
  BOOST_TEST((told.says == std::vector<std::string>{"a table", "thank you"}));
  BOOST_TEST(told.ring.count() == 0);
  for (const auto* odd :
       {"", "[]", "{", R"({"loopback":7})", R"({"loopback":{"says":7,"ring_ms":-1}})",
        R"({"loopback":{"ring_ms":999999}})", R"({"loopback":{"ring_ms":"x"}})"}) {
    const auto script = callee_script_of("+1", odd);
    BOOST_TEST(script.ring.count() == 800, odd);
    BOOST_TEST(script.says.size() == 2u, odd);
  }
  const auto long_phrase = std::string(300, 'a');
  BOOST_TEST(
    callee_script_of("+1", R"({"loopback":{"says":[")" + long_phrase + R"("]}})").says.empty());
}

BOOST_FIXTURE_TEST_SUITE(loopback_tests, loopback_fixture)

BOOST_AUTO_TEST_CASE(a_callee_rings_answers_and_is_a_caller_to_its_call) {
  tell(trunk, dial("+14155550101"));
  BOOST_TEST(all() == "SCL_1 rings");
  advance(milliseconds{499});
  BOOST_TEST(opened.empty());
  advance(milliseconds{1});
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 answered");
  BOOST_REQUIRE(opened.size() == 1u);
  BOOST_TEST(opened[0].direction == "outbound");
  BOOST_TEST(opened[0].user_number == "+14155550101");
  BOOST_TEST(opened[0].own_number == "+1");
  BOOST_TEST(opened[0].instructions == "Be kind.");
  BOOST_TEST(opened[0].created == 7);
  call_says(caller_ended{end_reason::agent_end_call});
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 answered, SCL_1 agent_end_call call");
  BOOST_TEST(engine.opened[0]->closed);
}

BOOST_AUTO_TEST_CASE(a_callee_who_does_not_answer_ends_in_his_own_way) {
  for (const auto* number : {"+1486", "+1603", "+1503"})
    tell(trunk, dial(number));
  BOOST_TEST(all() == "SCL_1 busy, SCL_1 rejected, SCL_1 media_unavailable");
  heard.clear();
  tell(trunk, dial("+1480"));
  advance(seconds{29});
  BOOST_TEST(all() == "SCL_1 rings");
  advance(seconds{1});
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 no_answer");
  BOOST_TEST(opened.empty());
}

BOOST_AUTO_TEST_CASE(an_attempt_that_is_dialled_twice_is_dialled_once) {
  answer();
  tell(trunk, dial("+14155550101"), dial("+14155550101", true));
  BOOST_TEST(opened.size() == 1u);
  BOOST_TEST(all()
             == "SCL_1 rings, SCL_1 answered, SCL_1 rings, SCL_1 answered, SCL_1 rings, "
                "SCL_1 answered");
}

BOOST_AUTO_TEST_CASE(an_attempt_of_an_earlier_life_is_lost_and_nobody_is_dialled) {
  tell(trunk, dial("+14155550101", true));
  advance(seconds{5});
  BOOST_TEST(all() == "SCL_1 node_lost");
  BOOST_TEST(opened.empty());
}

BOOST_AUTO_TEST_CASE(a_ringing_callee_is_dropped_and_a_live_one_hung_up_by_its_call) {
  tell(trunk, dial("+14155550101"), drop_dial{call_id{"SCL_1"}});
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 cancelled");
  heard.clear();
  answer();
  tell(trunk, drop_dial{call_id{"SCL_1"}}, drop_dial{call_id{"SCL_9"}});
  BOOST_TEST((hung_up == std::vector<std::string>{"api_hangup"}));
  call_says(caller_ended{end_reason::api_hangup});
  BOOST_TEST(heard.back() == "SCL_1 api_hangup call");
}

BOOST_AUTO_TEST_CASE(a_callee_whose_call_is_refused_is_not_rung_again) {
  refuses = refusal::at_limit;
  answer();
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 internal_error");
  heard.clear();
  refuses = refusal::draining;
  answer();
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 cancelled");
}

BOOST_AUTO_TEST_CASE(without_a_voice_the_trunk_has_failed) {
  voices = false;
  tell(trunk, dial("+14155550101"));
  BOOST_TEST(all() == "SCL_1 rings, SCL_1 media_unavailable");
}

BOOST_AUTO_TEST_CASE(a_call_that_dies_ends_the_attempt) {
  answer();
  end(call, make_error(end_reason::max_duration));
  BOOST_TEST(heard.back() == "SCL_1 max_duration call");
  heard.clear();
  answer();
  end(call, caf::exit_reason::kill); // a crash: its PIPE may still speak
  BOOST_TEST(heard.back() == "SCL_1 answered");
  advance(seconds{10});
  BOOST_TEST(heard.back() == "SCL_1 internal_error call");
}

BOOST_AUTO_TEST_CASE(a_dead_leg_is_told_of_and_leaves_nothing_behind) {
  answer();
  end(opened[0].leg, caf::exit_reason::kill);
  BOOST_TEST(heard.back() == "SCL_1 internal_error call");
  BOOST_TEST(engine.opened[0]->closed);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_callee_listens_speaks_in_turn_and_hangs_up) {
  const auto media = std::make_shared<counting_media>();
  auto voice = std::make_shared<callee_voice>();
  voice->phrases.emplace_back(16'000, std::int16_t{1'000}); // a second
  int left = 0;
  const auto line = std::make_shared<callee_line>(voice, media, [&] { ++left; });
  caller_pacer idle{std::chrono::hours{1}};
  line->start(idle);
  BOOST_REQUIRE(media->sink);
  auto now = mono_now();
  const auto pass = [&](milliseconds span) {
    for (auto gone = milliseconds{0}; gone < span; gone += milliseconds{20})
      BOOST_REQUIRE(line->tick(now += milliseconds{20}));
  };
  const std::string sound(640, '\x11');
  line->hear(sound, now);
  line->told_state("speaking");
  pass(milliseconds{200});
  BOOST_TEST(media->loud == 0u); // the agent speaks
  line->told_state("listening");
  pass(milliseconds{1'000});
  BOOST_TEST(media->loud > 0u);
  pass(milliseconds{1'000});
  BOOST_TEST(media->loud == 50u);
  line->told_state("speaking");
  line->hear(sound, now);
  line->told_state("listening");
  BOOST_TEST(left == 0);
  pass(milliseconds{500});
  BOOST_TEST(left == 1);
  pass(milliseconds{500});
  BOOST_TEST(left == 1);
  line->stop();
  BOOST_TEST(!line->tick(now));
}
