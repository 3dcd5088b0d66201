// RECORDER: keeps one call's recording, paused and resumed by its runner.
//
//   recording --pause--> paused --resume--> recording
//   any --stop_recording--> closing --file complete--> gone (quit)
//   could not start --> gone (quit, refusal::unavailable)
//
// The samples are the media and the file threads' business; a recording that
// fails is noted and the call goes on. One that never began is not in its record.
// Children: none.
#pragma once

#include "messages/call.hpp"
#include "messages/call_kit.hpp"
#include "messages/observed.hpp"

namespace unpod {

struct recorder_setup {
  call_id call;
  call_kit_ptr kit;
  media_port_ptr port;
  std::string file;
};

struct recorder_state {
  using self_pointer = self_of<recorder_state, recorder_actor>;

  static inline const char* name = "recorder";

  explicit recorder_state(self_pointer self) : self(self) {}
  ~recorder_state();

  void begin(recorder_setup with);
  void steer(const runner_recording& wish);
  void stop();
  void note_closed(const recording_closed& event);

  self_pointer self;
  recorder_setup setup;
  std::shared_ptr<call_recording> recording;
  std::string refused; // why there is no recording at all
};

recorder_actor::behavior_type recorder(recorder_state::self_pointer self, recorder_setup setup);

} // namespace unpod
