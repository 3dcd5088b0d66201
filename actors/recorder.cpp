#include "actors/recorder.hpp"

#include "messages/log.hpp"

#include <caf/send.hpp>

#include <utility>

namespace unpod {

recorder_actor::behavior_type recorder(recorder_state::self_pointer self, recorder_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const runner_recording& wish) { self->state.steer(wish); },
    [self](const stop_recording&) { self->state.stop(); },
    [self](const recording_closed& event) { self->state.note_closed(event); },
  };
}

/// Also when killed: the file is completed, whoever dies.
recorder_state::~recorder_state() {
  if (recording)
    recording->stop([](const std::string&) {});
}

void recorder_state::begin(recorder_setup with) {
  setup = std::move(with);
  std::string why;
  recording = setup.kit->start_recording(setup.port, setup.file, why);
  if (recording)
    return;
  log(log_level::error, "actors.recorder", setup.call.str(), "the call is not recorded: " + why);
  refused = why.empty() ? "it could not be started" : why;
  self->send(self, stop_recording{});
}

void recorder_state::steer(const runner_recording& wish) {
  if (!recording)
    return;
  log(log_level::info, "actors.recorder", setup.call.str(),
      wish.on ? "recording resumed" : "recording paused: " + wish.reason);
  wish.on ? recording->resume() : recording->pause();
}

void recorder_state::stop() {
  if (!refused.empty())
    return self->quit(make_error(refusal::unavailable, refused));
  if (!recording)
    return self->quit();
  const auto me = caf::actor_cast<recorder_actor>(self);
  std::exchange(recording, nullptr)->stop([me](const std::string& why) {
    caf::anon_send(me, recording_closed{why});
  });
}

void recorder_state::note_closed(const recording_closed& event) {
  if (!event.why.empty())
    log(log_level::error, "actors.recorder", setup.call.str(),
        "the recording is incomplete: " + event.why);
  self->quit();
}

} // namespace unpod
