// One CALL, and ways for those it lives with to die.
#pragma once

#include "tests/actors/call_fixture.hpp"

namespace fixtures {

struct ending_fixture : call_fixture {
  /// Ends an actor in each of the ways it may die.
  template <class Handle>
  void crash(const Handle& victim) {
    end(victim, caf::sec::runtime_error);
  }
  template <class Handle>
  void kill(const Handle& victim) {
    end(victim, caf::exit_reason::kill);
  }
  const stt_listener& transcriber() {
    return stt.back().transcriber;
  }
  const tts_listener& synthesizer() {
    return tts.back().synthesizer;
  }
  /// Time passes and everything that is queued is played, as in a live call.
  void live_on(milliseconds span) {
    for (auto gone = milliseconds{0}; gone < span && !is_gone(); gone += milliseconds{100}) {
      pass(milliseconds{100});
      port->play_all(now());
      run();
    }
  }
  std::string last_said() {
    for (auto line = tts.rbegin(); line != tts.rend(); ++line)
      for (auto text = line->said.rbegin(); text != line->said.rend(); ++text)
        if (text->rfind("cancel", 0) != 0)
          return *text;
    return {};
  }
  bool canned_was_played() {
    return std::any_of(port->given_to.begin(), port->given_to.end(),
                       [](const auto& one) { return one.second == 16'000; });
  }
};

} // namespace fixtures
