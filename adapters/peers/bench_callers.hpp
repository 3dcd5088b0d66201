// Many callers over real sockets from one thread: one tick every 5 ms serves a
// quarter of them, so that each sends a frame every 20 ms. Everything about them
// happens on the one net thread; the others ask and are told copies.
//
//   add: dialling --open, start--> starting --started--> live --hang_up--> ending --closed--> over
//          \-----------\--------------\-----------------\--lost, error-----------> failed
#pragma once

#include "adapters/media/call_media.hpp"
#include "adapters/peers/bench_caller.hpp"
#include "adapters/peers/speech_map.hpp"
#include "adapters/websocket/client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

class net_threads;

/// What all callers say, encoded once, in frames of 20 ms.
struct bench_voice {
  audio_format audio;
  std::vector<std::string> phrase;
  std::vector<std::string> room; // a second of a quiet room, said over and over
};

/// Any rate that can be resampled. An empty phrase makes callers who never speak.
bench_voice make_bench_voice(const audio_format& audio, const pcm_samples& phrase,
                             std::uint32_t rate_hz);

/// One caller, as told.
struct told_caller {
  std::string call;     // empty until the node said `started`
  mono_time added{0};   // when its dialling began
  mono_time asked{0};   // when `start` was sent
  mono_time started{0}; // when the node said `started`
  mono_time closed{0};  // when its socket was
  bool live = false;
  bool over = false;  // properly: after a hang-up
  std::string failed; // words
  bool waiting = false;
  caller_tale tale;
};

/// All callers since the beginning; each counter only grows.
struct callers_figures {
  std::size_t live = 0, over = 0, failed = 0;
  std::uint64_t frames_out = 0, frames_in = 0; // as the caller sees it
  std::uint64_t ticks = 0, late_ticks = 0;     // more than one tick behind
};

class bench_callers {
public:
  /// `threads` has one thread and outlives this; `silent`: no audio at all is sent.
  bench_callers(net_threads& threads, websocket_dialer dial, bench_voice voice, bench_habits habits,
                bool silent);
  ~bench_callers();

  bench_callers(const bench_callers&) = delete;
  bench_callers& operator=(const bench_callers&) = delete;

  /// Dials `url` (…/connect?token=…). Its first turn is `first_turn` from now.
  void add(std::string url, std::uint64_t seed, std::chrono::milliseconds first_turn);

  callers_figures figures() const;
  std::vector<told_caller> callers() const;

  void hang_up_all();
  /// Those that were added until this moment.
  void hang_up_older(mono_time than);

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace unpod
