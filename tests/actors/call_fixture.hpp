// One CALL in its faked house, and how a test talks to it: as the caller, as the
// runner, as the media thread.
#pragma once

#include "actors/call.hpp"
#include "tests/fixtures/call_house.hpp"

namespace fixtures {

using namespace unpod;

struct call_fixture : call_house {
  pipe_record pipe_row = pipe();
  voice_profile voices = profile();
  call_actor subject;
  bool is_down = false;
  std::string ended_with; // the CALL's exit reason

  ~call_fixture() {
    if (subject)
      end(subject, caf::exit_reason::kill);
  }

  void begin() {
    subject = sys.spawn(call, call_setup{kit(), request(), pipe_row, voices});
    self->monitor(subject);
    run();
  }

  /// Begins, and the runner shakes hands.
  void begin_joined() {
    begin();
    join();
  }

  // -- the runner -------------------------------------------------------------
  template <class Message>
  void runner_says(const Message& message) {
    caf::send_as(bridges.back().bridge, subject, message);
    run();
  }
  void join(std::uint64_t handshakes = 1) {
    runner_says(runner_joined{handshakes, now()});
  }
  void answer(const std::string& text) {
    pass(milliseconds{20});
    runner_says(runner_delta{text, now()});
    runner_says(runner_text_end{});
  }
  void close_bridge(bool clean) {
    runner_says(runner_gone{static_cast<std::uint16_t>(clean ? 1000 : 1006), clean, {}});
  }
  const lines& runner_heard() const {
    return bridges.back().heard;
  }

  // -- the caller -------------------------------------------------------------
  sample_index sample_now() {
    return static_cast<sample_index>(to_ms(now())) * 16;
  }
  void start_speaking() {
    port->voiced = [this, since = now()] { return now() - since; };
    port->listener->speech_started(sample_now(), now());
    run();
  }
  /// How long a caller must speak to cut in.
  milliseconds cut_in_wait() const {
    return bounds.turn.barge_in_min_speech;
  }
  void stop_speaking() {
    port->listener->speech_ended(sample_now(), now());
    run();
  }
  template <class Message>
  void recogniser_says(const Message& message) {
    caf::send_as(stt.back().stream, stt.back().transcriber, message);
    run();
  }
  void words(const std::string& text) {
    recogniser_says(stt_final{text, 0, sample_now(), {}, now()});
  }
  /// A whole turn, until it is decided.
  void say(const std::string& text) {
    pass(milliseconds{500});
    start_speaking();
    pass(milliseconds{200});
    stop_speaking();
    pass(milliseconds{100});
    words(text);
    pass(milliseconds{500});
    if (count_of(runner_heard(), "text ") > 0)
      runner_says(runner_told{count_of(caller, "turn "), now()});
  }

  // -- the media thread ---------------------------------------------------------
  /// What waits is played, and what comes of it, until nothing waits.
  void play() {
    for (int i = 0; i < 10 && (port->waits_to_play() || !port->finished.empty()); ++i) {
      pass(milliseconds{20});
      port->play_all(now());
      run();
    }
  }
  /// Plays this many bytes' worth of the newest utterance.
  void play_bytes(std::uint64_t bytes) {
    pass(milliseconds{20});
    port->play_to(port->given_to.rbegin()->first, bytes * samples_per_byte, now());
    run();
  }

  // -- how it is ----------------------------------------------------------------
  std::string phase() {
    const auto answer = ask<call_status>(subject, caf::get_atom_v);
    return answer ? answer->phase : "gone";
  }

  call_record record() {
    return *find<call_record>(*store_data.records, table::calls, "SCL_1");
  }

  bool is_gone() {
    while (!is_down && self->has_next_message())
      self->receive([this](const caf::down_msg& down) {
        is_down = true;
        ended_with = to_string(end_reason_of(down.reason));
      });
    return is_down;
  }

  /// The call is over, once and for all, for this reason; nothing of it is left.
  void expect_ended(const std::string& reason) {
    BOOST_TEST(is_gone());
    BOOST_TEST(ended_with == reason);
    BOOST_TEST(record().end_reason == reason);
    BOOST_TEST(record().status == (reason == "no_runner" ? "failed" : "completed"));
    BOOST_TEST(record().ended > 0);
    BOOST_TEST(store_data.noted("end").size() == 1u);
    BOOST_TEST(count_of(caller, "ended") == 1u);
    BOOST_TEST(caller.back() == "ended " + reason);
    BOOST_TEST(port->closed);
    BOOST_TEST(counted["unpod_calls_ended_totalreason=\"" + reason + "\""] == 1);
    expect_nobody_left();
  }

  void expect_nobody_left() {
    BOOST_TEST(living().empty());
    for (const auto& line : stt)
      BOOST_TEST(is_dead(line.stream));
    for (const auto& line : tts)
      BOOST_TEST(is_dead(line.stream));
    for (const auto& line : bridges)
      BOOST_TEST(is_dead(line.bridge));
  }

  template <class Handle>
  static bool is_dead(const Handle& who) {
    return caf::actor_cast<caf::abstract_actor*>(who)->getf(
      caf::abstract_actor::is_terminated_flag);
  }
};

} // namespace fixtures
