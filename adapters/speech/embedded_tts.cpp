#include "adapters/speech/embedded_tts.hpp"

#include "adapters/speech/embedded_stt.hpp"
#include "adapters/speech/tell_actor.hpp"
#include "adapters/speech/tts_job.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/local_actor.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace unpod {

/// Event, from the lane. How a piece came out.
struct tts_job_over {
  std::shared_ptr<tts_job> job;
  tts_job::outcome how = tts_job::outcome::dropped;
};
UNPOD_OPAQUE_MESSAGE(tts_job_over)

/// Timer. The ring may have room again.
struct tts_rest_check {};
UNPOD_OPAQUE_MESSAGE(tts_rest_check)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::tts_job_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::tts_rest_check)

namespace unpod {

namespace {

/// s. 5: how much of what is ahead is played before the ring is looked at again.
constexpr seconds rest_check_every{5};

/// TTS STREAM as it sees itself: the interface, and what its lane says.
using fed_tts_stream =
  tts_stream_actor::extend<caf::reacts_to<tts_first_byte>, caf::reacts_to<tts_job_over>,
                           caf::reacts_to<tts_rest_check>>;

struct tts_stream_setup {
  embedded_speech_ptr engine;
  tts_listener listener;
  media_port_ptr port;
  tts_settings settings;
};

struct tts_stream_state {
  using self_pointer = self_of<tts_stream_state, fed_tts_stream>;

  static inline const char* name = "tts_stream";

  explicit tts_stream_state(self_pointer self) : self(self) {}

  ~tts_stream_state() {
    cancelled->all = true;
  }

  void begin(tts_stream_setup with);
  void speak(const tts_speak& command);
  void cancel(const tts_cancel& command);
  void next();
  void settle(const tts_job_over& event);
  void resume();
  void fail(const std::string& why);
  template <class Work>
  void run(std::shared_ptr<tts_job> job, Work work);

  self_pointer self;
  tts_listener listener;
  media_port_ptr port;
  tts_settings settings;
  std::shared_ptr<speech_lane> lane;
  std::shared_ptr<tts_cancelled> cancelled = std::make_shared<tts_cancelled>();
  std::deque<tts_speak> waiting;
  std::size_t waiting_bytes = 0;
  bool busy = false;
  std::shared_ptr<tts_job> held;
};

void tts_stream_state::begin(tts_stream_setup with) {
  listener = std::move(with.listener);
  port = std::move(with.port);
  settings = std::move(with.settings);
  lane = with.engine->threads().open_lane(urgency::urgent);
}

void tts_stream_state::speak(const tts_speak& command) {
  if (cancelled->covers(command.utterance))
    return;
  if (waiting_bytes + command.text.size() > tts_waiting_bytes_max)
    return fail("more than " + std::to_string(tts_waiting_bytes_max)
                + " bytes are waiting to be spoken");
  waiting_bytes += command.text.size();
  waiting.push_back(command);
  next();
}

void tts_stream_state::cancel(const tts_cancel& command) {
  cancelled->raise(command.utterance);
  const auto gone = std::stable_partition(waiting.begin(), waiting.end(), [&](const auto& piece) {
    return !cancelled->covers(piece.utterance);
  });
  for (auto piece = gone; piece != waiting.end(); ++piece)
    waiting_bytes -= piece->text.size();
  waiting.erase(gone, waiting.end());
  if (held && cancelled->covers(held->piece().utterance)) {
    held = nullptr;
    busy = false;
    next();
  }
}

/// Does its work on the lane, and tells this actor how it came out.
template <class Work>
void tts_stream_state::run(std::shared_ptr<tts_job> job, Work work) {
  const bool posted = lane->post([job, work, stream = self->address()] {
    tell_actor(stream, tts_job_over{job, work(*job, stream)});
  });
  if (!posted)
    fail("the speech threads have ended");
}

void tts_stream_state::next() {
  if (busy || waiting.empty())
    return;
  busy = true;
  auto piece = std::move(waiting.front());
  waiting.pop_front();
  waiting_bytes -= piece.text.size();
  run(std::make_shared<tts_job>(port, cancelled, std::move(piece)),
      [with = settings](tts_job& job, const caf::actor_addr& stream) {
        return job.speak(with, [&] {
          tell_actor(stream, tts_first_byte{job.piece().utterance, job.piece().piece, mono_now()});
        });
      });
}

void tts_stream_state::settle(const tts_job_over& event) {
  if (event.how == tts_job::outcome::held) {
    held = event.job;
    self->delayed_send(self, rest_check_every, tts_rest_check{});
    return;
  }
  if (event.how == tts_job::outcome::done)
    self->send(listener, event.job->report());
  busy = false;
  next();
}

void tts_stream_state::resume() {
  if (auto job = std::exchange(held, nullptr))
    run(std::move(job), [](tts_job& rest, const caf::actor_addr&) { return rest.play_rest(); });
}

void tts_stream_state::fail(const std::string& why) {
  cancelled->all = true;
  self->send(listener, tts_failed{embedded_provider_name, why});
  self->quit();
}

fed_tts_stream::behavior_type tts_stream(tts_stream_state::self_pointer self,
                                         tts_stream_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const tts_speak& command) { self->state.speak(command); },
    [self](const tts_cancel& command) { self->state.cancel(command); },
    [self](const tts_first_byte& event) { self->send(self->state.listener, event); },
    [self](const tts_job_over& event) { self->state.settle(event); },
    [self](const tts_rest_check&) { self->state.resume(); },
  };
}

} // namespace

tts_spawner make_embedded_tts(embedded_speech_ptr engine) {
  return [engine = std::move(engine)](caf::local_actor* parent, tts_listener listener,
                                      media_port_ptr port, tts_settings settings, std::string) {
    return tts_stream_actor{
      parent->spawn(tts_stream, tts_stream_setup{engine, std::move(listener), std::move(port),
                                                 std::move(settings)})};
  };
}

} // namespace unpod
