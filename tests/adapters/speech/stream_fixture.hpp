// A stream under test: an engine whose lanes run when the test says so, a port
// without a call, and a log of what the stream told its listener.
#pragma once

#include "adapters/speech/embedded_speech.hpp"
#include "tests/adapters/speech/fake_port.hpp"
#include "tests/fixtures/deterministic_system.hpp"

namespace unpod {

inline const std::string yes_or_no = "public <a> = yes please | no thank you | maybe tomorrow;";

/// What a stream told its listener, in words and in full.
struct told {
  std::string order;
  std::vector<stt_partial> partials;
  std::vector<stt_final> finals;
  std::vector<tts_piece_done> done;
  std::string why;
};

inline embedded_settings on_demand() {
  embedded_settings settings;
  settings.threads = 0; // lanes run in `settle`
  return settings;
}

struct stream_fixture : fixtures::deterministic_system {
  embedded_speech_ptr engine = std::make_shared<embedded_speech>(on_demand());
  told log;
  std::shared_ptr<fake_port> port = std::make_shared<fake_port>();

  /// Until neither an actor nor a lane has anything to do.
  void settle() {
    do
      run();
    while (engine->threads().run_all() > 0);
  }
};

} // namespace unpod
